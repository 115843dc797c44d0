"""Whose word on a take it is, and how every open page of the take hears of it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from studio.models import approved
from studio.models.events import Event
from studio.models.generations import Generation
from studio.models.share_links import ShareLink
from studio.models.teams import Feed

if TYPE_CHECKING:
    from studio.models.users import User

MOST_NAME = 60  # characters of a guest's name


class Voice(models.Model):
    """Whose word it is: a member's, or a guest's by the name that they gave."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    guest_name = models.CharField(_("guest"), max_length=MOST_NAME, blank=True)
    # The link that the guest came by.
    link = models.ForeignKey(
        ShareLink, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def by(self) -> str:
        """The name to show; needs the author."""
        if self.guest_name:
            return self.guest_name
        return self.author.display_name if self.author else ""

    @property
    def is_guest(self) -> bool:
        """Whether it came by a review link."""
        return bool(self.guest_name)


def touch(
    take: Generation, *, status: str = "", unless_asked: bool = False, **fields: Any
) -> bool:
    """Change these fields, so that every open page of the take looks again.

    The feed first, as everywhere: nobody waits for it with a row in hand.
    """
    version = Feed.advance(take.team_id)
    rows = Generation.objects.filter(pk=take.pk, deleted_at=None)
    if status:
        rows = rows.filter(status=status)
    if unless_asked:
        rows = rows.filter(review_asked_at=None)
    judges = "verdict" in fields
    with approved.recounted(take.pk) if judges else nullcontext():
        done = rows.update(version=version, **fields)
    if not done:
        return False
    for name, value in fields.items():
        setattr(take, name, value)
    return True


def record(take: Generation, verb: str, actor: User | None, **data: Any) -> None:
    """An event of this take."""
    Event.record(
        verb,
        team_id=take.team_id,
        project_id=take.project_id,
        generation=take,
        actor=actor,
        data=data,
    )
