"""What an earlier life left behind is found and ended; nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio.supervision import leftovers
from studio.supervision.processes import in_group

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks for processes in /proc"
)
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print(flush=True); time.sleep(600)"
)


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Something in a session of its own, ended after its use."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when asked."""
    with running("sleep", "600") as process:
        yield process


def change(folder: Path, **fields: object) -> None:
    """Alter what was written down."""
    path = leftovers.list_of_groups(folder, "up")
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_it_ends_what_was_written_down(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    leftovers.write_down(tmp_path, "up", [sleeper.pid])

    leftovers.end_leftovers(tmp_path, "up")

    assert in_group(sleeper.pid) == []
    assert list(tmp_path.iterdir()) == []


def test_it_kills_what_does_not_end_in_time(tmp_path: Path) -> None:
    with running(sys.executable, "-c", STUBBORN) as process:
        assert process.stdout is not None
        process.stdout.readline()
        leftovers.write_down(tmp_path, "up", [process.pid])

        leftovers.end_leftovers(tmp_path, "up", grace=0.2)

        assert in_group(process.pid) == []


def test_it_spares_a_later_process_of_the_same_number(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    leftovers.write_down(tmp_path, "up", [sleeper.pid])
    change(tmp_path, groups=[[sleeper.pid, 1]])

    leftovers.end_leftovers(tmp_path, "up")

    assert sleeper.poll() is None


def test_it_spares_everything_after_the_machine_was_started_again(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    leftovers.write_down(tmp_path, "up", [sleeper.pid])
    change(tmp_path, boot="another")

    leftovers.end_leftovers(tmp_path, "up")

    assert sleeper.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"boot": 1}', "\x00"])
def test_it_bears_with_a_damaged_list(tmp_path: Path, text: str) -> None:
    leftovers.list_of_groups(tmp_path, "up").write_text(text)

    leftovers.end_leftovers(tmp_path, "up")

    assert list(tmp_path.iterdir()) == []
