"""Many processes at once: budgets hold, and no sum loses what another adds."""

from __future__ import annotations

import time

import pytest

from tests.faults import rush
from tests.faults.sites import PATIENCE, PostgresSites, SqliteSites, outcome_of
from tests.money import PRICE

PROCESSES = 8
LIMIT = 1000  # takes; the presses want 1600
TAKES = 24


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_a_budget_of_a_thousand_lets_exactly_a_thousand_through(
    database: str, sites: SqliteSites | PostgresSites
) -> None:
    site = sites.make("rush")
    project_id, user_id = site.do(rush.prepare, LIMIT)

    at = time.time() + 2
    started = [
        site.start(rush.rush, project_id, user_id, at) for _number in range(PROCESSES)
    ]
    made = []
    for process, answer in started:
        process.join(PATIENCE)
        made.append(outcome_of(process, answer))

    assert sum(made) == LIMIT
    assert site.do(rush.count) == (LIMIT, LIMIT * PRICE, [])


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_no_sum_loses_what_another_process_adds(
    database: str, sites: SqliteSites | PostgresSites
) -> None:
    site = sites.make("judged")
    project_id, user_id = site.do(rush.prepare_ended, TAKES)

    at = time.time() + 2
    started = [site.start(rush.judge, project_id, user_id, at) for _number in range(4)]
    for process, answer in started:
        process.join(PATIENCE)
        assert process.exitcode == 0
        assert answer.recv() == TAKES

    by_sums, by_takes, wrong = site.do(rush.counted)
    assert by_sums == by_takes
    assert wrong == []
