"""What is worked out once and kept for a while."""

from __future__ import annotations

from studio.views.kept import Kept


def test_it_keeps_by_key() -> None:
    kept: Kept[str] = Kept(most=9, seconds=60)

    assert kept.put(("a", 1), "one") == "one"
    assert kept.get(("a", 1)) == "one"
    assert kept.get(("a", 2)) is None


def test_it_forgets_after_a_while() -> None:
    now = [100.0]
    kept: Kept[str] = Kept(most=9, seconds=60, clock=lambda: now[0])
    kept.put("a", "one")

    now[0] += 59
    assert kept.get("a") == "one"
    now[0] += 2
    assert kept.get("a") is None


def test_it_never_holds_more_than_it_may() -> None:
    kept: Kept[int] = Kept(most=3, seconds=60)

    for number in range(10):
        kept.put(number, number)

    assert len(kept.values) <= 3
    assert kept.get(9) == 9
