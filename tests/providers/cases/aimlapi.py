"""AI/ML API: replies as its documents show them."""

from __future__ import annotations

from studio.catalog import get_model
from studio.providers.aimlapi import AimlapiProvider
from studio.providers.base import Credentials, State, VideoRequest
from studio.providers.errors import InsufficientCredit
from tests.providers.conformance import CANARY, ProviderCase, Replies, Reply

ID = "60ac7c34-3224-4b14-8e7d-0aa0db708325:veo2"
URL = "https://cdn.aimlapi.com/eagle/files%2Fb%2F0a.mp4?Signature=a%2Fb+c==&Key=x"
WORDS = {
    "queued": State.QUEUED,
    "waiting": State.QUEUED,
    "generating": State.PROCESSING,
    "active": State.PROCESSING,
    "dreaming": State.PROCESSING,
    "completed": State.COMPLETED,
    "complete": State.COMPLETED,
    "succeeded": State.COMPLETED,
    "error": State.FAILED,
    "failed": State.FAILED,
    "cancelled": State.CANCELED,
}


def saying(word: str) -> Replies:
    """A poll's reply with that status."""
    is_done = WORDS.get(word) is State.COMPLETED
    video = {"url": URL} if is_done else None
    return (Reply(json={"id": ID, "status": word, "video": video}),)


CASE = ProviderCase(
    provider=AimlapiProvider,
    credentials=Credentials(secrets={"api_key": CANARY}),
    request=VideoRequest(
        model=get_model("aimlapi:veo2"),
        mode="text_to_video",
        prompt="A boat",
        token="take-1",
    ),
    operation_id=ID,
    accepted=(Reply(status=201, json={"id": ID, "status": "queued"}),),
    pending=(Reply(json={"id": ID, "status": "generating", "video": None}),),
    done=(Reply(json={"id": ID, "status": "completed", "video": {"url": URL}}),),
    urls=(URL,),
    failed=(
        Reply(
            json={
                "id": ID,
                "status": "error",
                "error": {"name": "generation_failed", "message": "It broke."},
            }
        ),
    ),
    done_without_video=(Reply(json={"id": ID, "status": "completed", "video": None}),),
    words=WORDS,
    saying=saying,
    # The documents: 403 says that no credit is left.
    submit_errors={403: InsufficientCredit},
    # An operation that is a moment old may not be known everywhere yet.
    poll_errors={403: InsufficientCredit, 404: None},
)
