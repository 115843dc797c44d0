"""The words on the card: any script, any nonsense, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.animatic import fonts, titles
from studio.animatic.titles import card, layout, legible, right_to_left, wrap
from tests.animatic.films import frame, spec

FRAME = layout((320, 180))


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "x" * 5000,
        "word " * 1000,
        "dragons 🐉🔥😀 and emoji",
        "NUL \x00 bell \x07 escape \x1b[31m",
        "<script>alert('x')</script> & \"quotes\" %s {0}",
        "قافلة جمال تعبر الصحراء (لقطة واسعة)",
        "עיר בלילה with English inside",
        "近未来の東京、雨の夜の路地。",
        "\u202eright to left override\u202c \u200b zero width \ufeff",
        "combining e\u0301\u0301\u0301\u0301 \ud800 lone surrogate",
        "ไทย 한국어 हिन्दी Ελληνικά",
    ],
)
def test_it_sets_any_text(prompt: str) -> None:
    luma, blue, red = frame(spec(prompt), 3)

    assert len(luma) == 96 * 64
    assert len(blue) == len(red) == 48 * 32


def test_it_always_carries_the_mark() -> None:
    empty = card(FRAME, "", "")

    marked = empty.crop((0, 0, 320, FRAME.top)).getbbox()

    assert marked and marked[2] - marked[0] > 60
    assert empty.crop((0, FRAME.top, 320, 180)).getbbox() is None


def test_it_writes_below_the_picture() -> None:
    words = card(FRAME, "A quiet sea", "STATIC")

    bounds = words.crop((0, FRAME.top, 320, 180)).getbbox()

    assert bounds and bounds[1] >= FRAME.picture[1]


def test_it_begins_right_to_left_text_at_the_right() -> None:
    words = card(FRAME, "قافلة جمال", "")

    bounds = words.crop((0, 180 - FRAME.bottom, 320, 180)).getbbox()

    assert bounds and bounds[0] > 160


def test_it_shortens_what_does_not_fit() -> None:
    lines = wrap("many words " * 60, 12, 200, 2)

    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(titles.width_of(line, 12) <= 200 for line in lines)


def test_it_breaks_lines_between_words() -> None:
    assert wrap("alpha beta", 12, titles.width_of("alpha b", 12), 3) == [
        "alpha",
        "beta",
    ]


def test_it_drops_what_cannot_be_seen() -> None:
    assert legible("a\x00b\n\tc\u200b d\ue000") == "a b c d"


def test_it_knows_which_way_a_text_runs() -> None:
    assert right_to_left("123 שלום abc")
    assert not right_to_left("abc שלום")
    assert not right_to_left("123")


def test_it_has_a_face_of_last_resort(tmp_path: Path) -> None:
    bare, missing = fonts.Face(None), fonts.Face(tmp_path / "missing.ttf")

    assert bare.has("A")
    assert not bare.has("\U0010fffd")
    assert missing.at(12) is None
    assert not missing.has("A")


@pytest.mark.parametrize("size", [(64, 64), (64, 4096), (4096, 64), (2520, 1080)])
def test_it_leaves_room_for_the_picture(size: tuple[int, int]) -> None:
    frame = layout(size)

    assert frame.picture[1] >= 0.6 * size[1]
    assert not any(side % 2 for side in (*frame.picture, frame.top, frame.bottom))
