"""Globant Enterprise AI: the videos API, in both of its published dialects.

    POST /videos/generations    wiki: {model, instances: {prompt, image}, parameters}
                                SDK:  {model, prompt, duration: "8", image: "…"}
    GET  /videos/status         wiki: a GET with a JSON body {model, operationName}
    POST /videos/status         SDK:  the same body with POST
    GET  /v2/llm/providers      the models; also a way to try a key at no cost

Each of them also with /L in front, as the "Path" lines of the wiki page write it. A key
that starts with sim-wiki or sim-flat knows that one dialect only, for trying out how a
client finds out which one its installation speaks. A key with "oauth" in it is an OAuth
token and needs the ProjectId header (LLM pages also spell it project-id).
"""

from __future__ import annotations

import base64
import uuid
from typing import Any

from studio.simulator.globant_models import MODELS, PREFIX, model_schema
from studio.simulator.jobs import Job
from studio.simulator.shape import clip_shape
from studio.simulator.vendor import Answer, Refusal, Vendor, token_of
from studio.simulator.wire import Request, Response, json_response
from studio.simulator.world import Order, Plan, View

COST_PER_SECOND = 400_000
"""Micro-USD; no price is documented, this is about what Veo costs elsewhere."""
LINK_SECONDS = 3600.0
"""Undocumented; short, as signed links of Google's storage usually are."""
REAL_SECONDS = 100.0

# Error numbers of the published table.
CODES = {400: 11, 401: 5, 403: 3201, 404: 404, 405: 404, 413: 413, 422: 8001}
CODES |= {429: 151, 500: 500, 502: 502, 503: 153, 504: 100}
TEXTS = {
    401: "API token unknown",
    403: "The usage limit of the project is reached",
    404: "Not found",
    405: "Method not allowed",
    422: "Blocked by a guardrail",
    429: "The rate limit of the provider is reached",
    500: "Internal error",
    502: "Bad gateway",
    503: "The provider is overloaded",
    504: "The provider timed out",
}


