"""The simulator as a whole: routing, control, log, state, drawing, the process."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

from studio.simulator import Simulator, running_simulator
from studio.simulator.jobs import Pace
from tests.simulator.conftest import LONG_ENOUGH, client_of, data_uri, picture

VIDEOS = "/aimlapi/v2/video/generations"
FOX = {"model": "veo2", "prompt": "A fox"}


def test_it_finds_the_vendor_by_host(sim: Simulator) -> None:
    with client_of(sim, authorization="Bearer sim-a", x_api_key="sim-a") as client:
        by_path = client.get("/segmind/v1/get-user-credits")
        by_host = client.get(
            "/v1/get-user-credits", headers={"host": "api.segmind.com"}
        )
        nowhere = client.get("/v1/get-user-credits")

    assert by_path.json() == by_host.json()
    assert nowhere.status_code == 404


def test_it_explains_itself(sim: Simulator, nobody: httpx.Client) -> None:
    page = nobody.get("/").text
    assert f"{sim.url}/vtrix" in page
    assert "truncated-mp4" in page


def test_it_counts_what_was_paid(sim: Simulator, bearer: httpx.Client) -> None:
    for _ in range(2):
        bearer.post(VIDEOS, json=FOX, headers={"x-client-request-id": "take-1"})
    bearer.post(VIDEOS, json={**FOX, "duration": 8})

    report = bearer.get("/_control/paid").json()
    assert report["total"] == 3
    assert report["cost"] == 2 * 250_000 + 400_000
    assert [(group["token"], group["count"]) for group in report["counts"]] == [
        ("take-1", 2),
        ("", 1),
    ]
    assert sim.balance("aimlapi", "sim-alice") == 1_000_000_000 - report["cost"]


def test_it_stops_when_the_credit_is_used_up(
    sim: Simulator, bearer: httpx.Client
) -> None:
    sim.set_credit("aimlapi", "sim-alice", 300_000)
    codes = [bearer.post(VIDEOS, json=FOX).status_code for _ in range(2)]

    assert codes == [200, 403]
    assert sim.balance("aimlapi", "sim-alice") == 50_000


def test_it_logs_requests_without_secrets(sim: Simulator, bearer: httpx.Client) -> None:
    bearer.post(VIDEOS, json=FOX, headers={"authorization": "Bearer sim-very-secret"})
    bearer.get("/vtrix/model/v1/generation/task/none")

    (logged,) = sim.requests("aimlapi")
    assert logged["status"] == 200
    assert json.loads(str(logged["body"])) == FOX
    assert logged["headers"]["authorization"] == "Bearer sim-very…"
    over_http = bearer.get("/_control/requests", params={"provider": "vtrix"}).json()
    assert [one["target"] for one in over_http["requests"]] == [
        "/vtrix/model/v1/generation/task/none"
    ]


def test_it_is_controlled_over_http(sim: Simulator, bearer: httpx.Client) -> None:
    wish = {"provider": "aimlapi", "stage": "submit", "fault": "503", "times": 2}
    made = bearer.post("/_control/faults", json=wish)
    assert made.status_code == 201
    assert made.json()["open"][0]["times"] == 2

    assert bearer.post(VIDEOS, json=FOX).status_code == 503
    bearer.delete("/_control/faults")
    job_id = bearer.post(VIDEOS, json=FOX).json()["id"]
    bearer.post("/_control/clock", json={"advance": LONG_ENOUGH})
    done = bearer.get(VIDEOS, params={"generation_id": job_id}).json()
    assert done["status"] == "completed"
    bearer.post("/_control/reset")
    assert sim.paid() == []


@pytest.mark.parametrize(
    "wish", [{"fault": "none"}, {}, {"fault": "500", "provider": "acme"}, []]
)
def test_it_refuses_wrong_wishes(bearer: httpx.Client, wish: object) -> None:
    assert bearer.post("/_control/faults", json=wish).status_code == 400


def test_it_remembers_paid_jobs(tmp_path: Path) -> None:
    state = tmp_path / "paid.jsonl"
    auth = "Bearer sim-alice"
    with (
        running_simulator(clip="small", state=state) as sim,
        client_of(sim, authorization=auth) as client,
    ):
        first = client.post(VIDEOS, json=FOX).json()["id"]
    with state.open("a") as lines:
        lines.write('{"provider": "aimla')
    with (
        running_simulator(clip="small", state=state) as sim,
        client_of(sim, authorization=auth) as client,
    ):
        second = client.post(VIDEOS, json=FOX).json()["id"]
        sim.advance(LONG_ENOUGH)
        done = client.get(VIDEOS, params={"generation_id": first}).json()
        paid = [job["id"] for job in sim.paid()]

    assert paid == [first, second]
    assert first != second
    assert done["status"] == "completed"


def drawn(body: dict[str, Any]) -> bytes:
    """The video that a simulator draws for these Vtrix parameters."""
    task = "/vtrix/model/v1/generation"
    with (
        running_simulator(short_side=64) as sim,
        client_of(sim, authorization="Bearer sim-alice") as client,
        client_of(sim) as nobody,
    ):
        job_id = client.post(task, json={"prompt": "A fox", **body}).json()["id"]
        sim.advance(LONG_ENOUGH)
        done = client.get(f"{task}/task/{job_id}").json()
        url = done["output"][0]["content"][0]["url"]
        return nobody.get(url).content


@pytest.mark.parametrize(
    ("body", "seconds", "size"),
    [
        (
            {
                "model": "veo_31_fast",
                "durationSeconds": 4,
                "aspectRatio": "9:16",
                "image": {"url": data_uri(picture())},
            },
            4,
            (64, 114),
        ),
        ({"model": "viduq2_text2video", "duration": 15}, 15, (114, 64)),
    ],
)
def test_it_draws_what_was_asked(
    body: dict[str, Any], seconds: int, size: tuple[int, int]
) -> None:
    video = drawn(body)

    with av.open(io.BytesIO(video), "r") as movie:
        stream = movie.streams.video[0]
        assert (stream.width, stream.height) == size
        assert abs((movie.duration or 0) / 1_000_000 - seconds) < 0.2
    assert video.index(b"moov") < video.index(b"mdat")


def test_it_paces_jobs() -> None:
    import random

    def total(pace: Pace, real: float = 90.0) -> float:
        return sum(pace.draw(real, random.Random(1)))

    assert total(Pace(speed=2)) == pytest.approx(total(Pace()) / 2)
    assert total(Pace(), 400) > total(Pace(), 50)
    assert 0.5 < total(Pace(seconds=1.0)) < 2.0


def raw(sim: Simulator, data: bytes) -> bytes:
    """What comes back for these bytes, until the connection is closed."""
    host, port = sim.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as wire:
        wire.sendall(data)
        answer = b""
        while piece := wire.recv(65536):
            answer += piece
    return answer


def test_it_answers_requests_in_order_on_one_connection(sim: Simulator) -> None:
    one = b"GET /aimlapi/model/veo2 HTTP/1.1\r\nhost: x\r\n\r\n"
    two = b"GET /aimlapi/model/none HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    answer = raw(sim, one + two)
    assert answer.index(b"HTTP/1.1 200") < answer.index(b"HTTP/1.1 404")


def test_it_reads_chunked_bodies(sim: Simulator) -> None:
    body = json.dumps(FOX).encode()
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    head = (
        b"POST /aimlapi/v2/video/generations HTTP/1.1\r\nhost: x\r\n"
        b"authorization: Bearer sim-a\r\ntransfer-encoding: chunked\r\n"
        b"connection: close\r\n\r\n"
    )
    assert raw(sim, head + chunks).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\ncontent-length: 999999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 70_000, b"431"),
    ],
)
def test_it_refuses_what_is_no_request(
    sim: Simulator, data: bytes, status: bytes
) -> None:
    assert raw(sim, data).startswith(b"HTTP/1.1 " + status)


def test_the_command_stops_cleanly() -> None:
    command = [sys.executable, "manage.py", "simulate_providers"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [*command, "--port", "0", "--clip", "small"],
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        base = next(line for line in lines if "/aimlapi" in line).split()[-1]
        answer = httpx.get(f"{base}/v1/models", params={"id": "veo2"}, timeout=60)
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)

    assert answer.json()["data"][0]["id"] == "veo2"
    assert code == 0
