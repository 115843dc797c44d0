"""The videos that jobs end with: drawn by the animatic, outside the event loop.

`small` serves one tiny clip for every job, so that thousands of downloads cost nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import os
import signal
import tempfile
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import av

from studio.animatic import AnimaticSpec, render
from studio.simulator.jobs import Job
from studio.simulator.remux import finish

ClipKind = Literal["animatic", "small"]

KEPT_CLIPS = 200
"""Files that are kept, pictures included."""
SHORTEST_DRAWN, LONGEST_DRAWN = 2, 12
"""Seconds that the animatic can draw; longer clips go round again."""
MOST_WAITING = 4
"""How many clips may wait to be drawn before polls stop asking for them ahead."""
TINY_SIZE, TINY_RATE, TINY_FRAMES = (64, 36), 12, 12


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that decides what a clip looks like."""

    prompt: str
    negative_prompt: str
    seed: int
    seconds: int
    width: int
    height: int
    sound: bool
    start: str = ""
    end: str = ""

    @property
    def name(self) -> str:
        """A file name that only the same drawing has."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:24] + ".mp4"


def drawing_of(job: Job, variant: int) -> Drawing:
    """What to draw for a job; `variant` counts several results."""
    clip = job.clip
    return Drawing(
        job.prompt or job.model,
        job.negative_prompt,
        job.seed + variant,
        clip.seconds,
        clip.width,
        clip.height,
        clip.sound,
        clip.start,
        clip.end,
    )


def draw(drawing: Drawing, target: Path) -> None:
    """Draw one clip to a file; runs in the drawing process."""
    drawn = min(max(drawing.seconds, SHORTEST_DRAWN), LONGEST_DRAWN)
    spec = AnimaticSpec(
        prompt=drawing.prompt,
        seed=drawing.seed,
        duration=drawn,
        width=drawing.width,
        height=drawing.height,
        sound=drawing.sound,
        negative_prompt=drawing.negative_prompt,
        start_image=kept_picture(target.parent, drawing.start),
        end_image=kept_picture(target.parent, drawing.end),
    )
    raw = target.with_suffix(".raw.mp4")
    render(spec, raw)
    finish(raw, target, drawn, drawing.seconds)
    raw.unlink()


def kept_picture(folder: Path, name: str) -> Path | None:
    """The file of a kept picture; None where there is none, as after a restart."""
    path = folder / name
    return path if name and path.exists() else None


@lru_cache(maxsize=1)
def tiny_clip() -> bytes:
    """One second of video in a few kilobytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.mp4"
        with av.open(path, "w", options={"movflags": "faststart"}) as movie:
            stream = movie.add_stream("libx264", rate=TINY_RATE)
            stream.width, stream.height = TINY_SIZE
            stream.pix_fmt = "yuv420p"
            for shade in range(TINY_FRAMES):
                frame = av.VideoFrame(*TINY_SIZE, "yuv420p")
                for plane in frame.planes:
                    plane.update(bytes([60 + shade * 8]) * plane.buffer_size)
                movie.mux(stream.encode(frame))
            movie.mux(stream.encode())
        return path.read_bytes()


class ClipStore:
    """Draws clips when they are first wanted and keeps the newest."""

    def __init__(self, kind: ClipKind) -> None:
        self._kind = kind
        self._folder = tempfile.TemporaryDirectory(
            prefix="simulated-clips-", ignore_cleanup_errors=True
        )
        self._pool: ProcessPoolExecutor | None = None
        self._process_id = 0
        self._drawing: dict[str, asyncio.Task[Path]] = {}
        if kind == "small":
            tiny_clip()

    def keep_picture(self, data: bytes | None) -> str:
        """Keep a picture for drawing and give its name; nothing where none is used."""
        if data is None or self._kind == "small":
            return ""
        name = hashlib.sha256(data).hexdigest()[:24] + ".picture"
        (Path(self._folder.name) / name).write_bytes(data)
        return name

    async def clip(self, job: Job, variant: int = 0) -> bytes:
        """The bytes of a job's video, drawn first where that was not done."""
        if self._kind == "small":
            return tiny_clip()
        path = await self._path(drawing_of(job, variant))
        return path.read_bytes()

    def ready(self, job: Job) -> int | None:
        """The size of the job's video if it is drawn already."""
        if self._kind == "small":
            return len(tiny_clip())
        path = Path(self._folder.name) / drawing_of(job, 0).name
        return path.stat().st_size if path.exists() else None

    def prepare(self, job: Job) -> None:
        """Begin to draw ahead of the download, unless many others wait."""
        if self._kind != "small" and len(self._drawing) < MOST_WAITING:
            self._start(drawing_of(job, 0))

    async def close(self) -> None:
        """Stop drawing and remove the files."""
        drawing = list(self._drawing.values())
        for task in drawing:
            task.cancel()
        await asyncio.gather(*drawing, return_exceptions=True)
        if self._pool:
            # The process is ended first: it would go on to write into the folder.
            if self._process_id:
                os.kill(self._process_id, signal.SIGTERM)
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        self._folder.cleanup()

    async def _path(self, drawing: Drawing) -> Path:
        # Shielded: a client that goes away must not take the clip from the others.
        return await asyncio.shield(self._start(drawing))

    def _start(self, drawing: Drawing) -> asyncio.Task[Path]:
        task = self._drawing.get(drawing.name)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._draw(drawing))
            self._drawing[drawing.name] = task
            task.add_done_callback(lambda _: self._drawing.pop(drawing.name, None))
        return task

    async def _draw(self, drawing: Drawing) -> Path:
        path = Path(self._folder.name) / drawing.name
        if path.exists():
            return path
        loop, pool = asyncio.get_running_loop(), self._process()
        try:
            self._process_id = await loop.run_in_executor(pool, os.getpid)
            await loop.run_in_executor(pool, draw, drawing, path)
        except BrokenProcessPool:
            # Somebody has killed the process: the next clip gets a new one.
            self._pool, self._process_id = None, 0
            raise
        self._forget_oldest()
        return path

    def _process(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Spawned, since forking a process that has threads may lock up.
            context = multiprocessing.get_context("spawn")
            # Nice, since drawing must not slow the polls down.
            self._pool = ProcessPoolExecutor(
                1, mp_context=context, initializer=os.nice, initargs=(10,)
            )
        return self._pool

    def _forget_oldest(self) -> None:
        kept = sorted(
            Path(self._folder.name).iterdir(), key=lambda path: path.stat().st_mtime
        )
        for path in kept[:-KEPT_CLIPS]:
            path.unlink(missing_ok=True)
