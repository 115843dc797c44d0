"""A stand-in for Segmind on this machine: knows one key and lists two models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY = "sk-canary-0123456789abcd"
LIST = [
    {"slug": "brand-new-video", "name": "Brand New", "output": "video"},
    {"slug": "veo-2", "name": "Veo 2", "output": "video"},
]


class Segmind(BaseHTTPRequestHandler):
    """Credits and the list of models, for who has the key."""

    def do_GET(self) -> None:
        """Answer."""
        is_known = self.headers.get("x-api-key") == KEY
        body: Any = {"error": "Invalid API key"}
        if is_known:
            body = LIST if self.path.endswith("/list") else {"credits": 41.5}
        content = json.dumps(body).encode()
        self.send_response(200 if is_known else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Nothing on the console."""


@contextmanager
def serving() -> Iterator[str]:
    """Its ``host:port`` while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Segmind)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
