"""What every part of the simulated AI/ML API needs: errors, models, checks, headers."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from studio.simulator.aimlapi_models import (
    CREDITS_PER_MICRO_USD,
    LINK_SECONDS,
    LONG_LINK_SECONDS,
    REAL_SECONDS,
    UNIFIED,
    USUAL_SECONDS,
    Model,
    load_models,
    matching,
)
from studio.simulator.jobs import Job
from studio.simulator.rules import Problem
from studio.simulator.shape import clip_shape
from studio.simulator.vendor import Refusal, Vendor
from studio.simulator.wire import Request, Response, json_response
from studio.simulator.world import Order, Plan

CLIENT_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
MESSAGES = {
    400: "Body validation error",
    401: "A valid API key is required: https://aimlapi.com/app/keys",
    403: "No credits are left, top up to go on: https://aimlapi.com/app/billing/",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal server error",
    502: "Bad answer of a partner",
    503: "The model is not available",
    504: "Generation timeout",
}


class AimlCore(Vendor):
    """The common part of the AI/ML API."""

    name = "aimlapi"

    def error(self, request: Request, status: int, text: str = "") -> Response:
        """The documented error body; statusCode is a number, as in the real sample."""
        content = {
            "message": text or MESSAGES.get(status, "Error"),
            "path": request.path,
            "requestId": self._request_id(),
            "statusCode": status,
            "timestamp": iso_time(self.world.clock.now()),
        }
        return json_response(content, status)

    def url_life(self, job: Job) -> float:
        """As long as the upstream vendor's own signed links hold."""
        return matching(job.model, LINK_SECONDS, LONG_LINK_SECONDS)

    def find_model(self, request: Request, name: object, dialect: str) -> Model:
        """The model of that name in this dialect; raises Refusal."""
        model = load_models().get(name) if isinstance(name, str) else None
        if model and dialect in model.schemas:
            return model
        if dialect == UNIFIED:
            # Inferred: an unknown model is an unknown resource.
            raise Refusal(self.error(request, 404, f"Model {name!r} not found"))
        known = sorted({m.id for m in load_models().values() if dialect in m.schemas})
        expected = " | ".join(repr(one) for one in known)
        problem = Problem(
            "", f"Invalid enum value. Expected {expected}, received {name!r}"
        )
        raise Refusal(self.invalid(request, [problem]))

    def invalid(self, request: Request, problems: list[Problem]) -> Response:
        """400, with a line for each thing that is wrong."""
        lines = [MESSAGES[400], *map(str, problems)]
        return self.error(request, 400, "\n".join(lines))

    def read_body(self, request: Request) -> dict[str, Any]:
        """The JSON object of a request; raises Refusal."""
        try:
            body = request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            problem = Problem("", "expected a JSON object")
            raise Refusal(self.invalid(request, [problem]))
        return body

    def plan(self, request: Request, order: Order) -> Plan:
        """Check an order against the schemas of its model in its dialect."""
        model = self.find_model(request, order.model, order.dialect)
        problems = model.check(order.values, order.dialect, request.host)
        ignored = model.unknown(order.values, order.dialect)
        if self.world.settings.strict:
            problems += [Problem(name, "unknown field", "extra") for name in ignored]
        if problems:
            raise Refusal(self.invalid(request, problems))
        values = model.main_schema.defaults() | {
            model.renames.get(name, name): value for name, value in order.values.items()
        }
        clip = clip_shape(
            values,
            short_side=self.world.settings.short_side,
            default=model.default_seconds,
        )
        seed = values.get("seed")
        return Plan(
            id=model.new_id(self.world.rng),
            cost=model.cost_credits(clip.seconds) // CREDITS_PER_MICRO_USD,
            real_seconds=matching(model.id, REAL_SECONDS, USUAL_SECONDS),
            clip=clip,
            seed=seed if isinstance(seed, int) and seed >= 0 else None,
            negative_prompt=str(values.get("negative_prompt") or ""),
            ignored=ignored,
        )

    def tracing_headers(self, request: Request, job: Job) -> dict[str, str]:
        """x-inference-id, and the caller's own id if it is well formed."""
        headers = {"x-inference-id": job.id}
        own = request.headers.get("x-client-request-id", "")
        if CLIENT_REQUEST_ID.fullmatch(own):
            headers["x-client-request-id"] = own
        return headers

    def _request_id(self) -> str:
        return str(uuid.UUID(int=self.world.rng.getrandbits(128), version=4))


def iso_time(when: float) -> str:
    """A time as the vendor writes it: UTC, milliseconds, Z."""
    text = datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
