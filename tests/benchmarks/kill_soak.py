"""Random kills of random processes while random things go wrong at the providers.

Run it by hand: ``.venv/bin/python tests/benchmarks/kill_soak.py [--takes 500] [--kills
200] [--seed 7] [--database postgres]``. Several workers share one installation; each
kill is a SIGKILL of one of them, at a random moment, and another takes its place. Time
is pushed on now and then, so that leases end while their holders live. In the end a
clean run, a person who settles what is unclear by the providers' own lists, another
clean run. Four numbers must be 0: takes that did not end, paid videos that are not to
be had although they could be, takes paid twice, files that are visible and not whole.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import dj_database_url  # noqa: E402  (the path comes first)

from studio.simulator import Simulator, running_simulator  # noqa: E402
from tests import servers  # noqa: E402
from tests.faults import ready, worker  # noqa: E402, F401  (ready sets Django up)
from tests.faults.scenarios import MODELS, SEGMIND  # noqa: E402
from tests.faults.sites import (  # noqa: E402
    WORK_SECONDS,
    Installation,
    PostgresSites,
    SqliteSites,
    kill,
    outcome_of,
)

WORKERS = 3
LIFE = 600.0  # seconds after which a worker ends by itself
CALM_ROUNDS = 40
# What may happen to a take; most meet nothing.
FAULTS = (
    *([""] * 12),
    "submit-429",
    "submit-500",
    "submit-500-after",
    "submit-cut-after",
    "submit-timeout-after=1",
    "submit-slow-answer=1",
    "submit-422",
    "poll-429-retry-after=1",
    "poll-500*3",
    "poll-html",
    "poll-forgotten",
    "poll-cut",
    "download-cut",
    "download-short-body",
    "download-404",
    "download-truncated-mp4",
    "expired-url",
    "failed",
    "refused",
    "slow=40",
)


def main() -> int:
    """Run it, and print what came of it; 1 where a number is not 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=500)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    begun = time.monotonic()
    with installation(options.database) as site:
        site.do(worker.order_prompts, wishes(chance, options.takes))
        broken = soak(site, chance, options.kills)
        unclear = calm_down(site)
        return report(site, broken, unclear, time.monotonic() - begun)


def wishes(chance: random.Random, count: int) -> dict[str, str]:
    """Prompts that tell the takes apart, with their models."""
    found = {}
    for number in range(count):
        name = chance.choice(list(MODELS))
        fault = chance.choice(FAULTS) if name != "animatic" else ""
        found[f"{name} {number}" + (f" [fault:{fault}]" if fault else "")] = MODELS[
            name
        ]
    return found


@contextmanager
def installation(database: str) -> Iterator[Installation]:
    """An installation, and providers beside it."""
    with (
        tempfile.TemporaryDirectory(prefix="dailies-soak-") as name,
        running_simulator(clip="small", seconds=1.0, seed=11) as simulator,
    ):
        folder = Path(name)
        if database == "sqlite":
            yield credited(SqliteSites(folder, simulator).make("soak"), simulator)
            return
        with servers.postgres() as server:
            place = dj_database_url.parse(server.url)
            yield credited(
                PostgresSites(place, folder, simulator).make("soak"), simulator
            )


def credited(site: Installation, simulator: Simulator) -> Installation:
    """With credit for as many as are wanted, and no hurry: a look reads all files."""
    site.patience = 3600.0
    for provider in ("vtrix", "aimlapi", "segmind"):
        simulator.set_credit(provider, site.site.key, 10**12)
    return site


def soak(site: Installation, chance: random.Random, kills: int) -> list[str]:
    """Kill, replace, push time on; every file that was seen and not whole."""
    broken: list[str] = []
    crew = [hire(site) for _ in range(WORKERS)]
    try:
        for number in range(1, kills + 1):
            time.sleep(chance.uniform(0.1, 1.5))
            victim = chance.randrange(WORKERS)
            end(crew[victim])
            crew[victim] = hire(site)
            if chance.random() < 0.1:
                push_time(site, chance.choice([1, 2, 15]))
            if number % 25 == 0:
                seen = site.look()
                broken += seen.broken
                counts = dict(Counter(seen.statuses.values()))
                print(f"{number:4d} kills: {counts}", flush=True)
    finally:
        for process in crew:
            end(process)
    return broken


