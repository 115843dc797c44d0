"""Who is told that takes wait for approval, and who hears of the answer."""

from __future__ import annotations

import json

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from studio.models import (
    Delivery,
    Generation,
    Membership,
    Notice,
    Project,
    Role,
    Topic,
    User,
    Webhook,
)
from studio.pipeline import approve, notices
from tests.conftest import ClientFor
from tests.factories import make_user
from tests.money import press
from tests.pipeline.test_notices import SECRET, Host, deliver_mails
from tests.views.test_notices import look


@pytest.fixture
def lena(project: Project) -> User:
    """Another lead of the team."""
    lena = make_user("lena")
    Membership.objects.create(
        team=project.team, user=lena, role=Role.ADMIN, seen_at=timezone.now()
    )
    return lena


@pytest.fixture
def takes(project: Project, bob: User, lena: User) -> list[Generation]:
    """Two takes of one press that cost more than half a dollar."""
    project.team.approval_above = 500_000
    project.team.save()
    return press(project, bob, takes=2)


def words(client: Client) -> list[str]:
    """The lines of an open page."""
    day = timezone.now().replace(hour=0, minute=0)
    return [notice["words"] for notice in look(client, day.isoformat())["notices"]]


def test_each_lead_reads_one_line_for_a_press_and_nobody_else(
    client_for: ClientFor,
    takes: list[Generation],
    alice: User,
    lena: User,
    bob: User,
    charlie: User,
) -> None:
    for lead in (alice, lena):
        found = look(client_for(lead), takes[0].created_at.isoformat())
        [notice] = found["notices"]
        assert notice["words"].startswith("Wait for your approval: 2 takes of")
        assert (notice["href"], notice["take"]) == ("/queue/", "")
        assert found["seconds"] == 30  # a lead is asked at any time
    assert words(client_for(bob)) == words(client_for(charlie)) == []


def test_the_line_is_gone_when_another_lead_was_faster(
    client_for: ClientFor, takes: list[Generation], alice: User, lena: User
) -> None:
    approve.approve_take(takes[0], user=alice)
    assert len(words(client_for(lena))) == 1
    approve.refuse_take(takes[1], user=alice)

    assert words(client_for(lena)) == []


def test_who_asked_hears_of_each_answer(
    client_for: ClientFor, takes: list[Generation], alice: User, bob: User
) -> None:
    approve.approve_take(takes[0], user=alice)
    approve.refuse_take(takes[1], user=alice)
    assert not approve.approve_take(takes[0], user=alice)  # once only

    text = takes[0].prompt.text
    assert words(client_for(bob)) == [f"Approved: {text}", f"Not approved: {text}"]


def test_leads_get_a_mail_if_they_want_one(
    takes: list[Generation], alice: User, lena: User
) -> None:
    User.objects.filter(pk=lena.pk).update(approval_mail=False)

    deliver_mails()

    [letter] = mail.outbox
    assert letter.to == [alice.email]
    assert letter.subject.startswith("2 takes wait for your approval (about $")
    assert "Bob asks for it in Harbour film" in letter.body
    assert "/queue/" in letter.body


def test_no_mail_asks_for_what_was_decided_meanwhile(
    takes: list[Generation], alice: User
) -> None:
    notices.spread_waiting()
    for take in takes:
        approve.approve_take(take, user=alice)

    for delivery in Delivery.objects.filter(topic=Topic.ASKED):
        notices.deliver(str(delivery.pk))

    assert mail.outbox == []


def test_who_asked_gets_one_mail_when_all_is_decided(
    takes: list[Generation], alice: User, bob: User
) -> None:
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    approve.approve_take(takes[0], user=alice)
    deliver_mails()
    assert mail.outbox == []
    approve.refuse_take(takes[1], user=alice)

    deliver_mails()
    deliver_mails()

    [letter] = mail.outbox
    assert letter.to == [bob.email]
    assert letter.subject.startswith("1 take approved, 1 not: ")
    assert "Alice did not approve" in letter.body


def test_a_webhook_is_called_for_the_question_and_the_answer(
    project: Project, takes: list[Generation], alice: User
) -> None:
    hook = Webhook(team=project.team, url="https://hooks.example/in")
    hook.set_secret(SECRET)
    hook.save()
    approve.approve_take(takes[0], user=alice)
    host = Host()

    notices.spread_waiting()
    for delivery in Delivery.objects.filter(kind=Delivery.Kind.WEBHOOK):
        notices.deliver(str(delivery.pk), host.transport)

    bodies = [json.loads(call.content) for call in host.calls]
    assert {body["type"] for body in bodies} == {"approval.asked", "approval.approved"}
    assert {body["generation"]["takes"] for body in bodies} == {2}


def test_a_lead_need_not_ask_and_nobody_is_told(
    project: Project, takes: list[Generation], alice: User
) -> None:
    Notice.objects.all().delete()

    press(project, alice)

    assert not Notice.objects.exists()
