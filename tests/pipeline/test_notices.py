"""Finish notices: written with the step, passed on once, told until it arrives."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from smtplib import SMTPException

import httpx
import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from studio.models import (
    Billed,
    Delivery,
    Generation,
    Membership,
    Notice,
    NoticeMail,
    Project,
    Status,
    User,
    Webhook,
)
from studio.pipeline import left_behind, notices, webhooks
from tests.factories import make_generation, make_prompt

SECRET = "whsec-canary-0123456789"  # noqa: S105  (of nobody)


class Host:
    """A receiver that answers so, one after another, and then well."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.calls: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        self.calls.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 204)

    @property
    def transport(self) -> httpx.MockTransport:
        """What stands in for the network."""
        return httpx.MockTransport(self)


@pytest.fixture
def hook(project: Project) -> Webhook:
    """The team's webhook."""
    hook = Webhook(team=project.team, url="https://hooks.example/in?token=abc")
    hook.set_secret(SECRET)
    hook.save()
    return hook


def end(take: Generation, *, fails: bool = False) -> None:
    """It comes to its end."""
    now = timezone.now()
    if fails:
        assert take.mark_failed("odd", "It failed.", now=now, billed=Billed.NO)
    else:
        Generation.objects.filter(pk=take.pk).update(status=Status.COLLECTING)
        assert take.mark_completed(now=now)


def running(project: Project, user: User, **fields: object) -> Generation:
    """A take at its provider."""
    return make_generation(project, user, status=Status.PROCESSING, **fields)  # type: ignore[arg-type]  # any field


# Written with the step


def test_a_notice_is_written_with_the_step(project: Project, bob: User) -> None:
    take = running(project, bob)

    end(take)

    notice = Notice.objects.get()
    assert (notice.generation, notice.user, notice.status) == (take, bob, "completed")


def test_without_the_step_there_is_none(project: Project, bob: User) -> None:
    take = running(project, bob)

    with pytest.raises(InterruptedError), transaction.atomic():
        end(take)
        raise InterruptedError

    assert not Notice.objects.exists()


def test_who_comes_second_writes_none(project: Project, bob: User) -> None:
    take = running(project, bob)
    end(take)

    assert not take.mark_failed("odd", "Late.", now=timezone.now(), billed="no")
    assert Notice.objects.count() == 1


def test_on_its_way_it_says_nothing(project: Project, bob: User) -> None:
    take = make_generation(project, bob, status=Status.SUBMITTED, operation_id="x")

    take.mark_processing(now=timezone.now())

    assert not Notice.objects.exists()


# Passed on


def test_it_is_passed_on_once(project: Project, bob: User, hook: Webhook) -> None:
    end(running(project, bob))
    OrmQ.objects.all().delete()

    assert notices.spread_waiting() == 1
    assert notices.spread_waiting() == 0

    delivery = Delivery.objects.get()
    assert (delivery.webhook, delivery.state) == (hook, "waiting")
    [message] = OrmQ.objects.all()
    assert message.func() == "studio.tasks.deliver"


def test_other_teams_webhooks_are_told_nothing(
    project: Project, bob: User, hook: Webhook, charlie: User
) -> None:
    theirs = Project.objects.get(name="Theirs")
    end(make_generation(theirs, charlie, status=Status.PROCESSING))

    notices.spread_waiting()

    assert not Delivery.objects.exists()


def test_a_webhook_that_is_off_is_told_nothing(
    project: Project, bob: User, hook: Webhook
) -> None:
    Webhook.objects.update(is_active=False)
    end(running(project, bob))

    notices.spread_waiting()

    assert not Delivery.objects.exists()


def test_the_sweep_finds_what_a_crash_left(
    project: Project, bob: User, hook: Webhook
) -> None:
    end(running(project, bob))
    left_behind.look_after(timezone.now())
    OrmQ.objects.all().delete()

    left_behind.revive_abandoned(timezone.now())

    assert [m.func() for m in OrmQ.objects.all()] == ["studio.tasks.deliver"]


# The call


def told(project: Project, user: User, host: Host, **fields: object) -> Delivery:
    """A take ends, and its delivery is tried once."""
    end(running(project, user, **fields))
    notices.spread_waiting()
    delivery = Delivery.objects.get(kind=Delivery.Kind.WEBHOOK)
    notices.deliver(str(delivery.pk), host.transport)
    delivery.refresh_from_db()
    return delivery


