"""Teams, who is in them, and what each role may do."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.core.validators import MinValueValidator
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.batches import open_batch

if TYPE_CHECKING:
    from studio.models.users import User

GRACE = timedelta(days=14)  # in which a deleted team can be brought back


class Role(models.TextChoices):
    """What somebody may do in a team; each role may all that the one before may."""

    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    ADMIN = "admin", _("Admin")
    OWNER = "owner", _("Owner")

    @property
    def rank(self) -> int:
        """0 for a viewer, 3 for an owner."""
        return list(Role).index(self)

    def is_at_least(self, other: Role) -> bool:
        """Whether this role may all that the other may."""
        return self.rank >= other.rank


MANAGERS = (Role.ADMIN, Role.OWNER)  # they see and look after everything of a team


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions about many teams."""

    def visible_to(self, user: User) -> Self:
        """The teams that somebody is in, without the deleted ones."""
        return self.filter(memberships__user_id=user.pk, deleted_at=None)

    def restorable_by(self, user: User, now: datetime) -> Self:
        """Deleted teams that somebody owns and may still bring back."""
        return self.filter(
            memberships__user_id=user.pk,
            memberships__role=Role.OWNER,
            deleted_at__gt=now - GRACE,
            emptied_at=None,
        )

    def due_for_emptying(self, now: datetime) -> Self:
        """Deleted teams whose time is over and that still hold something."""
        return self.filter(deleted_at__lte=now - GRACE, emptied_at=None)


class Team(models.Model):
    """People who share projects, takes and keys."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    needs_moderation = models.BooleanField(
        _("moderation"),
        default=False,
        help_text=_(
            "New takes wait for an admin before others than their makers see them."
        ),
    )
    # A deleted team is hidden at once and emptied when its time of grace is over.
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    emptied_at = models.DateTimeField(_("emptied"), null=True, blank=True)
    # Micro-USD of one press of *Generate*; above it an admin must agree.
    approval_above = models.BigIntegerField(
        _("approval above"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("In micro-USD."),
    )

    objects = TeamQuerySet.as_manager()
    my_role: Role  # of whoever asked for this row: set by the look-up, no column
    version: int  # of its feed, likewise
    pause: str | None  # whose pause holds it back, likewise, as the key of its row
    hides: bool  # whether it has projects that its asker must not see, likewise
    place: int  # the asker's membership, likewise
    seen_at: datetime | None  # when they were here, likewise

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name

    # Factories

    @classmethod
    def create(cls, name: str, owner: User) -> Team:
        """A new team with its first member and its feed."""
        with transaction.atomic():
            team = cls.objects.create(name=name)
            team.memberships.create(user=owner, role=Role.OWNER, seen_at=timezone.now())
            Feed.objects.create(team=team)
        return team

    # Mutators

    @classmethod
    def lock(cls, team_id: uuid.UUID) -> None:
        """Decide about its members one after another. Call it inside a transaction."""
        rows = cls.objects.select_for_update(no_key=True).filter(pk=team_id)
        rows.values_list("pk").first()

    def rename(self, name: str) -> None:
        """Give it another name."""
        self.name = name
        self.save(update_fields=["name"])

    def delete_softly(self, now: datetime) -> bool:
        """Hide it from everybody; whether it was still there."""
        there = Team.objects.filter(pk=self.pk, deleted_at=None)
        return bool(there.update(deleted_at=now))

    def restore(self, now: datetime) -> bool:
        """Bring it back with all that is in it; whether that was still possible."""
        grace = Team.objects.filter(
            pk=self.pk, deleted_at__gt=now - GRACE, emptied_at=None
        )
        return bool(grace.update(deleted_at=None))

    # Queries

    def role_of(self, user: User) -> Role | None:
        """Somebody's role here, or None for a stranger."""
        role = self.memberships.filter(user=user).values_list("role", flat=True).first()
        return Role(role) if role else None

    def leads(self) -> list[User]:
        """Who may agree to what a take costs, those that were here longest first."""
        places = self.memberships.filter(role__in=MANAGERS, user__is_active=True)
        return [place.user for place in places.select_related("user").order_by("pk")]

    # Properties

    @property
    def ends_at(self) -> datetime | None:
        """When a deleted team is emptied."""
        return self.deleted_at + GRACE if self.deleted_at else None


class Feed(models.Model):
    """A counter that grows with every change of a team's takes.

    It is raised in the same transaction as the change, and its row lock puts commits in
    order: a page that has seen version n asks only for what is newer.
    """

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")

    def __str__(self) -> str:
        return f"{self.team_id} at {self.version}"

    # Mutators

    @classmethod
    def advance(cls, team_id: uuid.UUID) -> int:
        """The next version. Call it inside a transaction, before the change.

        One statement, since every step of every take makes it; in a batch, one for all
        its steps.
        """
        batch = open_batch()
        if batch is None:
            return cls._raise_version(team_id)
        if team_id not in batch.versions:
            batch.versions[team_id] = cls._raise_version(team_id)
        return batch.versions[team_id]

    @classmethod
    def _raise_version(cls, team_id: uuid.UUID) -> int:
        """One statement; it holds the team's row until the transaction ends."""
        key = cls._meta.pk.get_db_prep_value(team_id, connection)
        with connection.cursor() as cursor:
            cursor.execute(ADVANCE, [key])
            row = cursor.fetchone()
        if row is None:
            raise cls.DoesNotExist
        return int(row[0])

    @classmethod
    def take_back(cls, team_id: uuid.UUID) -> None:
        """Nothing changed after all; in the same transaction, so nobody saw it.

        What else a batch changes has this version, so there it stays.
        """
        if open_batch() is not None:
            return
        cls.objects.filter(team_id=team_id).update(version=models.F("version") - 1)


ADVANCE = """
    UPDATE studio_feed SET version = version + 1 WHERE team_id = %s RETURNING version
"""
