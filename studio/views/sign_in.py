"""A form whose token does not fit: mostly a page from before a sign-in or sign-out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render

from studio.http import StudioRequest
from studio.middleware import to_sign_in


@login_not_required  # those whose session has ended are the usual case
def csrf_failure(request: StudioRequest, reason: str = "") -> HttpResponse:
    """To the sign-in page without a session; with one, say that the page is old."""
    is_guest = request.path.startswith("/r/")  # by a review link: has no login
    if request.user.is_authenticated or is_guest:
        return render(request, "403_csrf.html", status=403)
    return to_sign_in(request)
