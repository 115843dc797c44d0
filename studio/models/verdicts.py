"""Decisions on finished takes, and the line of those that wait for one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.generations import Generation
from studio.models.share_links import ShareLink
from studio.models.statuses import Decision, Status
from studio.models.voices import MOST_NAME, Voice, record, touch

if TYPE_CHECKING:
    from studio.models.users import User


class Verdict(Voice):
    """One decision on a take. Rows are only ever added: the newest one counts."""

    generation = models.ForeignKey(Generation, models.CASCADE, related_name="verdicts")
    decision = models.CharField(_("verdict"), max_length=20, choices=Decision.choices)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        indexes: ClassVar = [
            # A take's verdicts, the newest first.
            models.Index(fields=["generation", "-id"], name="verdict_newest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values), name="verdict_known"
            ),
            models.CheckConstraint(
                condition=Q(guest_name="") | Q(author=None), name="verdict_one_voice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} · {self.by}"

    # Factories

    @classmethod
    def give(
        cls,
        take: Generation,
        decision: Decision,
        *,
        author: User | None = None,
        guest_name: str = "",
        link: ShareLink | None = None,
        now: datetime,
    ) -> Self | None:
        """Add one, if there is a video to judge. A member's ends the wait for one."""
        fields: dict[str, Any] = {
            "verdict": decision,
            "verdict_is_guests": author is None,
        }
        if author:
            fields["review_asked_at"] = None
        with transaction.atomic():
            if not touch(take, status=Status.COMPLETED, **fields):
                return None
            given = cls.objects.create(
                generation=take,
                decision=decision,
                author=author,
                guest_name=guest_name[:MOST_NAME],
                link=link,
                created_at=now,
            )
            guest = {"guest": guest_name} if guest_name else {}
            data = {"decision": str(decision), **guest}
            record(take, "generation.judged", author, **data)
        return given


def ask_for_review(take: Generation, *, user: User, now: datetime) -> bool:
    """Put a finished take in the line of the review queue."""
    with transaction.atomic():
        done = touch(
            take, status=Status.COMPLETED, unless_asked=True, review_asked_at=now
        )
        if done:
            record(take, "generation.review_asked", user)
    return done


def withdraw_from_review(take: Generation, *, user: User) -> bool:
    """Take it out of the line."""
    with transaction.atomic():
        if take.review_asked_at is None:
            return False
        done = touch(take, review_asked_at=None)
        if done:
            record(take, "generation.review_withdrawn", user)
    return done


def star(take: Generation, *, is_starred: bool) -> bool:
    """Mark it for the whole team, or take the mark away."""
    with transaction.atomic():
        return touch(take, is_starred=is_starred)
