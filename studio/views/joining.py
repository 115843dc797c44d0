"""The other end of an invitation: look at it, and join.

The link is opened once and led away from at once, so that its token stands in no page,
no referrer and no log of ours: the session knows the invitation by its hash.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from studio.forms.members import JoinForm
from studio.http import StudioRequest
from studio.middleware import SESSION_KEY as TEAM_KEY
from studio.models import Invitation, NotAllowed, User
from studio.models.invitations import digest

SESSION_KEY = "invitation"
WRONG_ONES = {"invitation": "20/5m/ip"}  # links that open nothing


@login_not_required
@never_cache
@require_safe
def invitation_open(request: StudioRequest, token: str) -> HttpResponse:
    """Take the token out of the address, whether it opens something or not."""
    found = Invitation.find(digest(token), timezone.now())
    if found is not None:  # however many wrong ones came from there before
        request.session[SESSION_KEY] = found.token_hash
    else:
        request.session.pop(SESSION_KEY, None)
        if not may_guess(request):
            return ratelimit.respond_429(request)
    return redirect("invitation")


def may_guess(request: StudioRequest) -> bool:
    """Whether this address has opened few enough wrong links."""
    usage = ratelimit.consume(
        request,
        app="studio",
        action="invitation",
        config=WRONG_ONES,
        limit_get=True,
    )
    return usage is not None


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: StudioRequest) -> HttpResponse:
    """The invitation that was opened: whose it is, and how to accept it."""
    found = Invitation.find(request.session.get(SESSION_KEY, ""), timezone.now())
    if found is None:
        return render(request, "invitations/over.html", status=404)
    if request.user.is_authenticated:
        return as_somebody(request, found)
    if User.objects.filter(email__iexact=found.email).exists():
        return page(request, found, needs_sign_in=True)
    return as_new(request, found)


def as_somebody(request: StudioRequest, found: Invitation) -> HttpResponse:
    """Somebody who is signed in joins, if it is for them."""
    if request.user.email.lower() != found.email:
        status = 403 if request.method == "POST" else 200
        return page(request, found, status=status, is_wrong_person=True)
    if request.method == "GET":
        return page(request, found)
    if not accepted(found, request.user):
        return render(request, "invitations/over.html", status=404)
    return welcome(request, found)


def accepted(found: Invitation, user: User) -> bool:
    """Whether this request was the one that used it up."""
    try:
        return found.accept(user, now=timezone.now())
    except NotAllowed:
        return False


def as_new(request: StudioRequest, found: Invitation) -> HttpResponse:
    """Somebody without an account makes one."""
    sent = request.POST if request.method == "POST" else None
    form = JoinForm(sent, email=found.email)
    if not form.is_bound or not form.is_valid():
        return page(request, found, status=422 if form.is_bound else 200, form=form)
    user = found.accept_anew(
        form.cleaned_data["name"], form.cleaned_data["password"], now=timezone.now()
    )
    if user is None:
        return render(request, "invitations/over.html", status=404)
    login = Login(user=user, redirect_url=reverse("home"))
    perform_password_login(request, {"email": user.email}, login)
    return welcome(request, found)


def welcome(request: StudioRequest, found: Invitation) -> HttpResponse:
    """To the team's page."""
    request.session.pop(SESSION_KEY, None)
    request.session[TEAM_KEY] = str(found.team_id)
    messages.success(request, _("Welcome to “%(team)s”.") % {"team": found.team.name})
    return redirect("home")


def page(
    request: StudioRequest, found: Invitation, *, status: int = 200, **context: object
) -> HttpResponse:
    """The invitation."""
    context["invitation"] = found
    return render(request, "invitations/invitation.html", context, status=status)
