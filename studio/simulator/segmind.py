"""Segmind: the asynchronous v2 API, the synchronous v1 API, uploads and account.

    POST /v2/{slug}                     JSON with request_id and three URLs
    GET  /v2/requests/{id}/status       the state; also /v1/requests/{id} (poll_url)
    GET  /v2/requests/{id}              the result
    POST /v1/{slug}                     waits, then answers with the video itself
    POST /upload-asset                  data URIs in, links out
    GET  /v1/get-user-credits, /api/auth/authenticate
    GET  /inference-model-information/list         no key

The real service spreads these over several hosts; here they share one prefix.
"""

from __future__ import annotations

import uuid
from typing import Any

from studio.simulator.answers import badly_given
from studio.simulator.jobs import Job
from studio.simulator.media import BadMedia, decode_data_uri, sniff
from studio.simulator.multipart import form_fields
from studio.simulator.shape import clip_shape
from studio.simulator.shorthand import ListedModel, load_table
from studio.simulator.vendor import Answer, Refusal, Vendor, token_of
from studio.simulator.wire import Request, Response, json_response, text_response
from studio.simulator.world import Order, Plan, Upload, View

WORDS = {
    "queued": "QUEUED",
    "running": "PROCESSING",
    "done": "COMPLETED",
    "failed": "FAILED",
}
RECORD_SECONDS = 3600
"""How long a finished request is remembered."""
LINK_SECONDS = 7 * 86400.0
TEXTS = {
    400: "Malformed request",
    401: "The x-api-key is not valid",
    403: "This key may not use this model",
    404: "Not found",
    406: "Not enough credits",
    410: "This model was withdrawn",
    422: "Task failed",
    429: "Rate limit reached",
    500: "The model had an error while processing",
    502: "Internal Polling Error",
}
SYNC = "v1"


