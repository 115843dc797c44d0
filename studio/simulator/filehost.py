"""The host of result files: checks the link, draws the clip, goes wrong on request."""

from __future__ import annotations

from studio.simulator.answers import badly_given, false_answer
from studio.simulator.faults import Fault
from studio.simulator.files import carries_key, parse_name, refused, serve
from studio.simulator.jobs import Job
from studio.simulator.remux import truncate
from studio.simulator.vendor import Answer
from studio.simulator.wire import Request, Response
from studio.simulator.world import World

FRESH_LINK_SECONDS = 600


class FileHost:
    """Serves /files/…; links come from `World.link`."""

    name = "files"

    def __init__(self, world: World) -> None:
        self._world = world

    def respond(self, request: Request) -> Answer:
        """Answer one request for a file."""
        if request.method not in ("GET", "HEAD"):
            return refused(405, "MethodNotAllowed")
        if carries_key(request):
            return refused(400, "InvalidArgument: signed links take no credentials")
        reason = self._world.signer.refusal(request.target, self._world.clock.now())
        if reason:
            return refused(403, reason)
        name = parse_name(request.raw_path)
        if name.upload:
            return self._upload(request, name.upload)
        job = self._world.jobs.find(name.provider, name.job_id)
        if job is None:
            return refused(404, "NoSuchKey")
        return self._video(request, job, name.variant)

    def _upload(self, request: Request, name: str) -> Response:
        upload = self._world.uploads.get(name)
        if upload is None:
            return refused(404, "NoSuchKey")
        return serve(request, upload.content, upload.kind)

    def _video(self, request: Request, job: Job, variant: int) -> Answer:
        fault = self._world.job_fault(job, "download", request.raw_path)
        if fault and fault.kind == "answer":
            return false_answer(fault, lambda status: refused(status, "Simulated"))
        if fault and fault.name == "redirect":
            link = self._world.link(job, request.origin, FRESH_LINK_SECONDS, variant)
            return Response(302, b"", {"location": link})
        return self._clip(request, job, variant, fault)

    async def _clip(
        self, request: Request, job: Job, variant: int, fault: Fault | None
    ) -> Response:
        video = await self._world.clips.clip(job, variant)
        if fault and fault.name == "truncated-mp4":
            video = truncate(video)
        response = serve(request, video)
        return badly_given(response, fault) if fault else response
