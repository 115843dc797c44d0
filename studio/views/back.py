"""Where somebody goes after an act: back to the page that it was done on."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from studio.http import StudioRequest


def back_to(request: StudioRequest, otherwise: str) -> HttpResponseRedirect:
    """The address that came with the form, where it is of this site; else another."""
    address = request.POST.get("back", "")
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts=None
    )
    return HttpResponseRedirect(address if is_ours else otherwise)