def let_time_pass() -> None:
    """Every pause is over."""
    Delivery.objects.update(next_at=timezone.now())
    Webhook.objects.update(paused_until=None)


def test_a_call_is_signed_and_says_what_has_ended(
    project: Project, bob: User, hook: Webhook, settings: Settings
) -> None:
    host = Host()
    delivery = told(project, bob, host, prompt="Ein Füchslein", cost=350_000)

    [call] = host.calls
    assert delivery.state == Delivery.State.SENT
    assert str(call.url) == hook.url
    body = json.loads(call.content)
    assert (body["id"], body["type"]) == (str(delivery.pk), "generation.completed")
    assert body["generation"]["prompt"]["text"] == "Ein Füchslein"
    assert body["generation"]["cost"] == 350_000
    assert body["generation"]["url"].startswith(f"{settings.STUDIO_URL}/takes/")

    stamp, sent = call.headers["Webhook-Timestamp"], call.headers["Webhook-Signature"]
    content = f"{delivery.pk}.{stamp}.".encode() + call.content
    digest = hmac.new(SECRET.encode(), content, hashlib.sha256).digest()
    assert sent == f"v1,{base64.b64encode(digest).decode()}"
    assert call.headers["Webhook-Id"] == str(delivery.pk)
    assert abs(int(stamp) - timezone.now().timestamp()) < 60
    assert SECRET not in str(call.headers) + call.content.decode()


def test_a_secret_can_be_bytes_in_base64() -> None:
    assert webhooks.key_of("whsec_" + base64.b64encode(b"abc").decode()) == b"abc"
    assert webhooks.key_of("whsec_no base64") == b"whsec_no base64"


def test_a_call_that_fails_is_tried_again_under_the_same_id(
    project: Project, bob: User, hook: Webhook
) -> None:
    host = Host(500, 503)
    delivery = told(project, bob, host)
    assert (delivery.state, delivery.http_status) == ("waiting", 500)

    waits = []
    for _time in range(2):
        waits.append(delivery.next_at - timezone.now())
        let_time_pass()
        notices.deliver(str(delivery.pk), host.transport)
        delivery.refresh_from_db()

    assert delivery.state == Delivery.State.SENT
    assert waits[0] < waits[1]
    assert len({call.headers["Webhook-Id"] for call in host.calls}) == 1
    assert len(host.calls) == 3


def test_it_is_not_called_before_its_time_nor_after_it_arrived(
    project: Project, bob: User, hook: Webhook
) -> None:
    host = Host(500)
    delivery = told(project, bob, host)
    notices.deliver(str(delivery.pk), host.transport)
    assert len(host.calls) == 1

    let_time_pass()
    for _time in range(3):
        notices.deliver(str(delivery.pk), host.transport)
    assert len(host.calls) == 2


def test_a_receiver_that_does_not_answer_is_left_alone_by_all(
    project: Project, bob: User, hook: Webhook
) -> None:
    host = Host(503)
    told(project, bob, host)
    end(running(project, bob))
    notices.spread_waiting()
    second = Delivery.objects.get(attempts=0)

    notices.deliver(str(second.pk), host.transport)
    hook.refresh_from_db()
    second.refresh_from_db()
    assert (len(host.calls), hook.failures, second.attempts) == (1, 1, 0)
    assert second.next_at == hook.paused_until

    let_time_pass()
    notices.deliver(str(second.pk), host.transport)
    hook.refresh_from_db()
    assert (len(host.calls), hook.failures) == (2, 0)


def test_a_trial_is_made_all_the_same(hook: Webhook) -> None:
    Webhook.objects.update(failures=3, paused_until=timezone.now() + timedelta(hours=1))
    host = Host()

    delivery = notices.try_webhook(hook)
    notices.deliver(str(delivery.pk), host.transport)

    [call] = host.calls
    assert json.loads(call.content)["type"] == "webhook.test"
    hook.refresh_from_db()
    assert (hook.failures, hook.paused_until) == (0, None)


def test_it_is_given_up_after_two_days(
    project: Project, bob: User, hook: Webhook
) -> None:
    host = Host(*[500] * 50)
    delivery = told(project, bob, host)
    for _time in range(20):
        let_time_pass()
        notices.deliver(str(delivery.pk), host.transport)

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.GIVEN_UP
    assert delivery.attempts == len(host.calls) == len(notices.PAUSES) + 1


