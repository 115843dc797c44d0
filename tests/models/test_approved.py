"""Seconds of approved video: kept beside what was spent, and right after each act."""

from __future__ import annotations

from random import Random

import pytest
from django.utils import timezone

from studio.models import (
    Decision,
    Generation,
    Project,
    Team,
    User,
    Verdict,
    ledger,
    ledger_check,
)
from studio.models.usage import Sums, Time, usage_of
from studio.pipeline.move import move_take
from tests.conftest import ClientFor
from tests.factories import make_files, make_project
from tests.money import PRICE, make_budget, press

NOW = timezone.now()


def finish(take: Generation, seconds: float = 4.0, **fields: object) -> Generation:
    """It became a video of this length."""
    take.mark_submitting(now=NOW, deadline=NOW, account=None)
    take.mark_submitted(f"op-{take.pk}", now=NOW)
    take.mark_collecting([], now=NOW)
    take.mark_completed(now=NOW, billed="yes", **fields)
    make_files(take)
    take.assets.filter(kind="video").update(duration=seconds)
    return take


def judge(take: Generation, author: User, decision: str = "approved") -> None:
    """One more verdict of a member."""
    assert Verdict.give(take, Decision(decision), author=author, now=NOW)


def approved(team: Team, person: User | None = None, year: int = 0) -> int:
    """Milliseconds, as the page reads them."""
    time = Time.year(year) if year else Time.month(timezone.localdate())
    return usage_of(team, time, person_id=person and person.pk).total.approved


@pytest.fixture
def takes(project: Project, alice: User, bob: User) -> list[Generation]:
    """Of Bob four seconds, of Alice six."""
    (first,), (second,) = press(project, bob), press(project, alice)
    return [finish(first), finish(second, 6.0)]


def test_it_counts_what_was_approved_of_the_time(
    takes: list[Generation], team: Team, alice: User, bob: User
) -> None:
    for take in takes:
        judge(take, alice)

    assert approved(team) == 10_000
    assert approved(team, bob) == 4_000
    assert approved(team, year=timezone.localdate().year) == 10_000
    assert approved(team, year=2001) == 0


def test_another_verdict_and_a_deletion_take_it_back(
    takes: list[Generation], team: Team, alice: User
) -> None:
    for take in takes:
        judge(take, alice)
        judge(take, alice)  # once more changes nothing

    judge(takes[0], alice, "changes_requested")
    assert approved(team) == 6_000
    takes[1].delete_softly(now=NOW)
    takes[1].delete_softly(now=NOW)
    assert approved(team) == 0
    assert ledger_check.wrong(team) == []


def test_a_guests_word_counts_as_well(takes: list[Generation], team: Team) -> None:
    Verdict.give(takes[0], Decision.APPROVED, guest_name="Gus", now=NOW)

    assert approved(team) == 4_000


def test_the_page_divides_all_that_was_spent(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    first, *others = press(project, bob, takes=4)  # seventy cents each
    for take in others:
        take.mark_failed("x", "It failed.", now=NOW, billed="yes")
    judge(finish(first, cost=PRICE), alice)

    page = client_for(alice).get("/usage/").content.decode()

    assert "Per approved second" in page
    assert "<strong>$0.70</strong><small>4 s approved</small>" in page


def test_a_wrong_sum_is_named_and_mended(
    takes: list[Generation], team: Team, alice: User
) -> None:
    judge(takes[0], alice)
    team.spending_sums.filter(by="total", is_of_one=False).update(approved=1)

    lines = ledger_check.disagreements(team)
    ledger_check.rebuild(team)

    assert "1 sums of day" in lines[0] and "1 sums of month" in lines[1]
    assert approved(team) == 4_000
    assert ledger_check.disagreements(team) == []


# Whatever happens, the sums are those that are counted from scratch


@pytest.mark.parametrize("seed", range(4))
def test_the_sums_are_right_after_anything(
    project: Project, alice: User, bob: User, seed: int
) -> None:
    team, random = project.team, Random(seed)
    projects = [project, make_project(team)]
    make_budget(team, alice, limit=10**12)
    for _act in range(25):
        act(random, projects, (alice, bob))

    assert ledger_check.wrong(team) == []
    time = Time.month(timezone.localdate())
    found = usage_of(team, time)
    for slices in (found.people, found.projects, found.models):
        added = Sums()
        for sums in slices.values():
            added.add(sums)
        assert added == found.total
    assert found.total == from_the_entries(team)
    assert usage_of(team, Time.year(time.first.year)).total == found.total
    for pk, sums in found.people.items():
        assert pk and usage_of(team, time, person_id=int(pk)).total == sums


def from_the_entries(team: Team) -> Sums:
    """The total, counted in the plainest way."""
    counted = Sums()
    for entry in team.ledger.all():
        for name, number in entry.numbers().items():
            setattr(counted, name, getattr(counted, name) + number)
    for take in team.generations.filter(verdict="approved", deleted_at=None):
        video = take.assets.get(kind="video")
        counted.approved += round((video.duration or 0) * 1000)
    return counted


def act(random: Random, projects: list[Project], people: tuple[User, User]) -> None:
    """Something that a team does with its takes."""
    team, user = projects[0].team, random.choice(people)
    ended = random.choice([*team.generations.filter(status="completed"), None])
    is_open = random.choice([*team.generations.filter(status="queued"), None])
    number, what = random.randrange(1, 4), random.randrange(9)
    if what < 2 or (ended is None and is_open is None):
        price = random.choice([PRICE, 333_333, 0, None])
        press(random.choice(projects), user, price=price, takes=number)
    elif what < 4 and is_open:
        bill = {"cost": random.randrange(10**6), "cost_is_reported": True}
        finish(is_open, random.random() * 9, **(bill if number > 1 else {}))
    elif what == 4 and is_open:
        billed = random.choice(["yes", "no", "unknown"])
        is_open.mark_failed("x", "It failed.", now=NOW, billed=billed)
    elif what < 7 and ended and not ended.deleted_at:
        judge(ended, user, random.choice(Decision.values))
    elif what == 7 and ended:
        ended.delete_softly(now=NOW)
    elif failed := team.generations.filter(billed="unknown").first():
        ledger.clear_up(failed, was_billed=number > 1)
    elif ended:
        move_take(ended, random.choice(projects), user=user)
        projects[1].choose_people([user], is_private=number > 1)
