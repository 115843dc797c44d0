"""Money and lengths of time in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studio import formats

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "price unknown"),
        (0, "free"),
        (350_000, "$0.35"),
        (355_000, "$0.36"),
        (10_000, "$0.01"),
        (4_200, "$0.0042"),
        (9_999, "$0.0099"),
        (42, "$0.000042"),
        (1, "$0.000001"),
        (1_234_500_000, "$1,234.50"),
    ],
)
def test_it_says_amounts(amount: int | None, words: str) -> None:
    assert formats.money(amount) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (4, "4 s"),
        (59.6, "1 min"),
        (75, "1 min 15 s"),
        (600, "10 min"),
        (3600, "1 h"),
        (3720, "1 h 2 min"),
        (100_000, "27 h"),
    ],
)
def test_it_says_lengths(seconds: float | None, words: str) -> None:
    assert formats.seconds(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "5 s"), (42, "40 s"), (57, "1 min"), (400, "7 min")],
)
def test_it_rounds_guesses(seconds: float, words: str) -> None:
    assert formats.about(seconds) == words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=6), "6 days"),
        (timedelta(days=20), "1 Nov"),
        (timedelta(days=400), "17 Oct 2025"),
    ],
)
def test_it_says_how_long_ago(age: timedelta, words: str) -> None:
    assert formats.since(NOW - age, NOW) == words


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r\n=1", "'\r\n=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (-5, "-5"),
        (0.5, "0.5"),
    ],
)
def test_it_makes_cells_harmless(value: object, cell: str) -> None:
    assert formats.csv_cell(value) == cell
