"""AI/ML API at the other end of a mock wire: what was sent, what was made of it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx

from studio.catalog import get_model
from studio.outbound import build_client
from studio.providers.aimlapi import AimlapiProvider
from studio.providers.base import (
    Credentials,
    MediaItem,
    Operation,
    Progress,
    VideoRequest,
)
from tests.providers.conformance import Reply, Wire

UNIFIED = "/v2/video/generations"
PNG = b"\x89PNG picture"
PNG_URI = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
TAKE = "0f3ea4aa-10e7-4dae-af0b-263ab4ac45f9"
URL = "https://cdn.aimlapi.com/flamingo/files%2Fb/0a.mp4?Signature=a%2Fb+c=="


def picture(role: str, url: str = "") -> MediaItem:
    """A picture, by its address where it has one."""
    content = b"" if url else PNG
    return MediaItem(role=role, content=content, media_type="image/png", url=url)


def take(operation_id: str = TAKE, url: str = "") -> MediaItem:
    """An earlier take to go on from."""
    return MediaItem(
        role="source_video",
        media_type="video/mp4",
        operation_id=operation_id,
        url=url,
    )


def speaker(wire: Wire, **settings: Any) -> AimlapiProvider:
    """The adapter, talking to the wire."""
    credentials = Credentials(secrets={"api_key": "canary-1"}, settings=settings)
    client = build_client(transport=httpx.MockTransport(wire))
    return AimlapiProvider(credentials, client)


def sent(
    model: str,
    mode: str = "text_to_video",
    *media: MediaItem,
    prompt: str = "A boat",
    settings: Mapping[str, Any] | None = None,
    **options: Any,
) -> tuple[str, dict[str, Any]]:
    """The path and the body of a submit."""
    wire = Wire(Reply(json={"id": "g1", "status": "queued"}))
    request = VideoRequest(
        model=get_model(f"aimlapi:{model}"),
        mode=mode,
        prompt=prompt,
        options=options,
        media=media,
    )
    asyncio.run(speaker(wire, **(settings or {})).submit(request))
    [call] = wire.requests
    assert call.method == "POST"
    return call.url.path, json.loads(call.content)


def submitted(reply: Reply, model: str = "veo2", token: str = "") -> Operation:
    """What is made of the answer to a submit."""
    request = VideoRequest(
        model=get_model(f"aimlapi:{model}"),
        mode="text_to_video",
        prompt="A boat",
        token=token,
    )
    return asyncio.run(speaker(Wire(reply)).submit(request))


def looked(
    body: Any, model: str = "veo2", operation_id: str = "g1", **headers: str
) -> Progress:
    """What is made of the answer to a look."""
    wire = Wire(Reply(json=body, headers=headers))
    provider, entry = speaker(wire), get_model(f"aimlapi:{model}")
    return asyncio.run(provider.poll(Operation(id=operation_id), entry))
