"""Downloads from a scripted server, for the tests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from studio.outbound import (
    Downloaded,
    DownloadFailed,
    DownloadLimits,
    download,
)
from tests.outbound.loopback import (
    Loopback,
    Script,
    visiting,
)

FILM = bytes(range(256)) * 400
LIMITS = DownloadLimits(max_bytes=2**20, deadline=120, stall_seconds=60)


def fetch(
    script: Script, target: Path, path: str = "/f.mp4", **details: Any
) -> tuple[Downloaded, Loopback]:
    """Download from a server that answers by the script."""

    async def run() -> tuple[Downloaded, Loopback]:
        async with visiting(script) as (here, client):
            url = here.url + path
            details.setdefault("limits", LIMITS)
            return await download(client, url, target, **details), here

    return asyncio.run(run())


def failure(script: Script, target: Path, **details: Any) -> DownloadFailed:
    """The failure of such a download."""
    with pytest.raises(DownloadFailed) as caught:
        fetch(script, target, **details)
    assert str(caught.value)
    return caught.value
