"""Collecting: whole or not at all, again and again, never generated anew."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from studio.media.storage import sha256_of
from studio.models import (
    Asset,
    Billed,
    Generation,
    Project,
    ProviderAccount,
    Status,
    Timing,
    User,
)
from studio.pipeline import bring
from studio.pipeline.collect import collect_generation
from tests.factories import make_generation
from tests.media.clips import make_clip
from tests.pipeline.vendor import MODEL

URL = "https://files.example.com/a%2Fb.mp4?Signature=a%2Bb&x=1"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A whole little video."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    return make_clip(path, size=(320, 180), seconds=1.0).read_bytes()


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A take whose video waits at the provider."""
    return make_generation(
        project,
        bob,
        model=MODEL,
        status=Status.COLLECTING,
        results=[{"url": URL}],
        estimate=300_000,
        options={"duration": 8, "aspect_ratio": "16:9"},
        finished_at=timezone.now() + timedelta(seconds=20),
    )


def answering(
    content: bytes, status: int = 200, **headers: str
) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A file host that always answers so, and what it was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, content=content, headers=headers)

    return httpx.MockTransport(answer), asked


def collect(take: Generation, content: bytes, status: int = 200) -> Generation:
    """Collect once; the row as it is then."""
    transport, _asked = answering(content, status)
    Generation.objects.filter(pk=take.pk).update(lease_until=None)
    collect_generation(str(take.pk), transport)
    take.refresh_from_db()
    return take


def test_it_stores_a_whole_video_with_its_pictures(
    take: Generation, clip: bytes
) -> None:
    collect(take, clip)

    assert take.status == Status.COMPLETED
    files = {asset.kind: asset for asset in take.assets.all()}
    assert files.keys() == {"video", "poster", "poster_small", "preview"}
    video = files[Asset.Kind.VIDEO]
    assert sha256_of(video.full_path) == (video.sha256, video.size)
    assert (files["poster"].width, files["poster_small"].width) == (640, 320)
    assert (video.width, video.height) == (320, 180)


def test_it_asks_for_the_address_byte_for_byte(take: Generation, clip: bytes) -> None:
    transport, asked = answering(clip)

    collect_generation(str(take.pk), transport)

    (request,) = asked
    assert str(request.url).endswith(URL.removeprefix("https://files.example.com"))
    assert "authorization" not in request.headers


def test_it_shows_the_key_to_the_own_host_of_a_provider_alone(
    project: Project, clip: bytes
) -> None:
    account = ProviderAccount(
        team=project.team, provider="globant", base_url="https://api.globant.example"
    )
    account.set_secrets({"api_key": "canary-globant"})
    account.save()
    own, elsewhere = "https://api.globant.example/1.mp4", "https://cdn.example/1.mp4"

    assert key_sent_to(own, account, project, clip) == "Bearer canary-globant"
    assert key_sent_to(elsewhere, account, project, clip) is None

    account.delete()  # a key that is gone stops no download
    assert key_sent_to(own, None, project, clip) is None


def key_sent_to(
    url: str, account: ProviderAccount | None, project: Project, clip: bytes
) -> str | None:
    """What a download tells the host of a video; the take has it nowhere."""
    take = make_generation(
        project,
        model="globant:vertex_ai/veo-3.1-generate-001",
        status=Status.COLLECTING,
        results=[{"url": url}],
        account=account,
    )
    transport, asked = answering(clip)
    collect_generation(str(take.pk), transport)
    take.refresh_from_db()
    assert take.status == Status.COMPLETED
    assert "canary-globant" not in str(vars(take))
    (request,) = asked
    key: str | None = request.headers.get("authorization")
    return key


def test_it_charges_the_estimate_where_the_provider_says_nothing(
    take: Generation, clip: bytes
) -> None:
    collect(take, clip)

    assert (take.cost, take.cost_is_reported, take.billed) == (300_000, False, "yes")


def test_it_says_where_the_video_is_not_as_ordered(
    take: Generation, clip: bytes
) -> None:
    collect(take, clip)

    assert [item["name"] for item in take.differences] == ["duration"]


def test_it_learns_how_long_it_took(take: Generation, clip: bytes) -> None:
    collect(take, clip)

    timing = Timing.objects.get(key=take.timing_key())
    assert timing.durations == [pytest.approx(20, abs=1)]


def test_it_forgets_the_signed_address(take: Generation, clip: bytes) -> None:
    collect(take, clip)

    assert take.results == []


def test_it_leaves_no_temporary_file(take: Generation, clip: bytes) -> None:
    collect(take, clip)
    collect(take, b"short")

    assert not list(Path(settings.INCOMING_DIR).glob(f"{take.pk}*"))


