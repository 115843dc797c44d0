"""The disk fills, a folder is locked, the clock jumps: nothing is lost by it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio.simulator import Simulator
from tests.faults import surroundings, worker
from tests.faults.scenarios import ANIMATIC, MODELS, SEGMIND, VTRIX
from tests.faults.sites import WORK_SECONDS, Installation, PostgresSites, SqliteSites

Sites = SqliteSites | PostgresSites
on_both = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
# Where a worker dies, and what its take then waits as.
WAITS = {
    VTRIX: ("poll.looking", "collecting"),
    ANIMATIC: ("render.claimed", "processing"),
}
FULL, LOCKED = "No space left|no room left", "Permission denied|could not be stored"
ROOM = 8 * 2**20
SHORT = 4.0  # seconds, of work that cannot come to its end


def order(site: Installation, *prompts: str) -> None:
    """One take of each provider's model."""
    site.do(worker.order_takes, {MODELS[prompt]: prompt for prompt in prompts})


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own for a folder; skips where nobody may make one."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        # Whoever was killed may hold a file of it open for a moment more.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not a byte is left on the folder's disk."""
    filler = folder / "incoming" / "somebody-elses.part"
    filler.parent.mkdir(exist_ok=True)
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    yield
    filler.unlink()


@on_both
@pytest.mark.parametrize("prompt", WAITS)
def test_a_full_disk_makes_it_wait(prompt: str, sites: Sites, database: str) -> None:
    site = sites.make(f"full-disk-{prompt}")
    point, waiting = WAITS[prompt]
    with small_disk(site.site.folder) as disk:
        order(site, prompt)
        assert site.crash_at(point)
        with full(disk):
            site.do(worker.pass_time, 15)
            site.do(surroundings.work_until_it_says, FULL)
            seen, reasons = site.look(), site.do(surroundings.reasons)
        ended = site.recover()

    assert seen.statuses == {prompt: waiting}
    assert re.search(FULL, reasons[prompt])
    assert ended.statuses == {prompt: "completed"}
    assert seen.broken == ended.broken == []
    assert all(len(jobs) == 1 for jobs in site.paid().values())


@on_both
def test_nothing_is_sent_whose_video_could_not_be_kept(
    sites: Sites, database: str
) -> None:
    site = sites.make("almost-full")
    order(site, VTRIX, SEGMIND)

    site.do(surroundings.work_with_room, 2**60, "almost full")
    seen, reasons = site.look(), site.do(surroundings.reasons)
    ended = site.recover()

    assert seen.statuses == {VTRIX: "queued", SEGMIND: "queued"}
    assert set(seen.attempts.values()) == {0}
    assert all("almost full" in reason for reason in reasons.values())
    assert set(ended.statuses.values()) == {"completed"}


@on_both
@pytest.mark.parametrize("prompt", WAITS)
def test_a_folder_that_cannot_be_written_makes_it_wait(
    prompt: str, sites: Sites, database: str
) -> None:
    site = sites.make(f"read-only-{prompt}")
    point, waiting = WAITS[prompt]
    order(site, prompt)
    assert site.crash_at(point)
    incoming = site.site.folder / "incoming"
    incoming.chmod(0o555)

    site.do(worker.pass_time, 15)
    site.do(surroundings.work_as_anybody, LOCKED)
    seen, reasons = site.look(), site.do(surroundings.reasons)
    incoming.chmod(0o755)
    ended = site.recover()

    assert seen.statuses == {prompt: waiting}
    assert re.search(LOCKED, reasons[prompt])
    assert ended.statuses == {prompt: "completed"}
    assert ended.broken == []
    assert all(len(jobs) == 1 for jobs in site.paid().values())


@on_both
@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_moved_ends_nothing(
    hours: int, sites: Sites, database: str, crash_simulator: Simulator
) -> None:
    site = sites.make(f"clock-{'on' if hours > 0 else 'back'}")
    prompt = f"{VTRIX} [fault:slow=6000]"  # still runs when the clock moves
    site.do(worker.order_takes, {MODELS[VTRIX]: prompt})

    seen = site.do(surroundings.see_the_clock_move, hours)
    crash_simulator.advance(600)  # and then it is done
    site.do(surroundings.work_elsewhen, WORK_SECONDS, hours)
    ended = site.look()

    assert seen[prompt] in {"submitted", "processing"}
    assert ended.statuses == {prompt: "completed"}
    assert [len(jobs) for jobs in site.paid().values()] == [1]


@on_both
@pytest.mark.parametrize("point", ["sweep.leased", "submit.claimed", "collect.claimed"])
def test_what_died_before_the_clock_went_back_is_taken_up(
    point: str, sites: Sites, database: str
) -> None:
    """Leases and pauses of the dead lie in the future then."""
    site = sites.make(f"clock-{point.replace('.', '-')}")
    order(site, VTRIX)
    assert site.crash_at(point)

    site.do(surroundings.work_elsewhen, SHORT, -1)
    late = site.look()
    ended = site.recover()  # the hour has passed

    assert late.broken == []
    expected = "unknown" if point == "submit.claimed" else "completed"
    assert ended.statuses == {VTRIX: expected}
    assert all(len(jobs) == 1 for jobs in site.paid().values())
