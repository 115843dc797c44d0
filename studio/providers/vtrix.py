"""Vtrix: many makers' models behind one task protocol.

Paths, wrapping and states are those of Vtrix's pages and of its own command line tool.
Some answers come plain, some inside ``{"data": ..., "status": {"code": ...}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import httpx

from studio.catalog import VideoModel
from studio.providers import reading
from studio.providers.answers import Answer, Call
from studio.providers.base import (
    KeyReport,
    ListedModel,
    MediaItem,
    Operation,
    Progress,
    State,
    VideoRequest,
    VideoResult,
)
from studio.providers.errors import (
    InsufficientCredit,
    OperationUnknown,
    ProviderError,
    SubmissionUncertain,
    UnsupportedOption,
)
from studio.providers.http import MAY_COST, UNREADABLE, HttpProvider, segment
from studio.providers.payload import build_body
from studio.providers.verdicts import failed, judged, key_report, nothing_made
from studio.providers.vtrix_answers import (
    first_video,
    opened,
    usage_of,
    video_models,
    video_url,
)
from studio.providers.vtrix_media import earlier_videos, put_media, without_empty_text

GENERATION = "model/v1/generation"
ID_PATHS = ("id", "task_id", "request_id")
RUNNING = frozenset({State.QUEUED, State.PROCESSING})
# Codes of the gateway that all speak of the balance.
NO_BALANCE = frozenset(str(code) for code in range(40201, 40209))
FINE = frozenset({"", "0", "200"})  # codes of the envelope
NO_TASK = "key-test"
NO_SUCH_TASK = frozenset({400, 404, 422})
OWN_HOST = "vtrix.ai"
SPEC_ADDRESS = "https://cloud-model-spec.vtrix.ai"  # needs no key
SPEC_PATH = "api/v1/skill/models"
PAGE_SIZE, MOST_PAGES = 100, 20


class VtrixProvider(HttpProvider):
    """Posts a generation and looks at its task."""

    slug = "vtrix"
    label = "Vtrix"
    default_base_url = "https://cloud.vtrix.ai"
    submit_timeout = 120

    async def submit(self, request: VideoRequest) -> Operation:
        """Ask for a video. For an extension, the earlier task is looked at before."""
        shapes = self.shapes(request.model)
        put = partial(put_media, shapes)
        params = without_empty_text(build_body(request, put_media=put))
        for item, taken in earlier_videos(request, shapes):
            params[taken.wire] = put(await self.look_up(item), taken)
        # The page shows a flat table; the command line tool wraps every model so.
        body = {"model": request.model.id, "input": [{"params": params}]}
        answer = await self.request("POST", GENERATION, json=body, submitting=True)
        if task_id := reading.first_text(opened(answer.body), ID_PATHS):
            progress = self.read(answer)
            is_over = progress.state not in RUNNING
            return Operation(id=task_id, progress=progress if is_over else None)
        raise self.no_task(answer)

    def no_task(self, answer: Answer) -> ProviderError:
        """What an answer without an id means: with an error, nothing was accepted.

        The command line tool takes it so, too.
        """
        said = reading.error_text(answer.object.get("error"))
        if not said:
            uncertain = SubmissionUncertain
            return self.error(uncertain, UNREADABLE, answer, after=MAY_COST)
        kind, what = judged(said)
        return self.error(kind, what, answer)

    async def look_up(self, item: MediaItem) -> MediaItem:
        """An earlier video with the address and the id that Vtrix has for it."""
        try:
            task = opened((await self.ask(item.operation_id)).body)
        except OperationUnknown:
            task = {}
        video = first_video(task.get("output"))
        if not video:
            what = "can go on only from a video that it made itself and still knows"
            raise self.error(UnsupportedOption, what)
        found = reading.first_text(video, ("id", "jobId"))
        url = reading.first_text(video, ("url",))
        return replace(item, url=url, operation_id=found or item.operation_id)

    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        """Look once at the task."""
        return self.read(await self.ask(operation.id))

    async def ask(self, task_id: str) -> Answer:
        """What Vtrix knows of a task. Looking is free."""
        return await self.request("GET", f"{GENERATION}/task/{segment(task_id)}")

    def read(self, answer: Answer) -> Progress:
        """An answer about a task, in our words."""
        task = opened(answer.body)
        word = reading.first_text(task, ("status",))
        state = reading.read_state(word) if word else State.PROCESSING
        usage = usage_of(task)
        said = reading.error_text(task.get("error"))
        if state is State.COMPLETED and said:
            state = State.FAILED  # so it is in the gateway's newer protocol
        if state in {State.FAILED, State.CANCELED}:
            return failed(
                self, answer, said=said, state=state, usage=usage, raw_state=word
            )
        if state is not State.COMPLETED:
            share = reading.fraction(task.get("progress"))
            return Progress(state=state, fraction=share, raw_state=word)
        if url := video_url(task.get("output")):
            results = (VideoResult(url=url),)
            return Progress(state=state, results=results, usage=usage, raw_state=word)
        return nothing_made(self, answer, usage=usage, raw_state=word)

    # What the key can do

    async def test_key(self) -> KeyReport:
        """Ask for a task that cannot be: a wrong key is refused before that."""
        return await key_report(self.find_out)

    async def find_out(self) -> KeyReport:
        """The report of a key that Vtrix does not object to."""
        path = f"{GENERATION}/task/{NO_TASK}"
        await self.request("GET", path, accept=NO_SUCH_TASK)
        return KeyReport(is_valid=True, message=f"{self.label} accepts this key.")

    async def list_models(self) -> list[ListedModel] | None:
        """The video models of the public catalog; no key is sent."""
        is_own = httpx.URL(self.base_url).host.endswith(OWN_HOST)
        address = f"{SPEC_ADDRESS if is_own else self.base_url}/{SPEC_PATH}"
        found: list[ListedModel] = []
        for page in range(1, MOST_PAGES + 1):
            params = {"page": page, "page_size": PAGE_SIZE}
            answer = await self.request("GET", address, params=params, is_signed=False)
            listed = opened(answer.body)
            found += video_models(listed)
            pages = listed.get("total_pages")
            if not isinstance(pages, int) or page >= pages:
                break
        return found

    # Vtrix's ways

    def judge(self, answer: Answer, call: Call) -> ProviderError | None:
        """An envelope may say no although the status says 200."""
        usual = super().judge(answer, call)
        code = reading.first_text(answer.body, ("status.code",))
        if usual or code in FINE:
            return usual
        status = int(code) if code.isdecimal() and 400 <= int(code) < 600 else 400
        if status in call.accept:
            return None
        inner = replace(answer, status=status)
        return self.error_for(inner, submitting=call.submitting)

    def error_for(self, answer: Answer, *, submitting: bool) -> ProviderError:
        """The gateway has codes of its own for an empty account."""
        paths = ("status.error_code", "error.code", "error_code")
        if reading.first_text(answer.body, paths) in NO_BALANCE:
            return self.error(InsufficientCredit, "has no credit for this", answer)
        return super().error_for(answer, submitting=submitting)

    def shapes(self, model: VideoModel) -> Mapping[str, str]:
        """How Veo's objects are written: by the account, else by the catalog."""
        names = ("image_shape", "video_shape")
        given = {**model.transport, **self.credentials.settings}
        return {name: str(given.get(name) or "") for name in names}
