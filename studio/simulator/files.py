"""The file host: links with a signature over every byte, an expiry, ranges, no keys.

A link looks like this; the path holds percent-encoded slashes, as real ones do:

    /files/aimlapi/<job id, escaped>/clip-0.mp4
        ?note=a%20take%2Fb&expires=<epoch>&signature=<hex>

The signature covers the path and the query as they are written. A client that decodes
and encodes again, sorts, drops or adds a parameter gets 403, and so does a late one. A
request that carries a key gets 400: signed links need none, and it should not leak.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from studio.simulator.wire import Request, Response, text_response

FILES_PATH = "/files/"
VIDEO_TYPE = "video/mp4"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class FileName:
    """What a link points to."""

    provider: str
    job_id: str
    variant: int = 0
    upload: str = ""
    """The id of an uploaded file; then there is no job."""


class Signer:
    """Makes links and checks them; the same secret after a restart."""

    def __init__(self, secret: str) -> None:
        self._secret = hashlib.sha256(secret.encode()).digest()

    def link(self, origin: str, name: FileName, expires: float) -> str:
        """A signed link that holds until that moment (epoch seconds)."""
        if name.upload:
            path = f"{FILES_PATH}upload/{name.upload}"
        else:
            job = quote(name.job_id, safe="")
            path = f"{FILES_PATH}{name.provider}/{job}/clip-{name.variant}.mp4"
        target = f"{path}?note=a%20take%2Fb&expires={int(expires)}"
        return f"{origin}{target}&signature={self._sign(target)}"

    def refusal(self, target: str, now: float) -> str | None:
        """Why this target is refused, or None when the link is good."""
        signed, _, signature = target.rpartition("&signature=")
        if not hmac.compare_digest(signature.encode(), self._sign(signed).encode()):
            return "SignatureDoesNotMatch"
        expires = int(signed.rpartition("&expires=")[2])
        return "AccessDenied: the link has expired" if expires <= now else None

    def _sign(self, target: str) -> str:
        return hmac.new(self._secret, target.encode(), hashlib.sha256).hexdigest()


def parse_name(raw_path: str) -> FileName:
    """What a path of ours points to; only call it once the signature was right."""
    _, _, provider, job, *rest = raw_path.split("/")
    if provider == "upload":
        return FileName("", "", upload=job)
    variant = int(rest[0].removeprefix("clip-").removesuffix(".mp4"))
    return FileName(provider, unquote(job), variant)


def carries_key(request: Request) -> bool:
    """Whether the client sends its key where none belongs."""
    return "authorization" in request.headers or "x-api-key" in request.headers


def refused(status: int, code: str) -> Response:
    """The file host's own error: a piece of XML."""
    return text_response(f"<Error><Code>{code}</Code></Error>", status, "xml")


def serve(request: Request, content: bytes, kind: str = VIDEO_TYPE) -> Response:
    """The file, or the asked part of it; HEAD gets the headers alone."""
    tag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    headers = {"content-type": kind, "accept-ranges": "bytes", "etag": tag}
    wanted = request.headers.get("range")
    if wanted and request.headers.get("if-range", tag) == tag:
        return _serve_part(wanted, content, headers)
    return Response(200, content, headers)


def _serve_part(wanted: str, content: bytes, headers: dict[str, str]) -> Response:
    match = _RANGE.fullmatch(wanted)
    first, last = match.groups() if match else ("", "")
    total = len(content)
    if not first and not last:
        return Response(200, content, headers)
    start = int(first) if first else max(total - int(last), 0)
    end = min(int(last), total - 1) if first and last else total - 1
    if start > end:
        return Response(416, b"", headers | {"content-range": f"bytes */{total}"})
    span = {"content-range": f"bytes {start}-{end}/{total}"}
    return Response(206, content[start : end + 1], headers | span)
