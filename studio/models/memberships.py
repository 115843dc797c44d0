"""Who is in a team, and the rules by which that changes.

Every change is decided under the team's lock, with the roles as they are at that
moment: two owners who demote each other at once leave one of them owner.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.models.events import Event
from studio.models.teams import Feed, Role, Team

if TYPE_CHECKING:
    from studio.models.users import User

SEEN_EVERY = timedelta(hours=1)  # as exactly as *last seen* is kept


class NotAllowed(ValueError):
    """A rule of the team stands against it; the text says which."""


class Membership(models.Model):
    """Somebody's place in a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    role = models.CharField(
        gettext_lazy("role"), max_length=10, choices=Role.choices, default=Role.EDITOR
    )
    created_at = models.DateTimeField(gettext_lazy("since"), auto_now_add=True)
    seen_at = models.DateTimeField(
        gettext_lazy("last seen"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = gettext_lazy("membership")
        verbose_name_plural = gettext_lazy("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "user"], name="member_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="member_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    # Mutators: each raises NotAllowed where a rule stands against it

    def change_role(self, role: Role, *, by: User) -> bool:
        """Another role; whether it was another one."""
        with transaction.atomic():
            mine, theirs = self.decide(by)
            if not mine.is_at_least(role):
                raise NotAllowed(_("Nobody gives a higher role than their own."))
            if theirs == role:
                return False
            if theirs == Role.OWNER:
                self.keep_an_owner()
            self.set_role(role)
            self.note("member.role_changed", by, before=theirs.value, after=role.value)
        return True

    def remove(self, *, by: User) -> None:
        """Put somebody out. Their work stays; what runs goes on."""
        with transaction.atomic():
            _mine, theirs = self.decide(by)
            if self.user_id == by.pk:
                raise NotAllowed(_("To go yourself, leave the team."))
            if theirs == Role.OWNER:
                self.keep_an_owner()
            self.note("member.removed", by, role=theirs.value)
            self.end()

    def leave(self) -> None:
        """Go by oneself."""
        with transaction.atomic():
            Team.lock(self.team_id)
            if self.role_now() == Role.OWNER:
                self.keep_an_owner()
            self.note("member.left", self.user)
            self.end()

    def hand_over(self, to: Membership) -> None:
        """An owner makes somebody else the owner, and is an admin from then on."""
        with transaction.atomic():
            Team.lock(self.team_id)
            if to.team_id != self.team_id or to.pk == self.pk:
                raise NotAllowed(_("Choose somebody else of the team."))
            if self.role_now() != Role.OWNER:
                raise NotAllowed(_("Only an owner hands a team over."))
            to.role_now()
            to.set_role(Role.OWNER)
            self.set_role(Role.ADMIN)
            to.note("team.handed_over", self.user)

    @classmethod
    def touch(cls, pk: int, seen_at: datetime | None, now: datetime) -> None:
        """They were here; written down once an hour."""
        if seen_at is None or seen_at < now - SEEN_EVERY:
            cls.objects.filter(pk=pk).update(seen_at=now)

    def decide(self, by: User) -> tuple[Role, Role]:
        """Lock the team; the role of who acts, and of whom it is about."""
        Team.lock(self.team_id)
        mine = self.team.role_of(by)
        if mine is None or not mine.is_at_least(Role.ADMIN):
            raise NotAllowed(_("Your role in this team does not allow this."))
        theirs = self.role_now()
        if not mine.is_at_least(theirs):
            raise NotAllowed(_("Their role is higher than yours."))
        return mine, theirs

    def role_now(self) -> Role:
        """The role as it stands, read under the lock."""
        found = Membership.objects.filter(pk=self.pk).values_list("role", flat=True)
        role = found.first()
        if role is None:
            raise NotAllowed(_("They are not in the team any more."))
        return Role(role)

    def keep_an_owner(self) -> None:
        """Refuse where nobody else owns the team."""
        others = Membership.objects.filter(team_id=self.team_id, role=Role.OWNER)
        if not others.exclude(pk=self.pk).exists():
            raise NotAllowed(
                _("A team needs an owner: hand it over to somebody else first.")
            )

    def set_role(self, role: Role) -> None:
        """Write the role alone."""
        self.role = role
        self.save(update_fields=["role"])

    def end(self) -> None:
        """The place is gone, and with it those in private projects."""
        Feed.advance(self.team_id)  # pages that were kept for them are old now
        self.user.project_places.filter(project__team_id=self.team_id).delete()
        self.delete()

    def note(self, verb: str, actor: User, **data: str) -> None:
        """Who did what to whom."""
        about = {"member": self.user.email, **data}
        Event.record(verb, team_id=self.team_id, actor=actor, data=about)
