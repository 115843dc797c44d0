"""Review links as guests see them: no account, a name asked once, no way further in.

The token in the address is the key; who comes in gets a signed cookie with their name.
Every answer asks the database whether the link still lives, so that revoking works at
once, for the files as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from studio.forms.reviews import CommentForm, DoorForm, VerdictForm
from studio.http import StudioRequest
from studio.media.sending import serve_stored
from studio.models import Asset, Comment, Decision, Generation, ShareLink, Verdict
from studio.views.guest_pages import list_context, take_context
from studio.views.limits import Limit, address_of
from studio.views.media import stored

MISSES = Limit("share-token", most=20, seconds=600)  # wrong addresses
KNOCKS = Limit("share-passphrase", most=10, seconds=600)  # wrong passphrases
WORDS = Limit("share-words", most=30, seconds=600)  # comments and verdicts
MOST_COMMENTS = 500  # of all guests of a link
SALT = "studio.guest"
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
    # Other sites learn nothing. Forms need their origin, which no-referrer would hide.
    "Referrer-Policy": "same-origin",
}
P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A guest at an open link."""

    token: str
    link: ShareLink
    name: str  # empty: still before the door

    def address(self, name: str, *args: object) -> str:
        """A page of this link."""
        return reverse(name, args=[self.token, *args])


class NoOpenLink(Http404):
    """None has this address: never, or not any more, which nobody is told apart."""


class TooManyTries(Exception):
    """From this address nobody is let in for a while."""


Inside = Callable[Concatenate[StudioRequest, Visit, P], HttpResponseBase]