def test_who_says_gone_is_told_nothing_more(
    project: Project, bob: User, hook: Webhook
) -> None:
    assert told(project, bob, Host(410)).state == Delivery.State.GIVEN_UP


def test_a_redirect_is_not_followed(project: Project, bob: User, hook: Webhook) -> None:
    host = Host(307)

    assert told(project, bob, host).state == Delivery.State.WAITING
    assert len(host.calls) == 1


def test_an_address_inside_the_network_is_refused_for_good(
    project: Project, bob: User, hook: Webhook
) -> None:
    Webhook.objects.update(url="http://127.0.0.1/")
    end(running(project, bob))
    notices.spread_waiting()
    delivery = Delivery.objects.get()

    notices.deliver(str(delivery.pk))

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.GIVEN_UP
    assert "not a public address" in delivery.said


def test_trouble_on_the_way_is_told_without_the_address(
    project: Project, bob: User, hook: Webhook
) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError(f"reset by {request.url}")

    end(running(project, bob))
    notices.spread_waiting()
    delivery = Delivery.objects.get()
    notices.deliver(str(delivery.pk), httpx.MockTransport(breaks))

    delivery.refresh_from_db()
    assert delivery.said == "It could not be reached."


# The mail


@pytest.fixture
def reader(bob: User) -> User:
    """Bob wants mails."""
    bob.notice_mail = NoticeMail.BATCH
    bob.save()
    return bob


def deliver_mails() -> None:
    """What the queue would do."""
    notices.spread_waiting()
    for delivery in Delivery.objects.filter(kind=Delivery.Kind.MAIL):
        notices.deliver(str(delivery.pk))


def test_one_mail_for_an_order_when_all_have_ended(
    project: Project, reader: User
) -> None:
    prompt = make_prompt(project, reader, text="A red fox\nin snow", takes=2)
    first = running(project, reader, prompt=prompt, take=1)
    second = running(project, reader, prompt=prompt, take=2)
    end(first)
    deliver_mails()
    assert mail.outbox == []

    end(second, fails=True)
    deliver_mails()
    deliver_mails()

    [letter] = mail.outbox
    assert letter.to == [reader.email]
    assert letter.subject == "1 take ready, 1 failed: A red fox in snow"
    assert f"/takes/{first.pk}/" in letter.body
    assert str(Delivery.objects.get().pk) in letter.extra_headers["Message-ID"]


def test_two_ends_at_once_make_one_mail(project: Project, reader: User) -> None:
    prompt = make_prompt(project, reader, takes=2)
    for number in (1, 2):
        end(running(project, reader, prompt=prompt, take=number))

    deliver_mails()

    assert len(mail.outbox) == 1


def test_who_wants_none_gets_none(project: Project, bob: User) -> None:
    end(running(project, bob))

    deliver_mails()

    assert mail.outbox == []


def test_who_stopped_it_gets_none(project: Project, reader: User) -> None:
    take = make_generation(project, reader)
    take.mark_canceled(now=timezone.now(), frm={Status.QUEUED}, billed="no")

    deliver_mails()

    assert mail.outbox == []


def test_who_has_left_the_team_gets_none(project: Project, reader: User) -> None:
    end(running(project, reader))
    notices.spread_waiting()
    Membership.objects.filter(user=reader).delete()

    deliver_mails()

    assert mail.outbox == []
    assert Delivery.objects.get().state == Delivery.State.GIVEN_UP


class Away(EmailBackend):
    """A mail server that is not there."""

    def send_messages(self, messages: object) -> int:
        """It is not."""
        raise SMTPException("away")


def test_a_mail_server_that_is_away_is_tried_again(
    project: Project, reader: User, settings: Settings
) -> None:
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    end(running(project, reader))
    deliver_mails()
    assert Delivery.objects.get().state == Delivery.State.WAITING

    settings.EMAIL_BACKEND = usual
    let_time_pass()
    deliver_mails()

    assert len(mail.outbox) == 1


# Later


def test_old_notices_are_forgotten_and_waiting_ones_kept(
    project: Project, bob: User, hook: Webhook
) -> None:
    told(project, bob, Host())
    end(running(project, bob))
    notices.spread_waiting()
    assert Notice.objects.count() == 2

    notices.tidy(timezone.now() + timedelta(days=31))

    assert [d.state for d in Delivery.objects.all()] == ["waiting"]
    assert Notice.objects.count() == 1
