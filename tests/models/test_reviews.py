"""Comments, mentions and verdicts: what the rows themselves see to."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.models import (
    Comment,
    Decision,
    Event,
    Feed,
    Generation,
    Mention,
    Project,
    Status,
    User,
    Verdict,
    verdicts,
)
from studio.models.strokes import MOST_POINTS, MOST_STROKES, checked_strokes
from tests.factories import make_generation


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A finished take."""
    return make_generation(project, bob, status=Status.COMPLETED)


def say(take: Generation, text: str = "Slower", **fields: Any) -> Comment:
    """A comment."""
    return Comment.say(take, text, now=timezone.now(), **fields)


def test_it_wakes_the_pages_of_the_take(take: Generation, bob: User) -> None:
    say(take, author=bob)

    before, take_now = take.version, Generation.objects.get()
    assert take_now.version == Feed.objects.get(team=take.team).version > before


def test_an_answer_to_an_answer_stands_beside_it(take: Generation, bob: User) -> None:
    head = say(take, author=bob)
    answer = say(take, "Why?", author=bob, parent=head)

    assert say(take, "Because", author=bob, parent=answer).parent == head


def test_an_event_holds_no_words(take: Generation, bob: User) -> None:
    say(take, "The secret ending", author=bob)

    event = Event.objects.get(verb="comment.written")
    assert event.actor == bob
    assert "secret" not in str(event.data)


@pytest.mark.parametrize(
    "drawing",
    [
        "text",
        [[]],
        [[[0.5]]],
        [[[0.5, 1.1]]],
        [[[0.5, float("nan")]]],
        [[[0.5, 10**400]]],
        [[[True, 0.5]]],
        [[["0.5", 0.5]]],
        [[[0.1, 0.1]]] * (MOST_STROKES + 1),
        [[[0.1, 0.1]] * MOST_POINTS, [[0.1, 0.1]]],
    ],
)
def test_it_refuses_what_is_no_drawing(drawing: Any) -> None:
    with pytest.raises(ValidationError):
        checked_strokes(drawing)


def test_it_rounds_the_points(take: Generation, bob: User) -> None:
    comment = say(take, author=bob, pin=(1000, 24), drawing=[[[0.123456, 1]]])

    comment.refresh_from_db()
    assert comment.drawing == [[[0.1235, 1.0]]]


def test_a_comment_has_one_voice(take: Generation, bob: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        say(take, author=bob, guest_name="Gina")


@pytest.mark.parametrize("words", ["@Bob look", "see @bob.", "@BOB: this", "a @bob"])
def test_it_tells_whom_it_names(
    take: Generation, alice: User, bob: User, words: str
) -> None:
    comment = say(take, words, author=alice)

    assert comment.mention([alice, bob]) == [bob]
    assert Mention.objects.get().user == bob
    assert Event.objects.get(verb="comment.mentioned").data["user"] == bob.pk


@pytest.mark.parametrize("words", ["bob", "mail x@bob", "@bobby", "@alice myself"])
def test_it_tells_nobody_else(
    take: Generation, alice: User, bob: User, words: str
) -> None:
    assert say(take, words, author=alice).mention([alice, bob]) == []


def test_the_newest_verdict_counts_and_none_is_lost(
    take: Generation, alice: User
) -> None:
    now = timezone.now()
    Verdict.give(take, Decision.REJECTED, author=alice, now=now)
    Verdict.give(take, Decision.APPROVED, author=alice, now=now)

    assert Generation.objects.get().verdict == Decision.APPROVED
    assert [v.decision for v in take.verdicts.order_by("id")] == [
        Decision.REJECTED,
        Decision.APPROVED,
    ]


def test_a_verdict_ends_the_wait_for_one(
    take: Generation, alice: User, bob: User
) -> None:
    verdicts.ask_for_review(take, user=bob, now=timezone.now())
    Verdict.give(take, Decision.APPROVED, author=alice, now=timezone.now())

    assert list(Generation.objects.awaiting_review()) == []


def test_the_verdict_of_a_guest_leaves_it_waiting(take: Generation, bob: User) -> None:
    verdicts.ask_for_review(take, user=bob, now=timezone.now())
    Verdict.give(take, Decision.APPROVED, guest_name="Gina", now=timezone.now())

    assert list(Generation.objects.awaiting_review()) == [take]
    assert Verdict.objects.get().is_guest


def test_one_cannot_ask_twice(take: Generation, bob: User) -> None:
    now = timezone.now()

    assert verdicts.ask_for_review(take, user=bob, now=now)
    assert not verdicts.ask_for_review(take, user=bob, now=now)
    assert verdicts.withdraw_from_review(take, user=bob)
    assert verdicts.ask_for_review(take, user=bob, now=now)


def test_there_is_nothing_to_judge_without_a_video(
    project: Project, alice: User
) -> None:
    failed = make_generation(project, alice, status=Status.FAILED)

    now = timezone.now()
    assert Verdict.give(failed, Decision.APPROVED, author=alice, now=now) is None
    assert not verdicts.ask_for_review(failed, user=alice, now=now)
    assert not Verdict.objects.exists()


def test_a_comment_is_resolved_once(take: Generation, bob: User) -> None:
    comment = say(take, author=bob)

    assert comment.resolve(user=bob, now=timezone.now())
    assert not comment.resolve(user=bob, now=timezone.now())
    assert comment.reopen(user=bob)
    assert Comment.objects.get().resolved_at is None
