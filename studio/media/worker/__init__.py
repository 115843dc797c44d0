"""What runs in a process of its own, with limits: all decoding of untrusted bytes.

`videos_main` and `images_main` are started by path with `python -I`; see `limited`.
Nothing here is imported by the web or queue process.
"""