class Globant(Vendor):
    """The simulated Globant Enterprise AI."""

    name = "globant"

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        path = request.path.removeprefix("/L").rstrip("/")
        if path == "/videos/generations" and request.method == "POST":
            return self.submit(request, self._order(request))
        if path == "/videos/status":
            return self._status(request)
        if path.startswith("/v2/llm/providers") and request.method == "GET":
            return self._providers(request)
        return self.error(request, 404)

    def error(self, request: Request, status: int, text: str = "") -> Response:
        """The published envelope: an error number and a description."""
        number = CODES.get(status, status)
        text = text or TEXTS.get(status, "Bad input")
        return json_response({"errors": [{"id": number, "description": text}]}, status)

    def url_life(self, job: Job) -> float:
        """Seconds that a link holds."""
        return LINK_SECONDS

    def key_of(self, request: Request) -> str:
        """The token, and for an OAuth token the project too; raises Refusal."""
        key = super().key_of(request)
        project = request.headers.get("projectid") or request.headers.get("project-id")
        if "oauth" in key and not project:
            raise Refusal(self.error(request, 401, "The header ProjectId is missing"))
        return key

    def plan(self, request: Request, order: Order) -> Plan:
        """Check an order; the schema depends on the generation of Veo."""
        schema = model_schema(order.model)
        problems, ignored = self.inspect(request, schema, order.values)
        if problems:
            raise Refusal(self.error(request, 400, "; ".join(map(str, problems))))
        clip = clip_shape(
            order.values, short_side=self.world.settings.short_side, default=8
        )
        clip.sound = "veo-2" not in order.model
        return Plan(
            id=self._operation(order.model),
            cost=clip.seconds * COST_PER_SECOND,
            real_seconds=REAL_SECONDS,
            clip=clip,
            ignored=ignored,
        )

    def accepted(self, request: Request, job: Job) -> Response:
        """The operation's name; every part of `usage` is optional in the documents."""
        usage = {"total_tokens": 0, "currency": "USD"}
        return json_response({"usage": usage, "name": job.id})

    def told(self, request: Request, job: Job, view: View) -> Answer:
        """What /videos/status says."""
        if view.inline and view.state == "done":
            return self._inline(job)
        return json_response(self._describe(request, job, view))

    def unknown_job(self, request: Request, job_id: str) -> Response:
        """404, as the SDK's own tests see it."""
        return self.error(request, 404, "The operation was not found")

    def _describe(self, request: Request, job: Job, view: View) -> dict[str, Any]:
        if view.word:
            return {"status": view.word}
        if view.state == "failed":
            return {"status": "failed", "error": _failure(job)}
        if view.state != "done":
            # Not in the wiki: the words are those of the SDK's own tests.
            return {"status": "pending" if view.state == "queued" else "processing"}
        links = [{"url": link} for link in view.links]
        if len(links) > 1:
            return {"data": links}
        done: dict[str, Any] = links[0] if links else {}
        if request.method == "POST":
            return {"status": "completed", **done, "metadata": {}}
        return {**done, "revised_prompt": job.prompt}

    async def _inline(self, job: Job) -> Response:
        """b64_json instead of a URL: the bytes of the video."""
        video = await self.world.clips.clip(job)
        text = base64.b64encode(video).decode()
        return json_response({"b64_json": text, "revised_prompt": job.prompt})

    def _order(self, request: Request) -> Order:
        key = self.key_of(request)
        body = self._body(request)
        wiki = "instances" in body or key.startswith("sim-wiki")
        if wiki and key.startswith("sim-flat"):
            raise Refusal(self.error(request, 422, "prompt: field required"))
        values = self._wiki_values(request, body) if wiki else dict(body)
        model = str(body.get("model") or "")
        values.pop("model", None)
        self._check_model(request, model)
        prompt = values.get("prompt")
        dialect = "wiki" if wiki else "flat"
        return Order(key, model, str(prompt or ""), values, token_of(request), dialect)

    def _wiki_values(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        instances, parameters = body.get("instances"), body.get("parameters", {})
        # An object here, not the list that Google's own API has.
        if not isinstance(instances, dict) or not isinstance(parameters, dict):
            raise Refusal(self.error(request, 400, "instances must be an object"))
        return {**parameters, **instances}

    def _check_model(self, request: Request, model: str) -> None:
        """Unknown models and missing prefixes, in the gateway library's words."""
        if "/" not in model:
            raise Refusal(_gateway_error(400, f"LLM Provider NOT provided: {model!r}"))
        if model not in MODELS:
            raise Refusal(_gateway_error(404, f"The model {model} was not found"))

    def _status(self, request: Request) -> Answer:
        key = self.key_of(request)
        allowed = {"sim-wiki": ("GET",), "sim-flat": ("POST",)}.get(key[:8])
        if request.method not in (allowed or ("GET", "POST")):
            return self.error(request, 405)
        body = self._body(request)
        missing = [name for name in ("model", "operationName") if not body.get(name)]
        if missing:
            return self.error(request, 400, f"{missing[0]} is required")
        name = str(body["operationName"])
        job = self.world.jobs.find(self.name, name, key)
        # Exactly the model of the submit has to come back.
        if job is None or job.model != body["model"]:
            return self.unknown_job(request, name)
        return self.poll(request, key, job.id)

    def _providers(self, request: Request) -> Response:
        self.key_of(request)
        models = [
            {"name": name.removeprefix(PREFIX), "fullName": name, "type": "Video"}
            for name in MODELS
        ]
        providers = [
            {"name": "vertex_ai", "description": "Vertex AI", "models": models}
        ]
        return json_response({"providers": providers})

    def _body(self, request: Request) -> dict[str, Any]:
        try:
            body = request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refusal(self.error(request, 400, "The body must be a JSON object"))
        return body

    def _operation(self, model: str) -> str:
        number = uuid.UUID(int=self.world.rng.getrandbits(128), version=4)
        return (
            "projects/simulated/locations/us-central1/publishers/google/models/"
            f"{model.removeprefix(PREFIX)}/operations/{number}"
        )


def _gateway_error(status: int, text: str) -> Response:
    error = {"message": text, "type": "invalid_request_error", "param": None}
    return json_response({"error": error | {"code": str(status)}}, status)


def _failure(job: Job) -> dict[str, object]:
    if job.fate == "refused":
        return {
            "code": 3,
            "message": "The prompt or image was blocked by safety filters",
        }
    return {"code": 13, "message": "The provider could not generate the video"}
