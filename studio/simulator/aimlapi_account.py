"""AI/ML API beside the video jobs: the catalog, the balance, the ledger, the logs.

GET /v1/models (also /models and /api/v1/models), GET /model/{id}    no key
GET /models/metrics                                                  no key
GET /v2/billing, /v2/billing/detail, /v2/billing/transactions, /v2/logs
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from studio.simulator.aimlapi_core import AimlCore, iso_time
from studio.simulator.aimlapi_models import (
    CREDITS_PER_MICRO_USD,
    USUAL_CREDITS_PER_SECOND,
    Model,
    all_models,
    load_models,
)
from studio.simulator.jobs import Job
from studio.simulator.schema import media_kind
from studio.simulator.wire import Request, Response, json_response

CATALOG_PATHS = ("/v1/models", "/models", "/api/v1/models")
VIDEO_TYPE = "internal/video-generations/submit"
METRICS_WINDOW_SECONDS = 300
LARGEST_PAGE = 100


class AimlAccount:
    """Everything that is asked about models and money."""

    def __init__(self, api: AimlCore) -> None:
        self._api = api
        self._routes: dict[str, Callable[[Request, str], Response]] = {
            "/v2/billing": self._billing,
            "/v2/billing/detail": self._detail,
            "/v2/billing/transactions": self._transactions,
            "/v2/logs": self._logs,
        }

    def handle(self, request: Request) -> Response | None:
        """Answer such a request; None where it is another one."""
        if request.method not in ("GET", "HEAD"):
            return None
        if request.path in CATALOG_PATHS:
            return self._catalog(request)
        if request.path.startswith("/model/"):
            return self._one_model(request)
        if request.path == "/models/metrics":
            return self._metrics(request)
        route = self._routes.get(request.path)
        return route(request, self._api.key_of(request)) if route else None

    def _catalog(self, request: Request) -> Response:
        rows = [
            describe_model(model, included(request))
            for model in all_models()
            if model.is_offered and _wanted(model, request)
        ]
        response = json_response({"object": "list", "data": rows})
        tag = hashlib.md5(response.body, usedforsecurity=False).hexdigest()[:27]
        response.headers["etag"] = f'W/"{tag}"'
        if request.headers.get("if-none-match") == response.headers["etag"]:
            return Response(304, b"", {"etag": response.headers["etag"]})
        return response

    def _one_model(self, request: Request) -> Response:
        name = request.path.removeprefix("/model/").lower()
        by_name = {key.lower(): model for key, model in load_models().items()}
        if name not in by_name:
            return self._api.error(request, 404)
        data = describe_model(by_name[name], included(request))
        return json_response({"object": "model", "data": data})

    def _metrics(self, request: Request) -> Response:
        now = self._api.world.clock.now()
        times: dict[str, list[float]] = {}
        for job in self._api.world.jobs:
            recent = now - METRICS_WINDOW_SECONDS < job.ends_at <= now
            if job.provider == self._api.name and recent and job.fate == "done":
                seconds = job.queue_seconds + job.run_seconds
                times.setdefault(job.model, []).append(seconds)
        names = request.arguments("aliases") or list(times)
        rows = [_measured(name, times[name]) for name in names if name in times]
        return json_response(
            {
                "window_seconds": METRICS_WINDOW_SECONDS,
                "generated_at": iso_time(now),
                "models": rows,
            }
        )

    def _billing(self, request: Request, key: str) -> Response:
        return json_response({"current_balance": self._usd(key), "currency": "USD"})

    def _detail(self, request: Request, key: str) -> Response:
        settings = {"is_enabled": False, "threshold": 0, "amount": 0, "currency": "USD"}
        return json_response(
            {
                "user_id": 1,
                "email": "user@example.com",
                "current_balance": self._usd(key),
                "currency": "USD",
                "autotopup_settings": settings,
            }
        )

    def _transactions(self, request: Request, key: str) -> Response:
        now = self._api.world.clock.now()
        # A charge is booked once the job is done; a failed one never is.
        charged = [
            job
            for job in self._api.world.jobs.of_key(self._api.name, key)
            if job.state(now) == "done"
        ]
        limit, offset = _page(request, "cursor")
        rows = [_transaction(job) for job in charged[offset : offset + limit]]
        more = offset + limit < len(charged)
        cursor = str(offset + limit) if more else None
        page = {"next_cursor": cursor, "has_more": more}
        return json_response({"data": rows, "pagination": page})

    def _logs(self, request: Request, key: str) -> Response:
        now = self._api.world.clock.now()
        jobs = [
            job
            for job in self._api.world.jobs.of_key(self._api.name, key)
            if job.state(now) in ("done", "failed")
        ]
        limit, offset = _page(request, "offset")
        rows = [_logged(job, now) for job in jobs[offset : offset + limit]]
        more = offset + limit < len(jobs)
        page = {"limit": limit, "offset": offset, "total": len(jobs), "has_more": more}
        return json_response({"data": rows, "pagination": page})

    def _usd(self, key: str) -> float:
        return self._api.world.jobs.balance(self._api.name, key) / 1_000_000


def included(request: Request) -> set[str]:
    """The optional sections that are asked for."""
    everything = {"pricing", "modalities", "capabilities"}
    asked = {part.lower() for part in request.arguments("include")}
    wants_all = "all" in asked or request.argument("details") == "true"
    return everything if wants_all else everything & asked


def describe_model(model: Model, sections: set[str]) -> dict[str, Any]:
    """One entry of the catalog."""
    docs = f"model={quote(model.id, safe='')}&endpoint={quote(VIDEO_TYPE, safe='')}"
    row: dict[str, Any] = {
        "id": model.id,
        "info": {
            "name": model.title,
            "developer": model.vendor,
            "description": f"{model.title}, simulated",
            "docsJson": f"https://api.aimlapi.com/docs-json?{docs}",
        },
        "type": VIDEO_TYPE,
        "aliases": model.aliases,
        "tags": ["playground:video"],
    }
    if "modalities" in sections:
        row["modalities"] = {"input": _inputs(model), "output": ["video"]}
    if "capabilities" in sections:
        row["capabilities"] = _capabilities(model)
    if "pricing" in sections:
        row["pricing"] = _pricing(model)
    return row


def _inputs(model: Model) -> list[str]:
    uris = [
        name for name in model.main_schema.fields if "url" in name or "image" in name
    ]
    return sorted({"text", *(media_kind(name) for name in uris)} - {"file"})


def _capabilities(model: Model) -> list[str]:
    has_sound = "generate_audio" in model.main_schema.fields
    return sorted([*model.modes, *(["audio_generation"] if has_sound else [])])


def _pricing(model: Model) -> dict[str, Any]:
    per_clip = model.credits.get("clip")
    credits = per_clip or model.credits.get("second", USUAL_CREDITS_PER_SECOND)
    if "sample" in model.credits:
        credits = model.credits["sample"] // model.default_seconds
    price = credits / CREDITS_PER_MICRO_USD / 1_000_000
    name = "video" if per_clip else "second"
    unit = {"name": name, "measure": "output", "price": price, "per": 1}
    return {"kind": "fixed", "currency": "USD", "units": [unit]}


def _wanted(model: Model, request: Request) -> bool:
    """Whether every filter of the request fits: OR within one, AND between them."""
    filters = {
        "id": model.names,
        "type": [VIDEO_TYPE],
        "tags": ["playground:video"],
        "capabilities": _capabilities(model),
        "output_modalities": ["video"],
        "input_modalities": _inputs(model),
    }
    for name, own in filters.items():
        asked = {part.lower() for part in request.arguments(name)}
        if asked and not asked & {one.lower() for one in own}:
            return False
    return True


def _page(request: Request, start: str) -> tuple[int, int]:
    limit, offset = request.argument("limit") or "50", request.argument(start) or "0"
    return (
        min(int(limit), LARGEST_PAGE) if limit.isdigit() else 50,
        int(offset) if offset.isdigit() else 0,
    )


def _measured(name: str, seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds)
    last = len(ordered) - 1
    percentiles = {
        f"p{share}": round(ordered[last * share // 100] * 1000)
        for share in (50, 75, 90, 99)
    }
    metrics = {"duration_ms": percentiles}
    return {"alias": name, "endpoint": "/v2/video/generations", "metrics": metrics}


def _amount(micro_usd: int) -> dict[str, object]:
    return {"usd": micro_usd / 1_000_000, "credits": micro_usd * CREDITS_PER_MICRO_USD}


def _transaction(job: Job) -> dict[str, object]:
    return {
        "created_at": iso_time(job.ends_at),
        "direction": "CHARGE",
        "type": "MODEL_USAGE",
        "amount": _amount(job.cost),
        "model": job.model,
        "reference_id": job.id,
    }


def _logged(job: Job, now: float) -> dict[str, object]:
    failed = job.state(now) == "failed"
    return {
        "created": iso_time(job.created_at),
        "status": "failed" if failed else "succeeded",
        "origin": "api",
        "model": job.model,
        "cost": _amount(0 if failed else job.cost),
        "tokens": {"input": 0, "output": 0, "total": 0},
        "request_id": None,
        "inference_id": job.id,
        "client_request_id": job.token or None,
    }
