"""The line as people see it: places, moves, pauses, and changing what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from studio import catalog
from studio.models import (
    Event,
    Feed,
    Generation,
    LineSetting,
    Order,
    Outage,
    Project,
    ProviderAccount,
    Status,
    Team,
    Timing,
    User,
)
from studio.pipeline import create, line, pause, replace
from studio.pipeline.expect import expected_times
from studio.pipeline.sweep import Sweep
from tests.factories import make_generation
from tests.pipeline.vendor import MODEL, Vendor


@pytest.fixture(autouse=True)
def account(db: None) -> ProviderAccount:
    """The installation's key, with room for two."""
    account = ProviderAccount(provider="vtrix", max_running=2)
    account.set_secrets({"api_key": "sk-canary-0123456789"})
    account.save()
    return account


def queue_up(project: Project, user: User, number: int) -> list[Generation]:
    """Takes asked for one after another."""
    now = timezone.now() - timedelta(minutes=5)
    return [
        make_generation(
            project, user, model=MODEL, created_at=now + timedelta(seconds=n)
        )
        for n in range(number)
    ]


def own_order(take: Generation) -> list[Generation]:
    """What its person waits for, as it would be sent."""
    found = Generation.objects.in_bulk(line.own_line(take))
    return [found[pk] for pk in line.own_line(take)]


def test_places_follow_the_turns(project: Project, alice: User, bob: User) -> None:
    hers = queue_up(project, alice, 3)
    [his] = queue_up(project, bob, 1)

    found = line.places(timezone.now())

    before = [found[take.pk].before for take in [*hers, his]]
    assert sorted(before) == [0, 1, 2, 3]
    assert found[his.pk].before <= 1


def test_another_providers_takes_stand_before_none(
    project: Project, alice: User
) -> None:
    queue_up(project, alice, 3)
    drawn = make_generation(project, alice)

    assert line.places(timezone.now())[drawn.pk].before == 0


def test_it_expects_what_the_limits_let_through(project: Project, alice: User) -> None:
    takes = queue_up(project, alice, 5)
    for seconds in (58, 60, 62):
        Timing.add(takes[0].timing_key(), seconds)

    times = expected_times(takes, timezone.now())

    waits = [round(times[take.pk].remaining or 0) for take in takes]
    assert waits == [60, 60, 120, 120, 180]
    assert times[takes[0].pk].p90 == pytest.approx(61.6)


def test_it_expects_nothing_without_a_history(project: Project, alice: User) -> None:
    [take] = queue_up(project, alice, 1)

    [times] = expected_times([take], timezone.now()).values()

    assert times.remaining is None
    assert not times.has_history


def test_it_moves_a_take_to_the_front(project: Project, alice: User) -> None:
    first, second, third = queue_up(project, alice, 3)

    assert line.move(third, line.FRONT, user=alice)

    assert own_order(first) == [third, first, second]


def test_it_moves_a_take_up_and_down(project: Project, alice: User) -> None:
    first, second, third = queue_up(project, alice, 3)

    line.move(third, line.UP, user=alice)
    assert own_order(first) == [first, third, second]
    line.move(first, line.DOWN, user=alice)
    assert own_order(first) == [third, first, second]


def test_what_comes_later_stands_behind(project: Project, alice: User) -> None:
    first, second = queue_up(project, alice, 2)
    line.move(second, line.FRONT, user=alice)

    late = make_generation(project, alice, model=MODEL)

    assert own_order(first) == [second, first, late]


def test_a_move_overtakes_nobody_else(project: Project, alice: User, bob: User) -> None:
    queue_up(project, bob, 2)
    mine = queue_up(project, alice, 3)

    line.move(mine[2], line.FRONT, user=alice)

    places = line.places(timezone.now())
    before = [places[take.pk].before for take in [mine[2], mine[0], mine[1]]]
    assert before[0] <= 1
    assert before == sorted(before)


def test_the_last_cannot_move_down(project: Project, alice: User) -> None:
    [_first, last] = queue_up(project, alice, 2)
    before = Feed.objects.get(team=project.team).version

    assert not line.move(last, line.DOWN, user=alice)

    assert Feed.objects.get(team=project.team).version == before
    assert not Event.objects.filter(verb="generation.reordered").exists()


