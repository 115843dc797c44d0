"""Processes and their groups, as the system tells of them.

Groups are looked up in ``/proc``; where there is none (macOS), what an earlier life
left behind is not found and has to be ended by hand.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Seen:
    """One process."""

    pid: int
    group: int
    session: int
    started: int  # clock ticks since the machine started


def look_at(pid: int) -> Seen | None:
    """A process, or None where there is none (or the system does not tell)."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before may hold anything
    if fields[0] == "Z":
        return None
    return Seen(pid, int(fields[2]), int(fields[3]), int(fields[19]))


def in_group(group: int) -> list[Seen]:
    """The living processes of one group."""
    if not PROC.is_dir():
        return []
    pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    seen = [look_at(pid) for pid in pids]
    return [process for process in seen if process and process.group == group]


def boot_id() -> str:
    """Which start of the machine this is; empty where the system does not tell."""
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def kill_group(group: int) -> None:
    """End a whole group at once, and bury those that this process inherited."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    wait_for_end(group, seconds=5)


def wait_for_end(group: int, *, seconds: float) -> bool:
    """Wait until nobody of the group lives; whether that came true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        bury(group)
        if not in_group(group):
            return True
        time.sleep(0.05)
    return False


def bury(group: int) -> None:
    """Reap the group's dead that became our children: as process 1 we get them all."""
    try:
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return
