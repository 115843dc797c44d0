"""The pictures and videos that a request carries, in the form its provider takes.

Where the world reaches this studio, a provider may fetch a picture by a signed address.
The address is good for as long as the take is open, and for a day at the most.
"""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.urls import reverse

from studio.catalog import MediaInput
from studio.media.images import CleanImage, fit_image
from studio.media.store import store
from studio.models import OPEN, GenerationInput
from studio.providers.base import MediaItem

SALT = "studio.input"
ADDRESS_SECONDS = 24 * 3600


def media_item(item: GenerationInput, limits: MediaInput | None) -> MediaItem:
    """One input: its bytes, and its operation where it is an earlier take's video.

    A picture is scaled and encoded anew where the model takes less. Raises ImageRefused
    where nothing fits.
    """
    source = item.asset.generation
    operation_id = source.operation_id if source else ""
    if limits is None or not item.asset.media_type.startswith("image/"):
        return MediaItem(
            role=item.role,
            content=store().read_bytes(item.asset.path),
            media_type=item.asset.media_type,
            operation_id=operation_id,
        )
    picture = fitting(item, limits)
    return MediaItem(
        role=item.role,
        content=picture.content,
        media_type=picture.media_type,
        url=address_of(item, picture) if settings.STUDIO_IS_PUBLIC else "",
        operation_id=operation_id,
    )


def fitting(item: GenerationInput, limits: MediaInput) -> CleanImage:
    """The picture within the limits of its model. Raises ImageRefused."""
    return fit_image(
        store().read_bytes(item.asset.path),
        max_side=limits.max_side,
        max_bytes=limits.max_bytes,
        media_types=limits.media_types,
    )


def address_of(item: GenerationInput, picture: CleanImage) -> str:
    """Where a provider can fetch it; ends as a file of its type does."""
    token = signing.dumps(item.pk, salt=SALT)
    path = reverse("input-file", args=[token, picture.suffix.removeprefix(".")])
    return urljoin(settings.STUDIO_URL, path)


def picture_at(token: str) -> CleanImage | None:
    """The picture of a signed address; None for a false, an old or an ended one.

    Raises ImageRefused and OSError where it cannot be read any more.
    """
    try:
        pk = signing.loads(token, salt=SALT, max_age=ADDRESS_SECONDS)
    except signing.BadSignature:
        return None
    rows = GenerationInput.objects.filter(generation__status__in=OPEN)
    item = rows.select_related("asset", "generation__catalog_entry").filter(pk=pk)
    for found in item:
        limits = found.generation.video_model().input(found.role)
        if limits is not None:
            return fitting(found, limits)
    return None
