"""Opens a video as a stranger's file: one format, known codecs, one thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from studio.media.facts import Unusable

# Decoders for what video models and cameras make. Fewer decoders, fewer ways in.
VIDEO_CODECS = {"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "prores", "mjpeg"}
DECODERS = "h264,hevc,vp8,vp9,libdav1d,av1,mpeg4,prores,mjpeg,aac,mp3float,opus,vorbis"

LONGEST_SIDE = 16_384  # pixels
MISSING_END_SECONDS = 0.5  # the last picture may be this much before the end, or
MISSING_END_SHARE = 0.1  # this share of the clip: sound often runs on a little


class Clip:
    """One open video: its first picture track. Times are seconds from its start."""

    def __init__(self, container: InputContainer) -> None:
        if not container.streams.video:
            raise Unusable("no_pictures")
        self.container = container
        self.stream: VideoStream = container.streams.video[0]
        if self.stream.codec.canonical_name not in VIDEO_CODECS:
            raise Unusable("unknown_codec")
        self.stream.thread_count = 1
        self.stream.thread_type = "NONE"
        self.start = (container.start_time or 0) / av.time_base
        self.duration = self._stated_duration() or self._measured_duration()

    def frames_from(self, seconds: float) -> Iterator[VideoFrame]:
        """Frames from the key frame at or before `seconds` on; damaged ones skipped."""
        # Without a usable index, go on from where the file stands.
        with suppress(av.FFmpegError):
            self.container.seek(int((self.start + seconds) * av.time_base))
        for packet in self.container.demux(self.stream):
            try:
                frames = self.stream.decode(packet)
            except av.error.InvalidDataError:
                continue
            yield from (frame for frame in frames if frame.pts is not None)

    def time_of(self, frame: VideoFrame) -> float:
        """When `frame` is shown."""
        return frame.time - self.start

    def frame_at(self, seconds: float) -> VideoFrame:
        """The frame on screen at `seconds`; outside of the clip its first or last."""
        shown = None
        for frame in self.frames_from(max(seconds, 0.0)):
            # Half a millisecond: players round the time of the very frame they show.
            if shown is not None and self.time_of(frame) > seconds + 0.0005:
                break
            shown = frame
        if shown is None:
            raise Unusable("no_pictures")
        return shown

    def last_frames(self, count: int) -> list[VideoFrame]:
        """The last `count` frames, the very last one last.

        Raises Unusable when the film stops well before its stated end.
        """
        frames = deque(self.frames_from(self.duration * 0.95), maxlen=count)
        if len(frames) < count:
            frames = deque(self.frames_from(0.0), maxlen=count)
        if not frames:
            raise Unusable("no_pictures")
        missing = self.duration - self.time_of(frames[-1])
        if missing > max(MISSING_END_SECONDS, self.duration * MISSING_END_SHARE):
            raise Unusable("cut_short")
        return list(frames)

    def facts(self) -> dict[str, Any]:
        """The facts as plain values, once the last frame has been decoded."""
        last = self.last_frames(1)[0]
        width, height = shown_size(self.stream, last)
        rate = self.stream.average_rate or self.stream.guessed_rate
        sound = self.container.streams.audio
        return {
            "duration": self.duration,
            "width": width,
            "height": height,
            "frame_rate": float(rate) if rate else None,
            "video_codec": self.stream.codec.canonical_name,
            "pixel_format": last.format.name,
            "audio_codec": sound[0].codec.canonical_name if sound else None,
            "bit_rate": self.container.bit_rate or None,
            "frames": self.stream.frames or None,
            "rotation": turn_of(last),
        }

    def _stated_duration(self) -> float:
        """What the file says: the picture track's own word before the container's."""
        if self.stream.duration and self.stream.time_base:
            return max(float(self.stream.duration * self.stream.time_base), 0.0)
        return max(self.container.duration or 0, 0) / av.time_base

    def _measured_duration(self) -> float:
        """Where the last frame ends, for files written live, which do not say."""
        last = None
        for frame in self.frames_from(0.0):
            last = frame
        if last is None:
            raise Unusable("no_pictures")
        rate = self.stream.average_rate
        return self.time_of(last) + (1 / float(rate) if rate else 0.0)


@contextmanager
def open_clip(path: str, container_format: str) -> Iterator[Clip]:
    """Open the file as `container_format` ("mp4" or "webm") and as nothing else."""
    options = {"protocol_whitelist": "file", "codec_whitelist": DECODERS}
    with av.open(path, format=container_format, options=options) as container:
        yield Clip(container)


def turn_of(frame: VideoFrame) -> int:
    """Degrees clockwise to turn the stored picture: 0, 90, 180 or 270."""
    return round(-frame.rotation / 90) * 90 % 360


def shown_size(stream: VideoStream, frame: VideoFrame) -> tuple[int, int]:
    """Width and height on screen: square pixels, upright."""
    pixel_shape = float(stream.sample_aspect_ratio or 1)
    width = round(frame.width * pixel_shape) if 0.1 < pixel_shape < 10 else frame.width
    height = frame.height
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise Unusable("unreadable")
    return (height, width) if turn_of(frame) in (90, 270) else (width, height)
