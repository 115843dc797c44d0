"""Questions about many generations."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from studio.models.moderation import MODERATORS, Moderation, in_sight
from studio.models.projects import Project, hidden_from
from studio.models.records import GenerationInput
from studio.models.statuses import IN_FLIGHT, OPEN, RUNNING, Status
from studio.models.teams import Feed, Role

if TYPE_CHECKING:
    from studio.models.generations import Generation  # noqa: F401 (a string below)
    from studio.models.users import User

LINE_ORDER = ("place", "created_at", "take", "id")  # within what one person waits for


OPEN_ROWS = "NOT (studio_generation.status IN ('completed', 'failed', 'canceled'))"


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Questions about many generations."""

    def visible_to(self, user: User) -> Self:
        """The takes of somebody's teams, without deleted and hidden ones."""
        return self.filter(
            in_sight(user),
            team__memberships__user_id=user.pk,
            team__deleted_at=None,
            deleted_at=None,
        ).not_hidden_from(user)

    def seen_by(self, user: User, role: Role) -> Self:
        """Of one team's takes, those that a member of that role sees.

        The same as ``visible_to``, where the asker's role in the team is known.
        """
        return self if role in MODERATORS else self.filter(in_sight(user, member=""))

    def pending(self) -> Self:
        """Finished, and waiting for a moderator."""
        return self.filter(moderation=Moderation.PENDING, status=Status.COMPLETED)

    def not_hidden_from(self, user: User) -> Self:
        """Without those of private projects that somebody was not chosen for."""
        return self.exclude(project__in=hidden_from(user))

    def usable_in(self, project: Project) -> Self:
        """Whose files may go into a take there: none of another private project."""
        return self.filter(Q(project__is_private=False) | Q(project=project))

    def in_flight(self) -> Self:
        """What the machine still works on."""
        return self.filter(status__in=IN_FLIGHT)

    def open(self) -> Self:
        """What is in flight, and what waits for a person to settle it."""
        return self.filter(status__in=OPEN)

    def by_the_open_rows(self) -> Self:
        """The same rows, which must all be open, found by the short index ``gen_open``.

        SQLite takes a partial index only where its very condition stands in the query.
        """
        rows: Any = self.extra(where=[OPEN_ROWS])  # noqa: S610  (constant text)
        found: Self = rows
        return found

    def queued(self) -> Self:
        """What waits to be sent, in its own people's order."""
        return self.filter(status=Status.QUEUED).order_by(*LINE_ORDER)

    def ready_to_submit(self, now: datetime) -> Self:
        """Queued, not told to wait, in its own people's order."""
        return (
            self.queued()
            .filter(cancel_requested_at=None, awaits_approval=False)
            .filter(Q(not_before=None) | Q(not_before__lte=now))
        )

    def heads(self, each: int) -> Self:
        """The first few of every person at every provider."""
        number = Window(
            RowNumber(),
            partition_by=["team_id", "created_by_id", "provider"],
            order_by=list(LINE_ORDER),
        )
        return self.annotate(number=number).filter(number__lte=each)

    def running(self, now: datetime | None = None) -> Self:
        """What counts against limits: from the claim until the provider is done.

        With the time also what was handed to a queue of its own to be sent.
        """
        if now is None:
            return self.filter(status__in=RUNNING)
        handed_over = Q(status=Status.QUEUED, lease_until__gt=now)
        return self.filter(Q(status__in=RUNNING) | handed_over)

    def awaiting_approval(self) -> Self:
        """What nobody has agreed to pay for yet, the oldest first."""
        waiting = self.filter(status=Status.QUEUED, awaits_approval=True)
        return waiting.order_by("created_at", "take", "id")

    def overdue_submits(self, now: datetime) -> Self:
        """Their worker died with the request in the air."""
        return self.filter(status=Status.SUBMITTING, submit_deadline__lt=now)

    def tell(self, team_id: uuid.UUID, **fields: Any) -> int:
        """Write these fields so that open pages of the team learn of it: how many."""
        with transaction.atomic(savepoint=False):
            return self.update(version=Feed.advance(team_id), **fields)

    def changed_since(self, version: int) -> Self:
        """What a page that has seen ``version`` does not know yet."""
        return self.filter(version__gt=version)

    def awaiting_review(self) -> Self:
        """Those for which somebody asked for a verdict, the longest waiting first."""
        waiting = self.filter(review_asked_at__isnull=False)
        return waiting.order_by("review_asked_at", "id")

    def newest_first(self) -> Self:
        """In the order of the gallery."""
        return self.order_by("-created_at", "-id")

    def before(self, created_at: datetime, pk: uuid.UUID) -> Self:
        """What comes after this row in the order of the gallery.

        Said without an OR, so that the index is entered at this very place.
        """
        return self.filter(created_at__lte=created_at).exclude(
            created_at=created_at, id__gte=pk
        )

    def with_cards(self) -> Self:
        """With all that a card shows, in a fixed number of queries."""
        return self.select_related("prompt", "project", "created_by").prefetch_related(
            models.Prefetch("assets", to_attr="files"),
            models.Prefetch(
                "inputs",
                GenerationInput.objects.select_related("asset").order_by("position"),
            ),
        )
