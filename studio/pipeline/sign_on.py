"""Signing in through an issuer of OpenID Connect: who comes back, and into which teams.

The claim is the word on every team that the settings name: it lets in, changes the role
and takes out again at each sign-in. A claim that does not come says nothing: it changes
no team, as a scope that nobody asks for would else empty every one of them, and lets in
nobody whom the claim has let in before. Owners are made and unmade by hand alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.models import Event, Identity, Membership, Role, Team, User
from studio.outbound import openid
from studio.outbound.client import build_client
from studio.outbound.openid import Attempt, NotFinished, SignOnFailed

__all__ = [
    "Attempt",
    "NotAdmitted",
    "NotFinished",
    "SignOnFailed",
    "begin",
    "finish",
    "is_set_up",
]
logger = logging.getLogger(__name__)
PATIENCE = 20  # seconds for all that is asked
KEPT = 600  # seconds that the issuer's own description is kept for
Grants = dict[Team, Role]


class NotAdmitted(Exception):
    """They are who they say, and may not come in; the text says why."""


def is_set_up() -> bool:
    """Whether there is an issuer."""
    return bool(settings.OIDC_ISSUER)


def client() -> openid.Client:
    """What the issuer knows this studio by."""
    return openid.Client(
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        scopes=settings.OIDC_SCOPES,
        redirect_uri=f"{settings.STUDIO_URL}{reverse('sign-on-back')}",
    )


def begin(attempt: Attempt, *, asks_who: bool = False) -> str:
    """Where the browser goes. Raises SignOnFailed."""
    return openid.authorization_url(description(), client(), attempt, asks_who=asks_who)


def finish(attempt: Attempt, answer: Mapping[str, str]) -> User:
    """Who came back with this answer. Raises SignOnFailed or NotAdmitted."""
    found, now = description(), timezone.now().timestamp()
    code = openid.code_of(answer, found, client())

    async def ask(http: httpx.AsyncClient) -> dict[str, Any]:
        return await openid.claims_of(
            http, found, client(), attempt, code=code, now=now
        )

    return admit_once(in_time(ask))


def description() -> dict[str, Any]:
    """The issuer's own words on where its doors are."""
    key = f"oidc:{settings.OIDC_ISSUER}"
    if found := cache.get(key):
        return dict(found)

    async def ask(http: httpx.AsyncClient) -> dict[str, Any]:
        return await openid.discover(http, settings.OIDC_ISSUER)

    asked = in_time(ask)
    cache.set(key, asked, KEPT)
    return asked


def in_time(ask: Any) -> dict[str, Any]:
    """The answer, or SignOnFailed where it takes too long."""

    async def run() -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE), build_client() as http:
            found: dict[str, Any] = await ask(http)
            return found

    try:
        return asyncio.run(run())
    except TimeoutError:
        raise SignOnFailed("The issuer takes too long to answer.") from None


# Who it is


def admit_once(claims: Mapping[str, Any]) -> User:
    """The same for somebody who comes back in two windows at once."""
    try:
        return admit(claims)
    except IntegrityError:  # the other one has made the account
        return admit(claims)


def admit(claims: Mapping[str, Any]) -> User:
    """The account of these claims, in the teams that they open."""
    grants = granted(claims)
    with transaction.atomic():
        user = known(claims) or met(claims) or new(claims, grants)
        if not user.is_active:
            raise NotAdmitted(_("This account is switched off."))
        Identity.objects.get_or_create(
            issuer=settings.OIDC_ISSUER,
            subject=claims["sub"],
            defaults={"user": user},
        )
        for team in mapped_teams():
            if grants is not None:
                settle(team, user, grants.get(team))
            elif team.role_of(user) not in {None, Role.OWNER}:
                raise unsaid()
    return user


def known(claims: Mapping[str, Any]) -> User | None:
    """Who has come this way before."""
    rows = Identity.objects.filter(issuer=settings.OIDC_ISSUER, subject=claims["sub"])
    found = rows.select_related("user").first()
    return found.user if found else None


