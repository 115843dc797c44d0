"""Sends a stored file to somebody who may see it, wherever it is kept.

From a folder it is sent by `ranges`. From a bucket a browser fetches videos, downloads
and large pictures itself, by a signed address that is good for some minutes: ranges are
then the bucket's. Small pictures go through here all the same: a signed address is new
each time, so a gallery would fetch each poster by two requests and could keep none;
from here it is one, and the browser keeps it for good.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from studio.media.folder import Folder
from studio.media.ranges import (
    Piece,
    RangeNotSatisfiable,
    answer_with,
    let_go_of_stalled_readers,
    nothing_there,
    ranged,
    safe_name,
    serve_file,
)
from studio.media.store import RemoteStore, StoreAway, store

logger = logging.getLogger(__name__)

SMALL_BYTES = 2**20
KEPT_SECONDS = 120  # a signed address is asked for anew long before it dies


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A file as its row knows it."""

    name: str
    size: int
    sha256: str
    media_type: str


def serve_stored(
    request: HttpRequest,
    file: Stored,
    *,
    filename: str,
    download: bool = False,
    directly: bool = True,
) -> HttpResponseBase:
    """Answer GET or HEAD for a file that the caller may see. Raises Http404.

    With ``directly`` a browser may be sent to the bucket, where it can then fetch the
    file for some minutes, whatever happens here.
    """
    kept = store()
    if isinstance(kept, Folder):
        path = kept.path_of(file.name)
        if not path.is_file():
            raise Http404
        return serve_file(
            request,
            path,
            media_type=file.media_type,
            etag=file.sha256,
            filename=filename,
            download=download,
        )
    remote = cast(RemoteStore, kept)
    is_small = file.media_type.startswith("image/") and file.size <= SMALL_BYTES
    if directly and request.method == "GET" and not is_small:
        return send_there(remote, file, filename=filename, download=download)
    try:
        return answer_with(
            partial(fetch, request, remote, file),
            request,
            media_type=file.media_type,
            etag=file.sha256,
            filename=filename,
            download=download,
        )
    except FileNotFoundError as error:
        raise Http404 from error
    except StoreAway as error:
        logger.warning("file %s cannot be sent: %s", file.name, error)
        headers = {"Cache-Control": "private, no-store", "Retry-After": "5"}
        return HttpResponse(status=503, headers=headers)


def send_there(
    remote: RemoteStore, file: Stored, *, filename: str, download: bool
) -> HttpResponse:
    """Lead the browser to the bucket."""
    shown_as = content_disposition_header(download, safe_name(filename))
    address = remote.address_of(file.name, file.media_type, shown_as or "attachment")
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response


def fetch(
    request: HttpRequest,
    remote: RemoteStore,
    file: Stored,
    tag: str,
    longest: int | None,
) -> HttpResponseBase:
    """The file or a piece of it, as it comes from the bucket."""
    if request.method == "HEAD":
        size = str(remote.size_of(file.name))
        return HttpResponse(headers={"Content-Length": size})
    let_go_of_stalled_readers(request)

    def piece(first: int, last: int) -> Piece:
        return Piece(remote.open_part(file.name, first, last), first, last)

    try:
        return ranged(request, tag, file.size, piece, longest)
    except RangeNotSatisfiable:
        return nothing_there(file.size)
