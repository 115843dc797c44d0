"""HTTP/1.1 on the wire: requests out of bytes, answers into bytes.

Written by hand for two reasons: the simulator must answer some thousands of small
polls a second on one core, and it must be able to answer *wrongly* (a body that is
shorter than announced, a connection that is cut), which no library allows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 96 * 1024 * 1024
SECRET_HEADERS = frozenset({"authorization", "x-api-key", "cookie"})

REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    206: "Partial Content",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    410: "Gone",
    413: "Content Too Large",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class MalformedRequest(Exception):
    """The bytes are no HTTP request we can serve; `status` is what to answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(slots=True, eq=False)
class Head:
    """The request line and the headers, before the body has come in."""

    method: str
    target: str
    version: str
    headers: dict[str, str]

    @property
    def keeps_alive(self) -> bool:
        """Whether the connection may carry another request."""
        wish = self.headers.get("connection", "").lower()
        return wish != "close" if self.version == "HTTP/1.1" else wish == "keep-alive"


@dataclass(eq=False)
class Request:
    """One whole request; `target` is kept byte for byte as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    prefix: str = ""
    """The path prefix that chose the vendor, such as /segmind; empty by Host."""
    keeps_alive: bool = True

    @cached_property
    def raw_path(self) -> str:
        """The path as sent, percent-escapes and all."""
        return self.target.partition("?")[0]

    @cached_property
    def path(self) -> str:
        """The decoded path below the vendor's prefix."""
        return unquote(self.raw_path[len(self.prefix) :]) or "/"

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The decoded query, in order, repeats kept."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def host(self) -> str:
        """The Host header, for links back to us."""
        return self.headers.get("host", "127.0.0.1")

    @property
    def origin(self) -> str:
        """Scheme and host as the client knows us."""
        return f"{self.headers.get('x-forwarded-proto', 'http')}://{self.host}"

    def argument(self, name: str) -> str | None:
        """The first query value of that name."""
        return next((value for key, value in self.query if key == name), None)

    def arguments(self, *names: str) -> list[str]:
        """Every value of these query names, comma lists taken apart."""
        found = [value for key, value in self.query if key in names]
        return [part for value in found for part in value.split(",") if part]

    def json(self) -> Any:
        """The body as JSON; ValueError where it is none."""
        return json.loads(self.body)


@dataclass(slots=True, eq=False)
class Response:
    """One answer, and the manner in which to give it (see `server.Connection`)."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds to wait before the first byte."""
    manner: str = ""
    """"", cut, hold, drip, short or endless."""

    def head(self, *, keeps_alive: bool) -> bytes:
        """Status line and headers, ready to be sent."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.manner == "endless":
            lines.append("transfer-encoding: chunked")
        elif self.status != 304:
            lines.append(f"content-length: {len(self.body)}")
        if not keeps_alive:
            lines.append("connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def json_response(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with a JSON body."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(
        status, body, {"content-type": "application/json", **(headers or {})}
    )


def text_response(content: str, status: int = 200, kind: str = "plain") -> Response:
    """An answer with a text body, `kind` being plain, html or xml."""
    return Response(
        status, content.encode(), {"content-type": f"text/{kind}; charset=utf-8"}
    )


def parse_head(raw: bytes) -> Head:
    """Read the request line and the headers; raises MalformedRequest."""
    first, *lines = raw.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise MalformedRequest(400, "no request line")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise MalformedRequest(400, "header without a colon")
        headers[name.strip().lower()] = value.strip()
    return Head(parts[0], parts[1], parts[2], headers)


class RequestReader:
    """Collects bytes of one connection and gives whole requests."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: Head | None = None
        self.wants_continue = False

    def feed(self, data: bytes) -> None:
        """Take what came from the socket."""
        self._buffer += data

    def next_request(self) -> Request | None:
        """The next whole request, or None until more bytes come."""
        head = self._head = self._head or self._read_head()
        body = self._read_body(head) if head else None
        if head is None or body is None:
            return None
        self._head = None
        return Request(
            head.method, head.target, head.headers, body, keeps_alive=head.keeps_alive
        )

    def _read_head(self) -> Head | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise MalformedRequest(431, "headers too large")
            return None
        head = parse_head(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        self.wants_continue = "expect" in head.headers
        return head

    def _read_body(self, head: Head) -> bytes | None:
        if "chunked" in head.headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = head.headers.get("content-length", "0")
        if not length.isdigit():
            raise MalformedRequest(400, "bad content-length")
        if int(length) > MAX_BODY_BYTES:
            raise MalformedRequest(413, "body too large")
        if len(self._buffer) < int(length):
            return None
        body = bytes(self._buffer[: int(length)])
        del self._buffer[: int(length)]
        return body

    def _read_chunks(self) -> bytes | None:
        parts: list[bytes] = []
        at = 0
        while True:
            line_end = self._buffer.find(b"\r\n", at)
            if line_end < 0:
                return self._not_yet()
            size = _chunk_size(bytes(self._buffer[at:line_end]))
            start = line_end + 2
            if len(self._buffer) < start + size + 2:
                return self._not_yet()
            parts.append(bytes(self._buffer[start : start + size]))
            at = start + size + 2
            if size == 0:
                del self._buffer[:at]
                return b"".join(parts)

    def _not_yet(self) -> bytes | None:
        if len(self._buffer) > MAX_BODY_BYTES:
            raise MalformedRequest(413, "body too large")
        return None


def _chunk_size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError as error:
        raise MalformedRequest(400, "bad chunk") from error


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with every secret cut to its first eight characters."""
    return {
        name: _mask(value) if name in SECRET_HEADERS else value
        for name, value in headers.items()
    }


def _mask(value: str) -> str:
    scheme, space, secret = value.rpartition(" ")
    return f"{scheme}{space}{secret[:8]}…"
