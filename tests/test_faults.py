"""Crash points: nothing without leave, and dead at once with it."""

from __future__ import annotations

import os
import signal

import pytest

from studio import faults

ARMED = {faults.ALLOWED: "1", faults.WANTED: "here*2"}


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {faults.WANTED: "here"},
        {faults.ALLOWED: "1"},
        {faults.ALLOWED: "yes", faults.WANTED: "here"},
    ],
)
def test_it_does_nothing_without_leave(environment: dict[str, str]) -> None:
    assert faults.chosen(environment) is faults.nothing


def test_it_is_off_here() -> None:
    assert faults.point is faults.nothing


def test_it_dies_at_the_passing_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *given: killed.append(given))
    point = faults.chosen(ARMED)

    point("here")
    point("elsewhere")
    assert killed == []
    point("here")

    assert killed == [(os.getpid(), signal.SIGKILL)]


@pytest.mark.parametrize("text", ["here*0", "here*x"])
def test_it_refuses_a_count_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        faults.Crash.read(text)
