"""Videos as vendors deliver them: index in front, length as ordered; or cut in two."""

from __future__ import annotations

import os
from pathlib import Path

import av
from av.packet import Packet
from av.stream import Stream


def finish(source: Path, target: Path, drawn: int, wanted: int) -> None:
    """Copy a video with its index in front, as vendors deliver it.

    It is cut or played again, so that its `drawn` seconds become the `wanted` ones.
    """
    part = target.with_suffix(".part.mp4")
    with av.open(part, "w", options={"movflags": "faststart"}) as new:
        twins: dict[int, Stream] = {}
        last: dict[int, int] = {}
        for start in range(0, wanted, drawn):
            with av.open(source) as old:
                for stream in () if twins else old.streams:
                    twins[stream.index] = new.add_stream_from_template(stream)
                for packet in old.demux():
                    if _moved_on(packet, start, wanted, last):
                        packet.stream = twins[packet.stream.index]
                        new.mux(packet)
    os.replace(part, target)


def _moved_on(packet: Packet, start: int, wanted: int, last: dict[int, int]) -> bool:
    """Move a packet on by `start` seconds; False where it does not belong there.

    `last` keeps the newest time of each stream: sound begins a little before zero, and
    so a second round would begin before the first has ended.
    """
    if packet.dts is None or packet.pts is None:
        return False
    shift = int(start / packet.time_base)
    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
    index = packet.stream.index
    if packet.pts * packet.time_base >= wanted or packet.dts <= last.get(
        index, -(10**9)
    ):
        return False
    last[index] = packet.dts
    return True


def truncate(video: bytes) -> bytes:
    """The video cut in the middle of its pictures, its index left whole."""
    at = 0
    while at + 8 <= len(video):
        size = int.from_bytes(video[at : at + 4], "big")
        if video[at + 4 : at + 8] == b"mdat":
            return video[: at + max(size // 2, 8)]
        at += max(size, 8)
    return video[: len(video) // 2]
