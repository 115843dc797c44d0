"""Review links: chosen takes for people without an account.

The address holds a random token of which only the hash is stored: who reads the
database or a backup cannot open a link.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from studio.models.events import Event
from studio.models.generations import Generation
from studio.models.moderation import SHOWN
from studio.models.statuses import Status
from studio.models.teams import Role, Team

if TYPE_CHECKING:
    from studio.models.generation_queries import GenerationQuerySet
    from studio.models.users import User

TOKEN_BYTES = 24
MOST_TAKES = 100


def hash_of(token: str) -> str:
    """What is stored of a token. It is long and random, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """Questions about many links."""

    def visible_to(self, user: User) -> Self:
        """The links of somebody's teams."""
        return self.filter(team__memberships__user_id=user.pk, team__deleted_at=None)

    def live(self, now: datetime) -> Self:
        """Neither revoked nor expired, of a team that is there."""
        return self.filter(revoked_at=None, expires_at__gt=now, team__deleted_at=None)

    def for_token(self, token: str) -> Self:
        """The one with this token."""
        return self.filter(token_hash=hash_of(token))


class ShareLink(models.Model):
    """An address that shows some takes to whoever has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="share_links")
    name = models.CharField(_("name"), max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    passphrase = models.CharField(max_length=128, blank=True)  # hashed, or none
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    allows_comments = models.BooleanField(_("guests may comment"), default=True)
    allows_verdict = models.BooleanField(_("guests may give a verdict"), default=True)
    allows_download = models.BooleanField(_("guests may download"), default=False)
    shows_name = models.BooleanField(_("the guest's name lies over the video"))
    views = models.PositiveIntegerField(_("views"), default=0)
    last_viewed_at = models.DateTimeField(_("last viewed"), null=True, blank=True)
    takes = models.ManyToManyField(
        Generation, through="ShareLinkTake", related_name="share_links"
    )

    objects = ShareLinkQuerySet.as_manager()
    my_role: Role  # of whoever asked for this row: set by the look-up, no column

    class Meta:
        verbose_name = _("review link")
        verbose_name_plural = _("review links")
        indexes: ClassVar = [
            # The team's page of links, newest first.
            models.Index(fields=["team", "-created_at"], name="share_team"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="share_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    # Factories

    @classmethod
    def make(
        cls,
        team: Team,
        takes: Iterable[Generation],
        *,
        user: User,
        passphrase: str = "",
        **fields: Any,
    ) -> tuple[ShareLink, str]:
        """A new link and its token, which nobody can read again."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with transaction.atomic():
            link = cls.objects.create(
                team=team,
                token_hash=hash_of(token),
                passphrase=make_password(passphrase) if passphrase else "",
                created_by=user,
                **fields,
            )
            shown = ShareLinkTake.objects.bulk_create(
                ShareLinkTake(link=link, generation=take, position=position)
                for position, take in enumerate(takes)
            )
            link.write_down("share_link.created", actor=user, takes=len(shown))
        return link, token

    # Mutators

    def revoke(self, *, user: User, now: datetime) -> bool:
        """From now on its address leads nowhere; whether this call made it so."""
        with transaction.atomic():
            rows = ShareLink.objects.filter(pk=self.pk, revoked_at=None)
            done = bool(rows.update(revoked_at=now))
            if done:
                self.write_down("share_link.revoked", actor=user)
        return done

    def count_view(self, *, now: datetime) -> None:
        """Somebody came in."""
        ShareLink.objects.filter(pk=self.pk).update(
            views=F("views") + 1, last_viewed_at=now
        )

    def write_down(self, verb: str, *, actor: User | None, **data: Any) -> None:
        """An event of the team: the link's id and name, never its token."""
        data |= {"link": str(self.pk), "name": self.name}
        Event.record(verb, team_id=self.team_id, actor=actor, data=data)

    # Queries

    def shown_takes(self) -> GenerationQuerySet:
        """Its takes in their order; a deleted or blocked one is gone here, too."""
        rows = Generation.objects.filter(
            share_link_rows__link=self,
            team_id=self.team_id,
            status=Status.COMPLETED,
            deleted_at=None,
            project__deleted_at=None,
            moderation__in=SHOWN,
        )
        return rows.order_by("share_link_rows__position", "id")

    # Properties

    def accepts(self, passphrase: str) -> bool:
        """Whether this opens it; without a passphrase anything does."""
        return not self.passphrase or check_password(passphrase, self.passphrase)

    @property
    def mark(self) -> str:
        """What a guest's cookie must carry: another passphrase makes it another."""
        made_of = f"{self.token_hash}{self.passphrase}"
        return salted_hmac("studio.share", made_of, algorithm="sha256").hexdigest()[:32]


class ShareLinkTake(models.Model):
    """A take of a link, and its place there."""

    link = models.ForeignKey(ShareLink, models.CASCADE, related_name="rows")
    generation = models.ForeignKey(
        Generation, models.CASCADE, related_name="share_link_rows"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("take of a review link")
        verbose_name_plural = _("takes of review links")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link", "generation"], name="share_take_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.generation_id} in {self.link_id}"
