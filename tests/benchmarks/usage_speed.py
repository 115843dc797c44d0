"""Server time, queries and bytes of the usage page, beside a bare signed-in view.

Run it by hand: ``.venv/bin/python tests/benchmarks/usage_speed.py [takes ...]``.
It makes a database of its own in a temporary folder and leaves nothing behind. The
takes are of forty people, twelve projects and twelve models, over two hundred days.

Each page is asked for *again*, with nothing changed, and *after* a change each time: a
take that was asked for and failed, another verdict. A page and the bare view are asked
for in turn, and processor time is compared.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.benchmarks.gallery_speed import analyse, beside, counter, set_up

if TYPE_CHECKING:
    from studio.models import Generation, Project, User

SIZES = (1_000, 100_000)
PEOPLE, PROJECTS, MODELS, DAYS = 40, 12, 12, 200
CHUNK = 2_000
MOST_TIMES = 5  # a bare view
numbers = count()


def crew() -> tuple[list[User], list[Project]]:
    """The people and projects of one team, made once; with three budgets."""
    from studio.models import Budget, Membership, Project, Team, User, budget_changes

    if not Team.objects.exists():
        owner = User.objects.create_superuser("bench@example.org", "x", name="Bench")
        team = Team.create("Bench", owner)
        for number in range(1, PEOPLE):
            user = User(email=f"p{number}@example.org", name=f"Person {number}")
            user.save()
            Membership.objects.create(team=team, user=user)
        for number in range(PROJECTS):
            Project.objects.create(team=team, name=f"Project {number}")
        project = Project.objects.order_by("created_at").first()
        for scope in ({}, {"project": project}, {"person": owner}):
            budget = Budget(team=team, limit=10**12, **scope)
            budget_changes.keep_budget(budget, user=owner)
    people = list(User.objects.order_by("pk"))
    return people, list(Project.objects.order_by("created_at"))


def fill(size: int) -> None:
    """Bring the team to this many takes, as the ledger would have them."""
    from django.db import transaction

    from studio.models import Generation, Team, ledger_check

    have = Generation.objects.count()
    for first in range(have, size, CHUNK):
        with transaction.atomic():
            make_takes(min(CHUNK, size - first))
    ledger_check.rebuild(Team.objects.get())
    analyse()


def make_takes(number: int) -> None:
    """So many takes that ended, with both their entries."""
    from django.utils import timezone

    from studio import catalog
    from studio.models import Asset, Generation, LedgerEntry, Prompt, ledger
    from studio.pipeline.create import catalog_entry

    people, projects = crew()
    entry = catalog_entry(catalog.get_model("animatic"))
    models = [*catalog.all_models()][:MODELS]
    now = timezone.now()
    prompts, takes = [], []
    for _number in range(number):
        n = next(numbers)
        provider, _colon, model = models[n % MODELS].partition(":")
        shared: dict[str, Any] = {
            "team_id": projects[0].team_id,
            "project": projects[n * 7 % PROJECTS],
            "created_by": people[n * 11 % PEOPLE],
        }
        prompt = Prompt(text=f"Shot {n}", **shared)
        is_failed = n % 9 == 0
        take = Generation(
            prompt=prompt,
            created_at=now - timedelta(days=n % DAYS),
            provider=provider,
            model=model,
            model_name=model,
            mode="text_to_video",
            catalog_entry=entry,
            estimate=700_000,
            cost=None if is_failed else 650_000 + n % 99_999,
            cost_is_reported=n % 3 == 0 and not is_failed,
            status="failed" if is_failed else "completed",
            billed="yes",
            operation_id=f"op-{n}",
            version=n,
            verdict="" if is_failed or n % 2 else "approved",
            **shared,
        )
        prompts.append(prompt)
        takes.append(take)
    Prompt.objects.bulk_create(prompts)
    Generation.objects.bulk_create(takes)
    entries = []
    for take in takes:
        opening = ledger.opening_of(take, ledger.day_of(take))
        entries += [opening, ledger.closing_of(take, opening, opening.reserved)]
    LedgerEntry.objects.bulk_create(entries)
    Asset.objects.bulk_create(
        Asset(
            team_id=take.team_id,
            kind="video",
            generation=take,
            path=f"{take.pk}-video",
            media_type="video/mp4",
            size=1000,
            sha256="0" * 64,
            duration=4.0,
        )
        for take in takes
        if take.status == "completed"
    )


def report(sizes: list[int]) -> bool:
    """One line per page and size; whether all of them are quick enough."""
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from studio.models import User

    columns = f"{'bare':>6} {'again':>7} {'x bare':>7} {'after':>7} {'x bare':>7}"
    print(f"{'takes':>8} {'page':<16} {columns} {'queries':>8}")
    is_quick = True
    for size in sizes:
        fill(size)
        owner, editor = Client(), Client()
        owner.force_login(User.objects.get(email="bench@example.org"))
        editor.force_login(User.objects.get(email="p1@example.org"))
        year = timezone.localdate().year
        pages = {
            "usage, month": (owner, "/usage/"),
            "usage, year": (owner, f"/usage/?year={year}"),
            "usage, one's own": (editor, "/usage/"),
        }
        for name, (client, address) in pages.items():
            ask, bare = partial(client.get, address), partial(client.get, "/bare")
            queries: list[str] = []
            ask()
            with connection.execute_wrapper(counter(queries)):
                answer = client.get(address)
            assert answer.status_code == 200, (name, answer.status_code)
            again, reference = beside(ask, bare)
            after, its_own = beside(ask, bare, changes())
            times = again / reference, after / its_own
            is_quick = is_quick and max(times) <= MOST_TIMES
            print(
                f"{size:>8} {name:<16} {its_own:>6.2f} {again:>7.2f} {times[0]:>7.2f} "
                f"{after:>7.2f} {times[1]:>7.2f} {len(queries):>8}"
            )
    return is_quick


def changes() -> Callable[[], object]:
    """True changes of what the page shows, one after another."""
    from django.utils import timezone

    from studio.models import Decision, Generation, Verdict

    people, _projects = crew()
    judged = list(Generation.objects.filter(status="completed").order_by("-pk")[:80])
    takes, decisions = cycle(judged), cycle([*Decision])

    def change() -> None:
        now = timezone.now()
        take = next(takes)
        Verdict.give(take, next(decisions), author=people[0], now=now)
        fresh = new_take(take)
        fresh.mark_failed("x", "It failed.", now=now, billed="yes")

    return change


def new_take(like: Generation) -> Generation:
    """One more of the same, with what it is expected to cost held for it."""
    from django.db import transaction
    from django.utils import timezone

    from studio.models import Feed, Generation, ledger

    with transaction.atomic():
        version = Feed.advance(like.team_id)
        same = ("team_id", "project_id", "prompt_id", "created_by_id", "provider")
        same += ("model", "model_name", "mode", "catalog_entry_id", "estimate")
        fields = {name: getattr(like, name) for name in same}
        take = Generation.objects.create(version=version, **fields)
        ledger.reserve([take], timezone.localdate())
    return take


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        set_up(temporary)
        sys.exit(
            0 if report([int(word) for word in sys.argv[1:]] or list(SIZES)) else 1
        )
