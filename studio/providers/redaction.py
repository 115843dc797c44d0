"""What may be shown of an answer: no key, no signed address, no picture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

DOTS = "•••"
EXCERPT_LENGTH = 500  # characters
# A key that a person typed by mistake may be short; masking one letter helps nobody.
SHORTEST_SECRET = 4
QUERY = re.compile(r"(https?://[^\s\"'<>?#]*)[?#][^\s\"'<>]*", re.IGNORECASE)
USER_INFO = re.compile(r"(https?://)[^\s/@\"'<>]+@", re.IGNORECASE)
AUTHORIZATION = re.compile(
    r"(authorization[\"']?\s*[:=]\s*[\"']?)[^\"',;}\r\n]+|\b(bearer\s+)[^\s\"',;}]+",
    re.IGNORECASE,
)
DATA = re.compile(r"(data:[\w.+/-]*;base64,)[A-Za-z0-9+/=_-]+")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{200,}={0,2}")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with keys, authorization, queries of addresses and file data masked."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            for form in {secret, quote(secret), quote(secret, safe="")}:
                text = text.replace(form, DOTS)
    text = USER_INFO.sub(rf"\1{DOTS}@", text)
    text = QUERY.sub(rf"\1?{DOTS}", text)
    text = AUTHORIZATION.sub(lambda m: f"{m[1] or m[2]}{DOTS}", text)
    return BASE64.sub(DOTS, DATA.sub(rf"\1{DOTS}", text))


def shown(text: str, secrets: Iterable[str] = (), *, length: int) -> str:
    """The beginning of a text, masked before it is cut.

    Cutting first could leave half a key at the edge, which no mask would know.
    """
    secrets = list(secrets)
    window = text[: 16 * length]
    masked = redact(window, secrets)
    if len(window) < len(text):
        longest = max(map(len, secrets), default=0)
        masked = masked[: max(len(masked) - 3 * longest, 0)]  # %-escapes are three
    return masked[:length]


def excerpt(content: bytes, secrets: Iterable[str] = ()) -> str:
    """The beginning of an answer's body, fit for a log and for a page."""
    text = content[: 32 * EXCERPT_LENGTH].decode("utf-8", "replace")
    return shown(readable(text), secrets, length=EXCERPT_LENGTH)


def readable(text: str) -> str:
    """Without control characters, white space folded."""
    shown = "".join(c if c.isprintable() or c.isspace() else "·" for c in text)
    return " ".join(shown.split())
