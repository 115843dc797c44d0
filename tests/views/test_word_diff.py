"""What changed between two prompts, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.views.word_diff import (
    ADDED,
    REMOVED,
    SAME,
    Piece,
    changed_settings,
    word_diff,
)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("a cat", "a dog", [(SAME, "a "), (REMOVED, "cat"), (ADDED, "dog")]),
        ("a cat", "a cat", [(SAME, "a cat")]),
        ("", "a cat", [(ADDED, "a cat")]),
        ("a cat", "", [(REMOVED, "a cat")]),
        ("", "", []),
        (
            "one two three four",
            "one 2 3 four",
            [(SAME, "one "), (REMOVED, "two three"), (ADDED, "2 3"), (SAME, " four")],
        ),
    ],
)
def test_it_marks_words(before: str, after: str, pieces: list[tuple[str, str]]) -> None:
    assert word_diff(before, after) == [Piece(*piece) for piece in pieces]


@given(st.text("ab ,.", max_size=40), st.text("ab ,.", max_size=40))
def test_it_loses_nothing(before: str, after: str) -> None:
    pieces = word_diff(before, after)

    assert "".join(p.text for p in pieces if p.kind != REMOVED) == after
    assert "".join(p.text for p in pieces if p.kind != ADDED) in {before, after}


def test_it_gives_up_on_very_long_prompts() -> None:
    pieces = word_diff("a " * 2000, "b " * 2000)

    assert [piece.kind for piece in pieces] == [REMOVED, ADDED]


def test_it_names_changed_settings() -> None:
    changed = changed_settings(
        {"duration": 4, "seed": 1, "cfg": 0.5},
        {"duration": 8, "seed": 1, "generate_audio": True},
        {"cfg": "Strength"},
    )

    assert [(c.label, c.before, c.after) for c in changed] == [
        ("Duration", "4", "8"),
        ("Sound", "", "on"),
        ("Strength", "0.5", ""),
    ]
