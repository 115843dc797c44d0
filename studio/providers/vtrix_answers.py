"""Reads Vtrix's answers: tasks, outputs, money, its catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from studio.providers import reading
from studio.providers.base import ListedModel, Usage

FILE_ENDS = (".mp4", ".webm", ".mov")


def opened(body: Any) -> Mapping[str, Any]:
    """The task itself: some answers have it inside ``data``."""
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("data")
    return inner if isinstance(inner, Mapping) else body


def video_url(output: Any) -> str:
    """The address of the first video in an output, or ""."""
    return reading.video_url(first_video(output), ("url",))


def first_video(output: Any) -> Mapping[str, Any]:
    """The first item that is a video, else the first with an address."""
    items = [item for item in items_of(output) if reading.video_url(item, ("url",))]
    return next((i for i in items if is_video(i)), next(iter(items), {}))


def items_of(output: Any) -> Iterator[Mapping[str, Any]]:
    """``output[].content[]``; one page shows the items without ``content``."""
    for block in output if isinstance(output, list) else [output]:
        if not isinstance(block, Mapping):
            continue
        content = block.get("content")
        if isinstance(content, list):
            yield from (item for item in content if isinstance(item, Mapping))
        else:
            yield block


def is_video(item: Mapping[str, Any]) -> bool:
    """Whether an item says, or is named, so."""
    path = urlsplit(str(item.get("url"))).path.lower()
    return item.get("type") == "video" or path.endswith(FILE_ENDS)


def usage_of(task: Mapping[str, Any]) -> Usage:
    """The cost: text, in US dollars."""
    cost = reading.first_text(task, ("usage.cost",))
    return Usage(cost=reading.micro_usd(cost), credits=cost)


def video_models(listed: Mapping[str, Any]) -> Iterator[ListedModel]:
    """The entries of one page of the catalog that make videos."""
    models = listed.get("models")
    for entry in models if isinstance(models, list) else []:
        model_id = reading.first_text(entry, ("id",))
        if model_id and makes_videos(entry):
            name = reading.first_text(entry, ("name",))
            yield ListedModel(id=model_id, name=name, raw=entry)


def makes_videos(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of the catalog is for videos, by its type or its outputs."""
    said = f"{entry.get('type')} {entry.get('output_modalities')}"
    return "video" in said.lower()
