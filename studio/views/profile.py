"""One's own account: the name; password, second factor and sessions are next door."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from studio.forms.profile import NoticeForm, ProfileForm
from studio.http import StudioRequest
from studio.models import Membership, Team
from studio.views.my_teams import may_make_teams


@require_http_methods(["GET", "POST"])
def profile(request: StudioRequest) -> HttpResponse:
    """Name and address, and the way to all the rest."""
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(sent, instance=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("profile")
    context = {
        "form": form,
        "places": Membership.objects.filter(user=request.user, team__deleted_at=None)
        .select_related("team")
        .order_by("team__name"),
        "deleted_teams": Team.objects.restorable_by(request.user, timezone.now()),
        "can_make_teams": may_make_teams(request),
        "has_second_factor": is_mfa_enabled(request.user),
        "notice_form": NoticeForm(instance=request.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "account/profile.html", context, status=status)


@require_GET
@never_cache
def authenticator(request: StudioRequest) -> HttpResponse:
    """The code that an authenticator app scans, while one is being set up.

    A picture of its own, since our pages allow no picture inside their address.
    """
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(picture, content_type="image/svg+xml")
