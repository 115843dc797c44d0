"""What may be shown of an answer."""

from __future__ import annotations

import pytest

from studio.providers.redaction import EXCERPT_LENGTH, excerpt, redact

KEY = "sk-canary/1+2"


@pytest.mark.parametrize(
    "text",
    [
        f"key {KEY} is wrong",
        "key sk-canary/1%2B2 is wrong",
        "key sk-canary%2F1%2B2 is wrong",
        f'{{"Authorization": "Bearer {KEY}"}}',
    ],
    ids=["plain", "half escaped", "escaped", "header"],
)
def test_it_masks_the_key(text: str) -> None:
    shown = redact(text, [KEY])
    assert "canary" not in shown
    assert "•••" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://a.example/b?x=1&y=2 now", "see https://a.example/b?••• now"),
        ('"https://a.example/b?x=1"', '"https://a.example/b?•••"'),
        ("https://user:word@a.example/b", "https://•••@a.example/b"),
        ("Authorization: Bearer abc", "Authorization: •••"),
        ('{"authorization":"Key abc"}', '{"authorization":"•••"}'),
        ("sent bearer abc.def", "sent bearer •••"),
        ("data:image/png;base64,iVBORw0KGgo=", "data:image/png;base64,•••"),
        ("A" * 300, "•••"),
        ("https://a.example/plain", "https://a.example/plain"),
    ],
)
def test_it_masks_what_nobody_should_see(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_it_leaves_the_rest_alone() -> None:
    text = "duration: must be one of 5, 10 (body.duration)"
    assert redact(text, ["", "a", KEY]) == text


@pytest.mark.parametrize("masked", [b"", b"A" * 3000 + b" "])
def test_a_key_at_any_edge_is_masked_whole(masked: bytes) -> None:
    edges = [EXCERPT_LENGTH, 16 * EXCERPT_LENGTH, 32 * EXCERPT_LENGTH]
    for edge in edges:
        for start in range(edge - len(KEY), edge + 1):
            filling = b"-. " * (start // 3 + 1)
            body = (masked + filling)[:start] + KEY.encode() + b" and more" * 999
            found = excerpt(body, [KEY])
            assert len(found) <= EXCERPT_LENGTH
            assert "sk-c" not in found


def test_a_key_left_at_the_edge_by_masking_is_dropped() -> None:
    body = b"A" * (16 * EXCERPT_LENGTH - 8) + b" " + KEY.encode() + b" more"
    assert "sk-" not in excerpt(body, [KEY])


def test_an_excerpt_can_be_printed() -> None:
    assert excerpt(b"\x00\xff\n\n  a\tb\x1b[31m") == "·\ufffd a b·[31m"
