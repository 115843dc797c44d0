"""AI/ML API: video jobs on the unified path and on the older vendor paths.

    POST, GET ?generation_id=  /v2/video/generations   (also /v1/video/… and /video/…)
    POST, GET ?generation_id=  /v2/generate/video/<vendor>/generation
    GET ?generation_ids=       /v2/generate/video/luma-ai/generations
    Luma v1: see `aimlapi_luma`; models, balance, ledger, logs: see `aimlapi_account`

Where the documents contradict each other, what is done here is said at its place.
"""

from __future__ import annotations

import re
from typing import Any

from studio.simulator.aimlapi_account import AimlAccount
from studio.simulator.aimlapi_core import CLIENT_REQUEST_ID, AimlCore
from studio.simulator.aimlapi_luma import (
    V1_PATH,
    LumaV1,
    describe_v1,
    wait_for_state,
)
from studio.simulator.aimlapi_models import (
    CREDITS_PER_MICRO_USD,
    SAYS_SUCCEEDED,
    UNIFIED,
    UNIFIED_PATH,
    load_models,
    matching,
)
from studio.simulator.jobs import Job
from studio.simulator.rules import Problem
from studio.simulator.vendor import Answer
from studio.simulator.wire import Request, Response, json_response
from studio.simulator.world import Order, View, World

UNIFIED_PATHS = (UNIFIED_PATH, "/v1/video/generations", "/video/generations")
VENDOR_PATH = re.compile(r"/v2/generate/video/([a-z-]+)/generation")
LUMA_PATH = "/v2/generate/video/luma-ai/generation"
RUNWAY_PATH = "/v2/generate/video/runway/generation"
WORDS = {"queued": "queued", "running": "generating", "done": "completed"}
LUMA_WORDS = {"queued": "queued", "running": "dreaming", "done": "completed"}


class AimlApi(AimlCore):
    """The simulated AI/ML API."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._account = AimlAccount(self)
        self._luma_v1 = LumaV1(self)

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        path = request.path.rstrip("/")
        if path in UNIFIED_PATHS or VENDOR_PATH.fullmatch(path):
            dialect = UNIFIED if path in UNIFIED_PATHS else path
            return self._video(request, dialect)
        if path == LUMA_PATH + "s" and request.method == "GET":
            return self._luma_many(request)
        answer = self._luma_v1.handle(request) or self._account.handle(request)
        return answer or self.error(request, 404)

    def accepted(self, request: Request, job: Job) -> Response:
        """The answer to a submit: 200 on the unified path, 201 in the older era."""
        headers = self.tracing_headers(request, job)
        headers["x-aimlapi-credits-used"] = str(job.cost * CREDITS_PER_MICRO_USD)
        headers["x-aimlapi-usd-spent"] = f"{job.cost / 1_000_000:.9f}"
        view = View(job.state(self.world.clock.now()))
        if view.state == "done":
            view = (
                self.world.look(job, None, request.origin, self.url_life(job)) or view
            )
        content = self.describe(job, view) | {"meta": {"usage": self._usage(job)}}
        if load_models()[job.model].id_field == "generation_id" and is_old(job):
            content = {"generation_id": job.id, **content}
            del content["id"]
        return json_response(content, 201 if is_old(job) else 200, headers)

    def told(self, request: Request, job: Job, view: View) -> Answer:
        """The answer to a poll."""
        return json_response(
            self.describe(job, view), 200, self.tracing_headers(request, job)
        )

    def describe(self, job: Job, view: View) -> dict[str, Any]:
        """The object that submit and poll share, in the form of the job's dialect."""
        if job.dialect == V1_PATH:
            return describe_v1(job, view)
        content: dict[str, Any] = {"id": job.id, "status": self._word(job, view)}
        if view.state == "failed":
            content["error"] = self._failure(job)
        if view.links:
            content["video"] = self._video_part(job, view)
        return content

    def _video(self, request: Request, dialect: str) -> Answer:
        key = self.key_of(request)
        if request.method == "POST":
            return self.submit(request, self._order(request, key, dialect))
        if request.method != "GET":
            return self.error(request, 404)
        job_id = request.argument("generation_id")
        if not job_id:
            return self.invalid(request, [Problem("generation_id", "required")])
        state = request.argument("state") or request.argument("status")
        if dialect == LUMA_PATH and state:
            return wait_for_state(self, request, key, job_id, state)
        return self.poll(request, key, job_id)

    def _order(self, request: Request, key: str, dialect: str) -> Order:
        body = self.read_body(request)
        # On Luma's own path the model may be left out.
        name = body.get("model", "ray-1-6" if dialect == LUMA_PATH else None)
        model = self.find_model(request, name, dialect)
        values = {field: value for field, value in body.items() if field != "model"}
        own_id = request.headers.get("x-client-request-id", "")
        return Order(
            key,
            model.id,
            str(values.get("prompt") or values.get("user_prompt") or ""),
            values,
            own_id if CLIENT_REQUEST_ID.fullmatch(own_id) else "",
            dialect,
        )

    def _luma_many(self, request: Request) -> Answer:
        key = self.key_of(request)
        found = []
        for job_id in request.arguments("generation_ids", "generation_ids[]"):
            job = self.world.jobs.find(self.name, job_id, key)
            life = self.url_life(job) if job else 0
            view = self.world.look(job, None, request.origin, life) if job else None
            if job and view:
                found.append(self.describe(job, view))
        return json_response(found)

    def _word(self, job: Job, view: View) -> str:
        if view.word:
            return view.word
        is_luma = job.dialect == LUMA_PATH
        if view.state == "failed":
            return "failed" if is_luma else "error"
        if view.state == "done" and matching(job.model, _SUCCEEDED, 0):
            return "succeeded"
        return (LUMA_WORDS if is_luma else WORDS)[view.state]

    def _video_part(self, job: Job, view: View) -> Any:
        if job.dialect == RUNWAY_PATH:
            return view.links
        if len(view.links) > 1:
            return [{"url": link} for link in view.links]
        video: dict[str, Any] = {"url": view.links[0]}
        size = self.world.clips.ready(job)
        if size is not None:
            # Shown in some of the sample answers, though not in the schema.
            video |= {"content_type": "video/mp4", "file_name": "output.mp4"}
            video["file_size"] = size
        return video

    def _failure(self, job: Job) -> Any:
        refused = job.fate == "refused"
        text = (
            "The prompt or an image was refused by content moderation"
            if refused
            else "Generation failed at the provider"
        )
        if job.dialect == RUNWAY_PATH:
            return text
        if "effects" in job.model:
            kind = "content_policy_violation" if refused else "face_detection_error"
            where = ["body", "image_url"]
            return {"detail": [{"loc": where, "msg": text, "type": kind, "input": ""}]}
        name = "content_policy_violation" if refused else "generation_failed"
        return {"name": name, "message": text}

    def _usage(self, job: Job) -> dict[str, object]:
        credits = job.cost * CREDITS_PER_MICRO_USD
        if is_old(job):
            # The name of the field in late 2025.
            return {"tokens_used": credits}
        return {"credits_used": credits, "usd_spent": job.cost / 1_000_000}


_SUCCEEDED = tuple((pattern, 1.0) for pattern in SAYS_SUCCEEDED)


def is_old(job: Job) -> bool:
    """Whether it was submitted on a vendor path."""
    return job.dialect != UNIFIED
