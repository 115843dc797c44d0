"""Invitations: a way into one team, for one address, in one role, once.

The token goes out by mail or is shown once; only its SHA-256 is kept. What is mailed
gets its token when the mail is written, so that no row and no task ever holds one.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.models.events import Event
from studio.models.memberships import Membership, NotAllowed
from studio.models.teams import Role, Team

if TYPE_CHECKING:
    from studio.models.users import User

LIFETIME = timedelta(days=7)
MOST_OPEN = 200  # of one team at once


def digest(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about many invitations."""

    def pending(self) -> Self:
        """Neither accepted nor revoked; they may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self, now: datetime) -> Self:
        """Those that still open a door."""
        return self.pending().filter(expires_at__gt=now, team__deleted_at=None)


class Invitation(models.Model):
    """One invitation."""

    class Mail(models.TextChoices):
        """How far its mail is."""

        NONE = "", gettext_lazy("Handed over as a link")
        WAITING = "waiting", gettext_lazy("Mail waits to be sent")
        SENDING = "sending", gettext_lazy("Mail is being sent")
        SENT = "sent", gettext_lazy("Mail sent")
        FAILED = "failed", gettext_lazy("Mail not sent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    email = models.EmailField(gettext_lazy("e-mail address"))  # in lower case
    role = models.CharField(gettext_lazy("role"), max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(gettext_lazy("invited"), auto_now_add=True)
    expires_at = models.DateTimeField(gettext_lazy("expires"))
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    mail = models.CharField(
        gettext_lazy("mail"), max_length=10, choices=Mail.choices, blank=True
    )
    mail_trouble = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(gettext_lazy("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    revoked_at = models.DateTimeField(gettext_lazy("revoked"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("invitation")
        verbose_name_plural = gettext_lazy("invitations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_once_per_address",
            ),
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~models.Q(token_hash=""),
                name="invitation_token_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="invitation_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.get_role_display()}"

    # Factories

    @classmethod
    def make(
        cls, team: Team, email: str, role: Role, *, by: User, now: datetime
    ) -> Invitation:
        """A new one in the place of an older one. Raises NotAllowed."""
        mine = team.role_of(by)
        if mine is None or not mine.is_at_least(Role.ADMIN):
            raise NotAllowed(_("Your role in this team does not allow this."))
        if not mine.is_at_least(role):
            raise NotAllowed(_("Nobody gives a higher role than their own."))
        email = email.strip().lower()
        if team.memberships.filter(user__email__iexact=email).exists():
            raise NotAllowed(_("They are in the team already."))
        if team.invitations.open(now).count() >= MOST_OPEN:
            raise NotAllowed(_("Too many invitations are open: revoke some first."))
        try:
            with transaction.atomic():
                team.invitations.pending().filter(email=email).update(revoked_at=now)
                made = cls.objects.create(
                    team=team,
                    email=email,
                    role=role,
                    invited_by=by,
                    expires_at=now + LIFETIME,
                )
                made.note("invitation.made", by)
        except IntegrityError as error:
            raise NotAllowed(_("Somebody else has just invited them.")) from error
        return made

    # Mutators: conditional updates without a join, so that one of two is first

    def new_token(self, now: datetime) -> str:
        """A token that makes older ones worthless; empty where it is over."""
        return self._with_token(now, mail=self.Mail.NONE)

    def ask_for_mail(self) -> bool:
        """Have it mailed; whether it was not waiting for that already."""
        rows = Invitation.objects.pending().filter(pk=self.pk)
        asked = rows.exclude(mail=self.Mail.WAITING)
        return bool(asked.update(mail=self.Mail.WAITING, mail_trouble=""))

    def claim_mail(self, now: datetime) -> str:
        """The token for the one mail that this call may send; empty for all others."""
        return self._with_token(now, frm=self.Mail.WAITING, mail=self.Mail.SENDING)

    def mark_mail(self, state: Mail, trouble: str = "") -> None:
        """How sending it ended."""
        Invitation.objects.filter(pk=self.pk, mail=self.Mail.SENDING).update(
            mail=state, mail_trouble=trouble[:200]
        )

    def revoke(self, *, by: User, now: datetime) -> bool:
        """It opens nothing any more; whether it still did."""
        with transaction.atomic():
            rows = Invitation.objects.pending().filter(pk=self.pk)
            done = bool(rows.update(revoked_at=now))
            if done:
                self.note("invitation.revoked", by)
        return done

    def accept(self, user: User, *, now: datetime) -> bool:
        """Join; whether this call was the one that used it up.

        The address it was made for must be the user's. Who is in the team already stays
        what they are.
        """
        if user.email.lower() != self.email:
            raise NotAllowed(_("This invitation is for another address."))
        with transaction.atomic():
            Team.lock(self.team_id)
            if not self.is_still_meant():
                return False
            rows = Invitation.objects.pending().filter(
                pk=self.pk, token_hash=self.token_hash, expires_at__gt=now
            )
            if not rows.update(accepted_at=now, accepted_by=user):
                return False
            Membership.objects.get_or_create(
                team_id=self.team_id,
                user=user,
                defaults={"role": self.role, "seen_at": now},
            )
            self.note("invitation.accepted", user)
        return True

    def is_still_meant(self) -> bool:
        """Whether who gave it could give this role now: it falls with its giver."""
        giver = self.team.role_of(self.invited_by) if self.invited_by else None
        return giver is not None and giver.is_at_least(
            max(Role.ADMIN, Role(self.role), key=lambda role: role.rank)
        )

    def accept_anew(self, name: str, password: str, *, now: datetime) -> User | None:
        """Make the account that it is for and join; None where it was too late."""
        try:
            with transaction.atomic():
                user = get_user_model().objects.create_user(
                    self.email, password, name=name
                )
                if not self.accept(user, now=now):
                    transaction.set_rollback(True)
                    return None
        except IntegrityError:
            return None
        return user

    def note(self, verb: str, actor: User) -> None:
        """Who did what with it; never the token."""
        data = {"email": self.email, "role": self.role}
        Event.record(verb, team_id=self.team_id, actor=actor, data=data)

    def _with_token(self, now: datetime, *, mail: Mail, frm: Mail | None = None) -> str:
        """Store a new token's hash and a new end; the token, or nothing."""
        token = secrets.token_urlsafe(32)
        rows = Invitation.objects.pending().filter(pk=self.pk)
        if frm is not None:
            rows = rows.filter(mail=frm)
        changed = rows.update(
            token_hash=digest(token),
            expires_at=now + LIFETIME,
            mail=mail,
            mail_trouble="",
        )
        return token if changed else ""

    # Queries

    @classmethod
    def find(cls, token_hash: str, now: datetime) -> Invitation | None:
        """The open one of this token."""
        if not token_hash:
            return None
        found = cls.objects.open(now).filter(token_hash=token_hash)
        return found.select_related("team", "invited_by").first()

    # Properties

    @property
    def role_name(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)
