"""A made-up provider, whole: the shortest example of an adapter and its case."""

from __future__ import annotations

from studio.catalog import MediaInput, Mode, Option, VideoModel
from studio.providers import reading
from studio.providers.base import (
    Billed,
    Credentials,
    KeyReport,
    Operation,
    Progress,
    State,
    VideoRequest,
    VideoResult,
)
from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
    ProviderError,
    ProviderRejected,
    SubmissionUncertain,
)
from studio.providers.http import HttpProvider, segment
from studio.providers.payload import build_body, media_value
from tests.providers.conformance import CANARY, ProviderCase, Replies, Reply


class TinyProvider(HttpProvider):
    """Submit to /films, look at /films/ID."""

    slug = "tiny"
    label = "Tiny Films"
    default_base_url = "https://api.tiny.example/v1"

    async def submit(self, request: VideoRequest) -> Operation:
        """Ask for a film."""
        body = {
            "model": request.model.id,
            **build_body(request, put_media=media_value),
        }
        answer = await self.request("POST", "films", json=body, submitting=True)
        film = reading.first_text(answer.body, ("id",))
        if not film:
            raise self.error(SubmissionUncertain, "gave no id", answer)
        return Operation(id=film)

    async def poll(self, operation: Operation, model: VideoModel) -> Progress:
        """Look at a film."""
        answer = await self.request("GET", f"films/{segment(operation.id)}")
        word = reading.first_text(answer.body, ("status",))
        state = reading.read_state(word)
        urls = reading.video_urls(answer.body, ("film.url",))
        if state is State.FAILED or (state is State.COMPLETED and not urls):
            kind = (
                ContentRejected
                if reading.is_refusal(answer.error_text)
                else ProviderRejected
            )
            return Progress(
                state=State.FAILED,
                error=self.error(kind, "made no film", answer),
                billed=Billed.NO,
                raw_state=word,
            )
        results = tuple(VideoResult(url=url) for url in urls)
        return Progress(state=state, results=results, raw_state=word)

    async def test_key(self) -> KeyReport:
        """Ask who we are."""
        try:
            await self.request("GET", "me")
        except AuthenticationFailed as error:
            return KeyReport(is_valid=False, message=str(error))
        except ProviderError as error:
            return KeyReport(is_valid=None, message=str(error))
        return KeyReport(is_valid=True, message="The key works.")


MODEL = VideoModel(
    provider="tiny",
    id="tiny-1",
    name="Tiny One",
    modes=(Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO),
    options=(Option(name="duration", type="integer", wire="seconds"),),
    inputs=(
        MediaInput(
            role="start_image",
            wire="image",
            minimum=1,
            modes=frozenset({Mode.IMAGE_TO_VIDEO}),
        ),
    ),
)
URL = "https://cdn.tiny.example/f%2F1.mp4?Expires=9&Signature=a%2Fb+c=="


def saying(word: str) -> Replies:
    """A poll's reply with that status."""
    return (Reply(json={"status": word, "film": {"url": URL}}),)


CASE = ProviderCase(
    provider=TinyProvider,
    credentials=Credentials(secrets={"api_key": CANARY}),
    request=VideoRequest(model=MODEL, mode="text_to_video", prompt="A boat"),
    operation_id="f/1",
    accepted=(Reply(status=202, json={"id": "f/1"}),),
    pending=(Reply(json={"status": "queued"}),),
    done=(Reply(json={"status": "done", "film": {"url": URL}}),),
    urls=(URL,),
    failed=(Reply(json={"status": "failed", "error": "The reel tore."}),),
    done_without_video=(Reply(json={"status": "done", "film": None}),),
    words={"queued": State.QUEUED, "done": State.COMPLETED, "failed": State.FAILED},
    saying=saying,
)
