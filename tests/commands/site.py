"""A site as ``manage.py up`` runs it: real processes on a free port of this machine."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import free_port

ROOT = Path(__file__).parent.parent.parent
PREFIXES = ("STUDIO_", "DJANGO_", "DATABASE_", "Q_CLUSTER", "GUNICORN")
UP = [sys.executable, str(ROOT / "manage.py"), "up"]
READY = "Sign in as"  # the last line that it says
PATIENCE = 300.0  # seconds, for a machine that is busy with other things


def manage(
    *arguments: str, data: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(data, variables),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@contextmanager
def running(*arguments: str, data: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on, ended at the latest after its use."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    with subprocess.Popen(
        command, env=environment(data, {}), stdout=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        process.terminate()


def environment(data: Path, variables: dict[str, str]) -> dict[str, str]:
    """Nothing of the tester's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(PREFIXES)}
    return {**kept, "STUDIO_DATA": str(data), **variables}


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so; fails after a while."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)


class Site:
    """One ``up`` at a time on one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str, **variables: str) -> str:
        """Start, wait until it says so, and return what it said."""
        log = self.data.with_suffix(".log")
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [*UP, f"--port={self.port}", *arguments],
                env=environment(self.data, variables),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(lambda: READY in log.read_text() or self.has_ended())
        except AssertionError:
            self.stop(signal.SIGKILL)
            raise
        return log.read_text()

    def has_ended(self) -> bool:
        """Whether ``up`` is gone."""
        return self.process is None or self.process.poll() is not None

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal to ``up`` alone; returns its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE
        )
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def pids(self, word: str = "") -> set[int]:
        """The processes of this site with a word among their variables or arguments."""
        mark = f"STUDIO_DATA={self.data}".encode()
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                variables = (folder / "environ").read_bytes().split(b"\0")
                line = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if mark in variables and (word.encode() in line + b"\0".join(variables)):
                found.add(int(folder.name))
        return found

    def leaders(self, word: str) -> set[int]:
        """Those of them that lead a group: the main processes."""
        return {pid for pid in self.pids(word) if leads(pid)}


def leads(pid: int) -> bool:
    """Whether a process leads its group; not one that has ended meanwhile."""
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False
