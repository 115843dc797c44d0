"""One request: what is sent, and what is read of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.providers.answers import MAX_ERROR, is_file
from studio.providers.errors import (
    InvalidResponse,
    ProviderNotConfigured,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
    UnsupportedOption,
)
from studio.providers.http import segment
from tests.providers.bare import KEY, ask, error_of, response, seen_by

# What is sent


def test_it_asks_below_the_base_address_with_the_key() -> None:
    request = seen_by(address="films/1", params={"a": "x/y:z"}, json={"b": 1})
    assert str(request.url) == "https://api.bare.example/v1/films/1?a=x%2Fy%3Az"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept"] == "application/json"
    assert request.read() == b'{"b":1}'


@pytest.mark.parametrize("base", ["https://gate.example/x", "https://gate.example/x/ "])
def test_the_accounts_own_address_comes_first(base: str) -> None:
    request = seen_by(address="/films", base_url=base)
    assert str(request.url) == "https://gate.example/x/films"


def test_it_takes_a_whole_address_on_its_own_host() -> None:
    url = "https://api.bare.example/other?x=%2F"
    assert str(seen_by(address=url).url) == url
    assert str(seen_by(address="https://API.bare.example:443/").url.host) == (
        "api.bare.example"
    )


def test_it_takes_an_address_on_a_host_it_names() -> None:
    assert seen_by(address="https://upload.bare.example/").headers["authorization"]


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/films",
        "http://api.bare.example/v1/films",
        "https://api.bare.example:8443/v1/films",
        "https://api.bare.example.elsewhere.example/",
        "https://api.bare.example@elsewhere.example/",
        "http://upload.bare.example/",
        "https://upload.bare.example:444/",
        "https://[oops/",
        "https://xn--0.example/",
    ],
)
def test_no_key_goes_anywhere_else(address: str) -> None:
    called: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return response()

    assert isinstance(error_of(handler, address=address), InvalidResponse)
    assert called == []


def test_behind_a_gateway_the_providers_other_hosts_get_no_key() -> None:
    error = error_of(
        response(), address="https://upload.bare.example/", base_url="https://g.example"
    )
    assert isinstance(error, InvalidResponse)


def test_a_public_list_is_asked_without_the_key() -> None:
    request = seen_by(address="https://list.example/models", is_signed=False, key="")
    assert "authorization" not in request.headers


@pytest.mark.parametrize("key", ["", "  ", "sk-\u00e9", "sk-a\nb", "sk-\x00"])
def test_a_key_that_cannot_be_one_is_not_sent(key: str) -> None:
    with pytest.raises(ProviderNotConfigured) as caught:
        seen_by(key=key)
    assert not key.strip() or key not in str(caught.value)


def test_white_space_around_a_key_is_no_part_of_it() -> None:
    assert seen_by(key=f" {KEY}\n").headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("base", ["api.bare.example", "ftp://a.example", "https://"])
def test_an_address_that_cannot_be_one_is_said_so(base: str) -> None:
    with pytest.raises(ProviderNotConfigured):
        seen_by(base_url=base)


@pytest.mark.parametrize("value", [float("nan"), "\ud800", object()])
def test_what_cannot_be_written_as_json_is_refused(value: Any) -> None:
    error = error_of(response(), json={"a": value}, submitting=True)
    assert isinstance(error, UnsupportedOption)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("a/b:c d", "a%2Fb%3Ac%20d"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a..b", "a..b"),
        ("-x_1", "-x_1"),
        ("?#", "%3F%23"),
    ],
)
def test_an_id_stays_one_segment(value: str, quoted: str) -> None:
    assert segment(value) == quoted
    path = seen_by(address=f"films/{segment(value)}").url.raw_path
    assert path == f"/v1/films/{quoted}".encode()


# What comes back


def test_it_reads_json() -> None:
    answer = ask(response(json={"id": "1"}, headers={"X-Cost": "5"}))
    assert answer.object == {"id": "1"}
    assert answer.headers["x-cost"] == "5"


def test_it_wants_an_object_unless_told_otherwise() -> None:
    assert isinstance(error_of(response(json=[1])), ProviderUnavailable)
    assert ask(response(json=[1]), expects=list).body == [1]
    empty = ask(httpx.Response(202), expects=None)
    assert (empty.body, empty.object, empty.content) == (None, {}, b"")


def test_an_accepted_status_is_an_answer() -> None:
    failed = response(422, json={"status": "FAILED"})
    assert ask(failed, accept=(422,)).object == {"status": "FAILED"}
    page = httpx.Response(422, content=b"<html>")
    assert isinstance(error_of(page, accept=(422,)), ProviderRejected)


def test_a_file_goes_to_the_disk(tmp_path: Path) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"x" * 5000
    spool = tmp_path / "film"
    answer = ask(
        httpx.Response(200, content=film, headers={"content-type": "image/jpeg"}),
        spool=spool,
        submitting=True,
    )
    assert answer.path == spool
    assert spool.read_bytes() == film


def test_json_is_no_file(tmp_path: Path) -> None:
    spool = tmp_path / "film"
    answer = ask(response(json={"url": "x"}), spool=spool, submitting=True)
    assert answer.path is None
    assert answer.object == {"url": "x"}
    assert not spool.exists()


def test_a_film_that_cannot_be_stored_may_have_been_paid(tmp_path: Path) -> None:
    film = httpx.Response(200, content=b"\x00\x00\x00\x18ftypmp42xxxx")
    error = error_of(film, spool=tmp_path / "no" / "film", submitting=True)
    assert isinstance(error, SubmissionUncertain)
    assert "could not be stored" in str(error)


@pytest.mark.parametrize(
    ("head", "content_type", "wanted"),
    [
        (b"\x00\x00\x00\x18ftypisom", "text/plain", True),
        (b"\x1a\x45\xdf\xa3", "", True),
        (b"\x00\x01\x02", "video/mp4", True),
        (b"\x00\x01\x02", "application/octet-stream", True),
        (b'{"a": 1}', "video/mp4", False),
        (b" <html>", "video/mp4", False),
        (b"", "video/mp4", False),
        (b"words", "text/plain", False),
    ],
)
def test_bytes_tell_a_file_from_words(
    head: bytes, content_type: str, wanted: bool
) -> None:
    assert is_file(head, content_type) is wanted


def test_a_long_answer_is_cut_off() -> None:
    error = error_of(response(json={"a": "x" * 5000}), max_bytes=1000)
    assert isinstance(error, ProviderUnavailable)
    error = error_of(response(json={"a": "x"}), max_bytes=5, submitting=True)
    assert isinstance(error, SubmissionUncertain)


def test_of_a_long_error_the_beginning_is_enough() -> None:
    page = httpx.Response(400, content=b"x" * (3 * MAX_ERROR))
    assert type(error_of(page, submitting=True)) is ProviderRejected
