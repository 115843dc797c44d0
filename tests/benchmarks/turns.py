"""Whose turn it is: how soon another's take is sent, and what one scan costs.

Run it by hand: ``.venv/bin/python tests/benchmarks/turns.py [--queued 2000]``. It makes
a database in a temporary folder and needs no network.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.sweep_load import (  # noqa: E402 (this checkout comes first)
    MODEL,
    set_up,
)

SCANS = 40
PEOPLE = 20


def main() -> None:
    """Print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queued", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder, "http://127.0.0.1:1")
        print(f"load average {os.getloadavg()[0]:.1f}")
        print(f"40 by one, then 1 by another: sent as number {place_of_the_other()}")
        for queued in (0, 1, options.queued):
            print(scan_cost(queued))
            print(places_cost(queued))


def place_of_the_other() -> int:
    """Among all that is sent, one after another."""
    from django.utils import timezone

    from studio.models import Generation
    from studio.pipeline.gates import Gate
    from studio.pipeline.turns import Scan
    from tests.factories import make_generation, make_project, make_team, make_user

    alice, bob = make_user("alice"), make_user("bob")
    project = make_project(make_team(alice, editor=bob))
    for _n in range(40):
        make_generation(project, alice, model=MODEL)
    his = make_generation(project, bob, model=MODEL)
    for number in range(1, 42):
        scan = Scan(Gate(), Counter(), timezone.now())
        [head] = scan.picks(1)
        scan.sent(head)
        scan.finish()
        if head.pk == his.pk:
            return number
        Generation.objects.filter(pk=head.pk).delete()
    return 0


def scan_cost(queued: int) -> str:
    """Processor time and statements of one scan with so many takes in the line."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fill(queued)
    costs = []
    for _scan in range(SCANS):
        started = time.process_time()
        scan()
        costs.append(1000 * (time.process_time() - started))
    with CaptureQueriesContext(connection) as queries:
        scan()
    words = f"{statistics.median(costs):6.2f} ms, {len(queries)} statements"
    return f"one scan with {queued:5d} queued: {words}"


def places_cost(queued: int) -> str:
    """Processor time of finding everybody's place, as a page does."""
    from django.utils import timezone

    from studio.pipeline import line

    costs = []
    for _look in range(SCANS):
        started = time.process_time()
        line.places(timezone.now(), ())
        costs.append(1000 * (time.process_time() - started))
    return f"all places with {queued:5d} queued: {statistics.median(costs):6.2f} ms"


def scan() -> None:
    """Find the next eight, and write down whose turn it was."""
    from django.utils import timezone

    from studio.pipeline.gates import Gate
    from studio.pipeline.turns import Scan

    found = Scan(Gate(), Counter(), timezone.now())
    if found.reasons:
        for head in found.picks(8):
            found.sent(head)
        found.finish()


def fill(queued: int) -> None:
    """So many takes in the line, of twenty people in two teams."""
    from studio.models import Generation
    from tests.factories import make_generation, make_project, make_team, make_user

    Generation.objects.all().delete()
    takes = []
    for number in range(min(queued, PEOPLE)):
        person = make_user(f"p{queued}-{number}")
        if number % 10 == 0:
            project = make_project(make_team(person))
        takes.append(make_generation(project, person, model=MODEL))
    names = [f.attname for f in Generation._meta.concrete_fields if not f.primary_key]
    copies = [
        Generation(**{name: getattr(takes[n % PEOPLE], name) for name in names})
        for n in range(queued - len(takes))
    ]
    Generation.objects.bulk_create(copies, batch_size=200)


if __name__ == "__main__":
    main()
