"""Addresses of results: kept byte for byte, since their query is signed."""

from __future__ import annotations

from urllib.parse import quote, urljoin

import httpx

from studio.outbound.failures import DownloadFailed

# Every printable character stays as it is, the percent sign included.
AS_IT_IS = "".join(map(chr, range(0x21, 0x7F)))


def checked(url: str) -> httpx.URL:
    """The address as httpx has it. Raises DownloadFailed for none of the web."""
    try:
        parsed = httpx.URL(url.strip())
        host = parsed.host
    except (httpx.InvalidURL, UnicodeError):  # also a name that is no IDNA
        parsed, host = httpx.URL(""), ""
    if parsed.scheme not in {"http", "https"} or not host or parsed.userinfo:
        raise DownloadFailed(
            "The address of the video is not one that can be fetched.", permanent=True
        )
    return parsed


def raw_target(url: str) -> bytes:
    """Path and query of an address, byte for byte as they were written."""
    rest = url.strip().partition("://")[2].partition("#")[0]
    start = min((rest.find(c) for c in "/?" if c in rest), default=len(rest))
    target = rest[start:]
    if not target.startswith("/"):
        target = f"/{target}"
    return quote(target, safe=AS_IT_IS).encode("ascii")


def next_address(url: str, response: httpx.Response) -> str:
    """Where a redirect leads. Raises DownloadFailed where https would be left."""
    location = str(response.headers.get("location", "")).strip()
    following = location if "://" in location[:12] else urljoin(url, location)
    if not location or (is_https(url) and not is_https(following)):
        raise leads_nowhere()
    return following


def leads_nowhere() -> DownloadFailed:
    """Of a redirect that is not followed."""
    return DownloadFailed(
        "The address of the video leads nowhere safe.", permanent=True
    )


def is_https(url: str) -> bool:
    """Whether an address is fetched over TLS."""
    return url.strip().lower().startswith("https://")
