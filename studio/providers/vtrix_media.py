"""How Vtrix's models want pictures and videos written: each maker in its own shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.catalog import MediaInput
from studio.providers.base import MediaItem, VideoRequest
from studio.providers.errors import UnsupportedOption
from studio.providers.payload import bare_base64, media_text, media_value

VIDEO_ID = "kling_video_id"
ROLES = {
    "start_image": "first_frame",
    "end_image": "last_frame",
    "reference_images": "reference_image",
}
# No page shows Veo's objects. Their type names are those of Google's SDK, so Google's
# shapes are the candidates; a reseller with the same fields documents the first one.
INLINE_FIELDS = {
    "bytes": "bytesBase64Encoded",
    "image_bytes": "imageBytes",
    "video_bytes": "videoBytes",
}
ADDRESS_FIELDS = {"uri": "uri", "gcs_uri": "gcsUri", "url": "url"}


def put_media(
    shapes: Mapping[str, str], item: MediaItem, media_input: MediaInput
) -> Any:
    """One item in the form of its input; ``shapes`` are the settings for Veo's.

    A video of Vtrix's own stands here as its task, until that was asked for more.
    """
    form = media_input.form
    if item.operation_id and not item.url and wants_address(media_input, shapes):
        return item.operation_id
    if form == "veo_image":
        return veo_object(item, shapes.get("image_shape") or "bytes")
    if form == "veo_reference":
        image = veo_object(item, shapes.get("image_shape") or "bytes")
        return {"image": image, "referenceType": "asset"}
    if form == "veo_video":
        return veo_object(item, shapes.get("video_shape") or "uri")
    if form == VIDEO_ID:
        return earlier_id(item)
    if form == "string":
        return media_value(item, media_input, usual="any")
    text = media_text(item, media_input.transport or "any")
    if form == "content_image":
        content = {"type": "image_url", "image_url": {"url": text}}
        return {**content, "role": ROLES[item.role]}
    if form == "kling_image":
        return {"image": text}
    if form == "kling_frame":
        return {"image_url": text, **frame_type(item.role)}
    raise ValueError(f"{media_input.role}: nobody knows the form {form}")


def earlier_videos(
    request: VideoRequest, shapes: Mapping[str, str]
) -> list[tuple[MediaItem, MediaInput]]:
    """The videos to go on from that Vtrix knows better than we do: by id or address."""
    taken = request.model.input("source_video")
    if taken is None or not (taken.form == VIDEO_ID or wants_address(taken, shapes)):
        return []
    items = request.items("source_video")
    return [
        (item, taken)
        for item in items
        if item.operation_id and (taken.form == VIDEO_ID or not item.url)
    ]


def wants_address(taken: MediaInput, shapes: Mapping[str, str]) -> bool:
    """Whether a video goes in by its address."""
    if taken.role != "source_video":
        return False
    if taken.form == "veo_video":
        return (shapes.get("video_shape") or "uri") in ADDRESS_FIELDS
    return taken.transport == "url"


def veo_object(item: MediaItem, shape: str) -> dict[str, str]:
    """Google's picture or video object, in one of the shapes it is known in."""
    if shape in INLINE_FIELDS:
        return {INLINE_FIELDS[shape]: bare_base64(item), "mimeType": item.media_type}
    if shape not in ADDRESS_FIELDS:
        raise UnsupportedOption(f"Vtrix's settings name an unknown shape: {shape}.")
    named = {ADDRESS_FIELDS[shape]: media_text(item, "url")}
    # An earlier result is known by its address: its type may not have been kept.
    kind = item.media_type or ("video/mp4" if item.role == "source_video" else "")
    return {**named, "mimeType": kind} if kind else named


def earlier_id(item: MediaItem) -> str:
    """The task of the earlier video. Raises UnsupportedOption without one."""
    if not item.operation_id:
        raise UnsupportedOption("Only a video that Vtrix made itself can be extended.")
    return item.operation_id


def frame_type(role: str) -> dict[str, str]:
    """Which frame a picture is; a reference is none."""
    types = {"start_image": "first_frame", "end_image": "end_frame"}
    return {"type": types[role]} if role in types else {}


def without_empty_text(params: dict[str, Any]) -> dict[str, Any]:
    """Without the text item of a list of contents, where there is no prompt."""
    content = params.get("content")
    if not isinstance(content, list):
        return params
    return {**params, "content": [c for c in content if c != {"type": "text"}]}
