"""Fetching a finished video, beside ``curl`` to the disk and ``sha256sum``.

Run it by hand: ``.venv/bin/python tests/benchmarks/collect_speed.py``. It serves files
from a temporary folder on loopback, and needs curl. Memory is that of this process: how
far its peak rises while a file of one gibibyte comes through.
"""

from __future__ import annotations

import http.server
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
SIZE, LARGE = 200 * 2**20, 2**30  # bytes
ROUNDS = 5


def set_up(folder: str) -> None:
    """The studio's settings, with loopback allowed."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"STUDIO_DATA": folder, "STUDIO_SECRET_KEY": "benchmark"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    import django

    django.setup()


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """A plain file server in a process of its own; its port."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        handler = partial(Quiet, directory=str(folder))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            os.write(writing, str(server.server_address[1]).encode())
            server.serve_forever()
    try:
        yield int(os.read(reading, 10))
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def make_video(path: Path, size: int) -> None:
    """A true clip, made heavy by a box that players skip."""
    from tests.media.clips import make_clip

    make_clip(path)
    rest = size - path.stat().st_size
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", rest, b"free"))
        block = os.urandom(2**20)
        for start in range(8, rest, len(block)):
            file.write(block[: rest - start])


def fetch(url: str, target: Path) -> None:
    """As the collect does: download with fsync, look at it, hash it."""
    from studio.media.check import check_whole
    from studio.media.storage import sha256_of
    from studio.outbound.download import DownloadLimits, download_file

    download_file(url, target, limits=DownloadLimits())
    check_whole(target)
    sha256_of(target)


def curl(url: str, target: Path) -> None:
    """The reference."""
    subprocess.run(["curl", "-s", "-o", str(target), url], check=True)
    subprocess.run(["sha256sum", str(target)], check=True, stdout=subprocess.DEVNULL)


def median_seconds(act: Callable[[], None]) -> float:
    """Of some rounds."""
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def memory(line: str) -> float:
    """VmRSS (now) or VmHWM (the peak) of this process, in MiB."""
    status = Path("/proc/self/status").read_text()
    found = next(x for x in status.splitlines() if x.startswith(f"{line}:"))
    return int(found.split()[1]) / 1024


def main() -> None:
    """Two lines of speed, one of memory."""
    with tempfile.TemporaryDirectory() as temporary:
        set_up(temporary)
        folder, target = Path(temporary), Path(temporary) / "target.part"
        make_video(folder / "video.mp4", SIZE)
        with (folder / "large.mp4").open("wb") as large:
            large.truncate(LARGE)
        with serving(folder) as port:
            from django.conf import settings

            settings.OUTBOUND_ALLOW.append(f"127.0.0.1:{port}")
            url = f"http://127.0.0.1:{port}"
            ours = median_seconds(partial(fetch, f"{url}/video.mp4", target))
            theirs = median_seconds(partial(curl, f"{url}/video.mp4", target))
            for name, seconds in (("curl + sha256sum", theirs), ("collect", ours)):
                speed = SIZE / 2**20 / seconds
                print(f"{name:<18} {speed:6.0f} MiB/s  {theirs / seconds:5.0%}")
            Path("/proc/self/clear_refs").write_text("5")  # the peak is now
            before = memory("VmRSS")
            stream_large(f"{url}/large.mp4", target)
            print(
                f"1 GiB came through: memory rose by {memory('VmHWM') - before:.1f} MiB"
            )


def stream_large(url: str, target: Path) -> None:
    """The download alone, in a thread as the collect has it."""
    from studio.outbound.download import DownloadLimits, download_file

    thread = threading.Thread(
        target=download_file, args=(url, target), kwargs={"limits": DownloadLimits()}
    )
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
