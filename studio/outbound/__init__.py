"""The only way out to the network."""

from __future__ import annotations

from studio.outbound.client import ClientPool, build_client
from studio.outbound.download import (
    Downloaded,
    DownloadLimits,
    download,
    download_file,
)
from studio.outbound.failures import DownloadFailed
from studio.outbound.guard import AddressRefused

__all__ = [
    "AddressRefused",
    "ClientPool",
    "DownloadFailed",
    "DownloadLimits",
    "Downloaded",
    "build_client",
    "download",
    "download_file",
]