def guest_view(view: Inside[P]) -> Callable[..., HttpResponseBase]:
    """Hands the view an open link and who is there; 404 for any other address."""

    @wraps(view)
    def answer(
        request: StudioRequest, token: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            visit = visit_of(request, token)
            response = view(request, visit, *args, **kwargs)
        except TooManyTries:
            context = {"link": None, "words": _("Too many tries. Wait ten minutes.")}
            response = render(request, "shares/wait.html", context, status=429)
        except NoOpenLink:
            context = {"link": None}
            response = render(request, "shares/over.html", context, status=404)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return login_not_required(answer)


def visit_of(request: StudioRequest, token: str) -> Visit:
    """The link of this token, if it lives. Raises NoOpenLink and TooManyTries."""
    links = ShareLink.objects.live(timezone.now()).for_token(token)
    link = links.select_related("team").first()
    if link is None:  # a right one opens, however many wrong ones came from there
        come_from = address_of(request)
        if MISSES.is_reached(come_from):
            raise TooManyTries
        MISSES.count(come_from)
        raise NoOpenLink
    return Visit(token=token, link=link, name=guest_name(request, link))


# Who is there


def cookie_of(link: ShareLink) -> str:
    """The name of its cookie: a guest may have several links."""
    return f"dailies_guest_{link.pk.hex}"


def guest_name(request: StudioRequest, link: ShareLink) -> str:
    """The name that a guest gave at this door; nothing before that."""
    cookie = request.COOKIES.get(cookie_of(link), "")
    try:
        mark, name = signing.loads(cookie, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(name) if mark == link.mark else ""


def let_in(response: HttpResponse, link: ShareLink, name: str) -> HttpResponse:
    """Remember the name until the link ends."""
    response.set_cookie(
        cookie_of(link),
        signing.dumps([link.mark, name], salt=SALT),
        expires=link.expires_at,
        path="/r/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


# Pages


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def guest_door(request: StudioRequest, visit: Visit) -> HttpResponse:
    """The takes of the link; before that the question for name and passphrase."""
    if request.method != "POST" and visit.name:
        return render(request, "shares/guest_list.html", list_context(visit))
    has_passphrase = bool(visit.link.passphrase)
    form = DoorForm(request.POST or None, asks_passphrase=has_passphrase)
    status = 200
    if request.method == "POST":
        if form.is_valid() and is_right(request, visit.link, form):
            visit.link.count_view(now=timezone.now())
            response = redirect("guest-door", visit.token)
            return let_in(response, visit.link, form.cleaned_data["name"])
        status = 422
    context = {"link": visit.link, "form": form}
    return render(request, "shares/door.html", context, status=status)


def is_right(request: StudioRequest, link: ShareLink, form: DoorForm) -> bool:
    """Whether the passphrase opens it; wrong ones are counted. Raises TooManyTries."""
    if not link.passphrase:
        return True
    come_from = address_of(request)
    if KNOCKS.is_reached(link.pk, come_from):
        raise TooManyTries
    if link.accepts(form.cleaned_data["passphrase"]):
        return True
    KNOCKS.count(link.pk, come_from)
    form.add_error("passphrase", _("This is not the passphrase."))
    return False


def shown_take(visit: Visit, take: UUID) -> Generation:
    """A take of the link, with its files. Raises Http404."""
    rows = visit.link.shown_takes().filter(pk=take)
    found = rows.with_cards().first()
    if found is None:
        raise Http404
    return found


@require_GET
@guest_view
def guest_take(request: StudioRequest, visit: Visit, take: UUID) -> HttpResponse:
    """One take: player, comments, verdict."""
    if not visit.name:
        return redirect("guest-door", visit.token)
    found = shown_take(visit, take)
    answers = request.GET.get("reply", "")
    context = take_context(visit, found, answers=answers)
    return render(request, "shares/guest_take.html", context)


@require_POST
@guest_view
def guest_comment(request: StudioRequest, visit: Visit, take: UUID) -> HttpResponse:
    """A guest's word on a take."""
    if not visit.name:
        return redirect("guest-door", visit.token)
    found = shown_take(visit, take)
    if not visit.link.allows_comments:
        raise Http404
    said = Comment.objects.of_link(visit.link).filter(generation=found)
    form = CommentForm(
        request.POST, video=found.video, answerable=said.filter(deleted_at=None)
    )
    if not form.is_valid():
        context = take_context(visit, found, form=form)
        return render(request, "shares/guest_take.html", context, status=422)
    check_pace(request, visit)
    comment = Comment.say(
        found,
        form.cleaned_data["text"],
        guest_name=visit.name,
        link=visit.link,
        parent=form.cleaned_data["parent"],
        pin=form.pin,
        drawing=form.cleaned_data["drawing"],
        now=timezone.now(),
    )
    address = visit.address("guest-take", found.pk)
    return HttpResponseRedirect(f"{address}#comment-{comment.pk}")


def check_pace(request: StudioRequest, visit: Visit) -> None:
    """Nobody fills a team's pages by machine. Raises TooManyTries."""
    come_from = address_of(request)
    is_full = Comment.objects.filter(link=visit.link).count() >= MOST_COMMENTS
    if is_full or WORDS.is_reached(visit.link.pk, come_from):
        raise TooManyTries
    WORDS.count(visit.link.pk, come_from)


@require_POST
@guest_view
def guest_verdict(request: StudioRequest, visit: Visit, take: UUID) -> HttpResponse:
    """A guest's decision, marked as theirs."""
    if not visit.name:
        return redirect("guest-door", visit.token)
    found = shown_take(visit, take)
    form = VerdictForm(request.POST)
    if not visit.link.allows_verdict or not form.is_valid():
        raise Http404
    check_pace(request, visit)
    decision = Decision(form.cleaned_data["decision"])
    Verdict.give(
        found, decision, guest_name=visit.name, link=visit.link, now=timezone.now()
    )
    return HttpResponseRedirect(visit.address("guest-take", found.pk))


SHOWN_KINDS = (
    Asset.Kind.VIDEO,
    Asset.Kind.POSTER,
    Asset.Kind.POSTER_SMALL,
    Asset.Kind.PREVIEW,
)


@require_safe
@guest_view
def guest_file(
    request: StudioRequest, visit: Visit, file: UUID, suffix: str
) -> HttpResponseBase:
    """A file of one of the link's takes, never from a cache: revoking holds at once."""
    asset = shown_file(visit, file)
    download = "download" in request.GET
    if asset is None or asset.suffix != suffix:
        raise Http404
    if download and not visit.link.allows_download:
        raise Http404
    return serve_stored(
        request,
        stored(asset),
        filename=name_of(asset, visit.link),
        download=download,
        directly=False,  # a signed address would outlive the link by minutes
    )


def name_of(asset: Asset, link: ShareLink) -> str:
    """What a download is called: by the link, since the team's words are its own."""
    row = link.rows.get(generation=asset.generation_id)
    stem = slugify(link.name)[:60].strip("-") or "video"
    return f"{stem}-{row.position + 1}.{asset.suffix}"


def shown_file(visit: Visit, file: UUID) -> Asset | None:
    """The file, for a guest who came in by the door."""
    if not visit.name:
        return None
    rows = Asset.objects.filter(
        pk=file,
        kind__in=SHOWN_KINDS,
        deleted_at=None,
        generation__in=visit.link.shown_takes().order_by().values("pk"),
    )
    return rows.first()
