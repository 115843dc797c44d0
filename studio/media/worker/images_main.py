"""Started by path: cleans one uploaded picture, from standard input to output."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

# `python -I` adds no folder of ours to the path; the end keeps us from hiding others.
sys.path.append(str(Path(__file__).resolve().parents[3]))

from studio.media.worker import cleaning, harness


def clean() -> harness.Answer:
    """The picture, made anew."""
    return cleaning.clean(sys.stdin.buffer.read())


if __name__ == "__main__":
    # What Pillow raises on files that are cut, scrambled or full of lies.
    unreadable = (OSError, SyntaxError, ValueError, EOFError, struct.error, MemoryError)
    harness.serve({"clean": clean}, unreadable=unreadable)
