"""A provider made up for tests: speaks Vtrix's API as far as the pipeline needs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

Answer = httpx.Response | Exception
MODEL = "vtrix:veo_31_fast"


class Vendor:
    """Counts what it was asked; each answer can be replaced by a test."""

    def __init__(self) -> None:
        self.submits: list[dict[str, Any]] = []
        self.polls: list[str] = []
        self.on_submit: Callable[[], Answer] = self.accept
        self.on_poll: Callable[[], Answer] = self.running

    @property
    def transport(self) -> httpx.MockTransport:
        """What stands in for the network."""
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.method == "POST":
            self.submits.append(json.loads(request.content))
            answer = self.on_submit()
        else:
            self.polls.append(str(request.url))
            answer = self.on_poll()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def accept(self) -> httpx.Response:
        """A yes, with an id."""
        number = len(self.submits)
        return httpx.Response(
            200, json={"id": f"job-{number}", "status": "in_progress"}
        )

    def running(self) -> httpx.Response:
        """Not done yet."""
        return httpx.Response(200, json={"id": "job-1", "status": "in_progress"})

    def done(self) -> httpx.Response:
        """Done, with a video and its price."""
        content = {"type": "video", "url": "https://files.example.com/a.mp4?sig=1"}
        body = {
            "id": "job-1",
            "status": "completed",
            "output": [{"content": [content]}],
            "usage": {"cost": "0.80"},
        }
        return httpx.Response(200, json=body)

    def failed(self) -> httpx.Response:
        """It could not make it."""
        body = {
            "id": "job-1",
            "status": "failed",
            "error": {"code": 7, "error_message": "The scene is too dark"},
        }
        return httpx.Response(200, json=body)