def push_time(site: Installation, minutes: int) -> None:
    """Time passes for all rows at once, unless a worker's batch is in the way."""
    process, _answer = site.start(worker.pass_time, minutes)
    process.join()


def end(process: BaseProcess) -> None:
    """Kill a worker and what it started, at whatever moment of its life."""
    try:
        kill(process)
    except ProcessLookupError:  # it has no group yet, or has come to its end
        process.kill()
        process.join()


def hire(site: Installation) -> BaseProcess:
    """Another worker."""
    process, _answer = site.start(worker.work, LIFE)
    assert isinstance(process, BaseProcess)
    return process


def calm_down(site: Installation) -> Counter[str]:
    """Clean runs until nothing is under way, with a person who settles in between."""
    unclear: Counter[str] = Counter()
    for _round in range(CALM_ROUNDS):
        seen = recover(site)
        statuses = Counter(seen.values())
        if statuses["unknown"]:
            unclear["settled"] += statuses["unknown"]
            paid = {prompt: ids[0] for prompt, ids in site.paid().items()}
            unclear["lost answers"] += sum(
                prompt.startswith(SEGMIND) and status == "unknown" and prompt in paid
                for prompt, status in seen.items()
            )
            site.do(worker.settle_as_found, paid)
        elif not set(statuses) - {"completed", "failed", "canceled"}:
            break
    return unclear


def recover(site: Installation) -> dict[str, str]:
    """A clean run of all workers; where each take is then."""
    site.do(worker.pass_time, 15)
    crew = [site.start(worker.work, WORK_SECONDS) for _ in range(WORKERS)]
    for process, answer in crew:
        process.join()
        outcome_of(process, answer)
    found: dict[str, str] = site.do(worker.statuses)
    print(f"  calm: {dict(Counter(found.values()))}", flush=True)
    return found


def report(
    site: Installation, broken: list[str], unclear: Counter[str], seconds: float
) -> int:
    """Print the figures."""
    seen, paid = site.look(), site.paid()
    open_still = [p for p, s in seen.statuses.items() if s not in ENDS]
    twice = [prompt for prompt, jobs in paid.items() if len(jobs) > 1]
    # A failed take that was paid says so, or that it may have been.
    lost = [
        prompt
        for prompt in paid
        if seen.statuses[prompt] != "completed"
        and seen.billed[prompt] == "no"
        and is_whole_job(prompt)
    ]
    broken = broken + seen.broken
    print(f"{len(seen.statuses)} takes, {sum(map(len, paid.values()))} paid jobs")
    print(f"ended as {dict(Counter(seen.statuses.values()))} in {seconds:.0f} s")
    print(f"unclear, settled by a person: {unclear['settled']}")
    print(f"  of these with an answer that cannot be had: {unclear['lost answers']}")
    print(f"not ended {len(open_still)}, lost {len(lost)}, paid twice {len(twice)}")
    print(f"visible and not whole {len(broken)}, files of no row {len(seen.strays)}")
    for name in [*open_still, *lost, *twice, *broken, *seen.strays]:
        print(f"  {name}: {seen.statuses.get(name, '')}")
    return int(bool(open_still or lost or twice or broken))


ENDS = {"completed", "failed", "canceled"}


def is_whole_job(prompt: str) -> bool:
    """Whether its provider could give a video; an answer that is one comes once."""
    return not prompt.startswith(SEGMIND) and not any(
        f"[fault:{fault}" in prompt for fault in ("failed", "refused")
    )


if __name__ == "__main__":
    sys.exit(main())
