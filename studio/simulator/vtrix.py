"""Vtrix: tasks of the generation gateway, and the model catalog.

    POST /model/v1/generation                       {model, input: [{params: {…}}]}
    GET  /model/v1/generation/task/{id}
    GET  /api/v1/skill/models, /api/v1/skill/models/{id}/spec       no key

The page of `veo_31_fast` shows a flat list of parameters; the vendor's own CLI wraps
them in input[].params. Both are taken, and the paid report says which was used.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from studio.simulator.jobs import Job
from studio.simulator.shape import clip_shape
from studio.simulator.shorthand import ListedModel, load_table
from studio.simulator.vendor import Answer, Refusal, Vendor, token_of
from studio.simulator.wire import Request, Response, json_response
from studio.simulator.world import Order, Plan, View

SUBMIT_PATH = "/model/v1/generation"
MODELS_PATH = "/api/v1/skill/models"
PICTURE_MODEL = "pixverse_upload_image"
TASK_PATH = re.compile(r"/model/v1/generation/task/([^/]+)")
SPEC_PATH = re.compile(r"/api/v1/skill/models/([^/]+)/spec")
CODES = {
    400: "INVALID_PARAMETER",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    429: "RATE_LIMIT_EXCEEDED",
    500: "INTERNAL_ERROR",
}
TEXTS = {
    401: "The API key is missing or invalid",
    403: "The balance is used up, or there is no permission",
    404: "Not found",
    429: "Too many requests",
    500: "Internal error",
}


class Vtrix(Vendor):
    """The simulated Vtrix."""

    name = "vtrix"

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        path = request.path.rstrip("/")
        task, spec = TASK_PATH.fullmatch(path), SPEC_PATH.fullmatch(path)
        if path == SUBMIT_PATH and request.method == "POST":
            return self.submit(request, self._order(request))
        if task and request.method == "GET":
            return self.poll(request, self.key_of(request), task[1])
        if path == MODELS_PATH and request.method == "GET":
            return self._models(request)
        if spec and request.method == "GET":
            return self._spec(request, spec[1])
        return self.error(request, 404)

    def error(self, request: Request, status: int, text: str = "") -> Response:
        """An error with code and text; 402 in the shape of the sibling's gateway."""
        text = text or TEXTS.get(status, "Error")
        if status == 402:
            state = {"code": 402, "message": "Balance is used up", "error_code": 40201}
            return json_response({"status": state, "data": None}, 402)
        if status in (502, 503, 504):
            return json_response({"detail": text}, status)
        error = {"code": CODES.get(status, str(status)), "message": text}
        return json_response({"error": error, "request_id": self._new_id()}, status)

    def plan(self, request: Request, order: Order) -> Plan:
        """Check an order against the parameters of its model."""
        model = self._model(request, order.model)
        problems, ignored = self.inspect(request, model.schema, order.values)
        if problems:
            raise Refusal(self.error(request, 400, "; ".join(map(str, problems))))
        values = model.schema.defaults() | order.values
        clip = clip_shape(
            values,
            short_side=self.world.settings.short_side,
            default=model.default_duration,
        )
        clip.sound = clip.sound or "veo" in model.id
        seed = values.get("seed")
        return Plan(
            id=self._new_id(),
            cost=clip.seconds * model.cost_per_second,
            real_seconds=model.real_seconds,
            clip=clip,
            seed=seed if isinstance(seed, int) and seed >= 0 else None,
            negative_prompt=str(
                values.get("negativePrompt") or values.get("negative_prompt") or ""
            ),
            ignored=ignored,
        )

    def accepted(self, request: Request, job: Job) -> Response:
        """Id and first status; a very fast task comes with its output."""
        now = self.world.clock.now()
        if job.state(now) == "done":
            view = self.world.look(job, None, request.origin, self.url_life(job))
            return json_response(self._describe(job, view or View("running")))
        return json_response(self._describe(job, View("queued")))

    def told(self, request: Request, job: Job, view: View) -> Answer:
        """The task as it stands."""
        return json_response(self._describe(job, view))

    def unknown_job(self, request: Request, job_id: str) -> Response:
        """No task of that id for this key."""
        return self.error(request, 404, f"Task {job_id} not found")

    def _describe(self, job: Job, view: View) -> dict[str, Any]:
        task: dict[str, Any] = {
            "id": job.id,
            "status": view.word or _word(view),
            "model": job.model,
            "created_at": int(job.created_at),
        }
        if view.word or view.state == "queued":
            return task
        if view.state == "running":
            return task | {"progress": view.progress}
        if view.state == "failed":
            return task | {"error": _failure(job)}
        output = {"content": self._content(job, view), "metadata": {}}
        return task | {
            "progress": 1.0,
            "output": [output],
            "usage": _usage(job),
            "metadata": {},
        }

    def _content(self, job: Job, view: View) -> list[dict[str, Any]]:
        if job.model == PICTURE_MODEL:
            return [{"type": "image", "img_id": job.seed, "jobId": job.id}]
        return [{"type": "video", "url": link, "jobId": job.id} for link in view.links]

    def _order(self, request: Request) -> Order:
        key = self.key_of(request)
        try:
            body = request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refusal(self.error(request, 400, "the body must be a JSON object"))
        model = self._model(request, body.get("model"))
        wrapped = "input" in body
        values = self._params(request, body) if wrapped else dict(body)
        if not wrapped:
            values.pop("model", None)
        prompt = str(values.get("prompt") or _content_text(values))
        dialect = "wrapped" if wrapped else "flat"
        return Order(key, model.id, prompt, values, token_of(request), dialect)

    def _params(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        blocks = body["input"]
        if not isinstance(blocks, list) or len(blocks) != 1:
            raise Refusal(self.error(request, 400, "input must be a list of one block"))
        params = blocks[0].get("params") if isinstance(blocks[0], dict) else None
        if not isinstance(params, dict):
            raise Refusal(self.error(request, 400, "input[0].params must be an object"))
        return params

    def _model(self, request: Request, name: object) -> ListedModel:
        model = load_table(self.name).get(name) if isinstance(name, str) else None
        if model is None:
            raise Refusal(self.error(request, 404, f"model {name} not found"))
        return model

    def _models(self, request: Request) -> Response:
        words = (request.argument("keywords") or "").lower()
        kind = (request.argument("type") or "video").lower()
        rows = [
            _listed(model)
            for model in load_table(self.name).values()
            if words in f"{model.id} {model.title}".lower() and kind == "video"
        ]
        page, size = _number(request, "page", 1), _number(request, "page_size", 20)
        shown = rows[(page - 1) * size : page * size]
        pages = {"total": len(rows), "page": page, "page_size": size}
        data = {"models": shown, **pages, "total_pages": -(-len(rows) // size)}
        return _enveloped(data)

    def _spec(self, request: Request, model_id: str) -> Response:
        model = load_table(self.name).get(model_id)
        if model is None:
            return _enveloped(None, 404, "model not found")
        api = {
            "endpoint": f"{request.origin}{request.prefix}{SUBMIT_PATH}",
            "method": "POST",
            "headers": {"Content-Type": "application/json"},
        }
        data = {
            "model_id": model.id,
            "name": model.title,
            "vendor": "vtrix",
            "type": "video",
            "api": api,
            "parameters": _parameters(model),
            "agent_prompt": "",
        }
        return _enveloped(data)

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self.world.rng.getrandbits(128), version=4))


def _word(view: View) -> str:
    if view.state in ("queued", "running"):
        return "in_progress"
    return "completed" if view.state == "done" else "failed"


def _failure(job: Job) -> object:
    """An object with either name of the text, or a plain text: all three are read."""
    refused = job.fate == "refused"
    text = "Blocked by content moderation" if refused else "Video generation failed"
    if job.model.startswith("veo_31"):
        return {"code": 4003 if refused else 5001, "error_message": text}
    if job.model.startswith("vtrix"):
        return {"code": "002014002" if refused else "002014001", "message": text}
    return text


def _usage(job: Job) -> dict[str, object]:
    """The form of the video pages for Veo, that of the CLI for the others."""
    cost = f"{job.cost // 1_000_000}.{job.cost % 1_000_000 // 10_000:02d}"
    if "veo" in job.model:
        tokens = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
        return {"cost": cost, "discount": 1, **tokens}
    return {"cost": cost, "quantity": 1, "unit_price": cost, "extra_info": {}}


def _content_text(values: dict[str, Any]) -> str:
    """The words of a model that takes a list of contents."""
    parts = values.get("content")
    texts = [
        part.get("text")
        for part in (parts if isinstance(parts, list) else [])
        if isinstance(part, dict)
    ]
    return " ".join(text for text in texts if isinstance(text, str))


def _listed(model: ListedModel) -> dict[str, object]:
    names = " ".join(model.schema.fields).lower()
    inputs = ["text"] + [kind for kind in ("image", "video") if kind in names]
    return {
        "id": model.id,
        "name": model.title,
        "type": "video",
        "description": f"{model.title}, simulated",
        "input_modalities": inputs,
        "output_modalities": ["video"],
    }


def _parameters(model: ListedModel) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "path": f"input[0].params.{name}",
            "type": spec.get("type", "object"),
            "required": name in model.schema.required,
            "description": "",
            "constraints": _constraints(spec),
            "example": spec.get("default"),
            "children": [],
        }
        for name, spec in model.schema.fields.items()
    ]


def _constraints(spec: dict[str, Any]) -> dict[str, Any]:
    names = ("enum", "default", "min", "max", "min_length", "max_length", "max_items")
    return {name: spec[name] for name in names if name in spec}


def _enveloped(data: object, code: int = 200, text: str = "ok") -> Response:
    return json_response({"status": {"code": code, "message": text}, "data": data})


def _number(request: Request, name: str, default: int) -> int:
    value = request.argument(name) or ""
    return max(int(value), 1) if value.isdigit() else default
