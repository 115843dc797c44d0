"""Pass on what has ended or waits for a word: whom to tell, and one try of it.

``spread_waiting`` turns notices into deliveries; the queue's task takes a delivery's id
and tries once. What a crash left is found again by the sweep.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import httpx
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio import faults, queue
from studio.models import (
    Delivery,
    Generation,
    Notice,
    NoticeMail,
    Status,
    Topic,
    User,
    Webhook,
)
from studio.models.notices import DECIDED, NOTED
from studio.models.teams import MANAGERS
from studio.pipeline import mails, webhooks
from studio.pipeline.webhooks import Outcome

logger = logging.getLogger(__name__)

AT_ONCE = 200  # notices that one look passes on
MOST_WAITING = 20  # wake-ups; with so many the queue is busy rather than forgetful
# Between two tries, in seconds: two days in all.
PAUSES = (30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
LONGEST = timedelta(days=3)  # also for those that waited for a receiver
KEPT = timedelta(days=30)


def spread_waiting(now: datetime | None = None) -> int:
    """Look whom to tell of each notice that nobody has passed on; how many."""
    now = now or timezone.now()
    notices = Notice.objects.waiting().select_related("user", "generation", "team")
    waiting = list(notices[:AT_ONCE])
    for notice in waiting:
        try:
            spread(notice, now)
        except IntegrityError:  # a webhook or person went this very moment
            logger.info("notice %s is passed on later", notice.pk)
    return len(waiting)


def spread(notice: Notice, now: datetime) -> None:
    """One notice becomes its deliveries, once: all of them or none."""
    with transaction.atomic():
        rows = Notice.objects.filter(pk=notice.pk, spread_at=None)
        if rows.update(spread_at=now) != 1:
            return
        faults.point("notices.spreading")
        for webhook in Webhook.objects.filter(team_id=notice.team_id, is_active=True):
            order_delivery(
                now, kind=Delivery.Kind.WEBHOOK, webhook=webhook, notice=notice
            )
        for user in readers(notice):
            order_delivery(
                now,
                kind=Delivery.Kind.MAIL,
                user=user,
                prompt_id=notice.generation.prompt_id,
                topic=mail_topic(notice),
            )


def order_delivery(now: datetime, **to: object) -> Delivery:
    """A delivery that the queue tries at once; the same one where it is there."""
    delivery, is_new = Delivery.objects.get_or_create(defaults={"next_at": now}, **to)
    if is_new:
        queue.enqueue("deliver", delivery_id=str(delivery.pk))
    return delivery


def readers(notice: Notice) -> list[User]:
    """Who is to have a mail about it, and wants one."""
    if notice.topic == Topic.ASKED:
        members = notice.team.memberships.filter(role__in=MANAGERS)
        leads = User.objects.filter(memberships__in=members, is_active=True)
        wanting = leads.filter(approval_mail=True)
        return [user for user in wanting if user.pk != notice.user_id]
    user = notice.user
    if user is None or not user.is_active:
        return []
    is_wanted = was_last(notice) if notice.topic == Topic.ENDED else is_decided(notice)
    return [user] if is_wanted else []


def mail_topic(notice: Notice) -> Topic:
    """One mail tells of all decisions about an order."""
    topic = Topic(notice.topic)
    return Topic.APPROVED if topic in DECIDED else topic


def is_decided(notice: Notice) -> bool:
    """Whether who asked wants a mail, and no take of the order waits for a word now."""
    takes = Generation.objects.filter(prompt_id=notice.generation.prompt_id)
    is_open = takes.awaiting_approval().exists()
    return notice.user is not None and notice.user.approval_mail and not is_open


def was_last(notice: Notice) -> bool:
    """Whether its maker wants a mail, and this was the last take of its order."""
    if notice.user is None or notice.user.notice_mail != NoticeMail.BATCH:
        return False
    takes = Generation.objects.filter(prompt_id=notice.generation.prompt_id)
    statuses = set(takes.values_list("status", flat=True))
    # Who has stopped all of them knows it.
    return statuses <= NOTED and statuses != {Status.CANCELED}


def try_webhook(webhook: Webhook) -> Delivery:
    """A call that says nothing, to see whether it arrives."""
    now = timezone.now()
    with transaction.atomic():
        delivery = Delivery.objects.create(
            kind=Delivery.Kind.WEBHOOK, webhook=webhook, next_at=now
        )
        queue.enqueue("deliver", delivery_id=str(delivery.pk))
    return delivery


def deliver(
    delivery_id: str, transport: httpx.AsyncBaseTransport | None = None
) -> None:
    """One try of one delivery; quietly nothing where it is not due."""
    now = timezone.now()
    delivery = (
        Delivery.objects.select_related("webhook__team", "notice", "user", "prompt")
        .filter(pk=delivery_id, state=Delivery.State.WAITING)
        .first()
    )
    if delivery is None or is_held_up(delivery, now):
        return
    pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
    if not delivery.claim(now=now, until=now + timedelta(seconds=pause)):
        return
    faults.point("notices.claimed")
    outcome = send(delivery, transport)
    faults.point("notices.sent")
    settle(delivery, outcome)


def is_held_up(delivery: Delivery, now: datetime) -> bool:
    """Whether its receiver is left alone for now: forty calls of a receiver that does
    not answer would hold up the downloads. A trial is made all the same."""
    webhook = delivery.webhook
    until = webhook.paused_until if webhook and delivery.notice_id else None
    if until is None or until <= now:
        return False
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    waiting.update(next_at=until)
    return True


def send(delivery: Delivery, transport: httpx.AsyncBaseTransport | None) -> Outcome:
    """By its way; nothing that goes wrong there may end the task."""
    if delivery.kind == Delivery.Kind.MAIL:
        return mails.send(delivery)
    return webhooks.call(delivery, transport)


def settle(delivery: Delivery, outcome: Outcome) -> None:
    """Write down what came of it; given up after two days, or where it is for good."""
    now = timezone.now()
    delivery.note(outcome.said, outcome.http_status)
    if webhook := delivery.webhook:
        pause = PAUSES[min(webhook.failures, len(PAUSES) - 1)]
        until = now + timedelta(seconds=pause)
        webhook.note(outcome.is_done, paused_until=until)
    is_old = now - delivery.created_at > LONGEST
    if outcome.is_done:
        delivery.close(Delivery.State.SENT, now=now)
    elif outcome.is_final or is_old or delivery.attempts > len(PAUSES):
        logger.info("delivery %s is given up", delivery.pk)
        delivery.close(Delivery.State.GIVEN_UP, now=now)


def wake_due(now: datetime) -> None:
    """Wake the tasks of deliveries whose time has come; a claim keeps it to one."""
    room = MOST_WAITING - queue.waiting("deliver")
    if room <= 0:
        return
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now)
    for pk in due.order_by("next_at").values_list("pk", flat=True)[:room]:
        queue.enqueue("deliver", delivery_id=str(pk))


def tidy(now: datetime) -> None:
    """Forget what was passed on a month ago."""
    old = now - KEPT
    done = Delivery.objects.exclude(state=Delivery.State.WAITING)
    done.filter(created_at__lt=old, notice=None).delete()
    spread_long_ago = Notice.objects.filter(at__lt=old, spread_at__isnull=False)
    spread_long_ago.exclude(deliveries__state=Delivery.State.WAITING).delete()
