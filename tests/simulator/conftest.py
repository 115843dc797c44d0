"""A simulator of one's own for each test, and raw clients that speak to it."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from studio.simulator import Simulator, running_simulator

LONG_ENOUGH = 60.0
"""Seconds after which every job of a simulator at speed 1 has ended."""

# Plain HTTP only: reading the certificate store would take longer than a test.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """A fresh simulator that serves one tiny clip, whose jobs no slow machine ends."""
    with (
        time_machine.travel(timezone.now(), tick=False),
        running_simulator(clip="small", seed=7) as simulator,
    ):
        yield simulator


def client_of(sim: Simulator, **headers: str) -> httpx.Client:
    """A client with these headers, `_` standing for the dash."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Client(base_url=sim.url, headers=named, timeout=60, verify=NO_TLS)


@pytest.fixture
def bearer(sim: Simulator) -> Iterator[httpx.Client]:
    """A client with a good bearer key."""
    with client_of(sim, authorization="Bearer sim-alice") as client:
        yield client


@pytest.fixture
def api_key(sim: Simulator) -> Iterator[httpx.Client]:
    """A client with a good x-api-key."""
    with client_of(sim, x_api_key="sim-alice") as client:
        yield client


@pytest.fixture
def nobody(sim: Simulator) -> Iterator[httpx.Client]:
    """A client without any key, as for downloads."""
    with client_of(sim) as client:
        yield client


def picture(width: int = 320, height: int = 320, form: str = "PNG") -> bytes:
    """A small image file."""
    out = BytesIO()
    Image.new("RGB", (width, height), (200, 90, 30)).save(out, form)
    return out.getvalue()


def in_base64(data: bytes) -> str:
    """Bare base64 of some bytes."""
    return base64.b64encode(data).decode()


def data_uri(data: bytes, kind: str = "image/png") -> str:
    """A data URI of some bytes."""
    return f"data:{kind};base64,{in_base64(data)}"
