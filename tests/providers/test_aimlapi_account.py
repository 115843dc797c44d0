"""AI/ML API: refusals, the key, the balance, the live list."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
    InsufficientCredit,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
)
from tests.providers.aimlapi_wire import UNIFIED, speaker, submitted
from tests.providers.conformance import Reply, Wire


def said(status: int, message: Any) -> Reply:
    """An error in the documented form."""
    body = {
        "message": message,
        "path": UNIFIED,
        "requestId": "4d4c",
        "statusCode": str(status),
        "timestamp": "2026-08-21T10:00:00.000Z",
    }
    return Reply(status=status, json=body)


OUT_OF_CREDIT = "You've run out of credits. Please top up your balance to continue."
NEEDS_KEY = "This request requires a valid API key."
BAD_VALUE = "Body validation error\nInvalid enum value. Expected '720P', received 'x'"
QUOTED = "Body validation error\nprompt: received 'a man who tops up his credit card'"
NESTED = json.dumps({"error": {"message": "Flagged as sensitive content"}})


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (said(400, BAD_VALUE), ProviderRejected, "Expected '720P'"),
        (said(400, QUOTED), ProviderRejected, "credit card"),
        (said(400, NESTED), ContentRejected, "sensitive content"),
        (said(401, NEEDS_KEY), AuthenticationFailed, "valid API key"),
        (said(403, OUT_OF_CREDIT), InsufficientCredit, "no credit left"),
        (said(403, "Forbidden"), InsufficientCredit, "no credit left"),
        (said(403, "Key has no scope model:video"), AuthenticationFailed, "this key"),
        (Reply(status=403, content=b"<html>no"), AuthenticationFailed, "this key"),
        (said(404, "Model not found"), ProviderRejected, "does not run this model"),
        (said(429, "Too Many Requests"), ProviderUnavailable, "too much at once"),
        (said(504, "Generation timeout"), SubmissionUncertain, "may be charged"),
    ],
)
def test_a_refused_submit_says_why(
    reply: Reply, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        submitted(reply)

    assert type(caught.value) is kind


# The account


def test_the_key_is_tested_by_asking_for_the_balance() -> None:
    wire = Wire(Reply(json={"current_balance": 123.45, "currency": "USD"}))
    report = asyncio.run(speaker(wire).test_key())

    assert wire.requests[0].url.path == "/v2/billing"
    assert (report.is_valid, report.credit_left) == (True, "123.45 USD")


def test_a_wrong_key_and_an_empty_account_are_told_apart() -> None:
    wrong = asyncio.run(speaker(Wire(said(401, NEEDS_KEY))).test_key())
    empty = asyncio.run(speaker(Wire(said(403, OUT_OF_CREDIT))).test_key())

    assert (wrong.is_valid, empty.is_valid) == (False, True)
    assert "no credit left" in empty.message


LISTED = {
    "object": "list",
    "data": [
        {
            "id": "google/veo-2.0-generate-001",
            "aliases": ["veo2"],
            "type": "internal/video-generations/submit",
            "info": {"name": "Veo 2 Text-to-Video", "developer": "Google"},
            "pricing": {
                "kind": "variants",
                "dimensions": ["resolution"],
                "variants": [
                    {
                        "when": {"resolution": "720p"},
                        "price": 0.39,
                        "unit": "second",
                        "per": 1,
                    },
                    {
                        "when": {"resolution": "1080p"},
                        "price": 0.65,
                        "unit": "second",
                        "per": 1,
                    },
                ],
            },
        },
        {"id": "openai/gpt-4o", "type": "openai/chat-completions", "info": {}},
        {
            "id": "magic/image-to-video",
            "type": "internal/video-generations/submit",
            "info": {"name": "Magic"},
            "pricing": {
                "kind": "fixed",
                "units": [{"name": "video", "price": 525, "per": 1000}],
            },
        },
        {
            "id": "krea/krea-wan-14b/text-to-video",
            "type": "internal/video-generations/submit",
            "pricing": {"kind": "variable"},
        },
        {"id": "magic/image-to-video", "type": "internal/video-generations/submit"},
        "noise",
    ],
}


def test_the_live_list_needs_no_key_and_gives_prices_in_micro_usd() -> None:
    wire = Wire(Reply(json=LISTED))
    models = asyncio.run(speaker(wire).list_models())

    [call] = wire.requests
    assert "authorization" not in call.headers
    assert call.url.params["include"] == "pricing,modalities,capabilities"
    assert models is not None
    assert {model.id: model.price for model in models} == {
        "google/veo-2.0-generate-001": {
            "unit": "second",
            "rows": [
                {"amount": 390_000, "when": {"resolution": "720p"}},
                {"amount": 650_000, "when": {"resolution": "1080p"}},
            ],
        },
        "magic/image-to-video": {
            "unit": "video",
            "rows": [{"amount": 525_000, "when": {}}],
        },
        "krea/krea-wan-14b/text-to-video": {},
    }
    assert models[0].name == "Veo 2 Text-to-Video"
