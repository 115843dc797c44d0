"""Files in, facts out. Knows nothing of rows or requests.

`probe`, `posters` and `frames` look into videos, `images` cleans uploaded pictures;
whatever a stranger sent is decoded only by `worker`, a process of its own with limits.
`check` reads file structure without decoding, `storage` writes files that survive a
crash. Finished ones are kept by a `store`: a `folder` or a `bucket`; `sending` brings
them to a browser, from a folder by `ranges`.
"""
