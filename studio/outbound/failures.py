"""Why a download failed, in plain words."""

from __future__ import annotations

import errno

import httpx

from studio.outbound.guard import AddressRefused

GONE = frozenset({401, 403, 404, 410, 451})


class DownloadFailed(Exception):
    """The file could not be fetched; the text is fit for the user."""

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        http_status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent  # the same address will not work later either
        self.http_status = http_status


def refusal(status: int) -> DownloadFailed:
    """What a status that brings no file means."""
    if status in GONE:
        return DownloadFailed(
            f"The link to the video has expired or is not there (status {status}).",
            permanent=True,
            http_status=status,
        )
    is_no = 400 <= status < 500 and status not in {408, 425, 429}
    return DownloadFailed(
        f"The server of the video answers with status {status}.",
        permanent=is_no,
        http_status=status,
    )


def failure_of(error: Exception) -> DownloadFailed:
    """A network or disk error in plain words."""
    if isinstance(error, AddressRefused):
        return DownloadFailed(str(error), permanent=True)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return DownloadFailed("The video did not arrive in time.")
    if isinstance(error, httpx.ConnectError):
        return DownloadFailed("The server of the video cannot be reached.")
    if isinstance(error, httpx.RequestError):
        return DownloadFailed("The connection to the video broke off.")
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DownloadFailed("There is no room left for the video here.")
    return DownloadFailed("The video could not be stored here.")