def test_it_shows_nothing_of_a_file_that_was_cut(take: Generation, clip: bytes) -> None:
    collect(take, clip[: len(clip) // 2])

    assert take.status == Status.COLLECTING
    assert not take.assets.exists()
    assert take.lease_until is not None and take.wait_reason


def test_it_ends_a_take_whose_file_is_damaged_each_time(
    take: Generation, clip: bytes
) -> None:
    for _time in range(3):
        collect(take, clip[: len(clip) // 2])

    assert (take.status, take.billed) == (Status.FAILED, Billed.YES)
    assert take.error_code == "damaged"


def test_a_bill_is_charged_although_it_should_have_been_free(
    take: Generation,
) -> None:
    bill = {"estimate": 0, "cost": 200_000, "cost_is_reported": True}
    Generation.objects.filter(pk=take.pk).update(**bill)

    for _time in range(3):
        Generation.objects.filter(pk=take.pk).update(lease_until=None)
        take = collect(take, b"no video")

    assert (take.status, take.billed) == (Status.FAILED, Billed.YES)
    assert take.ledger.get().charged == 200_000


def test_it_collects_after_a_damaged_file(take: Generation, clip: bytes) -> None:
    collect(take, clip[:-500])
    collect(take, clip)

    assert take.status == Status.COMPLETED


def test_it_tries_a_failing_host_again(take: Generation, clip: bytes) -> None:
    for _time in range(6):
        collect(take, b"oops", status=500)
    assert take.status == Status.COLLECTING

    collect(take, clip)
    assert take.status == Status.COMPLETED


def test_what_nobody_foresaw_comes_to_an_end(take: Generation) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise LookupError("nobody thought of this")

    collect_generation(str(take.pk), httpx.MockTransport(answer))

    take.refresh_from_db()
    assert (take.status, take.lease_by) == (Status.COLLECTING, "")
    assert "could not bring it in" in take.wait_reason

    long_ago = timezone.now() - timedelta(days=8)
    Generation.objects.update(lease_until=None, finished_at=long_ago)
    collect_generation(str(take.pk), httpx.MockTransport(answer))

    take.refresh_from_db()
    assert (take.status, take.error_code) == (Status.FAILED, "result_lost")


def test_it_asks_for_a_new_link_where_one_died(take: Generation) -> None:
    collect(take, b"gone", status=404)

    assert take.status == Status.PROCESSING


def test_it_ends_a_take_whose_links_die(take: Generation) -> None:
    for _time in range(3):
        Generation.objects.filter(pk=take.pk).update(status=Status.COLLECTING)
        collect(take, b"gone", status=404)

    assert (take.status, take.error_code) == (Status.FAILED, "result_lost")


def test_it_refuses_what_is_no_video(take: Generation) -> None:
    collect(take, b"<html>hello</html>" * 50)

    assert take.status == Status.COLLECTING
    assert "video" in take.wait_reason


def test_it_leaves_a_take_to_the_worker_that_has_it(
    take: Generation, clip: bytes
) -> None:
    later = timezone.now() + timedelta(minutes=1)
    Generation.objects.filter(pk=take.pk).update(lease_by="other", lease_until=later)
    transport, asked = answering(clip)

    collect_generation(str(take.pk), transport)

    assert asked == []


def test_it_adopts_the_files_of_an_interrupted_collect(
    take: Generation, clip: bytes
) -> None:
    collect(take, clip)
    paths = sorted(asset.path for asset in take.assets.all())
    take.assets.all().delete()
    Generation.objects.filter(pk=take.pk).update(
        status=Status.COLLECTING, results=[{"url": URL}]
    )

    collect(take, clip)

    assert sorted(asset.path for asset in take.assets.all()) == paths
    assert Timing.objects.count() == 1


def test_it_takes_a_file_that_came_inside_the_answer(
    take: Generation, clip: bytes
) -> None:
    spooled = Path(settings.INCOMING_DIR) / "answer.part"
    spooled.write_bytes(clip)
    Generation.objects.filter(pk=take.pk).update(
        results=[{"path": "incoming/answer.part"}]
    )

    collect(take, b"nobody is asked", status=500)

    assert take.status == Status.COMPLETED
    assert not spooled.exists()


def test_it_does_nothing_for_an_unknown_take(db: None) -> None:
    collect_generation("6b0c2f0e-0000-4000-8000-000000000000")


class Slowly(httpx.AsyncByteStream):
    """A body in two parts, the second one after something has happened."""

    def __init__(self, content: bytes, happened: threading.Event) -> None:
        self.content = content
        self.happened = happened

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content[:1000]
        await asyncio.to_thread(self.happened.wait, 60)
        yield self.content[1000:]


@pytest.mark.parametrize("is_ours", [True, False])
@pytest.mark.django_db(transaction=True)
def test_it_holds_its_lease_through_a_long_download(
    is_ours: bool, take: Generation, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in production: rows must not be touched where an event loop runs.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")
    monkeypatch.setattr(bring, "RENEW_SECONDS", 0.05)

    thief = Thief(take, is_asleep=is_ours)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Slowly(clip, thief.has_seen_renewals))

    with connection.execute_wrapper(thief):
        collect_generation(str(take.pk), httpx.MockTransport(answer))

    assert thief.has_seen_renewals.is_set()
    take.refresh_from_db()
    assert take.status == (Status.COMPLETED if is_ours else Status.COLLECTING)
    assert take.lease_by == ("thief" if not is_ours else take.lease_by)


class Thief:
    """Takes the lease away at the first renewal."""

    def __init__(self, take: Generation, *, is_asleep: bool) -> None:
        self.take = take
        self.is_asleep = is_asleep
        self.renewals = 0
        self.has_seen_renewals = threading.Event()

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Wrap one statement."""
        is_renewal = sql.startswith("UPDATE") and '"fraction" = ' in sql
        self.renewals += is_renewal
        if self.renewals == 2 or (is_renewal and not self.is_asleep):
            self.has_seen_renewals.set()
        if is_renewal and not self.is_asleep:
            self.is_asleep = True
            rows = Generation.objects.filter(pk=self.take.pk)
            rows.update(lease_by="thief")
        return execute(sql, params, many, context)
