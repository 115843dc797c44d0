"""One child: started again with growing pauses, ended with all it started."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from studio.supervision.children import Child, Program, pause_after
from studio.supervision.processes import in_group

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks for processes in /proc"
)
# A main process that leaves another one of its group behind when it is killed.
FAMILY = "import subprocess, time; subprocess.Popen(['sleep', '600']); time.sleep(600)"
Start = Callable[..., Child]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts children, and ends them after the test."""
    started: list[Child] = []

    def run(*command: str, now: float = 0.0) -> Child:
        child = Child(Program("example", command, {"PATH": "/usr/bin:/bin"}))
        child.start(now)
        started.append(child)
        return child

    yield run
    for child in started:
        child.kill()


def wait_for_exit(child: Child) -> None:
    """Wait until the main process is gone."""
    assert child.process is not None
    child.process.wait(60)


def wait_for_family(child: Child, size: int) -> None:
    """Wait until the group has so many members."""
    for _ in range(1200):
        if child.pid and len(in_group(child.pid)) == size:
            return
        time.sleep(0.05)
    pytest.fail(f"the group never had {size} members")


def test_it_doubles_the_pause_up_to_a_minute() -> None:
    pauses = [pause_after(failures) for failures in range(1, 9)]

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_it_runs_in_a_session_of_its_own(start: Start) -> None:
    child = start("sleep", "600")

    (process,) = in_group(child.pid or 0)

    assert process.session == process.group == child.pid


def test_it_starts_again_after_a_pause(start: Start) -> None:
    child = start("true", now=100.0)
    wait_for_exit(child)

    assert child.tend(now=100.5) is False
    assert child.tend(now=101.4) is False
    assert child.tend(now=101.6) is True


def test_it_waits_longer_each_time(start: Start) -> None:
    child = start("true", now=0.0)
    wait_for_exit(child)
    child.tend(now=0.0)
    child.tend(now=1.0)
    wait_for_exit(child)
    child.tend(now=1.0)

    assert child.tend(now=2.9) is False
    assert child.tend(now=3.1) is True


def test_it_forgives_after_a_long_life(start: Start) -> None:
    child = start("true", now=0.0)
    child.failures = 6
    wait_for_exit(child)

    child.tend(now=61.0)

    assert child.start_after == 62.0


def test_it_clears_away_what_a_killed_main_process_left(start: Start) -> None:
    child = start(sys.executable, "-c", FAMILY)
    wait_for_family(child, 2)
    assert child.process is not None
    group = child.process.pid

    child.process.send_signal(signal.SIGKILL)
    wait_for_exit(child)
    assert len(in_group(group)) == 1
    child.tend(now=0.0)

    assert in_group(group) == []


def test_it_asks_the_main_process_alone(start: Start) -> None:
    child = start(sys.executable, "-c", FAMILY)
    wait_for_family(child, 2)

    child.ask_to_end()
    wait_for_exit(child)

    assert len(in_group(child.pid or 0)) == 1
