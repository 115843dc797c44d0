"""Each fault does on the socket what its name says, and what it costs is right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from studio.simulator import Simulator
from studio.simulator.faults import (
    FAULT_TYPES,
    UnknownFault,
    make_wish,
    read_markers,
)
from tests.commands.site import wait_for
from tests.simulator.conftest import LONG_ENOUGH, client_of

VIDEOS = "/aimlapi/v2/video/generations"
WIKI_MODEL = "vertex_ai/veo-3.1-generate-001"
IMPATIENT = httpx.Timeout(60, read=0.3)

# How each vendor is asked for a video with a prompt.
SUBMITS: dict[str, tuple[str, Any]] = {
    "aimlapi": (VIDEOS, lambda prompt: {"model": "veo2", "prompt": prompt}),
    "globant": (
        "/globant/videos/generations",
        lambda prompt: {"model": WIKI_MODEL, "instances": {"prompt": prompt}},
    ),
    "segmind": ("/segmind/v2/veo-2", lambda prompt: {"prompt": prompt}),
    "vtrix": (
        "/vtrix/model/v1/generation",
        lambda prompt: {
            "model": "veo_31_fast",
            "input": [{"params": {"prompt": prompt}}],
        },
    ),
}


@pytest.fixture
def client(sim: Simulator) -> Iterator[httpx.Client]:
    """A client whose headers suit all four vendors."""
    headers = {"authorization": "Bearer sim-alice", "x_api_key": "sim-alice"}
    with client_of(sim, **headers) as both:
        yield both


def submit(
    client: httpx.Client, prompt: str = "A fox", vendor: str = "aimlapi", **how: Any
) -> httpx.Response:
    path, body = SUBMITS[vendor]
    return client.post(path, json=body(prompt), **how)


def poll(client: httpx.Client, job_id: str, **how: Any) -> httpx.Response:
    return client.get(VIDEOS, params={"generation_id": job_id}, **how)


def finished(sim: Simulator, client: httpx.Client, prompt: str = "A fox") -> str:
    job_id: str = submit(client, prompt).json()["id"]
    sim.advance(LONG_ENOUGH)
    return job_id


STATUSES = [name for name in FAULT_TYPES if name.isdigit()]


@pytest.mark.parametrize("vendor", SUBMITS)
@pytest.mark.parametrize("status", STATUSES)
def test_it_answers_with_any_status(
    sim: Simulator, client: httpx.Client, vendor: str, status: str
) -> None:
    sim.inject(status, provider=vendor, stage="submit")

    assert submit(client, vendor=vendor).status_code == int(status)
    assert sim.paid() == []
    assert submit(client, vendor=vendor).is_success


@pytest.mark.parametrize("vendor", SUBMITS)
def test_it_charges_what_it_accepts_before_it_fails(
    sim: Simulator, client: httpx.Client, vendor: str
) -> None:
    sim.inject("500-after", provider=vendor)
    before = sim.balance(vendor, "sim-alice")

    assert submit(client, vendor=vendor).status_code == 500
    (job,) = sim.paid(provider=vendor)
    assert sim.balance(vendor, "sim-alice") == before - job["cost"]


def test_it_says_when_to_come_back_or_not(sim: Simulator, client: httpx.Client) -> None:
    sim.inject("429", stage="poll")
    sim.inject("429-retry-after", stage="poll", value="7")
    job_id = submit(client).json()["id"]

    silent, telling = poll(client, job_id), poll(client, job_id)
    assert (silent.status_code, telling.status_code) == (429, 429)
    assert "retry-after" not in silent.headers
    assert telling.headers["retry-after"] == "7"
    assert poll(client, job_id).status_code == 200


def test_it_tells_segminds_reset_time(sim: Simulator, client: httpx.Client) -> None:
    sim.inject("429", provider="segmind")
    response = submit(client, vendor="segmind")
    assert int(response.headers["x-rate-limit-reset-at-utc"]) > time.time()


@pytest.mark.parametrize(("name", "paid"), [("cut", 0), ("cut-after", 1)])
def test_it_cuts_the_connection(
    sim: Simulator, client: httpx.Client, name: str, paid: int
) -> None:
    sim.inject(name)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        submit(client)
    assert len(sim.paid()) == paid


@pytest.mark.parametrize(("name", "paid"), [("timeout", 0), ("timeout-after", 1)])
def test_it_does_not_answer(
    sim: Simulator, client: httpx.Client, name: str, paid: int
) -> None:
    sim.inject(name)
    with pytest.raises(httpx.ReadTimeout):
        submit(client, timeout=IMPATIENT)
    wait_for(lambda: len(sim.paid()) == paid)  # it may still be reading the request


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [
        ("html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("invalid-json", "application/json", b'{"id": '),
        ("empty", "application/json", b""),
    ],
)
def test_it_answers_200_with_something_else(
    sim: Simulator, client: httpx.Client, name: str, kind: str, start: bytes
) -> None:
    for after in ("", "-after"):
        sim.inject(name + after)
        response = submit(client)
        assert response.status_code == 200
        assert response.headers["content-type"] == kind
        assert response.content.startswith(start)
    assert len(sim.paid()) == 1


def test_it_redirects_to_a_private_address(
    sim: Simulator, client: httpx.Client
) -> None:
    sim.inject("redirect-private", stage="poll")
    response = poll(client, submit(client).json()["id"])
    assert response.status_code == 302
    assert response.headers["location"].startswith("http://169.254.169.254/")


def test_it_gives_less_than_announced(sim: Simulator, client: httpx.Client) -> None:
    sim.inject("short-body", stage="poll")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        poll(client, submit(client).json()["id"])


def test_it_never_stops(sim: Simulator, client: httpx.Client) -> None:
    sim.inject("endless-body", stage="poll")
    job_id = submit(client).json()["id"]
    seen = 0
    with client.stream("GET", VIDEOS, params={"generation_id": job_id}) as response:
        assert "content-length" not in response.headers
        for piece in response.iter_raw():
            seen += len(piece)
            if seen > 1_000_000:
                break
    assert seen > 1_000_000


@pytest.mark.parametrize("name", ["drip", "slow-answer"])
def test_it_takes_its_time(sim: Simulator, client: httpx.Client, name: str) -> None:
    sim.inject(name, stage="submit", value="0.2")
    start = time.monotonic()
    response = submit(client)

    assert response.json()["status"] == "queued"
    assert time.monotonic() - start >= 0.2
    assert len(sim.paid()) == 1


def test_it_gives_a_wrong_content_type(sim: Simulator, client: httpx.Client) -> None:
    sim.inject("wrong-type", stage="poll")
    response = poll(client, submit(client).json()["id"])
    assert response.headers["content-type"] == "application/x-unknown"
    assert response.json()["status"] == "queued"


def test_it_says_unknown_words(sim: Simulator, client: httpx.Client) -> None:
    job_id = finished(sim, client, "[fault:unknown-status=pondering]")
    assert poll(client, job_id).json() == {"id": job_id, "status": "pondering"}
    assert poll(client, job_id).json()["status"] == "completed"


def test_it_goes_back_to_the_queue(sim: Simulator, client: httpx.Client) -> None:
    job_id = finished(sim, client, "[fault:status-back]")
    said = [poll(client, job_id).json()["status"] for _ in range(2)]
    assert said == ["queued", "completed"]


def test_it_is_done_without_a_link(sim: Simulator, client: httpx.Client) -> None:
    job_id = finished(sim, client, "[fault:done-without-url]")
    for _ in range(2):
        assert poll(client, job_id).json() == {"id": job_id, "status": "completed"}


def test_it_gives_a_link_that_has_expired(sim: Simulator, client: httpx.Client) -> None:
    job_id = finished(sim, client, "[fault:expired-url]")
    old, fresh = (poll(client, job_id).json()["video"]["url"] for _ in range(2))
    with client_of(sim) as nobody:
        assert nobody.get(old).status_code == 403
        assert nobody.get(fresh).status_code == 200


def test_it_gives_a_link_to_a_private_address(
    sim: Simulator, client: httpx.Client
) -> None:
    job_id = finished(sim, client, "[fault:private-url]")
    url = poll(client, job_id).json()["video"]["url"]
    assert url.startswith("http://169.254.169.254/")


def test_it_gives_several_results(sim: Simulator, client: httpx.Client) -> None:
    job_id = finished(sim, client, "[fault:several-results]")
    videos = poll(client, job_id).json()["video"]
    assert len({video["url"] for video in videos}) == 3


def test_it_forgets_a_job_for_once(sim: Simulator, client: httpx.Client) -> None:
    job_id = finished(sim, client, "[fault:forgotten]")
    assert poll(client, job_id).status_code == 404
    assert poll(client, job_id).status_code == 200


def test_it_never_ends(sim: Simulator, client: httpx.Client) -> None:
    job_id = finished(sim, client, "[fault:stuck]")
    sim.advance(10 * 86400)
    assert poll(client, job_id).json()["status"] == "generating"


def test_it_is_slow(sim: Simulator, client: httpx.Client) -> None:
    slow = submit(client, "A [fault:slow=1000]").json()["id"]
    sim.advance(LONG_ENOUGH)
    assert poll(client, slow).json()["status"] == "queued"
    sim.advance(LONG_ENOUGH * 1000)
    assert poll(client, slow).json()["status"] == "completed"


def test_it_fails_a_job_and_gives_the_money_back(
    sim: Simulator, client: httpx.Client
) -> None:
    before = sim.balance("aimlapi", "sim-alice")
    job_id = finished(sim, client, "[fault:failed]")

    assert poll(client, job_id).json()["status"] == "error"
    assert sim.paid()[0]["refunded"] is True
    assert sim.balance("aimlapi", "sim-alice") == before


def test_it_fails_a_running_job(sim: Simulator, client: httpx.Client) -> None:
    job_id = submit(client).json()["id"]
    sim.inject("failed", match=job_id)
    sim.advance(LONG_ENOUGH)
    assert [poll(client, job_id).json()["status"] for _ in range(2)] == ["error"] * 2


def test_it_strikes_the_call_for_the_result(
    sim: Simulator, client: httpx.Client
) -> None:
    sim.inject("500", provider="segmind", stage="result")
    urls = submit(client, vendor="segmind").json()
    sim.advance(LONG_ENOUGH)

    assert client.get(urls["status_url"]).status_code == 200
    assert client.get(urls["response_url"]).status_code == 500
    assert client.get(urls["response_url"]).status_code == 200


def test_it_strikes_the_poll_that_would_tell_the_result(
    sim: Simulator, client: httpx.Client
) -> None:
    sim.inject("502", stage="result")
    job_id = submit(client).json()["id"]
    assert poll(client, job_id).status_code == 200
    sim.advance(LONG_ENOUGH)
    assert [poll(client, job_id).status_code for _ in range(2)] == [502, 200]


def test_it_strikes_as_often_as_asked(sim: Simulator, client: httpx.Client) -> None:
    sim.inject("503", stage="poll", times=2)
    job_id = submit(client).json()["id"]
    said = [poll(client, job_id).status_code for _ in range(4)]
    assert said == [503, 503, 200, 200]


def test_it_strikes_for_ever(sim: Simulator, client: httpx.Client) -> None:
    job_id = submit(client, "[fault:poll-504*]").json()["id"]
    assert [poll(client, job_id).status_code for _ in range(5)] == [504] * 5


def test_it_strikes_only_what_matches(sim: Simulator, client: httpx.Client) -> None:
    sim.inject("500", match="a wolf", times=0)
    assert submit(client, "a fox").is_success
    assert submit(client, "a wolf").status_code == 500


def test_it_obeys_markers_of_a_submit_once(
    sim: Simulator, client: httpx.Client
) -> None:
    prompt = "A fox [fault:submit-429-retry-after=3] [fault:poll-500*2]"
    first, second = submit(client, prompt), submit(client, prompt)

    assert first.headers["retry-after"] == "3"
    assert second.is_success
    polls = [poll(client, second.json()["id"]).status_code for _ in range(3)]
    assert polls == [500, 500, 200]


def test_it_leaves_unknown_markers_alone(sim: Simulator, client: httpx.Client) -> None:
    assert submit(client, "A [fault:no-such] fox [fault:download-stuck-no]").is_success
    assert read_markers("[fault:poll-redirect] [fault:]") == []


@pytest.mark.parametrize(
    ("name", "stage"), [("nothing", None), ("slow-after", None), ("redirect", "poll")]
)
def test_it_refuses_unknown_faults(name: str, stage: str | None) -> None:
    with pytest.raises(UnknownFault):
        make_wish(name, stage)


def test_it_knows_a_stage_for_each_fault() -> None:
    for name, kind in FAULT_TYPES.items():
        wish = make_wish(name)
        assert wish.fault.stage == kind.stage
