"""When to look: where it has most likely just finished."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.pipeline.schedule import next_look, poll_times
from tests.benchmarks import poll_rule


def test_it_looks_first_near_the_earliest_finish() -> None:
    times = poll_times([60.0, 62, 58, 61, 59, 60, 63, 57, 60, 60])

    assert 45 < times[0] < 58


def test_it_looks_most_often_where_most_finish() -> None:
    times = poll_times([60.0 + n % 7 for n in range(30)])

    around = [t for t in times if 55 < t < 75]
    assert len(around) > len([t for t in times if 75 <= t < 95])


def test_it_needs_half_the_looks_of_a_fixed_interval_at_the_same_lag() -> None:
    chance = random.Random(7)
    history = [chance.lognormvariate(4.5, 0.3) for _ in range(30)]
    times = poll_times(history)
    ends = [chance.lognormvariate(4.5, 0.3) for _ in range(400)]

    learned = [looks_and_lag(times, end) for end in ends]
    lag = sum(late for _looks, late in learned) / len(ends)
    fixed_interval = 2 * lag  # whose mean lag is the same
    fixed_looks = sum(end / fixed_interval for end in ends)

    assert sum(looks for looks, _late in learned) < fixed_looks * 0.6


def looks_and_lag(times: list[float], end: float) -> tuple[int, float]:
    """How often one looks until it is seen, and how late."""
    age, looks = 0.0, 0
    while age < end:
        age += next_look(times, age, 0.0)
        looks += 1
    return looks, age - end


@given(
    st.lists(st.floats(min_value=0.1, max_value=3000), max_size=60),
    st.floats(min_value=0, max_value=8000),
)
def test_it_always_looks_again(durations: list[float], age: float) -> None:
    times = poll_times(durations, horizon=600)

    assert times == sorted(times)
    assert 0.9 <= next_look(times, age, -0.1) <= 700


def test_it_makes_up_for_looks_that_were_missed() -> None:
    times = [10.0, 20.0, 40.0]

    assert next_look(times, 21.0, 0.0) == 19.0
    assert next_look(times, 21.0, 0.0, missed=5.0) == 0.0
    assert next_look(times, 26.0, 0.0, missed=5.0) == 14.0


@pytest.mark.parametrize("median", poll_rule.MEDIANS)
def test_it_beats_a_fixed_interval(median: float) -> None:
    model = [poll_rule.jobs_and_history(median, 0.2, jobs=600)]
    plain = poll_rule.total(model, None)

    found = poll_rule.weights(model, plain)
    costs = {name: poll_rule.total(model, weight) for name, weight in found.items()}

    assert costs["learned, no later"].looks < 0.5 * plain.looks
    assert costs["learned, as often"].lag < 0.5 * plain.lag
