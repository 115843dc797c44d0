"""The words and shapes of providers."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.providers import reading
from studio.providers.base import State
from studio.providers.paths import at

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["queued", "IN_QUEUE", "Pending", "not-started", "THROTTLED"], State.QUEUED),
        (["in_progress", "RUNNING", "dreaming", "In Progress"], State.PROCESSING),
        (["completed", "COMPLETE", "succeed", "Success", "done"], State.COMPLETED),
        (["failed", "Fail", "error", "expired", "budget_exceeded"], State.FAILED),
        (["canceled", "CANCELLED"], State.CANCELED),
        (["cancelling"], State.PROCESSING),
    ],
)
def test_it_knows_status_words(words: list[str], state: State) -> None:
    assert [reading.read_state(word) for word in words] == [state] * len(words)


def test_a_providers_own_words_come_first() -> None:
    more = {"5": State.PROCESSING, "1": State.COMPLETED, "done": State.FAILED}
    assert reading.read_state(1, more) is State.COMPLETED
    assert reading.read_state("Done", more) is State.FAILED


@pytest.mark.parametrize("word", [None, "", "pondering", 17, {}])
def test_an_unknown_word_is_still_running(word: Any) -> None:
    assert reading.read_state(word) is State.PROCESSING
    assert not reading.is_state(word)


def test_an_unknown_word_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    reading.warn_once.cache_clear()
    with caplog.at_level(logging.WARNING):
        reading.read_state("marinating")
        reading.read_state("Marinating")
    assert [record.message for record in caplog.records] == [
        "Unknown status word marinating: taken as still running"
    ]


# Addresses

URL = "https://cdn.example/f%2F1.mp4?Signature=a%2Fb+c=="


@pytest.mark.parametrize(
    "body",
    [
        {"video": {"url": URL}},
        {"video": [{"url": URL}]},
        {"video": [URL]},
        {"video": URL},
        {"output": URL},
        {"output": [URL]},
        {"output": {"video": URL}},
        {"output": {"video_url": URL}},
        {"data": [{"url": URL}]},
        {"url": URL},
        {"videos": [{"uri": URL}]},
        {"video": None, "video_url": URL},
        {"video": {"url": ""}, "url": URL},
    ],
)
def test_it_finds_the_address_byte_for_byte(body: dict[str, Any]) -> None:
    assert reading.video_url(body) == URL


@pytest.mark.parametrize(
    "body", [None, [], {}, {"url": "gs://a/b"}, {"video": 5}, {"url": {"url": []}}]
)
def test_it_finds_no_address_where_there_is_none(body: Any) -> None:
    assert reading.video_url(body) == ""


def test_it_finds_all_addresses_once_and_in_order() -> None:
    body = {"out": [{"content": [{"url": "https://a/1"}, {"url": "https://a/2"}]}]}
    assert reading.video_urls(body, ["out.0.content"]) == ["https://a/1", "https://a/2"]
    assert reading.video_urls({"v": [URL, URL]}, ["v"]) == [URL]


def test_it_reads_the_first_text_of_several_places() -> None:
    body = {"id": None, "data": {"id": 17}, "name": "x", "flag": True}
    assert reading.first_text(body, ("id", "data.id", "name")) == "17"
    assert reading.first_text(body, ("flag", "nowhere")) == ""


def test_it_reads_the_first_value_of_several_places() -> None:
    assert reading.first({"a": "", "b": [0]}, ("a", "b")) == [0]
    assert reading.first({"a": []}, ("a", "b")) is None


# Errors


@pytest.mark.parametrize(
    "body",
    [
        "No such model",
        {"error": "No such model"},
        {"message": "No such model", "statusCode": "404"},
        {"error": {"code": 5, "message": "No such model"}},
        {"error": {"error_message": "No such model", "code": 123}},
        {"detail": "No such model"},
        {"detail": [{"msg": "No such model", "type": "x"}]},
        {"errors": [{"id": 1, "description": "No such model"}]},
        {"errors": {"id": 1, "description": "No such model"}},
        {"status": {"code": 402, "message": "No such model"}, "data": None},
        {"base_resp": {"status_code": 1, "status_msg": "No such model"}},
        {"failure_reason": "No such model", "state": "failed"},
        {"message": '{"error": {"message": "No such model"}}'},
        {"error": True, "message": "No such model"},
        {"error": {"name": "NotFound", "message": "No such model"}},
        {"message": [{"type": "error", "description": "No such model"}]},
    ],
)
def test_it_finds_the_sentence(body: Any) -> None:
    assert reading.error_text(body) == "No such model"


def test_it_says_where_the_fault_is() -> None:
    fault = {"loc": ["body", "image_url"], "msg": "Could not detect a face"}
    assert reading.error_text({"detail": [fault]}) == (
        "Could not detect a face (image_url)"
    )


@pytest.mark.parametrize(
    "body", [None, {}, [], "", "<html><body>502</body></html>", "<!DOCTYPE html><p>x"]
)
def test_it_says_nothing_where_nothing_is_said(body: Any) -> None:
    assert reading.error_text(body) == ""


def test_a_sentence_is_cleaned() -> None:
    assert reading.error_text("a\n\tb\x00c") == "a b·c"


def test_deep_nesting_ends() -> None:
    body: Any = "deep"
    for _ in range(50):
        body = {"error": [body]}
    assert reading.error_text(body) == ""


@given(JSON)
def test_no_reader_ever_raises(body: Any) -> None:
    reading.error_text(body)
    reading.video_urls(body)
    reading.read_state(body)
    reading.micro_usd(body)
    reading.fraction(body)
    reading.first_text(body, reading.ID_PATHS)
    at(body, "a.0.b")


@pytest.mark.parametrize(
    "text",
    [
        "Blocked by our safety system",
        "CONTENT_POLICY_VIOLATION",
        "moderation_failed",
        "The prompt contains NSFW words",
        "Request flagged as inappropriate",
    ],
)
def test_it_knows_a_refusal(text: str) -> None:
    assert reading.is_refusal(text)
    assert not reading.is_about_credit(text)


@pytest.mark.parametrize(
    "text",
    ["Insufficient credits", "Your balance is too low", "insufficient_quota"],
)
def test_it_knows_an_empty_purse(text: str) -> None:
    assert reading.is_about_credit(text)
    assert not reading.is_refusal(text)


@pytest.mark.parametrize("text", ["Body validation error", "Unknown model", ""])
def test_it_takes_other_errors_for_neither(text: str) -> None:
    assert not reading.is_refusal(text)
    assert not reading.is_about_credit(text)


# Numbers


@pytest.mark.parametrize(
    ("value", "micro"),
    [
        ("0.80", 800_000),
        ("$1.5", 1_500_000),
        ("0.35 USD", 350_000),
        (0.8, 800_000),
        (0.1 + 0.2, 300_000),
        (2, 2_000_000),
        ("0.0000005", 1),
        ("0.0000004", 0),
        ("1e-3", 1_000),
        (0, 0),
    ],
)
def test_it_reads_money(value: Any, micro: int) -> None:
    assert reading.micro_usd(value) == micro


@pytest.mark.parametrize(
    "value",
    [None, "", "free", "-1", -0.5, True, "NaN", float("inf"), "1e999999999", {}, "1,5"],
)
def test_it_takes_nothing_else_for_money(value: Any) -> None:
    assert reading.micro_usd(value) is None


@pytest.mark.parametrize(
    ("value", "share"),
    [(0.25, 0.25), (25, 0.25), ("25%", 0.25), (1, 1.0), (0, 0.0), ("0.5", 0.5)],
)
def test_it_reads_progress(value: Any, share: float) -> None:
    assert reading.fraction(value) == share


@pytest.mark.parametrize(
    "value",
    [None, True, "soon", -1, 101, {}, float("nan"), pytest.param(10**400, id="huge")],
)
def test_it_takes_nothing_else_for_progress(value: Any) -> None:
    assert reading.fraction(value) is None


# Words


@pytest.mark.parametrize(
    "text",
    [
        r'{"a\ud83d": ["cut \ud83d", {"b": "\udc00\u0000"}]}',
        b'{"a\xed\xa0\xbd": ["cut \xed\xa0\xbd", {"b": "\xed\xb0\x80\\u0000"}]}',
    ],
)
def test_its_words_can_be_stored(text: str | bytes) -> None:
    found = reading.parsed(text)

    assert found == {"a\ufffd": ["cut \ufffd", {"b": "\ufffd\ufffd"}]}
    assert str(found).encode()


@pytest.mark.parametrize("text", [r'"a \ud83d\ude00 \u00e9"', '"a 😀 é"'.encode()])
def test_whole_words_stay_as_they_are(text: str | bytes) -> None:
    assert reading.parsed(text) == "a 😀 é"
