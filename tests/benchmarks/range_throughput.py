"""How fast does `serve_file` hand out a large file, beside a plain read loop?

Run by hand: `python tests/benchmarks/range_throughput.py`. Both read the same 100 MB
from the page cache, turn by turn, so that the machine's mood falls on both alike.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from django.conf import settings
from django.test import RequestFactory

from studio.media.ranges import CHUNK_BYTES, PIECE_BYTES, serve_file

SIZE = 100 * 1024 * 1024
ROUNDS = 7


def main() -> None:
    """Print the median throughput of each way to read the file."""
    settings.configure(MEDIA_SENDER="inline", DEFAULT_CHARSET="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        film.write_bytes(os.urandom(1024 * 1024) * (SIZE // (1024 * 1024)))
        ways: dict[str, Callable[[Path], int]] = {
            "plain read loop": plain_loop,
            "whole file (200)": whole_file,
            "2-MiB pieces (206)": pieces,
        }
        report(film, ways)


def report(film: Path, ways: dict[str, Callable[[Path], int]]) -> None:
    """Measure the ways in turn, `ROUNDS` times over."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, read in ways.items():
            start = time.perf_counter()
            if read(film) != SIZE:
                raise SystemExit(f"{name}: bytes are missing")
            rates[name].append(SIZE / (time.perf_counter() - start) / 1e6)
    base = sorted(rates["plain read loop"])[ROUNDS // 2]
    for name, measured in rates.items():
        median = sorted(measured)[ROUNDS // 2]
        print(f"{name:20} {median:8.0f} MB/s  {median / base:5.0%} of the plain loop")


def plain_loop(film: Path) -> int:
    """The least that any server must do."""
    total = 0
    with film.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            total += len(chunk)
    return total


def whole_file(film: Path) -> int:
    """One answer without a range."""
    return ask(film, {})


def pieces(film: Path) -> int:
    """Ranges, each going on where the last one ended, as a player asks."""
    total = 0
    while total < SIZE:
        piece = ask(film, {"Range": f"bytes={total}-"})
        assert 0 < piece <= PIECE_BYTES
        total += piece
    return total


def ask(film: Path, headers: dict[str, str]) -> int:
    """Bytes of one answer, iterated as a WSGI server does."""
    request = RequestFactory().get("/media/film.mp4", headers=headers)
    response = serve_file(
        request, film, media_type="video/mp4", etag="0" * 64, filename="film.mp4"
    )
    total = sum(len(chunk) for chunk in iter(response))
    response.close()
    return total


if __name__ == "__main__":
    main()
