"""How often and how late the learned rule looks, beside a fixed interval of 10 s.

Run it by hand: ``.venv/bin/python tests/benchmarks/poll_rule.py``. It needs no network
and no database, takes seconds, and gives the same figures everywhere: the same job
times for every rule, looked at as the sweep would look (with its jitter).
"""

from __future__ import annotations

import math
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.pipeline import schedule  # noqa: E402 (this checkout comes first)

INTERVAL = 10.0  # seconds
JOBS = 4000
HISTORY = 50
MEDIANS = (45.0, 90.0, 180.0)
SIGMAS = (0.15, 0.25)  # of the logarithms of the job times; the simulator's is 0.25

Look = Callable[[float], float]  # from an age to the seconds until the next look
Model = tuple[Sequence[float], Sequence[float]]  # its jobs' times, and a history


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Looks for each job, and seconds from its end until it was seen."""

    looks: float
    lag: float

    def __str__(self) -> str:
        return f"{self.looks:6.1f} looks {self.lag:6.2f} s"


def main() -> None:
    """Print the table, and how the two rules compare."""
    print(f"{JOBS} jobs each, log-normal, history of {HISTORY}")
    models = []
    for sigma, median in product(SIGMAS, MEDIANS):
        models.append(jobs_and_history(median, sigma))
        compare(f"median {median:3.0f} s, sigma {sigma}", models[-1:])
    compare("all six together, one weight for all, as in the sweep", models)


def compare(name: str, models: Sequence[Model]) -> None:
    """Print what the rules cost with these models."""
    plain = total(models, None)
    print(name)
    print(f"  {'fixed 10 s':<26} {plain}")
    for rule, weight in weights(models, plain).items():
        cost = total(models, weight)
        print(f"  {rule:<26} {cost}  {shares(cost, plain)}")


def total(models: Sequence[Model], weight: float | None) -> Cost:
    """The mean over all models, with the learned rule or the fixed one."""
    costs = [
        follow(times, fixed if weight is None else learned(history, weight))
        for times, history in models
    ]
    return Cost(
        looks=statistics.fmean(cost.looks for cost in costs),
        lag=statistics.fmean(cost.lag for cost in costs),
    )


def jobs_and_history(
    median: float, sigma: float, jobs: int = JOBS
) -> tuple[list[float], list[float]]:
    """How long the jobs take, and how long earlier ones took."""
    chance = random.Random(f"jobs {median}")
    law = math.log(median), sigma
    times = [chance.lognormvariate(*law) for _ in range(jobs)]
    return times, [chance.lognormvariate(*law) for _ in range(HISTORY)]


def weights(models: Sequence[Model], plain: Cost) -> dict[str, float]:
    """What a second of not knowing must weigh to be as late, or to ask as often."""

    def too_late(weight: float) -> bool:
        return total(models, weight).lag > plain.lag

    def too_seldom(weight: float) -> bool:
        return total(models, weight).looks < plain.looks

    return {
        "learned, as in the sweep": 4.0,
        "learned, no later": lowest(too_late),
        "learned, as often": lowest(too_seldom),
    }


def lowest(is_too_low: Callable[[float], bool]) -> float:
    """The lowest weight that is high enough."""
    low, high = 0.1, 64.0
    for _halving in range(12):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if is_too_low(middle) else (low, middle)
    return high


def shares(cost: Cost, plain: Cost) -> str:
    """Of the fixed rule's."""
    calls, lag = cost.looks / plain.looks, cost.lag / plain.lag
    return f"{calls:4.0%} of the calls, {lag:4.0%} of the lag"


def fixed(age: float) -> float:
    """The simplest rule."""
    return INTERVAL


def learned(history: Sequence[float], weight: float) -> Look:
    """The sweep's rule with this history."""
    times = schedule.poll_times(history, weight=weight)
    chance = random.Random(7)
    return lambda age: schedule.next_look(times, age, chance.uniform(-0.1, 0.1))


def follow(times: Sequence[float], rule: Look) -> Cost:
    """Look at each job until it has ended."""
    looks = 0
    lags = []
    for ends in times:
        age = 0.0
        while age < ends:
            age += rule(age)
            looks += 1
        lags.append(age - ends)
    return Cost(looks=looks / len(times), lag=statistics.fmean(lags))


if __name__ == "__main__":
    main()
