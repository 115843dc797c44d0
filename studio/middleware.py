"""Sign-in that loses nothing, and the team that a request is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django_htmx.http import (
    HTMX_STOP_POLLING,
    HttpResponseClientRedirect,
    reswap,
    retarget,
)

from studio import held
from studio.http import StudioRequest
from studio.models import Membership, Team, belonging

SESSION_KEY = "team"
LOOKS = frozenset({"updates"})  # what a page asks for by itself


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends visitors to sign in, and then back to the page that they were on.

    A form sent after its session had ended must not lead to its own address, which
    only takes forms: it leads to its page, and what was typed is kept for it.
    """

    def handle_no_permission(  # type: ignore[override]  # htmx is answered otherwise
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        """To the sign-in page; htmx is told to go there with the whole page."""
        asked = cast(StudioRequest, request)
        match = request.resolver_match
        if match and match.url_name in LOOKS:
            return signed_out(asked)
        if match and match.url_name == "generation-create" and request.POST:
            held.hold(request, match.kwargs["project_id"])
        return to_sign_in(asked)


def to_sign_in(request: StudioRequest) -> HttpResponse:
    """Sign in first, and then back."""
    answer = redirect_to_login(page_of(request))
    return HttpResponseClientRedirect(answer.url) if request.htmx else answer


def signed_out(request: StudioRequest) -> HttpResponse:
    """A page that looks for news is told that its session is over: it stops."""
    response = render(request, "shared/_signed_out.html", status=HTMX_STOP_POLLING)
    return reswap(retarget(response, "#messages"), "innerHTML")


def page_of(request: StudioRequest) -> str:
    """The page to come back to: itself, or the one that a form stands on."""
    if request.htmx and request.htmx.current_url_abs_path:
        return request.htmx.current_url_abs_path
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    if "project_id" in kwargs:
        return reverse("project", args=[kwargs["project_id"]])
    if "generation_id" in kwargs:
        return reverse("take", args=[kwargs["generation_id"]])
    return reverse("home")


class FreshPagesMiddleware:
    """A page of a team is never shown from a cache: it would be old, or not theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say of pages that they must be asked for anew."""
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class CurrentTeamMiddleware:
    """``request.teams`` and ``request.team``: lazy, as most requests never ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and remember that its sender was here."""
        asked = cast(StudioRequest, request)
        asked.teams = cast(list[Team], SimpleLazyObject(lambda: teams_of(asked)))
        asked.team = cast(Team, SimpleLazyObject(lambda: current_team(asked)))
        response = self.get_response(request)
        if visited := getattr(request, "visited", None):
            Membership.touch(visited.place, visited.seen_at, timezone.now())
        return response


def teams_of(request: StudioRequest) -> list[Team]:
    """Their teams by name, each with what the look-up sets: one query."""
    return belonging.teams_of(request.user) if request.user.is_authenticated else []


def current_team(request: StudioRequest) -> Team | None:
    """The team in the session where its member is still in it; otherwise the first."""
    chosen = request.session.get(SESSION_KEY)
    named = (team for team in request.teams if str(team.pk) == chosen)
    first = min(request.teams, key=lambda t: (t.created_at, t.pk), default=None)
    request.visited = next(named, first)
    return request.visited
