"""Comments on a take: said, answered, resolved, deleted, and the next take from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.media.storage import store_bytes
from studio.models import Asset, Comment, Generation, Mention, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.media.clips import brightness_is_time, make_clip
from tests.views.test_take_frame import LEVEL_AT_START, LEVELS_A_SECOND, level_of

NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A finished take of four seconds at 24 frames."""
    made = make_generation(project, bob, status=Status.COMPLETED)
    facts = {"duration": 4.0, "facts": {"frame_rate": 24.0}}
    made.assets.filter(kind=Asset.Kind.VIDEO).update(**facts)
    return made


def say(client: Client, take: Generation, **values: str) -> Any:
    """Send the form below the player."""
    values.setdefault("text", "Slower here")
    return client.post(reverse("comments", args=[take.pk]), values)


def comment_on(take: Generation, user: User, **fields: Any) -> Comment:
    """A comment that is there already."""
    return Comment.say(take, "Slower", author=user, now=timezone.now(), **fields)


def page_of(client: Client, take: Generation) -> str:
    """The take's page."""
    return client.get(reverse("take", args=[take.pk])).content.decode()


def test_a_viewer_comments_on_the_very_frame(
    client_for: ClientFor, take: Generation, victor: User
) -> None:
    answer = say(client_for(victor), take, pinned="yes", at="1.5")

    comment = Comment.objects.get()
    assert answer["Location"].endswith(f"#comment-{comment.pk}")
    assert (comment.author, comment.frame, comment.at_ms) == (victor, 36, 1521)
    page = page_of(client_for(victor), take)
    assert "00:01:12" in page
    assert 'data-go="1.5208"' in page
    assert 'cx="38.02%"' in page


@pytest.mark.parametrize(("at", "frame"), [("-3", 0), ("99", 95), ("1e308", 95)])
def test_a_pin_stays_within_the_clip(
    client_for: ClientFor, take: Generation, bob: User, at: str, frame: int
) -> None:
    say(client_for(bob), take, pinned="yes", at=at)

    assert Comment.objects.get().frame == frame


def test_it_is_about_all_of_it_without_a_pin(
    client_for: ClientFor, take: Generation, bob: User
) -> None:
    say(client_for(bob), take, at="1.5")

    assert Comment.objects.get().frame is None


@pytest.mark.parametrize(
    "values",
    [
        {"text": "  "},
        {"text": "x" * 4001},
        {"pinned": "yes", "at": "nan"},
        {"pinned": "yes", "at": "soon"},
        {"drawing": "no json"},
        {"drawing": "[[[2, 2]]]"},
        {"drawing": "[" * 5000},
        {"parent": "00000000-0000-0000-0000-000000000000"},
        {"text": "nul\x00"},
    ],
)
def test_it_refuses_nonsense_and_keeps_what_was_typed(
    client_for: ClientFor, take: Generation, bob: User, values: dict[str, str]
) -> None:
    answer = say(client_for(bob), take, **values)

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not Comment.objects.exists()


def test_it_keeps_a_drawing(client_for: ClientFor, take: Generation, bob: User) -> None:
    strokes = json.dumps([[[0.1, 0.2], [0.3, 0.4]]])

    say(client_for(bob), take, pinned="yes", at="1", drawing=strokes)

    assert "data-drawing=" in page_of(client_for(bob), take)
    assert Comment.objects.get().drawing == [[[0.1, 0.2], [0.3, 0.4]]]


def test_it_answers_a_comment_of_this_take_alone(
    client_for: ClientFor, take: Generation, project: Project, bob: User, alice: User
) -> None:
    head = comment_on(take, alice)
    other = make_generation(project, bob, status=Status.COMPLETED)
    client = client_for(bob)

    assert say(client, other, parent=str(head.pk)).status_code == 422
    say(client, take, parent=str(head.pk))

    assert head.replies.get().author == bob
    link = client.get(reverse("take", args=[take.pk]), {"reply": str(head.pk)})
    assert "In answer to <strong data-answering-name>Alice" in link.content.decode()


def test_htmx_gets_the_discussion_and_its_pins(
    client_for: ClientFor, take: Generation, bob: User, htmx: dict[str, str]
) -> None:
    answer = client_for(bob).post(
        reverse("comments", args=[take.pk]),
        {"text": "Slower", "pinned": "yes", "at": "1"},
        headers=htmx,
    )

    html = answer.content.decode()
    assert 'id="discussion"' in html
    assert 'id="markers" class="markers" hx-swap-oob="true"' in html
    assert "<html" not in html


def test_others_hear_of_it_live(
    client_for: ClientFor, take: Generation, bob: User, htmx: dict[str, str]
) -> None:
    client = client_for(bob)
    since = f"/updates?since={take.version}&scope=take:{take.pk}"
    assert client.get(since).status_code == 204

    comment_on(take, bob)

    assert client.get(since)["HX-Trigger"] == "take-changed"
    heard = client.get(reverse("comments", args=[take.pk]), headers=htmx)
    assert "Slower" in heard.content.decode()
    assert "<textarea" not in heard.content.decode()  # what is being typed stays


def test_another_take_of_the_team_is_no_news(
    client_for: ClientFor, take: Generation, project: Project, bob: User
) -> None:
    make_generation(project, bob)

    since = f"/updates?since={take.version}&scope=take:{take.pk}"
    assert "HX-Trigger" not in client_for(bob).get(since)