def met(claims: Mapping[str, Any]) -> User | None:
    """Who has an account of this address already. Raises NotAdmitted.

    Nobody had to prove that address before: whoever typed it in is shut out now.
    """
    user = User.objects.filter(email__iexact=address(claims)).first()
    if user is None:
        return None
    identities = user.identities.filter(issuer=settings.OIDC_ISSUER)
    if identities.filter(subject=claims["sub"]).exists():
        return user  # known since a moment ago, by another window
    if user.is_staff or identities.exists():
        raise NotAdmitted(
            _("This address belongs to another account here. Ask an admin.")
        )
    shut_out_others(user)
    return user


def shut_out_others(user: User) -> None:
    """End what could still open this account: sessions, password, second factors."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()


def new(claims: Mapping[str, Any], grants: Grants | None) -> User:
    """An account without a password, for somebody whom a team is open to."""
    if grants is None:
        raise unsaid()
    if not grants:
        raise NotAdmitted(
            _("No team here is open to you: ask an admin for an invitation.")
        )
    name = " ".join(str(claims.get("name") or "").split())[:100]
    return User.objects.create_user(address(claims), name=name)


def unsaid() -> NotAdmitted:
    """The claim did not come."""
    return NotAdmitted(
        _("Your sign-in did not say which teams are open to you: tell an admin.")
    )


def address(claims: Mapping[str, Any]) -> str:
    """Their address, where the issuer has verified it. Raises NotAdmitted."""
    email = str(claims.get("email") or "").strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise NotAdmitted(_("No email address came with your sign-in.")) from error
    is_verified = claims.get("email_verified") in {True, "true"}
    if not (is_verified or settings.OIDC_TRUSTS_EMAIL):
        raise NotAdmitted(_("Your email address is not verified there."))
    return email


# What it opens


def granted(claims: Mapping[str, Any]) -> Grants | None:
    """The teams that the claim opens, each with the highest role that it gives.

    None where it did not come at all, unlike one that is empty.
    """
    if settings.OIDC_TEAMS and settings.OIDC_CLAIM not in claims:
        logger.warning(
            "single sign-on: no claim %s came along for the subject %.80r: no team is "
            "changed; ask for its scope in STUDIO_OIDC_SCOPES",
            settings.OIDC_CLAIM,
            claims["sub"],
        )
        return None
    value = claims.get(settings.OIDC_CLAIM)
    words = set(map(str, value)) if isinstance(value, list) else {str(value)}
    found: Grants = {}
    for word, name, role in settings.OIDC_TEAMS:
        team = team_named(name) if word in words else None
        if team and not (team in found and found[team].is_at_least(Role(role))):
            found[team] = Role(role)
    return found


def mapped_teams() -> list[Team]:
    """Every team that the settings name, in one order for all who lock them."""
    names = dict.fromkeys(name for _word, name, _role in settings.OIDC_TEAMS)
    teams = {team for name in names if (team := team_named(name))}
    return sorted(teams, key=lambda team: team.pk)


def team_named(name: str) -> Team | None:
    """The team of that id, else the only one of that name: anybody can take a name."""
    teams = Team.objects.filter(deleted_at=None)
    with suppress(ValueError):
        if found := teams.filter(pk=UUID(name)).first():
            return found
    called = list(teams.filter(name=name)[:2])
    if len(called) != 1:
        logger.warning("STUDIO_OIDC_TEAMS names no team, or several: %s", name)
        return None
    return called[0]


def settle(team: Team, user: User, role: Role | None) -> None:
    """In with this role, or out."""
    Team.lock(team.pk)
    place = team.memberships.select_related("user").filter(user=user).first()
    if place is None:
        if role is not None:
            place = Membership.objects.create(team=team, user=user, role=role)
            note(place, "member.joined", role=role.value)
    elif place.role == Role.OWNER or place.role == role:
        return
    elif role is None:
        note(place, "member.removed", role=place.role)
        place.end()
    else:
        note(place, "member.role_changed", before=place.role, after=role.value)
        place.set_role(role)


def note(place: Membership, verb: str, **data: str) -> None:
    """Write down that the issuer's word did it."""
    about = {"member": place.user.email, **data, "by": settings.OIDC_NAME}
    Event.record(verb, team_id=place.team_id, data=about)
