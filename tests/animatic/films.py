"""Small films to look into: what the tests ask for, and how they read the answer."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageChops, ImageStat

from studio.animatic import AnimaticSpec, render
from studio.animatic.film import Film

SIZE = (96, 64)


def spec(prompt: str = "A quiet sea at dawn", **changes: Any) -> AnimaticSpec:
    """A short film in a tiny frame."""
    asked = {"seed": 7, "duration": 2.0, "width": SIZE[0], "height": SIZE[1]}
    return AnimaticSpec(prompt=prompt, **{**asked, "frame_rate": 8, **changes})


def film_at(folder: Path, **changes: Any) -> Path:
    """The film of a spec, in a file whose name says nothing of its kind."""
    target = folder / "take.part"
    render(spec(**changes), target)
    return target


def frame(asked: AnimaticSpec, number: int) -> tuple[bytes, bytes, bytes]:
    """The planes of one frame, without encoding it."""
    return Film(asked).frame(number)()


def luma(asked: AnimaticSpec, number: int) -> Image.Image:
    """The light of one frame."""
    size = (asked.width, asked.height)
    return Image.frombytes("L", size, frame(asked, number)[0])


def decoded(path: Path) -> list[Image.Image]:
    """Every frame of a file."""
    with av.open(str(path)) as container:
        return [picture.to_image() for picture in container.decode(video=0)]


def boxes(path: Path) -> list[str]:
    """The names of the top-level boxes of an MP4, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name.decode())
        at += size
    return names


def difference(first: Image.Image, second: Image.Image) -> float:
    """How far two pictures are apart, on average, in steps of 0..255."""
    bands = ImageStat.Stat(ImageChops.difference(first, second)).mean
    return sum(bands) / len(bands)
