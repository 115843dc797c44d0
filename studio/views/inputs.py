"""Pictures for the provider that was asked to use them: by a signed address alone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from studio.media.images import ImageRefused
from studio.media.store import StoreAway
from studio.pipeline import inputs


@login_not_required  # a provider has no account: the signature is its ticket
@require_safe
def input_file(request: HttpRequest, token: str, suffix: str) -> HttpResponse:
    """The picture as the take's model takes it, while the take is open."""
    try:
        picture = inputs.picture_at(token)
    except StoreAway:  # it is there: to be asked for again
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    except (ImageRefused, OSError) as error:
        raise Http404 from error
    if picture is None or picture.suffix != f".{suffix}":
        raise Http404
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(
        picture.content, content_type=picture.media_type, headers=headers
    )
