"""Who sees a take that waits for moderation, or was blocked: the one place.

It waits for a moderator before others than its maker and the team's admins see it.
A blocked one stays on its maker's pages, so that it has not vanished, without its
files: those only admins have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studio.models.teams import Role

if TYPE_CHECKING:
    from studio.models.users import User


class Moderation(models.TextChoices):
    """Whether others may see it."""

    NONE = "", _("Not needed")
    PENDING = "pending", _("Waiting for moderation")
    PASSED = "passed", _("Passed")
    BLOCKED = "blocked", _("Blocked")


SHOWN = (Moderation.NONE, Moderation.PASSED)
MODERATORS = tuple(role for role in Role if role.is_at_least(Role.ADMIN))


def in_sight(user: User, *, take: str = "", member: str = "team__memberships__") -> Q:
    """What holds for takes that this member of their team may see.

    ``take`` leads from the rows that are looked for to the take, ``member`` to the
    membership of ``user``, which the same ``filter`` must ask for; none for somebody
    whose role is known to be a lower one.
    """
    shown = Q(**{f"{take}moderation__in": SHOWN})
    mine = Q(**{f"{take}created_by": user.pk})
    by_role = Q(**{f"{member}role__in": MODERATORS}) if member else Q()
    return shown | mine | by_role


def files_in_sight(user: User) -> Q:
    """The same for files: those of a blocked take are for admins alone."""
    mine = {"generation__created_by": user.pk}
    return (
        Q(generation=None)
        | Q(generation__moderation__in=SHOWN)
        | Q(generation__moderation=Moderation.PENDING, **mine)
        | Q(team__memberships__role__in=MODERATORS)
    )
