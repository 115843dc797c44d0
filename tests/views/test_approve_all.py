"""All takes that wait for an admin's word, approved at once: those on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest

from studio.models import Event, Generation, Notice, Project, Topic, User
from studio.pipeline import approve, cancel
from studio.views import approvals
from tests.conftest import ClientFor
from tests.factories import make_project, make_team
from tests.money import press

IDS = re.compile(r'<input type="hidden" name="take" value="([0-9a-f-]+)">')


@pytest.fixture
def waiting(project: Project, bob: User) -> list[Generation]:
    """Three takes of 70 cents where 50 may be spent without a word."""
    project.team.approval_above = 500_000
    project.team.save()
    return [take for _n in range(3) for take in press(project, bob)]


def approve_all(
    client_for: ClientFor, user: User, project: Project, takes: Iterable[Any]
) -> Any:
    address = f"/teams/{project.team_id}/approve"
    return client_for(user).post(address, {"take": [*takes]}, follow=True)


def still_waiting() -> int:
    return Generation.objects.awaiting_approval().count()


def test_the_button_and_the_question_name_number_and_total(
    client_for: ClientFor, waiting: list[Generation], alice: User, bob: User
) -> None:
    hers = client_for(alice).get("/queue/").content.decode()
    his = client_for(bob).get("/queue/").content.decode()

    assert "Approve all 3 · about $2.10" in hers
    assert "Spend about $2.10 on these 3 takes?" in hers
    assert "Yes, approve 3 takes" in hers
    assert IDS.findall(hers) == [str(take.pk) for take in waiting]
    assert "Approve all" not in his


def test_one_alone_has_its_own_button(
    client_for: ClientFor, waiting: list[Generation], alice: User, bob: User
) -> None:
    for take in waiting[1:]:
        cancel.cancel_take(take, user=bob)

    assert "Approve all" not in client_for(alice).get("/queue/").content.decode()


def test_the_total_says_what_nobody_knows(
    client_for: ClientFor,
    project: Project,
    waiting: list[Generation],
    alice: User,
    bob: User,
) -> None:
    press(project, bob, price=None)

    shown = client_for(alice).get("/queue/").content.decode()

    assert "Approve all 4 · about $2.10 and 1 unknown price" in shown


def test_each_is_approved_and_written_down(
    client_for: ClientFor, project: Project, waiting: list[Generation], alice: User
) -> None:
    answer = approve_all(client_for, alice, project, [take.pk for take in waiting])

    assert still_waiting() == 0
    assert "3 takes approved: they are sent next." in answer.content.decode()
    events = Event.objects.filter(verb="generation.spending_approved", actor=alice)
    assert {event.generation_id for event in events} == {take.pk for take in waiting}
    assert Notice.objects.filter(topic=Topic.APPROVED).count() == 3


def test_what_changed_meanwhile_is_left_out_and_said(
    client_for: ClientFor,
    project: Project,
    waiting: list[Generation],
    alice: User,
    bob: User,
) -> None:
    cancel.cancel_take(waiting[0], user=bob)
    approve.refuse_take(waiting[1], user=alice)

    answer = approve_all(client_for, alice, project, [take.pk for take in waiting])

    said = answer.content.decode()
    assert "1 take approved: it is sent next." in said
    assert "2 takes were left out: they changed meanwhile" in said
    waiting[2].refresh_from_db()
    assert not waiting[2].awaits_approval


def test_what_came_meanwhile_goes_on_waiting(
    client_for: ClientFor,
    project: Project,
    waiting: list[Generation],
    alice: User,
    bob: User,
) -> None:
    press(project, bob)

    approve_all(client_for, alice, project, [take.pk for take in waiting])

    assert still_waiting() == 1


def test_it_is_decided_once(
    client_for: ClientFor, project: Project, waiting: list[Generation], alice: User
) -> None:
    stale = list(Generation.objects.awaiting_approval())
    approve_all(client_for, alice, project, [take.pk for take in waiting])

    assert approve.approve_takes(stale, user=alice) == []
    assert Event.objects.filter(verb="generation.spending_approved").count() == 3


def test_takes_of_another_team_and_nonsense_are_left_out(
    client_for: ClientFor, waiting: list[Generation], project: Project, charlie: User
) -> None:
    theirs = make_project(make_team(charlie, name="Far away"))
    ids = [waiting[0].pk, uuid4(), "nonsense"]

    answer = approve_all(client_for, charlie, theirs, ids)

    assert "2 takes were left out" in answer.content.decode()
    assert still_waiting() == 3


def test_an_editor_may_not_and_a_stranger_finds_nothing(
    client_for: ClientFor,
    project: Project,
    waiting: list[Generation],
    bob: User,
    charlie: User,
) -> None:
    ids = [take.pk for take in waiting]

    assert approve_all(client_for, bob, project, ids).status_code == 403
    assert approve_all(client_for, charlie, project, ids).status_code == 404
    assert still_waiting() == 3


def test_a_long_list_is_said_to_be_cut(
    client_for: ClientFor,
    waiting: list[Generation],
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(approvals, "MOST", 2)

    shown = client_for(alice).get("/queue/").content.decode()

    assert "Approve all 2 · about $1.40" in shown
    assert "Only the oldest are shown." in shown
