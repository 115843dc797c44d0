"""Globant: the replies of the wiki page, the SDK's tests and Google's own shape."""

from __future__ import annotations

from studio.catalog import get_model
from studio.providers.base import Credentials, State, VideoRequest
from studio.providers.globant import GlobantProvider
from tests.providers.conformance import CANARY, ProviderCase, Replies, Reply

OPERATION = (
    "projects/globant-enterprise-ai-dev/locations/us-central1/publishers/google/"
    "models/veo-3.1-generate-001/operations/8ed9d85a-e422-4aae-952d-3fa42b076663"
)
URL = "https://storage.example/videos/a%2Fb.mp4?X-Goog-Signature=abc%3D&e=1"


def saying(word: str) -> Replies:
    """The answer to a look with that status."""
    done = {"url": URL} if word == "completed" else {}
    return (Reply(json={"status": word, **done}),)


CASE = ProviderCase(
    provider=GlobantProvider,
    credentials=Credentials(
        base_url="https://api.globant.example", secrets={"api_key": CANARY}
    ),
    request=VideoRequest(
        model=get_model("globant:vertex_ai/veo-3.1-generate-001"),
        mode="text_to_video",
        prompt="A boat at dawn",
        options={"duration": 8},
    ),
    operation_id=OPERATION,
    accepted=(Reply(json={"usage": {"currency": "USD"}, "name": OPERATION}),),
    pending=(Reply(json={"status": "pending"}),),
    done=(Reply(json={"url": URL, "revised_prompt": "A boat, at dawn"}),),
    urls=(URL,),
    failed=(Reply(json={"error": {"code": 13, "message": "Internal error"}}),),
    done_without_video=(Reply(json={"name": OPERATION, "done": True}),),
    words={
        "pending": State.QUEUED,
        "processing": State.PROCESSING,
        "completed": State.COMPLETED,
        "failed": State.FAILED,
        "cancelled": State.CANCELED,
    },
    saying=saying,
    # An operation that was made a moment ago may not be known everywhere yet.
    poll_errors={404: None},
)
