"""What guests of a review link see, worked out before the templates.

Nothing of the team's inside: no prices, models, other takes or the team's own talk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from studio.forms.reviews import CommentForm, rate_of
from studio.models import Asset, Generation, ShareLink, Verdict
from studio.views.cards import ratio_class, size_of
from studio.views.discussion import (
    Choice,
    Said,
    choices_of,
    discuss,
    said,
    verdicts_of,
)
from studio.views.spoken import Reader
from studio.views.take_page import SPEEDS


class Visiting(Protocol):
    """A guest at an open link."""

    @property
    def link(self) -> ShareLink: ...

    @property
    def name(self) -> str: ...

    def address(self, name: str, *args: object) -> str: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A take as guests see it."""

    title: str
    href: str
    ratio: str
    width: int
    height: int
    poster: str
    video: str
    verdict: Said | None


def shown(
    visit: Visiting, take: Generation, place: int, verdict: Said | None = None
) -> Shown:
    """One take of the link."""
    width, height = size_of(take)
    return Shown(
        title=str(place),
        href=visit.address("guest-take", take.pk),
        ratio=ratio_class(width, height),
        width=width,
        height=height,
        poster=file_of(visit, take.poster or take.poster_small),
        video=file_of(visit, take.video),
        verdict=verdict,
    )


def file_of(visit: Visiting, asset: Asset | None) -> str:
    """The address of a file below the link's own."""
    return visit.address("guest-file", asset.pk, asset.suffix) if asset else ""


def list_context(visit: Visiting) -> dict[str, Any]:
    """The takes of the link."""
    takes = visit.link.shown_takes().with_cards()
    rows = Verdict.objects.filter(link=visit.link).order_by("id")
    last = {row.generation_id: said(row) for row in rows}
    cards = [
        shown(visit, take, place, last.get(take.pk))
        for place, take in enumerate(takes, start=1)
    ]
    return {"link": visit.link, "guest": visit.name, "cards": cards}


def take_context(
    visit: Visiting,
    take: Generation,
    *,
    form: CommentForm | None = None,
    answers: str = "",
) -> dict[str, Any]:
    """One take with what the guests of this link have said of it."""
    ids = list(visit.link.shown_takes().values_list("pk", flat=True))
    place = ids.index(take.pk)
    card = shown(visit, take, place + 1)
    reader = Reader(
        action=visit.address("guest-comment", take.pk),
        video=card.video,
        can_comment=visit.link.allows_comments,
    )
    talk = discuss(take, reader, link=visit.link, form=form, answers=answers)
    verdicts = verdicts_of(take, link=visit.link)
    return {
        "link": visit.link,
        "guest": visit.name,
        "card": card,
        "take": take,
        "number": len(ids),
        "discussion": talk,
        "rate": f"{rate_of(take.video):.3f}",
        "speeds": SPEEDS,
        "verdicts": verdicts,
        "choices": guest_choices(visit, take, verdicts),
        "verdict_action": visit.address("guest-verdict", take.pk),
        "list_address": visit.address("guest-door"),
        "before": step(visit, ids, place - 1),
        "after": step(visit, ids, place + 1),
        "download": f"{card.video}?download" if visit.link.allows_download else "",
    }


def guest_choices(
    visit: Visiting, take: Generation, verdicts: Sequence[Said]
) -> Sequence[Choice]:
    """The buttons, where guests may decide."""
    if not visit.link.allows_verdict:
        return []
    return choices_of(take, verdicts[0].decision if verdicts else "")


def step(visit: Visiting, ids: Sequence[Any], place: int) -> str:
    """The page of the take at this place; nothing beyond the ends."""
    if not 0 <= place < len(ids):
        return ""
    return visit.address("guest-take", ids[place])
