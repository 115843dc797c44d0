"""Projects: a team's shelves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from studio.models.teams import Feed, Role, Team

if TYPE_CHECKING:
    from studio.models.users import User


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about many projects."""

    def visible_to(self, user: User) -> Self:
        """What somebody's teams have, have not deleted and do not hide from them."""
        return self.filter(
            team__memberships__user_id=user.pk, team__deleted_at=None, deleted_at=None
        ).exclude(pk__in=hidden_from(user))


class Project(models.Model):
    """A place for prompts and their takes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="projects")
    name = models.CharField(_("name"), max_length=100)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Only for chosen members, and for the admins and owners of the team.
    is_private = models.BooleanField(_("private"), default=False)
    # A deleted project keeps its rows: takes in flight are finished and paid right.
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = ProjectQuerySet.as_manager()
    my_role: Role  # of whoever asked for this row: set by the look-up, no column

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints: ClassVar = [
            # A private one may be called like another: a refused name would tell of it.
            models.UniqueConstraint(
                "team",
                Lower("name"),
                condition=models.Q(deleted_at=None, is_private=False),
                name="project_name_once_per_team",
            )
        ]
        indexes: ClassVar = [
            # What must be hidden from somebody, asked with every look-up.
            models.Index(
                fields=["team"],
                condition=models.Q(is_private=True),
                name="project_private",
            )
        ]

    def __str__(self) -> str:
        return self.name

    # Mutators

    def delete_softly(self, now: datetime) -> bool:
        """Take it from every page; whether it was still there."""
        there = Project.objects.filter(pk=self.pk, deleted_at=None)
        with transaction.atomic():
            Feed.advance(self.team_id)
            return bool(there.update(deleted_at=now))

    def rename(self, name: str) -> None:
        """Give it another name, on every page that names it."""
        self.name = name
        with transaction.atomic():
            Feed.advance(self.team_id)
            self.save(update_fields=["name"])

    def choose_people(self, people: Iterable[User], *, is_private: bool) -> None:
        """Who sees it besides admins and owners; an open one needs nobody chosen."""
        chosen = {user.pk for user in people} if is_private else set()
        with transaction.atomic():
            # Pages of takes are kept by the feed's version: they must be drawn anew.
            Feed.advance(self.team_id)
            self.is_private = is_private
            self.save(update_fields=["is_private"])
            self.places.exclude(user_id__in=chosen).delete()
            ProjectPlace.objects.bulk_create(
                (ProjectPlace(project=self, user_id=pk) for pk in sorted(chosen)),
                ignore_conflicts=True,
            )

    # Queries

    @classmethod
    def names_in(cls, team: Team) -> list[tuple[uuid.UUID, str]]:
        """All of a team's by name, private ones as well.

        In plain SQL, since composing it takes longer than answering it.
        """
        key = Team._meta.pk.get_db_prep_value(team.pk, connection)
        with connection.cursor() as cursor:
            cursor.execute(NAMES, [key])
            return [(uuid.UUID(str(pk)), name) for pk, name in cursor.fetchall()]


NAMES = """
    SELECT id, name FROM studio_project
    WHERE team_id = %s AND deleted_at IS NULL ORDER BY name, id
"""


class ProjectPlace(models.Model):
    """Somebody who was chosen for a private project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="places")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="project_places"
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("place in a private project")
        verbose_name_plural = _("places in private projects")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="place_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}"


# Said in SQL, since every look-up asks it: the same out of querysets takes longer to
# put together than all the rest of a page. Three plain tables, two parameters.
HIDDEN = """
    FROM studio_project hidden WHERE hidden.is_private
    AND NOT EXISTS (
        SELECT 1 FROM studio_membership manager
        WHERE manager.team_id = hidden.team_id AND manager.user_id = %s
        AND manager.role IN ('admin', 'owner')
    )
    AND NOT EXISTS (
        SELECT 1 FROM studio_projectplace place
        WHERE place.project_id = hidden.id AND place.user_id = %s
    )
"""


def hidden_from(user: User) -> RawSQL:
    """The private projects, by id, of which somebody must not learn: the one rule.

    Admins and owners of a team see all of it. Every ``visible_to`` leaves these out.
    """
    return rule(f"SELECT hidden.id {HIDDEN}", user)  # noqa: S608  (constant text)


def rule(text: str, user: User, field: models.Field | None = None) -> RawSQL:
    """The rule for one person, who is the one parameter."""
    return RawSQL(text, (user.pk, user.pk), output_field=field)  # noqa: S611  (constant text, bound parameters)
