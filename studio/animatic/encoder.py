"""Frames and sound into an MP4, in a thread beside the painter."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.stream import VideoStream

from studio.animatic.sound import CHANNELS, SAMPLE_RATE

Planes = tuple[bytes, bytes, bytes]  # luma, blue, red: rows without padding
WAITING = 6  # frames painted but not encoded yet: bounds memory
# A fixed number of threads: the bytes of the file depend on it.
THREADS = 2


class Encoder:
    """A context: give it frames, leave it, and the file is whole (or abandoned)."""

    def __init__(
        self,
        target: Path,
        *,
        size: tuple[int, int],
        frame_rate: int,
        sound: Callable[[], list[AudioFrame]] | None = None,
    ) -> None:
        """`sound` is asked for its frames in the encoder's own thread."""
        self._target, self._size, self._rate = target, size, frame_rate
        self._sound = sound
        self._frames: queue.Queue[Callable[[], Planes] | None] = queue.Queue(WAITING)
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="animatic-encoder")
        self._work: Future[None] = Future()

    def __enter__(self) -> Encoder:
        self._work = self._pool.submit(self._encode)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._stop.set()
        self._put(None)
        self._pool.shutdown()
        if kind is None:
            self._work.result()  # raises what the thread could not do

    def is_idle(self) -> bool:
        """Whether no frame is waiting: what comes next may come unfinished."""
        return self._frames.empty()

    def write(self, frame: Callable[[], Planes]) -> None:
        """Hand over one frame, as what gives its planes; it is called in the thread."""
        self._put(frame)
        if self._work.done():
            self._work.result()

    def _put(self, item: Callable[[], Planes] | None) -> None:
        """Wait for room, unless the thread has ended early and nobody makes any."""
        while not self._work.done():
            try:
                return self._frames.put(item, timeout=0.2)
            except queue.Full:
                continue

    def _encode(self) -> None:
        # The format is named: the caller's temporary name may end in anything.
        options = {"movflags": "+faststart"}
        with av.open(
            str(self._target), "w", format="mp4", options=options
        ) as container:
            stream = container.add_stream("libx264", rate=self._rate)
            _configure(stream, self._size, self._rate)
            track = _Track(container, self._sound) if self._sound else None
            number = 0
            while (frame := self._frames.get()) is not None:
                if self._stop.is_set():
                    continue
                container.mux(stream.encode(self._picture(frame(), number)))
                number += 1
                if track:
                    track.advance(number / self._rate)
            container.mux(stream.encode(None))
            if track:
                track.finish()

    def _picture(self, planes: Planes, number: int) -> VideoFrame:
        frame = VideoFrame(*self._size, "yuv420p")
        for plane, rows, shrink in zip(frame.planes, planes, (1, 2, 2), strict=True):
            _fill(plane, rows, self._size[0] // shrink)
        frame.pts = number
        frame.time_base = Fraction(1, self._rate)
        return frame


class _Track:
    """The sound, written alongside the picture so that the two lie close together."""

    def __init__(
        self, container: OutputContainer, sound: Callable[[], list[AudioFrame]]
    ) -> None:
        self._container = container
        self._stream = container.add_stream("aac", rate=SAMPLE_RATE)
        self._stream.layout = CHANNELS
        self._stream.bit_rate = 128_000
        self._sound = sound
        self._waiting: deque[AudioFrame] | None = None

    def advance(self, seconds: float) -> None:
        """Write all sound that begins before a time."""
        if self._waiting is None:
            self._waiting = deque(self._sound())
        while self._waiting and (self._waiting[0].time or 0.0) < seconds:
            self._container.mux(self._stream.encode(self._waiting.popleft()))

    def finish(self) -> None:
        """Write the rest."""
        self.advance(float("inf"))
        self._container.mux(self._stream.encode(None))


def _configure(stream: VideoStream, size: tuple[int, int], rate: int) -> None:
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.options = {"preset": "ultrafast", "crf": "21", "g": str(rate * 2)}
    context = stream.codec_context
    context.thread_count = THREADS
    context.time_base = Fraction(1, rate)
    # BT.709, limited range: what the colours were made for.
    context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1
    context.color_range = 1


def _fill(plane: VideoPlane, rows: bytes, width: int) -> None:
    """Copy rows into a plane, which may be wider than the picture."""
    pitch = plane.line_size
    if pitch == width:
        plane.update(rows)
        return
    padding = bytes(pitch - width)
    count = len(rows) // width
    lines = (rows[k * width : (k + 1) * width] + padding for k in range(count))
    plane.update(b"".join(lines))
