"""Cards as HTML. A finished take's card is the same for everybody who may see it, so it
is drawn once per process and kept; only takes that still move are drawn each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from studio.models import TERMINAL, Generation, Role, User
from studio.models.generation_queries import GenerationQuerySet
from studio.models.moderation import MODERATORS
from studio.views.cards import cards
from studio.views.kept import Kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One card of a page, ready."""

    id: UUID
    created: datetime
    is_waiting: bool
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """For whom cards are drawn, and on which kind of page."""

    user: User
    role: Role
    shows_project: bool = False
    sees_all: bool = True  # no project of the page is hidden from them

    @property
    def alone(self) -> int | None:
        """Whose a whole page is, where not everybody of their role sees the same."""
        return None if self.sees_all else self.user.pk

    @property
    def kind(self) -> tuple[object, ...]:
        """What a finished take's card depends on, besides the take."""
        sees = [self.role.is_at_least(need) for need in (Role.EDITOR, Role.ADMIN)]
        return (*sees, self.shows_project, get_language())

    @property
    def sight(self) -> object:
        """What decides which takes a page holds: admins see all, others their own."""
        return None if self.role in MODERATORS else self.user.pk


# Of about 2 kB each. A person's new name shows after ten minutes.
_kept: Kept[Drawn] = Kept(most=4000, seconds=600)


def drawn(takes: GenerationQuerySet, viewer: Viewer) -> list[Drawn]:
    """The cards of these takes, in their order: one light query where all are kept."""
    rows = list(takes.values_list("pk", "version", "project__name", "status"))
    kind = viewer.kind
    found: dict[UUID, Drawn] = {}
    for pk, version, name, status in rows:
        if status in TERMINAL and (card := _kept.get((pk, version, name, kind))):
            found[pk] = card
    if missing := [row[0] for row in rows if row[0] not in found]:
        found |= draw(missing, viewer)
    return [found[row[0]] for row in rows if row[0] in found]


def draw(ids: Iterable[UUID], viewer: Viewer) -> dict[UUID, Drawn]:
    """Draw these, and keep the finished ones."""
    takes = Generation.objects.filter(pk__in=list(ids)).with_cards()
    found: dict[UUID, Drawn] = {}
    for card in cards(takes, viewer.user, viewer.role, timezone.now()):
        context = {"card": card, "shows_project": viewer.shows_project}
        found[card.id] = Drawn(
            id=card.id,
            created=card.created,
            is_waiting=card.take.is_in_flight,
            html=render_to_string("generations/_card.html", context),
        )
        if card.take.is_terminal:
            key = (card.id, card.take.version, card.project, viewer.kind)
            _kept.put(key, found[card.id])
    return found
