"""The worker dies at each named point: nothing lost, nothing paid twice, no half file.

Real processes, killed by SIGKILL, against a simulator that counts what was paid.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from studio import faults
from tests.faults import worker
from tests.faults.conftest import Endings
from tests.faults.scenarios import (
    COLLECTING,
    DRAWING,
    SCENARIOS,
    SEGMIND,
    VTRIX,
    Ending,
    Scenario,
    finish,
    note,
)
from tests.faults.sites import PostgresSites, SqliteSites

PIPELINE = Path(faults.__file__).parent / "pipeline"
on_both = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)


@on_both
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_it_outlives_a_crash(
    scenario: Scenario, database: str, endings: Endings
) -> None:
    ending = endings[database, scenario.name].result()

    assert ending.crashes > 0, "the point was never passed"
    if scenario.point in (*COLLECTING, *DRAWING):
        assert not ending.unknown
    if scenario.point == "send_slow.answered":
        assert SEGMIND not in ending.unknown  # the video was here already
    check(ending)


def check(ending: Ending) -> None:
    """What must be so after any crash."""
    assert ending.broken == []
    assert ending.unknown == ending.in_the_air  # each of them, and no other
    assert all(len(jobs) == 1 for jobs in ending.paid.values()), ending.paid
    assert ending.final is not None
    for prompt, status in ending.final.statuses.items():
        is_lost = prompt in ending.lost
        assert status == ("failed" if is_lost else "completed")
        verbs = ending.final.events[prompt]
        assert verbs.count("generation.completed") == (not is_lost)
    assert ending.final.strays == ending.final.leftovers == []
    assert ending.final.untold == []
    assert ending.final.miscounted == []


@on_both
@pytest.mark.parametrize("is_accepted", [True, False], ids=["accepted", "not accepted"])
def test_it_never_sends_again_what_was_in_the_air(
    sites: SqliteSites | PostgresSites, database: str, is_accepted: bool
) -> None:
    site = sites.make(f"in-the-air-{is_accepted}")
    fault = "submit-slow-answer=20" if is_accepted else "submit-timeout=20"
    # The simulator outlives the run on the other database: it must not be mistaken.
    prompt = f"{VTRIX} {database} [fault:{fault}]"
    site.do(worker.order_takes, {"vtrix:veo_31_fast": prompt})
    ending = Ending()

    def is_in_the_air() -> bool:
        return any(
            row["provider"] == VTRIX
            and prompt in row["body"]
            and row["method"] == "POST"
            for row in site.simulator.requests(VTRIX)
        )

    site.crash_when(is_in_the_air)
    note(ending, site.look())
    finish(site, ending)

    assert ending.unknown == ending.in_the_air == {prompt}
    assert ending.final is not None
    assert ending.final.attempts[prompt] == (1 if is_accepted else 2)
    check(ending)


def test_it_knows_every_point() -> None:
    known = {scenario.point for scenario in SCENARIOS}

    assert known == {point for path in PIPELINE.glob("*.py") for point in points(path)}


def points(path: Path) -> list[str]:
    """The names that a module passes to ``faults.point``."""
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "faults.point"
        and isinstance(node.args[0], ast.Constant)
    ]
