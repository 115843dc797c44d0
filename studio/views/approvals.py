"""Takes that wait until an admin agrees to what they cost."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from studio import formats
from studio.http import StudioRequest
from studio.models import Role, Team
from studio.pipeline import approve
from studio.views import access
from studio.views.addresses import read_ids
from studio.views.cards import Card, cards
from studio.views.grid import takes_of_team

MOST_NAMES = 3
MOST = 200  # on the page, and so at once; more than that is said, not shown


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits for a word, the oldest first."""

    cards: Sequence[Card]
    has_more: bool
    approvers: str  # who can give it

    @property
    def total(self) -> str:
        """What those on the page cost together, as far as anybody knows."""
        prices = [card.take.estimate for card in self.cards]
        known = [price for price in prices if price is not None]
        unknown = len(prices) - len(known)
        if not known:
            return formats.money(None)
        amount = _("about %(amount)s") % {"amount": formats.dollars(sum(known))}
        if not unknown:
            return amount
        words = ngettext(
            "%(amount)s and %(n)d unknown price",
            "%(amount)s and %(n)d unknown prices",
            unknown,
        )
        return words % {"amount": amount, "n": unknown}


def approvers(team: Team) -> str:
    """Who can give the word: ``Alice, Adam or another admin can approve it.``"""
    names = [lead.display_name for lead in team.leads()]
    if len(names) > MOST_NAMES:
        names[MOST_NAMES:] = [_("another admin")]
    said = get_text_list(names, _("or"))
    return _("%(names)s can approve it.") % {"names": said} if names else ""


def waiting_of(request: StudioRequest, team: Team, role: Role) -> Waiting:
    """What waits in a team, as far as the asker sees it."""
    rows = takes_of_team(team, request.user, role).awaiting_approval().with_cards()
    shown = cards(rows[: MOST + 1], request.user, role, timezone.now())
    return Waiting(
        cards=shown[:MOST],
        has_more=len(shown) > MOST,
        approvers=approvers(team) if shown else "",
    )


@require_POST
def take_approval(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Agree to what a take costs, or do not."""
    take = access.get_generation(request, generation_id, need=Role.ADMIN)
    match request.POST.get("decision"):
        case "approve":
            done = approve.approve_take(take, user=request.user)
            words = _("Approved: it is sent next.")
        case "refuse":
            done = approve.refuse_take(take, user=request.user)
            words = _("Refused: nothing was sent, nothing is spent.")
        case _other:
            messages.error(request, _("Choose whether it may be sent."))
            return redirect("queue")
    if done:
        messages.success(request, words)
    else:
        messages.info(request, _("This take does not wait any more."))
    return redirect("queue")


@require_POST
def team_approve(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Agree to what these takes cost, all that were on the page."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    ids = {*read_ids(request.POST.getlist("take")[:MOST])}
    seen = takes_of_team(team, request.user, team.my_role).awaiting_approval()
    done = approve.approve_takes(seen.filter(pk__in=ids), user=request.user)
    if done:
        messages.success(request, approved_words(len(done)))
    if left := len(ids) - len(done):
        messages.info(request, left_words(left))
    return redirect("queue")


def approved_words(number: int) -> str:
    """How many are sent next."""
    words = ngettext(
        "%(n)d take approved: it is sent next.",
        "%(n)d takes approved: they are sent next.",
        number,
    )
    return words % {"n": number}


def left_words(number: int) -> str:
    """How many were not approved, and why."""
    words = ngettext(
        "%(n)d take was left out: it changed meanwhile and does not wait any more.",
        "%(n)d takes were left out: they changed meanwhile and do not wait any more.",
        number,
    )
    return words % {"n": number}
