"""Globant, Segmind and Vtrix against the simulated services: submit, wait, look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from studio.catalog import get_model
from studio.outbound import build_client
from studio.providers import provider_class
from studio.providers.base import (
    Credentials,
    KeyReport,
    MediaItem,
    Operation,
    Progress,
    State,
    VideoProvider,
    VideoRequest,
)
from studio.providers.errors import (
    AuthenticationFailed,
    ContentRejected,
    InsufficientCredit,
    ProviderError,
    ProviderRejected,
    SubmissionUncertain,
)
from studio.simulator.running import Simulator, running_simulator

MODELS = {
    "globant": "globant:veo-3.1-generate-001",
    "segmind": "segmind:veo-3.1",
    "vtrix": "vtrix:veo_31_fast",
}
LATER = 3600.0  # seconds after which every simulated job is over


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    """The services, refusing fields that a model does not have."""
    with running_simulator(clip="small", speed=1000, strict=True) as running:
        yield running


def speaker(
    sim: Simulator, slug: str, *, key: str = "sim-canary-1", **settings: str
) -> VideoProvider:
    """The adapter, with an account at the simulated service."""
    client = build_client(allow=[urlsplit(sim.url).netloc])
    secret = "oauth_token" if "oauth" in key else "api_key"
    credentials = Credentials(
        base_url=f"{sim.url}/{slug}", secrets={secret: key}, settings=settings
    )
    return provider_class(slug)(credentials, client)


def request_for(slug: str, **changes: Any) -> VideoRequest:
    """Eight seconds from text."""
    model = get_model(MODELS[slug])
    request = VideoRequest(
        model=model,
        mode="text_to_video",
        prompt="A boat at dawn",
        options={"duration": 8},
    )
    return replace(request, **changes)


def made(
    sim: Simulator, provider: VideoProvider, request: VideoRequest
) -> tuple[Operation, Progress]:
    """The operation, and what became of it."""

    async def submit_and_look() -> tuple[Operation, Progress]:
        async with provider.client:
            operation = await provider.submit(request)
            if operation.progress:
                return operation, operation.progress
            sim.advance(LATER / 2)
            return operation, await provider.poll(operation, request.model)

    return asyncio.run(submit_and_look())


@pytest.mark.parametrize("slug", MODELS)
def test_it_makes_a_video_and_pays_once(sim: Simulator, slug: str) -> None:
    sim.reset()
    _, progress = made(sim, speaker(sim, slug), request_for(slug))

    assert progress.state is State.COMPLETED
    assert progress.results[0].url.startswith(sim.url)
    assert len(sim.paid(provider=slug)) == 1


@pytest.mark.parametrize(
    ("key", "dialect"),
    [("sim-wiki-canary-1", "wiki"), ("sim-flat-canary-1", "flat")],
    ids=["wiki", "flat"],
)
def test_it_finds_the_dialect_of_a_globant_by_itself(
    sim: Simulator, key: str, dialect: str
) -> None:
    provider = speaker(sim, "globant", key=key)
    operation, progress = made(sim, provider, request_for("globant"))

    assert operation.data["dialect"] == dialect
    assert progress.state is State.COMPLETED


def test_it_signs_in_at_globant_with_an_oauth_token(sim: Simulator) -> None:
    provider = speaker(sim, "globant", key="sim-oauth-canary-1", project_id="project-7")
    _, progress = made(sim, provider, request_for("globant"))

    assert progress.state is State.COMPLETED


@pytest.mark.parametrize("body", ["json", "multipart"])
def test_it_gets_the_video_itself_from_segminds_v1(
    sim: Simulator, body: str, tmp_path: Path
) -> None:
    provider = speaker(sim, "segmind", version="v1", v1_body=body)
    spool = tmp_path / "video.part"
    _, progress = made(sim, provider, request_for("segmind", spool=spool))

    assert progress.results[0].path == spool
    assert spool.read_bytes()[4:8] == b"ftyp"
    assert progress.usage.cost


def test_it_extends_a_video_at_vtrix(sim: Simulator) -> None:
    first, _ = made(sim, speaker(sim, "vtrix"), request_for("vtrix"))
    earlier = MediaItem(role="source_video", operation_id=first.id)
    longer = request_for("vtrix", mode="extend_video", media=(earlier,))
    _, progress = made(sim, speaker(sim, "vtrix"), longer)

    assert progress.state is State.COMPLETED


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("failed", ProviderRejected),
        ("refused", ContentRejected),
        ("done-without-url", ProviderError),
    ],
)
@pytest.mark.parametrize("slug", MODELS)
def test_it_reads_a_job_that_came_to_nothing(
    sim: Simulator, slug: str, fault: str, kind: type
) -> None:
    request = request_for(slug, prompt=f"A boat [fault:{fault}]")
    _, progress = made(sim, speaker(sim, slug), request)

    if slug == "globant" and fault == "done-without-url":
        # Nothing in Globant's answer says *done* then: the deadline ends it.
        assert progress.state is State.PROCESSING
        return
    assert progress.state is State.FAILED
    assert isinstance(progress.error, kind)


def test_it_takes_a_video_from_inside_globants_answer(sim: Simulator) -> None:
    request = request_for("globant", prompt="A boat [fault:inline-result]")
    _, progress = made(sim, speaker(sim, "globant"), request)

    content = progress.results[0].content
    assert content is not None
    assert content[4:8] == b"ftyp"


def test_it_follows_an_address_from_segminds_v1(sim: Simulator) -> None:
    request = request_for("segmind", prompt="A boat [fault:linked-result]")
    _, progress = made(sim, speaker(sim, "segmind", version="v1"), request)

    assert progress.results[0].url.startswith(sim.url)


@pytest.mark.parametrize("slug", MODELS)
@pytest.mark.parametrize("fault", ["500-after", "cut-after", "html-after"])
def test_a_lost_answer_is_paid_once_and_uncertain(
    sim: Simulator, slug: str, fault: str
) -> None:
    sim.reset()
    request = request_for(slug, prompt=f"A boat [fault:submit-{fault}]")
    with pytest.raises(SubmissionUncertain):
        made(sim, speaker(sim, slug), request)
    assert len(sim.paid(provider=slug)) == 1


@pytest.mark.parametrize("slug", ["segmind", "vtrix"])
def test_it_knows_an_empty_account(sim: Simulator, slug: str) -> None:
    with pytest.raises(InsufficientCredit):
        made(sim, speaker(sim, slug, key="sim-broke-1"), request_for(slug))


@pytest.mark.parametrize("slug", MODELS)
def test_it_knows_a_wrong_key(sim: Simulator, slug: str) -> None:
    with pytest.raises(AuthenticationFailed):
        made(sim, speaker(sim, slug, key="wrong"), request_for(slug))


def report_of(provider: VideoProvider) -> KeyReport:
    """What the key test finds."""

    async def ask() -> KeyReport:
        async with provider.client:
            return await provider.test_key()

    return asyncio.run(ask())


@pytest.mark.parametrize("slug", MODELS)
def test_the_key_test_tells_right_from_wrong(sim: Simulator, slug: str) -> None:
    assert report_of(speaker(sim, slug)).is_valid is True
    assert report_of(speaker(sim, slug, key="wrong")).is_valid is False


@pytest.mark.parametrize("slug", MODELS)
def test_the_live_list_has_the_model(sim: Simulator, slug: str) -> None:
    provider = speaker(sim, slug)

    async def ask() -> Any:
        async with provider.client:
            return await provider.list_models()

    ids = [model.id for model in asyncio.run(ask())]
    assert get_model(MODELS[slug]).id in ids
