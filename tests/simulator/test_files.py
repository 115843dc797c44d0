"""Links: signed byte for byte, expiring, without keys; downloads that go wrong."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlencode

import av
import httpx
import pytest

from studio.simulator import Simulator, running_simulator
from studio.simulator.clips import tiny_clip
from studio.simulator.remux import truncate
from tests.simulator.conftest import LONG_ENOUGH, client_of

VIDEOS = "/aimlapi/v2/video/generations"


@pytest.fixture
def link(sim: Simulator, bearer: httpx.Client) -> Callable[[str], str]:
    """Makes a finished job and gives its link."""

    def make(prompt: str = "A fox") -> str:
        body = {"model": "veo2", "prompt": prompt}
        job_id = bearer.post(VIDEOS, json=body).json()["id"]
        sim.advance(LONG_ENOUGH)
        answer = bearer.get(VIDEOS, params={"generation_id": job_id}).json()
        url: str = answer["video"]["url"]
        return url

    return make


def sorted_query(url: str) -> str:
    path, _, query = url.partition("?")
    return f"{path}?{urlencode(sorted(parse_qsl(query), reverse=True))}"


@pytest.mark.parametrize(
    "change",
    [
        unquote,
        sorted_query,
        lambda url: url.replace("%20", "+"),
        lambda url: url.replace("%2F", "%2f"),
        lambda url: url.replace("%3A", ":"),
        lambda url: url + "&more=1",
        lambda url: url.replace("note=", "noted="),
        lambda url: url[:-1],
        lambda url: url.partition("?")[0],
    ],
)
def test_it_wants_links_byte_for_byte(
    nobody: httpx.Client, link: Callable[[str], str], change: Callable[[str], str]
) -> None:
    url = link("A fox")
    assert nobody.get(url).status_code == 200
    assert change(url) != url
    refused = nobody.get(change(url))
    assert refused.status_code == 403
    assert "SignatureDoesNotMatch" in refused.text


def test_it_lets_links_expire(
    sim: Simulator, nobody: httpx.Client, link: Callable[[str], str]
) -> None:
    url = link("A fox")
    sim.advance(29 * 86400)
    assert nobody.get(url).status_code == 200
    sim.advance(2 * 86400)
    refused = nobody.get(url)
    assert refused.status_code == 403
    assert "expired" in refused.text


def test_it_lets_links_expire_when_it_is_told() -> None:
    with (
        running_simulator(clip="small", url_life=5) as sim,
        client_of(sim, x_api_key="sim-alice") as client,
        client_of(sim) as nobody,
    ):
        urls = client.post("/segmind/v2/veo-2", json={"prompt": "x"}).json()
        sim.advance(LONG_ENOUGH)
        output = client.get(urls["response_url"]).json()["output"]
        fresh = nobody.get(output).status_code
        sim.advance(6)
        late = nobody.get(output).status_code

    assert (fresh, late) == (200, 403)


def test_it_takes_no_key(
    bearer: httpx.Client, api_key: httpx.Client, link: Callable[[str], str]
) -> None:
    url = link("A fox")
    assert bearer.get(url).status_code == 400
    assert api_key.get(url).status_code == 400


def test_it_gives_parts(nobody: httpx.Client, link: Callable[[str], str]) -> None:
    url, whole = link("A fox"), tiny_clip()
    part = nobody.get(url, headers={"range": "bytes=10-19"})
    rest = nobody.get(url, headers={"range": f"bytes={len(whole) - 5}-"})
    last = nobody.get(url, headers={"range": "bytes=-3"})
    beyond = nobody.get(url, headers={"range": f"bytes={len(whole)}-"})

    assert part.status_code == 206
    assert part.content == whole[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert (rest.content, last.content) == (whole[-5:], whole[-3:])
    assert beyond.status_code == 416
    head = nobody.head(url)
    assert head.headers["content-length"] == str(len(whole))
    assert head.content == b""


def test_it_gives_a_video_that_is_cut(
    nobody: httpx.Client, link: Callable[[str], str]
) -> None:
    response = nobody.get(link("[fault:truncated-mp4]"))

    assert response.status_code == 200
    assert response.content == truncate(tiny_clip())
    assert len(response.content) < len(tiny_clip())
    with av.open(io.BytesIO(response.content), "r") as movie:
        # It probes well: only its pictures are missing.
        stream = movie.streams.video[0]
        assert (stream.frames, stream.width, stream.height) == (12, 64, 36)


@pytest.mark.parametrize("status", ["403", "404", "410", "500", "503"])
def test_it_refuses_a_download(
    nobody: httpx.Client, link: Callable[[str], str], status: str
) -> None:
    url = link(f"[fault:download-{status}]")
    assert [nobody.get(url).status_code for _ in range(2)] == [int(status), 200]


def test_it_redirects_a_download(
    sim: Simulator, nobody: httpx.Client, link: Callable[[str], str]
) -> None:
    moved = nobody.get(link("[fault:redirect]"))
    assert nobody.get(moved.headers["location"]).content == tiny_clip()

    private = nobody.get(link("[fault:download-redirect-private]"))
    assert private.headers["location"].startswith("http://169.254.169.254/")


@pytest.mark.parametrize("name", ["short-body", "cut"])
def test_it_breaks_a_download_off(
    nobody: httpx.Client, link: Callable[[str], str], name: str
) -> None:
    url = link(f"[fault:download-{name}]")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        nobody.get(url)
    assert nobody.get(url).content == tiny_clip()


def test_it_pours_a_download_without_end(
    nobody: httpx.Client, link: Callable[[str], str]
) -> None:
    url, seen = link("[fault:download-endless-body]"), 0
    with nobody.stream("GET", url) as response:
        for piece in response.iter_raw():
            seen += len(piece)
            if seen > 2_000_000:
                break
    assert seen > 2_000_000


def test_it_drips_a_download_of_a_wrong_type(
    nobody: httpx.Client, link: Callable[[str], str]
) -> None:
    dripped = nobody.get(link("[fault:download-drip=0.1]"))
    strange = nobody.get(link("[fault:download-wrong-type]"))

    assert dripped.content == tiny_clip()
    assert strange.headers["content-type"] == "application/x-unknown"
    assert strange.content == tiny_clip()
