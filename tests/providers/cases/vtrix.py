"""Vtrix: the replies of its model pages, and what its command line tool accepts."""

from __future__ import annotations

from studio.catalog import get_model
from studio.providers.base import Credentials, State, VideoRequest
from studio.providers.vtrix import VtrixProvider
from tests.providers.conformance import CANARY, ProviderCase, Replies, Reply

ID = "d5u5obte8783ap44qtj0"
URL = "https://cdn.vtrix.example/a%2Fb.mp4?sig=x%3D"
TASK = {"id": ID, "model": "veo_31_fast", "created_at": 1767000000}
OUTPUT = [{"content": [{"type": "video", "url": URL, "jobId": "remote-1"}]}]
USAGE = {"cost": "0.80", "discount": 1, "total_tokens": 0}


def saying(word: str) -> Replies:
    """The answer to a look at a task in that state."""
    output = {"output": OUTPUT, "usage": USAGE}
    is_over = word in {"completed", "done", "success"}
    return (Reply(json={**TASK, "status": word, **(output if is_over else {})}),)


CASE = ProviderCase(
    provider=VtrixProvider,
    credentials=Credentials(secrets={"api_key": CANARY}),
    request=VideoRequest(
        model=get_model("vtrix:veo_31_fast"),
        mode="text_to_video",
        prompt="A boat at dawn",
        options={"duration": 8},
    ),
    operation_id=ID,
    accepted=(Reply(json={**TASK, "status": "in_progress"}),),
    pending=(Reply(json={**TASK, "status": "in_progress", "progress": 0.45}),),
    done=saying("completed"),
    urls=(URL,),
    failed=(
        Reply(
            json={
                **TASK,
                "status": "failed",
                "error": {"code": "002014001", "message": "Video generation failed"},
            }
        ),
    ),
    done_without_video=(Reply(json={**TASK, "status": "completed", "output": []}),),
    words={
        "in_progress": State.PROCESSING,
        "in_queue": State.QUEUED,
        "processing": State.PROCESSING,
        "completed": State.COMPLETED,
        "done": State.COMPLETED,
        "success": State.COMPLETED,
        "failed": State.FAILED,
    },
    saying=saying,
)
