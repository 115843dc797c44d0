"""Every package has one exact version, for pip and uv alike, and it is the one here."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def needed(requirements: list[str]) -> set[str]:
    """The names of what is asked for, and of all that this asks for in turn."""
    found: dict[str, set[str]] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        new = (requirement.extras | {""}) - found.get(name, set())
        if not new:
            continue
        found.setdefault(name, set()).update(new)
        for text in metadata.requires(name) or []:
            inner = Requirement(text)
            marker = inner.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in new):
                waiting.append(inner)
    return set(found)


def test_it_pins_nothing_but_versions() -> None:
    wrong = [pin for pin in PINS if not re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", pin)]

    assert wrong == []
    assert sorted(set(PINS)) == PINS


def test_it_gives_both_tools_the_same_list() -> None:
    assert PROJECT["tool"]["uv"]["constraint-dependencies"] == PINS


def test_it_pins_all_that_is_needed() -> None:
    project = PROJECT["project"]
    extras = [
        name for group in project["optional-dependencies"].values() for name in group
    ]

    missing = needed([*project["dependencies"], *extras]) - {
        pin.partition("==")[0] for pin in PINS
    }

    assert missing == set()


@pytest.mark.parametrize("pin", PINS)
def test_it_runs_on_what_is_pinned(pin: str) -> None:
    name, _, version = pin.partition("==")

    assert metadata.version(name) == version
