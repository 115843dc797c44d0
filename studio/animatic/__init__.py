"""The built-in model: draws a moving storyboard of a prompt, on this machine.

    render(AnimaticSpec(prompt="Dawn over a quiet sea", seed=7, duration=4,
                        width=1280, height=720), Path("take.mp4"))

Read `storyboard.py` for how a prompt is understood, `director.py` for how a scene is
set, `film.py` for how it becomes frames.
"""

from __future__ import annotations

from studio.animatic.render import render
from studio.animatic.spec import AnimaticSpec, frame_size

__all__ = ["AnimaticSpec", "frame_size", "render"]