def test_it_tells_whom_it_names_and_nobody_outside(
    client_for: ClientFor, take: Generation, alice: User, bob: User, charlie: User
) -> None:
    say(client_for(bob), take, text=f"@alice and @charlie: {NASTY}")

    assert Mention.objects.get().user == alice
    client = client_for(alice)
    page = client.get(reverse("review")).content.decode()
    assert "You were named" in page
    assert "<script>alert" not in page
    client.post(reverse("mentions-read"))
    assert "You were named" not in client.get(reverse("review")).content.decode()


def test_it_shows_words_as_words(
    client_for: ClientFor, take: Generation, bob: User, project: Project
) -> None:
    comment = comment_on(take, bob)
    Comment.objects.update(text=NASTY)
    bob.name = NASTY
    bob.save(update_fields=["name"])

    client = client_for(bob)
    composer = reverse("project", args=[project.pk]) + f"?note={comment.pk}"
    for address in (reverse("take", args=[take.pk]), composer):
        page = client.get(address).content.decode()
        assert "&lt;script&gt;alert" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_its_author_or_an_editor_resolves_it(
    client_for: ClientFor, take: Generation, bob: User, victor: User
) -> None:
    mine, theirs = comment_on(take, victor), comment_on(take, bob)
    client = client_for(victor)

    def resolve(comment: Comment, word: str = "yes") -> int:
        address = reverse("comment-resolve", args=[take.pk, comment.pk])
        return client.post(address, {"resolved": word}).status_code

    assert resolve(mine) == 302
    assert resolve(theirs) == 403
    mine.refresh_from_db()
    assert mine.resolved_by == victor
    resolve(mine, "no")
    mine.refresh_from_db()
    assert mine.resolved_at is None


def test_its_author_or_an_admin_deletes_it(
    client_for: ClientFor, take: Generation, alice: User, bob: User, victor: User
) -> None:
    comment = comment_on(take, victor)
    Comment.say(take, "Yes", author=bob, parent=comment, now=timezone.now())
    address = reverse("comment-delete", args=[take.pk, comment.pk])

    assert client_for(bob).post(address).status_code == 403
    assert client_for(alice).post(address).status_code == 302

    page = page_of(client_for(bob), take)
    assert "This comment was deleted." in page  # its answer still stands
    assert "Slower" not in page
    assert client_for(victor).post(address).status_code == 404


def test_a_comment_is_found_on_its_own_take_alone(
    client_for: ClientFor, take: Generation, project: Project, bob: User
) -> None:
    comment = comment_on(take, bob)
    other = make_generation(project, bob, status=Status.COMPLETED)

    address = reverse("comment-delete", args=[other.pk, comment.pk])
    assert client_for(bob).post(address).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_it_asks_the_database_as_often_for_many(
    client_for: ClientFor,
    take: Generation,
    bob: User,
    number: int,
    django_assert_max_num_queries: Any,
) -> None:
    for n in range(number):
        head = comment_on(take, bob, pin=(n, n))
        Comment.say(take, "Yes", author=bob, parent=head, now=timezone.now())
    client = client_for(bob)

    with django_assert_max_num_queries(26):
        page_of(client, take)


# The next take from a note


@pytest.fixture
def filmed(take: Generation, tmp_path: Path) -> Generation:
    """The same with a true video of a second that grows lighter."""
    clip = make_clip(tmp_path / "grey.mp4", paint=brightness_is_time).read_bytes()
    video = take.assets.get(kind=Asset.Kind.VIDEO)
    store_bytes(clip, video.full_path)
    return take


@pytest.mark.parametrize("role", ["start_image", "reference_images"])
def test_a_note_leads_to_the_next_take(
    client_for: ClientFor, filmed: Generation, bob: User, victor: User, role: str
) -> None:
    note = comment_on(filmed, victor, pin=(521, 12))
    client = client_for(bob)

    answer = client.post(
        reverse("comment-next", args=[filmed.pk, note.pk]), {"role": role}
    )

    query = parse_qs(urlsplit(answer["Location"]).query)
    picture = Asset.objects.get(pk=query[f"{role}_asset"][0])
    expected = LEVEL_AT_START + LEVELS_A_SECOND * 12.5 / 24
    assert abs(level_of(picture.full_path) - expected) < 6
    assert query["remix"] == [str(filmed.pk)]
    page = client.get(answer["Location"]).content.decode()
    assert "Slower" in page
    assert f'name="note" value="{note.pk}"' in page
    assert filmed.prompt.text in page


def test_a_refused_composer_keeps_the_note(
    client_for: ClientFor,
    take: Generation,
    bob: User,
    generate_url: str,
    fields: Any,
    htmx: dict[str, str],
) -> None:
    note = comment_on(take, bob)

    wrong = fields(note=str(note.pk), duration="900")
    answer = client_for(bob).post(generate_url, wrong, headers=htmx)
    good = fields(note=str(note.pk))

    assert answer.status_code == 422
    assert "Slower" in answer.content.decode()
    assert client_for(bob).post(generate_url, good, headers=htmx).status_code == 200


def test_a_stranger_sees_no_note(
    client_for: ClientFor, take: Generation, bob: User, charlie: User
) -> None:
    note = comment_on(take, bob)
    theirs = Project.objects.get(name="Theirs")

    page = client_for(charlie).get(
        reverse("project", args=[theirs.pk]), {"note": str(note.pk)}
    )

    assert "Slower" not in page.content.decode()


def test_a_note_on_all_of_it_has_no_frame(
    client_for: ClientFor, take: Generation, bob: User
) -> None:
    note = comment_on(take, bob)

    address = reverse("comment-next", args=[take.pk, note.pk])
    assert client_for(bob).post(address).status_code == 404