class Segmind(Vendor):
    """The simulated Segmind."""

    name = "segmind"
    tells_result_apart = True

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        match request.path.strip("/").split("/"):
            case ["inference-model-information", "list"]:
                return self._list()
            case ["v1", "get-user-credits"]:
                return self._credits(request)
            case ["api", "auth", "authenticate"]:
                return self._authenticate(request)
            case ["upload-asset"]:
                return self._upload(request)
            case ["v1" | "v2", "requests", job_id, *rest] if rest in ([], ["status"]):
                return self._record(request, job_id, has_status=bool(rest))
            case ["v1" | "v2" as version, slug]:
                return self._run(request, version, slug)
        return self.error(request, 404)

    def error(self, request: Request, status: int, text: str = "") -> Response:
        """{"error": text}, with the reset time where a rate limit is meant."""
        response = json_response({"error": text or TEXTS.get(status, "Error")}, status)
        response.headers["x-request-id"] = self._new_id()
        if status == 429:
            # There is no Retry-After here: this header is all that is told.
            reset = int(self.world.clock.now()) + 60
            response.headers["x-rate-limit-reset-at-utc"] = str(reset)
        return response

    def url_life(self, job: Job) -> float:
        """Files live seven days."""
        return LINK_SECONDS

    def key_of(self, request: Request) -> str:
        """The x-api-key; a bearer token is refused, as a missing key is."""
        key = request.headers.get("x-api-key")
        if key is None:
            raise Refusal(self.error(request, 401, "The x-api-key header is missing"))
        if not key.startswith("sim-"):
            raise Refusal(self.error(request, 401))
        return key

    def out_of_credit(self, request: Request) -> Response:
        """406 is the documented answer to an empty account."""
        return self.error(request, 406)

    def unknown_job(self, request: Request, job_id: str) -> Response:
        """404, also for records that are too old."""
        return self.error(request, 404, f"Request {job_id} not found")

    def plan(self, request: Request, order: Order) -> Plan:
        """Check an order against the parameters of its slug."""
        model = load_table(self.name)[order.model]
        problems, ignored = self.inspect(request, model.schema, order.values)
        if problems:
            text = "; ".join(map(str, problems))
            raise Refusal(self.error(request, 400, text))
        values = model.schema.defaults() | order.values
        clip = clip_shape(
            values,
            short_side=self.world.settings.short_side,
            default=model.default_duration,
        )
        seed = str(values.get("seed", ""))
        return Plan(
            id=self._new_id(),
            cost=clip.seconds * model.cost_per_second,
            real_seconds=model.real_seconds,
            clip=clip,
            seed=int(seed) if seed.isdigit() else None,
            negative_prompt=str(values.get("negative_prompt") or ""),
            ignored=ignored,
        )

    def accepted(self, request: Request, job: Job) -> Answer:
        """The three URLs of a v2 request; on v1 the video itself, when it is done."""
        if job.dialect == SYNC:
            return self._wait(request, job)
        base = request.origin + request.prefix
        content = {"request_id": job.id, "status": "QUEUED"} | _urls(base, job)
        return json_response(content, 200, {"x-request-id": job.id})

    def told(self, request: Request, job: Job, view: View) -> Answer:
        """The state, and on the result's own call the result; FAILED comes as 422."""
        content = self._describe(request, job, view)
        failed = view.state == "failed" and not view.word
        return json_response(content, 422 if failed else 200)

    def _run(self, request: Request, version: str, slug: str) -> Answer:
        if request.method != "POST":
            return text_response("<h1>Method Not Allowed</h1>", 405, "html")
        key = self.key_of(request)
        model = self._model(request, slug)
        values = self._values(request, version)
        prompt = str(values.get("prompt") or values.get("promptText") or "")
        order = Order(key, model.id, prompt, values, token_of(request), version)
        return self.submit(request, order)

    def _model(self, request: Request, slug: str) -> ListedModel:
        model = load_table(self.name).get(slug)
        if model is None:
            raise Refusal(self.error(request, 404, f"Model {slug} not found"))
        if model.withdrawn:
            raise Refusal(self.error(request, 410))
        return model

    def _values(self, request: Request, version: str) -> dict[str, Any]:
        kind = request.headers.get("content-type", "")
        # Both kinds are shown for v1; v2 is only ever shown with JSON.
        if kind.startswith("multipart/form-data") and version == SYNC:
            return form_fields(kind, request.body)
        if not kind.startswith("application/json"):
            raise Refusal(self.error(request, 406, "Content-Type is not acceptable"))
        try:
            values = request.json()
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise Refusal(self.error(request, 400))
        return values

    async def _wait(self, request: Request, job: Job) -> Response:
        """v1: paid already; the answer comes when the job has ended."""
        await self.world.clock.until(job.ends_at)
        fault = self.world.job_fault(job, "result", request.path)
        if fault and fault.kind == "answer":
            return self.wrong(request, fault)
        view = self.world.look(job, fault, request.origin, LINK_SECONDS)
        if view is None or view.state == "failed":
            return self.error(request, 500, _failure(job))
        if fault and fault.name == "linked-result":
            # The newest page samples read JSON here.
            response = json_response({"video_url": view.links[0]})
        else:
            video = await self.world.clips.clip(job)
            response = Response(200, video, {"content-type": "video/mp4"})
        response.headers |= self._cost_headers(job)
        is_manner = fault and fault.kind == "manner"
        return badly_given(response, fault) if fault and is_manner else response

    def _cost_headers(self, job: Job) -> dict[str, str]:
        return {
            "x-remaining-credits": str(self._credit(job.key)),
            "x-cost": str(job.cost / 1_000_000),
            "x-request-id": job.id,
            "x-generation-time": f"{job.queue_seconds + job.run_seconds:.2f}",
            "x-seed-value": str(job.seed),
        }

    def _record(self, request: Request, job_id: str, *, has_status: bool) -> Answer:
        key = self.key_of(request)
        job = self.world.jobs.find(self.name, job_id, key)
        if job is None or self.world.clock.now() > job.ends_at + RECORD_SECONDS:
            return self.unknown_job(request, job_id)
        is_state = has_status or request.path.startswith("/v1/")
        return self.poll(request, key, job_id, "poll" if is_state else "result")

    def _describe(self, request: Request, job: Job, view: View) -> dict[str, Any]:
        base = request.origin + request.prefix
        content: dict[str, Any] = {
            "status": view.word or WORDS[view.state],
            "request_id": job.id,
        }
        if view.state == "failed" and not view.word:
            return content | {"error": _failure(job), "metrics": self._metrics(job)}
        tells_result = not request.path.endswith("/status")
        if view.state != "done" or not tells_result or view.word:
            return content | _urls(base, job) | {"metrics": {}}
        return content | self._result(job, view)

    def _result(self, job: Job, view: View) -> dict[str, Any]:
        result: dict[str, Any] = {
            "images": [],
            "seed": job.seed,
            "prompt": job.prompt,
            "metrics": self._metrics(job),
            "timings": {},
        }
        if not view.links:
            return result | {"output": None}
        video = {
            "url": view.links[0],
            "content_type": "video/mp4",
            "file_name": f"{job.id}.mp4",
            "file_size": self.world.clips.ready(job),
        }
        output = view.links if len(view.links) > 1 else view.links[0]
        return result | {"output": output, "video": video}

    def _metrics(self, job: Job) -> dict[str, object]:
        return {
            "cost": 0 if job.refunded else job.cost / 1_000_000,
            "remaining_credits": self._credit(job.key),
            "inference_time": round(job.run_seconds, 3),
            "queue_time": round(job.queue_seconds, 3),
            "total_time": round(job.queue_seconds + job.run_seconds, 3),
            "retry_count": 0,
        }

    def _credit(self, key: str) -> float:
        return self.world.jobs.balance(self.name, key) / 1_000_000

    def _credits(self, request: Request) -> Response:
        credit = self._credit(self.key_of(request))
        return json_response({"credits": credit, "free-credits": 0})

    def _authenticate(self, request: Request) -> Response:
        """What the SDK calls; its errors have one key more."""
        try:
            credit = self._credit(self.key_of(request))
        except Refusal as refusal:
            text = refusal.response.body.decode()
            content = {"error": "unauthorized", "error_description": text}
            return json_response(content | {"status_code": 401}, 401)
        return json_response({"credits": credit, "free-credits": 0})

    def _upload(self, request: Request) -> Response:
        self.key_of(request)
        try:
            uris = request.json()["data_urls"]
            uploads = [_uploaded(uri) for uri in uris]
        except (ValueError, KeyError, TypeError, BadMedia) as error:
            return self.error(request, 400, f"data_urls: {error}")
        links = [self.world.keep_upload(upload, request.origin) for upload in uploads]
        return json_response({"file_urls": links, "message": "Uploaded"})

    def _list(self) -> Response:
        rows = [
            {"slug": model.id, "title": model.title, "type": _kind(model)}
            for model in load_table(self.name).values()
            if not model.withdrawn
        ]
        # The envelope's one key, as client code reads it.
        return json_response(
            {"Inference Segmind Model Information List With Details": rows}
        )

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self.world.rng.getrandbits(128), version=4))


def _urls(base: str, job: Job) -> dict[str, str]:
    return {
        "poll_url": f"{base}/v1/requests/{job.id}",
        "status_url": f"{base}/v2/requests/{job.id}/status",
        "response_url": f"{base}/v2/requests/{job.id}",
    }


def _uploaded(uri: object) -> Upload:
    if not isinstance(uri, str) or not uri.startswith("data:"):
        raise BadMedia("not a data URI")
    content = decode_data_uri(uri)[1]
    return Upload(content, sniff(content))


def _kind(model: ListedModel) -> str:
    needs = " ".join(model.schema.required).lower()
    return "imageToVideo" if "image" in needs else "textToVideo"


def _failure(job: Job) -> str:
    if job.fate == "refused":
        return "Content was refused by moderation"
    return "The model could not process this request"
