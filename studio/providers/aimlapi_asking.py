"""How AI/ML API is asked: by which path, and in which words.

An account's settings choose: ``{"path": "vendor"}`` for every model that has such a
path, ``{"paths": {"veo2": "vendor"}}`` for single ones.

What a catalog entry says in ``transport``:

- ``vendor``: the name in its vendor path, where it has one;
- ``vendor_wires``: field names that differ there, unified name to vendor name;
- ``vendor_lacks``: fields that do not exist there;
- ``path``: "vendor" where there is no unified path; "own" with ``submit_path``,
  ``status_path``, ``id_param``, and ``extend_path`` (``{id}``: of the earlier take);
- ``model``: what to send as the model where it is not the id; "" sends none;
- ``lifetime``: seconds that the addresses of its results live.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from studio.catalog import MediaInput, VideoModel
from studio.providers.base import MediaItem, VideoRequest
from studio.providers.errors import UnsupportedOption
from studio.providers.http import segment
from studio.providers.payload import media_value

UNIFIED_PATH = "/v2/video/generations"
# Anything else in X-Client-Request-Id makes the service drop it without a word.
NOT_IN_TOKEN = re.compile(r"[^A-Za-z0-9._:-]")
LONGEST_TOKEN = 128


@dataclass(frozen=True)
class Route:
    """Where one model is asked and looked at."""

    submit: str
    status: str
    id_param: str = "generation_id"
    is_vendor: bool = False


def route_of(model: VideoModel, settings: Mapping[str, Any]) -> Route:
    """Where a model is asked and looked at."""
    transport = model.transport
    match path_of(model, settings):
        case "own":
            return Route(
                submit=transport["submit_path"],
                status=transport["status_path"],
                id_param=transport["id_param"],
            )
        case "vendor":
            path = f"/v2/generate/video/{transport['vendor']}/generation"
            return Route(path, path, is_vendor=True)
        case _:
            return Route(UNIFIED_PATH, UNIFIED_PATH)


def path_of(model: VideoModel, settings: Mapping[str, Any]) -> str:
    """unified, vendor or own."""
    if only := model.transport.get("path"):
        return str(only)
    single = settings.get("paths")
    own = single.get(model.id) if isinstance(single, Mapping) else None
    is_vendor = (own or settings.get("path")) == "vendor"
    return "vendor" if is_vendor and model.transport.get("vendor") else "unified"


def model_field(model: VideoModel) -> dict[str, str]:
    """The model as this entry names it on the wire."""
    word = model.id if model.is_custom else model.transport.get("model", model.id)
    return {"model": word} if word else {}


def in_vendor_words(model: VideoModel) -> VideoModel:
    """The same model in the field names of its vendor path.

    What has no name there is left out, so that asking for it is refused.
    """
    wires = model.transport.get("vendor_wires", {})
    lacks = model.transport.get("vendor_lacks", ())
    options = tuple(
        replace(option, wire=wires.get(wire, wire))
        for option in model.options
        if (wire := option.wire or option.name).partition(".")[0] not in lacks
    )
    inputs = tuple(
        replace(item, wire=wires.get(item.wire, item.wire))
        for item in model.inputs
        if item.wire not in lacks
    )
    name = f"{model.name} on its old path"
    return replace(model, name=name, options=options, inputs=inputs)


def continued(request: VideoRequest, address: str) -> tuple[VideoRequest, str]:
    """The request and its address; Luma v1 names the earlier take in the address."""
    template = request.model.transport.get("extend_path")
    if not template or request.mode != "extend_video":
        return request, address
    takes = [earlier_id(item) for item in request.items("source_video")]
    if not takes:
        return request, address
    rest = tuple(item for item in request.media if item.role != "source_video")
    path = template.replace("{id}", segment(takes[0]))
    return replace(request, media=rest), path


def put_media(item: MediaItem, media_input: MediaInput) -> Any:
    """An address where there is one, else a data URI; or an earlier take by its id."""
    if media_input.form == "generation":
        return {"type": "generation", "id": earlier_id(item)}
    return media_value(item, media_input, usual="any")


def earlier_id(item: MediaItem) -> str:
    """The id by which a take is continued. Raises UnsupportedOption without one.

    The schema wants a bare UUID, but ids of the unified path carry ``:model`` behind it
    (docs: luma ray-2).
    """
    if not item.operation_id:
        raise UnsupportedOption(
            "This model continues its own takes only: choose one that it made."
        )
    bare = item.operation_id.partition(":")[0]
    try:
        UUID(bare)
    except ValueError:
        return item.operation_id
    return bare


def token_header(token: str) -> dict[str, str]:
    """Our reference, in the characters that are allowed; it comes back in answers."""
    word = NOT_IN_TOKEN.sub("-", token)[:LONGEST_TOKEN]
    return {"X-Client-Request-Id": word} if word else {}