@pytest.mark.parametrize("whose", ["team", "installation"])
def test_a_pause_keeps_takes_queued_and_lets_others_run(
    project: Project, alice: User, account: ProviderAccount, whose: str
) -> None:
    vendor = Vendor()
    sweep = Sweep(transport=vendor.transport)
    team = project.team if whose == "team" else None
    running = make_generation(
        project, alice, model=MODEL, status=Status.SUBMITTED, account=account
    )
    [take] = queue_up(project, alice, 1)

    assert pause.pause(team, user=alice)
    sweep.run_until_idle(rounds=2)
    take.refresh_from_db()
    running.refresh_from_db()
    assert (take.status, running.status) == (Status.QUEUED, Status.PROCESSING)
    assert "Paused" in take.wait_reason
    assert not vendor.submits

    assert pause.resume(team, user=alice)
    sweep.run_until_idle(rounds=2)
    sweep.close()
    take.refresh_from_db()
    assert len(vendor.submits) == 1
    assert take.wait_reason == ""


def test_what_waits_says_at_once_that_it_is_paused_or_no_longer(
    project: Project, alice: User, account: ProviderAccount
) -> None:
    [take] = queue_up(project, alice, 1)
    reasons = []
    for act in (pause.pause, pause.resume):
        act(project.team, user=alice)
        take.refresh_from_db()
        reasons.append(take.wait_reason)

    assert reasons == ["Paused: nothing is sent until somebody resumes.", ""]


def test_a_pause_of_one_team_is_none_of_another(
    project: Project, alice: User, charlie: User
) -> None:
    vendor = Vendor()
    sweep = Sweep(transport=vendor.transport)
    queue_up(project, alice, 1)
    queue_up(Project.objects.get(name="Theirs"), charlie, 1)
    pause.pause(project.team, user=alice)

    sweep.run_until_idle(rounds=2)
    sweep.close()

    assert len(vendor.submits) == 1


def test_it_is_paused_once(team: Team, alice: User, bob: User) -> None:
    assert pause.pause(team, user=alice)
    assert not pause.pause(team, user=bob)

    assert LineSetting.of(team.pk).paused_by == alice
    assert Event.objects.filter(verb="line.paused").count() == 1


def order(words: str, **fields: object) -> Order:
    """What the composer sends."""
    model = catalog.get_model(MODEL)
    return Order(model=model, mode="text_to_video", prompt=words, **fields)  # type: ignore[arg-type]


def test_a_waiting_take_is_replaced_in_its_place(project: Project, alice: User) -> None:
    first, second, third = queue_up(project, alice, 3)

    [new] = replace.replace_take(second, order("Better words"), user=alice)

    second.refresh_from_db()
    assert second.status == Status.CANCELED and second.deleted_at
    assert own_order(first) == [first, new, third]
    assert new.prompt.text == "Better words"


def test_what_was_sent_meanwhile_is_not_replaced(project: Project, alice: User) -> None:
    [take] = queue_up(project, alice, 1)
    now = timezone.now()
    Generation.objects.get(pk=take.pk).mark_submitting(
        now=now, deadline=now, account=None
    )

    with pytest.raises(replace.SentMeanwhile):
        replace.replace_take(take, order("Too late"), user=alice)

    assert list(Generation.objects.values_list("status", flat=True)) == ["submitting"]


def test_a_second_click_replaces_nothing_more(project: Project, alice: User) -> None:
    [take] = queue_up(project, alice, 1)
    wish = order("Better words", form_key="one")

    first = replace.replace_take(take, wish, user=alice)
    again = replace.replace_take(take, wish, user=alice)

    assert first == again
    assert Generation.objects.filter(status=Status.QUEUED).count() == 1


def test_it_names_the_providers_that_are_down(
    project: Project, account: ProviderAccount
) -> None:
    now = timezone.now()
    Outage.note_failure("vtrix", account.pk, "Down.", sent_at=now, now=now)
    Outage.note_failure("segmind", account.pk, "Theirs.", sent_at=now, now=now)

    [found] = line.troubles(project.team_id, now)

    assert found.reason == "Down."


def test_create_makes_takes_that_stand_behind(project: Project, alice: User) -> None:
    first, second = queue_up(project, alice, 2)
    line.move(second, line.FRONT, user=alice)

    [new] = create.create_takes(order("Later"), user=alice, project=project)

    assert own_order(first)[-1] == new


def test_what_a_team_has_paused_stands_before_nobody_else(
    project: Project, alice: User, charlie: User
) -> None:
    hers = queue_up(project, alice, 2)
    [theirs] = queue_up(Project.objects.get(name="Theirs"), charlie, 1)
    pause.pause(project.team, user=alice)

    found = line.places(timezone.now())

    assert [found[take.pk].before for take in [*hers, theirs]] == [0, 1, 0]
