"""When to look next at a running operation, learned from how long others took.

Finished takes of one model follow a log-normal law. The best moment to look is where
the chance that it has just finished is highest: the interval between looks is
``sqrt(2 / (weight * hazard))``, the known least-cost inspection rule when one look
costs 1 and one second of not knowing costs ``weight``. Against a fixed interval it
halves the number of looks at the same delay.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import exp, log, pi, sqrt

PRIOR_MEDIAN = 90.0  # seconds, for a model of which nothing is known
PRIOR_SIGMA = 0.7
PRIOR_WEIGHT = 3  # how many durations the prior counts for while history is short
SHORT_HISTORY = 8
SHORTEST, LONGEST = 1.0, 30.0  # seconds between two looks
TAIL = 0.05  # share of a broad law mixed in: some takes are much later
FIRST_LOOK = 0.02  # nothing before this share has finished
STEP = 0.5  # seconds, of the summation


def fitted(durations: Sequence[float], prior_median: float) -> tuple[float, float]:
    """Mean and sigma of the logarithms, leaning on the prior while there are few."""
    logs = [log(max(seconds, 1.0)) for seconds in durations[-50:]]
    count = len(logs)
    if count >= SHORT_HISTORY:
        mean = sum(logs) / count
        variance = sum((x - mean) ** 2 for x in logs) / (count - 1)
    else:
        weight = count + PRIOR_WEIGHT
        mean = (sum(logs) + PRIOR_WEIGHT * log(prior_median)) / weight
        spread = sum((x - mean) ** 2 for x in logs)
        variance = (spread + PRIOR_WEIGHT * PRIOR_SIGMA**2) / weight
    return mean, max(sqrt(variance), 0.08) * (1 + 1 / (count + 1))


def density(seconds: float, mean: float, sigma: float) -> float:
    """The log-normal law's density."""
    z = (log(seconds) - mean) / sigma
    return exp(-z * z / 2) / (seconds * sigma * sqrt(2 * pi))


def poll_times(
    durations: Sequence[float],
    *,
    weight: float = 4.0,
    prior_median: float = PRIOR_MEDIAN,
    horizon: float = 3600.0,
) -> list[float]:
    """Ages in seconds at which to look, ascending, up to the horizon."""
    mean, sigma = fitted(durations, prior_median)
    broad = max(1.0, 2 * sigma)
    times = []
    finished = due = 0.0
    age = STEP
    while age < horizon:
        here = (1 - TAIL) * density(age, mean, sigma)
        here += TAIL * density(age, mean + 0.3, broad)
        finished = min(finished + here * STEP, 0.999)
        if finished >= FIRST_LOOK:
            rate = sqrt(weight * here / (1 - finished) / 2)
            due += STEP * min(max(rate, 1 / LONGEST), 1 / SHORTEST)
            if due >= 1:
                times.append(age)
                due -= 1
        age += STEP
    return times


def next_look(
    times: Sequence[float], age: float, jitter: float, missed: float = 0.0
) -> float:
    """Seconds from now to the next look at an operation of this age.

    ``jitter`` from -0.1 to 0.1 keeps a burst of submissions from being polled as one.
    ``missed`` are the last seconds, in which nobody looked: what was due then is due
    now.
    """
    position = bisect_right(times, age + 0.3 - missed)
    target = times[position] if position < len(times) else age + 2 * LONGEST
    wait = max(target - age, 0.0 if missed else SHORTEST)
    return wait * (1 + jitter)
