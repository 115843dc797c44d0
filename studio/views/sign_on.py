"""The door for people whom an issuer of OpenID Connect vouches for."""

from __future__ import annotations

import hmac
import logging
import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from studio.http import StudioRequest
from studio.pipeline import sign_on as signing_on

logger = logging.getLogger(__name__)
SESSION_KEY = "sign_on"
REFUSED_KEY = "sign_on_refused"
LASTS = 15 * 60  # seconds that somebody may take at the issuer
LIMIT = {"sign_on": "30/m/ip"}


@login_not_required
@never_cache
@require_GET
def sign_on(request: StudioRequest) -> HttpResponse:
    """Off to the issuer."""
    if not signing_on.is_set_up():
        raise Http404
    if request.user.is_authenticated:
        return redirect("home")
    usage = ratelimit.consume(
        request, app="studio", action="sign_on", config=LIMIT, limit_get=True
    )
    if usage is None:
        return ratelimit.respond_429(request)
    attempt = signing_on.Attempt.fresh()
    try:
        asks_who = request.session.pop(REFUSED_KEY, False)
        door = signing_on.begin(attempt, asks_who=asks_who)
    except signing_on.SignOnFailed as trouble:
        return back_to_start(request, trouble)
    request.session[SESSION_KEY] = {
        "state": attempt.state,
        "nonce": attempt.nonce,
        "verifier": attempt.verifier,
        "next": request.GET.get("next", ""),
        "at": time.time(),
    }
    return HttpResponseRedirect(door)


@login_not_required
@never_cache
@require_GET
def sign_on_back(request: StudioRequest) -> HttpResponse:
    """Back from the issuer: signed in, or told why not."""
    if not signing_on.is_set_up():
        raise Http404
    kept: dict[str, Any] = request.session.pop(SESSION_KEY, {})
    attempt = attempt_of(request, kept)
    if attempt is None:
        return not_finished(request)
    try:
        user = signing_on.finish(attempt, request.GET.dict())
    except signing_on.NotAdmitted as reason:
        request.session[REFUSED_KEY] = True  # the next try may be as somebody else
        messages.error(request, str(reason))
        return redirect("account_login")
    except signing_on.NotFinished:
        return not_finished(request)
    except signing_on.SignOnFailed as trouble:
        return back_to_start(request, trouble)
    record_authentication(request, user, method="openid_connect")
    wanted = kept["next"]
    goes_on = wanted if get_adapter().is_safe_url(wanted) else None
    login = Login(user=user, redirect_url=goes_on)
    answer: HttpResponse = perform_login(request, login)
    return answer


def attempt_of(
    request: StudioRequest, kept: dict[str, Any]
) -> signing_on.Attempt | None:
    """The attempt that this very browser began, if that is what came back."""
    state = request.GET.get("state", "")
    if not kept or time.time() - kept["at"] > LASTS:
        return None
    if not hmac.compare_digest(state.encode(), kept["state"].encode()):
        return None
    return signing_on.Attempt(
        state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"]
    )


def not_finished(request: StudioRequest) -> HttpResponse:
    """Back without having signed in."""
    messages.error(request, _("That sign-in was not finished. Try it again."))
    return redirect("account_login")


def back_to_start(
    request: StudioRequest, trouble: signing_on.SignOnFailed
) -> HttpResponse:
    """Say that it did not work; why is for the operator's log."""
    logger.warning("single sign-on: %s", trouble)
    words = _("“%(name)s” does not work at the moment. An admin finds why in the log.")
    messages.error(request, words % {"name": settings.OIDC_NAME})
    return redirect("account_login")
