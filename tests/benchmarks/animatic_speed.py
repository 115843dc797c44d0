"""Frames per second of the animatic, beside a bare encode of ready frames.

Run it by hand: ``.venv/bin/python tests/benchmarks/animatic_speed.py [1080p ...]``.
Each size is drawn in a process of its own, whose peak memory is printed too. The bare
encode takes the same frames, already painted, with the same settings, in the same run.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.animatic import AnimaticSpec, frame_size, render
from studio.animatic.encoder import Encoder
from studio.animatic.film import Film

PROMPTS = (
    "A quiet sea at dawn, a small sailboat, gulls, static camera",
    "A menacing dragon above the tallest mountain, then rushes toward the camera",
    "A woman with a red umbrella on a neon street in the rain at night, push in",
    "Snow in a silent pine forest, a deer, tracking shot",
    "Tokyo from above, drone shot at blue hour",
    "A DJ on a battlefield, explosions, dancing soldiers, tanks, old film",
)
DURATION = 4.0
ROUNDS = 3
MEGABYTE = 1024  # ru_maxrss counts kilobytes (bytes on macOS)
READY = 48  # painted frames held in memory for the bare encode


def main(resolutions: list[str]) -> None:
    """A line for each resolution, each from a process of its own."""
    print(f"{DURATION:g} s, 24 fps, 16:9, {len(PROMPTS)} prompts; best of {ROUNDS}")
    for resolution in resolutions:
        subprocess.run([sys.executable, __file__, "--one", resolution], check=True)


def measure(resolution: str) -> None:
    """Speed of whole films, of the bare encode, and the memory of it all."""
    size = frame_size("16:9", resolution)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "film.mp4"
        seconds = {p: best(partial(draw, p, size, target)) for p in PROMPTS}
        longest = spec(PROMPTS[1], size, duration=12.0)
        render(longest, target)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
        bare = READY / best(bare_encode(spec(PROMPTS[0], size), target))
    for prompt, took in seconds.items():
        print(f"  {took:5.2f} s  {prompt[:60]}")
    middle = statistics.median(seconds.values())
    frames = spec("", size).frames / middle
    print(
        f"{resolution}: {frames:.0f} frames/s, {DURATION / middle:.1f} x real time "
        f"(slowest {DURATION / max(seconds.values()):.1f} x); "
        f"bare encode {bare:.0f} frames/s; peak {peak:.0f} MB with a 12 s film"
    )


def spec(
    prompt: str, size: tuple[int, int], duration: float = DURATION
) -> AnimaticSpec:
    """A film of the usual length."""
    width, height = size
    return AnimaticSpec(
        prompt=prompt, seed=1, duration=duration, width=width, height=height
    )


def draw(prompt: str, size: tuple[int, int], target: Path) -> None:
    """One whole film, from the prompt to the file."""
    render(spec(prompt, size), target)


def bare_encode(asked: AnimaticSpec, target: Path) -> Callable[[], None]:
    """The encoder alone, with frames painted beforehand."""
    film = Film(asked)
    ready = [film.frame(number)() for number in range(READY)]

    def encode() -> None:
        size = (asked.width, asked.height)
        with Encoder(target, size=size, frame_rate=24) as encoder:
            for planes in ready:
                encoder.write(lambda planes=planes: planes)

    return encode


def best(work: Callable[[], None]) -> float:
    """Seconds of the quickest of several rounds."""
    return min(timed(work) for _ in range(ROUNDS))


def timed(work: Callable[[], None]) -> float:
    """Seconds that the work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2])
    else:
        main(sys.argv[1:] or ["480p", "720p", "1080p"])
