"""The interface of every provider, and the values it trades in.

An adapter is stateless: it gets credentials and an HTTP client, turns a VideoRequest
into the provider's words, and the provider's answers into Operation and Progress.
``poll`` is one look, never a loop. Nothing here knows of rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx

from studio.catalog import VideoModel
from studio.providers.errors import ProviderError


@dataclass(frozen=True, kw_only=True)
class MediaItem:
    """One picture or video that goes in."""

    role: str  # start_image, end_image, reference_images, static_mask, source_video
    content: bytes = field(repr=False, default=b"")
    media_type: str = ""
    # Where the provider can fetch it: ours, short-lived, only when we are public; or
    # the provider's own address of an earlier result.
    url: str = field(repr=False, default="")
    operation_id: str = ""  # of the earlier generation, for providers that extend by id


@dataclass(frozen=True, kw_only=True)
class VideoRequest:
    """What is asked for, in our words."""

    model: VideoModel
    mode: str
    prompt: str
    options: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[MediaItem, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)  # raw, for those who know
    token: str = ""  # ours, one per attempt; sent where the provider takes a reference
    spool: Path | None = None  # where to write a result that comes in the answer itself

    def items(self, role: str) -> tuple[MediaItem, ...]:
        """The media given for one role."""
        return tuple(item for item in self.media if item.role == role)


class State(StrEnum):
    """Where an operation is, as the provider tells."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


class Billed(StrEnum):
    """Whether a failed take was charged."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class VideoResult:
    """Where a finished video is: an address, kept byte for byte, or a spooled file."""

    url: str = field(repr=False, default="")
    path: Path | None = None
    content: bytes | None = field(repr=False, default=None)  # came inside the answer


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What the provider says about money, where it says anything."""

    cost: int | None = None  # micro-USD
    credits: str = ""  # in the provider's own unit, as it wrote it
    credit_left: str = ""  # likewise


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One look at an operation."""

    state: State
    fraction: float | None = None  # 0..1, only where the provider tells
    results: tuple[VideoResult, ...] = ()
    error: ProviderError | None = None  # with FAILED
    billed: Billed = Billed.UNKNOWN  # with FAILED
    usage: Usage = Usage()
    revised_prompt: str = ""
    expires_in: float | None = None  # seconds that the results' addresses live
    raw_state: str = ""  # the provider's own word


@dataclass(frozen=True, kw_only=True)
class Operation:
    """The provider's running job; opaque to everybody else."""

    id: str
    data: Mapping[str, Any] = field(default_factory=dict)  # JSON that poll needs
    progress: Progress | None = None  # when the answer already tells more
    usage: Usage = Usage()


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """How to reach a provider for one account. The repr shows no secret."""

    base_url: str = ""
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)  # dialect, prefix, ...


@dataclass(frozen=True, kw_only=True)
class KeyReport:
    """What *Test this key* found out, in plain words."""

    is_valid: bool | None  # None: could not be found out
    message: str
    credit_left: str = ""


@dataclass(frozen=True, kw_only=True)
class ListedModel:
    """One model as the provider's own live list has it."""

    id: str
    name: str = ""
    price: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(repr=False, default_factory=dict)


class VideoProvider(ABC):
    """Who runs models. Subclasses name themselves and implement submit and poll."""

    slug: str
    label: str
    runs_here = False  # draws on this machine: no network, no key
    needs_key = True
    secret_names: tuple[str, ...] = ("api_key",)
    # How long a POST may take before its answer counts as lost, in seconds.
    submit_timeout: float = 60
    can_cancel = False
    tells_credit = False  # ``test_key`` says what is left
    result_lifetime: float | None = None  # seconds, as documented; None: not known

    def __init__(self, credentials: Credentials, client: httpx.AsyncClient) -> None:
        self.credentials = credentials
        self.client = client

    @abstractmethod
    async def submit(self, request: VideoRequest) -> Operation:
        """Ask for a video, once. Raises the errors of ``errors.py``."""

    @abstractmethod
    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        """Look once. A failed look raises; a failed operation is a Progress."""

    async def cancel(self, operation: Operation, model: VideoModel) -> bool:
        """Ask the provider to stop; whether it said that it will."""
        return False

    def download_headers(self, url: str) -> Mapping[str, str]:
        """What the host of a result wants to see; a key goes to no foreign host.

        Made anew for each download and kept nowhere. Raises ProviderNotConfigured.
        """
        return {}

    async def test_key(self) -> KeyReport:
        """Find out at no cost whether the key works."""
        return KeyReport(is_valid=None, message="This provider has no free test.")

    async def list_models(self) -> list[ListedModel] | None:
        """The provider's own list of video models; None where it has none."""
        return None
