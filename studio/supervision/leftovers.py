"""Groups that an earlier life left behind: written down, found again, ended."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from studio.supervision.processes import (
    boot_id,
    in_group,
    kill_group,
    look_at,
    wait_for_end,
)

logger = logging.getLogger(__name__)

GRACE = 15.0  # seconds for groups that are about to end on their own


def write_down(run: Path, name: str, groups: Iterable[int]) -> None:
    """Keep the groups that run now, each with the start time that tells it apart."""
    seen = [process for group in groups if (process := look_at(group))]
    content = {
        "boot": boot_id(),
        "groups": [[process.pid, process.started] for process in seen],
    }
    part = run / f"{name}.part"
    part.write_text(json.dumps(content), encoding="utf-8")
    os.replace(part, list_of_groups(run, name))


def end_leftovers(run: Path, name: str, *, grace: float = GRACE) -> None:
    """End what an earlier life of this name wrote down and what still lives.

    ``grace`` is in seconds, for each group to end on its own.
    """
    listed = list_of_groups(run, name)
    left = [group for group, started in read(listed) if is_ours(group, started)]
    stopping_mark(run, name).touch()
    for group in left:
        logger.warning("Ending process group %d of an earlier life.", group)
        ask_leader(group)
    for group in left:
        if not wait_for_end(group, seconds=grace):
            kill_group(group)
    forget(run, name)


def forget(run: Path, name: str) -> None:
    """Nothing of ours runs any more."""
    list_of_groups(run, name).unlink(missing_ok=True)
    stopping_mark(run, name).unlink(missing_ok=True)


def list_of_groups(run: Path, name: str) -> Path:
    """Where the groups are written down."""
    return run / f"{name}.json"


def stopping_mark(run: Path, name: str) -> Path:
    """The file that is there while everything is to end: long tasks look for it."""
    return run / f"{name}.stopping"


def read(path: Path) -> list[tuple[int, int]]:
    """Groups and start times; none where the file is missing, damaged or older."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["boot"] != boot_id():
            return []
        return [(int(group), int(started)) for group, started in content["groups"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def is_ours(group: int, started: int) -> bool:
    """Whether the group is the one that was written down, and not a later namesake."""
    leader = look_at(group)
    if leader is not None:
        return leader.started == started
    members = in_group(group)
    return bool(members) and all(
        process.session == group and process.started >= started for process in members
    )


def ask_leader(group: int) -> None:
    """SIGTERM to the main process, where it lives; the others finish their work."""
    if look_at(group) is not None:
        os.kill(group, signal.SIGTERM)
