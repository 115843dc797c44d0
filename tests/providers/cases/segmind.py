"""Segmind: the replies of its asynchronous inference page, and its SDK's words."""

from __future__ import annotations

from studio.catalog import get_model
from studio.providers.base import Credentials, State, VideoRequest
from studio.providers.segmind import SegmindProvider
from tests.providers.conformance import CANARY, ProviderCase, Replies, Reply

BASE = "https://api.segmind.com"
ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
URL = "https://images.segmind.com/outputs/a%2Fb.mp4?sig=x%3D"
ACCEPTED = {
    "request_id": ID,
    "status": "QUEUED",
    "poll_url": f"{BASE}/v1/requests/{ID}",
    "status_url": f"{BASE}/v2/requests/{ID}/status",
    "response_url": f"{BASE}/v2/requests/{ID}",
}
RESULT = {
    "status": "COMPLETED",
    "output": URL,
    "video": {"url": URL, "content_type": "video/mp4", "file_size": 1234567},
    "images": [],
    "metrics": {"cost": 0.8, "remaining_credits": 12.3, "inference_time": 70.1},
}
FAILURE = {"status": "FAILED", "error": "CUDA out of memory", "metrics": {}}


def saying(word: str) -> Replies:
    """The answers to a look at a request in that state."""
    status = Reply(json={"status": word, "request_id": ID})
    return (status, Reply(json=RESULT)) if word == "COMPLETED" else (status,)


CASE = ProviderCase(
    provider=SegmindProvider,
    credentials=Credentials(secrets={"api_key": CANARY}),
    request=VideoRequest(
        model=get_model("segmind:veo-3.1"),
        mode="text_to_video",
        prompt="A boat at dawn",
        options={"duration": 8},
    ),
    operation_id=ID,
    accepted=(Reply(json=ACCEPTED),),
    pending=(Reply(json={"status": "PROCESSING", "request_id": ID}),),
    done=saying("COMPLETED"),
    urls=(URL,),
    failed=(Reply(status=422, json=FAILURE),),
    done_without_video=(
        Reply(json={"status": "COMPLETED"}),
        Reply(json={"status": "COMPLETED", "output": None, "images": []}),
    ),
    words={
        "QUEUED": State.QUEUED,
        "PROCESSING": State.PROCESSING,
        "COMPLETED": State.COMPLETED,
        "FAILED": State.FAILED,
    },
    saying=saying,
    # 404 of the v2 route leads to v1, which is a second call and costs nothing.
    submit_errors={404: None},
)
