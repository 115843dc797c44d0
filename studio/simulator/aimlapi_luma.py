"""The oldest corner of AI/ML API: Luma v1, and Luma v2's way of waiting for a state.

POST /luma-ai/generations                     {aspect_ratio, user_prompt, …}
GET  /luma-ai/generation?ids[0]=…             a list of generations
GET  /luma-ai/generations                     the key's own jobs
POST /luma-ai/generations/{taskId}/extend     the same with /v1 in front
"""

from __future__ import annotations

import re
from typing import Any

from studio.simulator.aimlapi_core import AimlCore
from studio.simulator.jobs import Job
from studio.simulator.vendor import Answer, token_of
from studio.simulator.wire import Request, Response, json_response
from studio.simulator.world import Order, View

V1_MODEL = "ray-1-6 (v1 API)"
V1_PATH = "/luma-ai/generations"
LONGEST_WAIT_SECONDS = 30.0
_EXTEND = re.compile(r"/luma-ai/generations/([^/]+)/extend")
WORDS = {"queued": "queued", "running": "dreaming", "done": "completed"}


class LumaV1:
    """The v1 paths, removed from the documents in January 2026."""

    def __init__(self, api: AimlCore) -> None:
        self._api = api

    def handle(self, request: Request) -> Answer | None:
        """Answer a request to a v1 path; None where it is none."""
        path = request.path.removeprefix("/v1")
        if not path.startswith("/luma-ai/"):
            return None
        key = self._api.key_of(request)
        extended = _EXTEND.fullmatch(path)
        if request.method == "POST" and (path == V1_PATH or extended):
            return self._submit(request, key, extended[1] if extended else "")
        if request.method == "GET" and path == "/luma-ai/generation":
            return self._many(request, key)
        if request.method == "GET" and path == V1_PATH:
            return self._own(key)
        return None

    def _submit(self, request: Request, key: str, extended: str) -> Answer:
        body = self._api.read_body(request)
        if extended and not self._find(extended, key):
            return self._api.error(request, 404)
        values = {name: value for name, value in body.items() if name != "model"}
        prompt = str(values.get("user_prompt") or "")
        order = Order(key, V1_MODEL, prompt, values, token_of(request), V1_PATH)
        return self._api.submit(request, order)

    def _many(self, request: Request, key: str) -> Answer:
        names = [
            name for name, _ in request.query if re.fullmatch(r"ids(\[\d*\])?", name)
        ]
        jobs = [self._find(one, key) for one in request.arguments(*names)]
        return json_response([self._shown(request, job) for job in jobs if job])

    def _own(self, key: str) -> Response:
        jobs = self._api.world.jobs.of_key(self._api.name, key)
        return json_response(
            [
                {"luma_generation_id": job.id, "prompt": job.prompt}
                for job in jobs
                if job.dialect == V1_PATH
            ]
        )

    def _shown(self, request: Request, job: Job) -> dict[str, Any]:
        world = self._api.world
        view = world.look(job, None, request.origin, self._api.url_life(job))
        return describe_v1(job, view or View("queued"))

    def _find(self, job_id: str, key: str | None = None) -> Job | None:
        return self._api.world.jobs.find(self._api.name, job_id, key)


def describe_v1(job: Job, view: View) -> dict[str, Any]:
    """A generation in the form of 2024; all but the video is text."""
    content: dict[str, Any] = {
        "id": job.id,
        "created_at": str(int(job.created_at)),
        "estimate_wait_seconds": str(round(job.queue_seconds + job.run_seconds)),
        "liked": "",
        "prompt": job.prompt,
        "state": view.word or WORDS.get(view.state, "failed"),
        "video": None,
    }
    if view.links:
        size = {"width": job.clip.width, "height": job.clip.height}
        content["video"] = {"url": view.links[0], **size, "thumbnail": None}
    return content


async def wait_for_state(
    api: AimlCore, request: Request, key: str, job_id: str, state: str
) -> Response:
    """Luma v2's long poll: answer when that state is reached, at most 30 s later."""
    job = api.world.jobs.find(api.name, job_id, key)
    if job is None:
        return api.error(request, 404)
    clock = api.world.clock
    reached = {"dreaming": job.running_at, "completed": job.ends_at}.get(state, 0.0)
    await clock.until(min(reached, clock.now() + LONGEST_WAIT_SECONDS))
    answer = api.poll(request, key, job_id)
    return answer if isinstance(answer, Response) else await answer
