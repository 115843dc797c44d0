"""Notices: what has ended or waits for a word, whom to tell, how far the telling is.

A notice is written in the transaction of the step that it tells of, so that no crash
loses it. Telling somebody outside is a delivery of its own, tried until it arrives: at
least once, and always under the same id.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studio.models.prompts import Prompt
from studio.models.records import GenerationRecord
from studio.models.statuses import TERMINAL, Status
from studio.models.teams import MANAGERS, Team
from studio.models.webhooks import Webhook

if TYPE_CHECKING:
    from studio.models.users import User

# Nothing more happens by itself: an unclear take waits for a person.
NOTED = TERMINAL | {Status.UNKNOWN}


class Topic(models.TextChoices):
    """What a notice tells of."""

    ENDED = "ended", _("A take has ended")
    ASKED = "asked", _("Takes wait for approval")
    APPROVED = "approved", _("Spending approved")
    REFUSED = "refused", _("Spending refused")


DECIDED = frozenset({Topic.APPROVED, Topic.REFUSED})


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about many notices."""

    def of(self, user: User) -> Self:
        """Those about somebody's own takes."""
        return self.filter(user_id=user.pk).exclude(topic=Topic.ASKED)

    def asked_of(self, user: User) -> Self:
        """What waits for the word of this lead; not what others have decided since."""
        waiting = Prompt.objects.filter(
            generations__status=Status.QUEUED, generations__awaits_approval=True
        )
        return self.filter(
            topic=Topic.ASKED,
            generation__prompt__in=waiting,
            team__memberships__in=user.memberships.filter(role__in=MANAGERS),
        ).exclude(user_id=user.pk)

    def waiting(self) -> Self:
        """Nobody has looked yet whom to tell, the oldest first."""
        return self.filter(spread_at=None).order_by("at")


class Notice(models.Model):
    """A take has ended or become unclear; or what it costs was asked or decided."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    generation = models.ForeignKey(
        "studio.Generation", models.CASCADE, related_name="notices"
    )
    user = models.ForeignKey(  # its maker
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    topic = models.CharField(
        _("topic"), max_length=10, choices=Topic.choices, default=Topic.ENDED
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    at = models.DateTimeField(_("when"))
    spread_at = models.DateTimeField(_("passed on"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes: ClassVar = [
            # What ended for somebody since their page looked last.
            models.Index(fields=["user", "-at"], name="notice_mine"),
            models.Index(
                fields=["at"], condition=Q(spread_at=None), name="notice_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id} {self.status}"

    # Factories

    @classmethod
    def write(
        cls,
        take: GenerationRecord,
        status: Status,
        at: datetime,
        topic: Topic = Topic.ENDED,
    ) -> None:
        """Call it in the transaction of the step."""
        cls.objects.create(
            topic=topic,
            team_id=take.team_id,
            generation_id=take.pk,
            user_id=take.created_by_id,
            status=status,
            at=at,
        )


class Delivery(models.Model):
    """One message to somebody outside: a call of a webhook, or a mail."""

    class Kind(models.TextChoices):
        """By which way."""

        WEBHOOK = "webhook", _("Webhook")
        MAIL = "mail", _("Mail")

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # A call of a webhook: about a notice, or a trial without one
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    notice = models.ForeignKey(
        Notice, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    # A mail: to a person, about all takes of one press of the button, once a topic
    topic = models.CharField(
        _("topic"), max_length=10, choices=Topic.choices, default=Topic.ENDED
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    prompt = models.ForeignKey(
        Prompt, models.CASCADE, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    next_at = models.DateTimeField(_("next try"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    said = models.CharField(_("what came of it"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], condition=Q(state="waiting"), name="delivery_due"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notice", "webhook"],
                condition=Q(notice__isnull=False),
                name="delivery_once_per_webhook",
            ),
            models.UniqueConstraint(
                fields=["prompt", "user", "topic"],
                condition=Q(kind="mail"),
                name="delivery_one_mail_per_order",
            ),
            models.CheckConstraint(
                condition=Q(kind="webhook", webhook__isnull=False)
                | Q(kind="mail", prompt__isnull=False, user__isnull=False),
                name="delivery_goes_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    # Mutators

    def claim(self, *, now: datetime, until: datetime) -> bool:
        """Take one try; should this process die in it, the next follows ``until``."""
        waiting = Delivery.objects.filter(
            pk=self.pk,
            state=self.State.WAITING,
            attempts=self.attempts,
            next_at__lte=now,
        )
        done = waiting.update(attempts=self.attempts + 1, next_at=until) == 1
        if done:
            self.attempts, self.next_at = self.attempts + 1, until
        return done

    def close(self, state: State, *, now: datetime) -> None:
        """It arrived, or never will."""
        Delivery.objects.filter(pk=self.pk, state=self.State.WAITING).update(
            state=state, done_at=now
        )

    def note(self, said: str, http_status: int | None) -> None:
        """What came of the last try; never an answer's body."""
        self.said, self.http_status = said[:300], http_status
        self.save(update_fields=["said", "http_status"])
