"""The offline provider: same interface, no network; the queue does the drawing."""

from __future__ import annotations

from studio.catalog import VideoModel
from studio.providers.base import (
    KeyReport,
    Operation,
    Progress,
    State,
    VideoProvider,
    VideoRequest,
)
from studio.providers.payload import check_request


class AnimaticProvider(VideoProvider):
    """Accepts at once; the pipeline draws the video on this machine."""

    slug = "animatic"
    label = "On this machine"
    runs_here = True
    needs_key = False
    secret_names = ()

    async def submit(self, request: VideoRequest) -> Operation:
        """Accepted: the token is the operation's id."""
        check_request(request)
        return Operation(id=request.token)

    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        """Still drawing: the pipeline knows more than this adapter."""
        return Progress(state=State.PROCESSING)

    async def test_key(self) -> KeyReport:
        """There is no key."""
        return KeyReport(is_valid=True, message="The animatic needs no key.")
