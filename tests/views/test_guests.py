"""Review links as guests and guessers meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.media.storage import store_bytes
from studio.models import (
    Asset,
    Comment,
    Decision,
    Generation,
    Project,
    ShareLink,
    Status,
    User,
    Verdict,
)
from studio.views.guests import KNOCKS, MISSES
from tests.conftest import ClientFor
from tests.factories import make_generation, make_share_link
from tests.views.conftest import status_of

NASTY = '<script>alert("x")</script>'
CONTENT = b"0123456789" * 100


@pytest.fixture(autouse=True)
def nobody_has_guessed(db: None) -> None:
    """Counters of earlier tests are gone."""
    cache.clear()


@pytest.fixture
def take(project: Project, bob: User) -> Generation:
    """A finished take whose video lies on disk."""
    made = make_generation(
        project, bob, status=Status.COMPLETED, files=True, prompt="Our secret plan"
    )
    video = made.assets.get(kind=Asset.Kind.VIDEO)
    store_bytes(CONTENT, video.full_path)
    return made


Opened = Callable[..., tuple[ShareLink, str, Client]]


@pytest.fixture
def opened(take: Generation, project: Project, alice: User) -> Opened:
    """A link to the take, and a guest's browser that came in by it."""

    def make(name: str = "Gina", **fields: Any) -> tuple[ShareLink, str, Client]:
        link, token = make_share_link(project, alice, takes=[take], **fields)
        client = Client()
        answer = client.post(f"/r/{token}/", {"name": name})
        assert answer.status_code == 302
        return link, token, client

    return make


def take_address(token: str, take: Generation, tail: str = "") -> str:
    """A guest's page of a take."""
    return f"/r/{token}/takes/{take.pk}/{tail}"


def file_address(token: str, take: Generation) -> str:
    """A guest's address of the video."""
    video = take.assets.get(kind=Asset.Kind.VIDEO)
    return f"/r/{token}/media/{video.pk}.{video.suffix}"


def body_of(answer: Any) -> bytes:
    """All bytes of a file's answer, which closes itself at its end."""
    return b"".join(answer.streaming_content)


def test_a_guest_gives_a_name_once_and_watches(
    take: Generation, opened: Opened
) -> None:
    link, token, client = opened()

    page = client.get(f"/r/{token}/").content.decode()
    assert take_address(token, take) in page
    page = client.get(take_address(token, take)).content.decode()
    assert file_address(token, take) in page
    answer = client.get(file_address(token, take), headers={"Range": "bytes=5-9"})
    assert (answer.status_code, body_of(answer)) == (206, b"56789")
    link.refresh_from_db()
    assert (link.views, link.last_viewed_at is not None) == (1, True)


def test_nothing_of_the_team_is_shown(
    take: Generation, opened: Opened, bob: User, alice: User
) -> None:
    Comment.say(take, "Between us", author=bob, now=timezone.now())
    Verdict.give(take, Decision.REJECTED, author=alice, now=timezone.now())
    _link, token, client = opened()

    page = client.get(take_address(token, take)).content.decode()

    for inside in ("Between us", "Rejected", "secret plan", "Bob", "/takes/" + "x"):
        assert inside not in page
    assert f'"/takes/{take.pk}' not in page
    assert take.model_name not in page


@pytest.mark.parametrize("page", ["", "take"])
def test_search_engines_and_other_sites_learn_nothing(
    take: Generation, opened: Opened, page: str
) -> None:
    _link, token, client = opened()

    answer = client.get(take_address(token, take) if page else f"/r/{token}/")

    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?download"])
def test_a_file_is_called_by_the_link_and_not_by_the_prompt(
    take: Generation, opened: Opened, query: str
) -> None:
    _link, token, client = opened(allows_download=True)

    answer = client.get(file_address(token, take) + query)

    assert "secret" not in str(answer.headers).lower()
    assert "for-the-client-1.mp4" in answer["Content-Disposition"]
    body_of(answer)


def test_before_the_door_there_is_nothing(
    take: Generation, opened: Opened, client: Client
) -> None:
    _link, token, _guest = opened()

    assert client.get(take_address(token, take))["Location"] == f"/r/{token}/"
    assert client.get(file_address(token, take)).status_code == 404
    assert "For the client" in client.get(f"/r/{token}/").content.decode()


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_closed_link_is_a_404_at_once(
    take: Generation, opened: Opened, alice: User, end: str
) -> None:
    link, token, client = opened()
    first = client.get(file_address(token, take))
    tag = first["ETag"]
    body_of(first)
    if end == "revoked":
        link.revoke(user=alice, now=timezone.now())
    moment = timezone.now() + timedelta(days=8 if end == "expired" else 0)

    with time_machine.travel(moment):
        addresses = [f"/r/{token}/", take_address(token, take)]
        found = [client.get(address).status_code for address in addresses]
        again = client.get(file_address(token, take), headers={"If-None-Match": tag})
        sent = client.post(take_address(token, take, "comments"), {"text": "Hello"})

    assert first["Cache-Control"] == "private, no-store"
    assert [*found, again.status_code, sent.status_code] == [404] * 4
    assert not Comment.objects.exists()


def test_a_deleted_take_is_gone_here_too(take: Generation, opened: Opened) -> None:
    _link, token, client = opened()
    address = file_address(token, take)

    take.delete_softly(now=timezone.now())

    assert client.get(take_address(token, take)).status_code == 404
    assert client.get(address).status_code == 404


def test_other_takes_and_files_stay_closed(
    project: Project, bob: User, opened: Opened
) -> None:
    other = make_generation(project, bob, status=Status.COMPLETED, files=True)
    _link, token, client = opened()

    assert client.get(take_address(token, other)).status_code == 404
    poster = other.assets.get(kind=Asset.Kind.POSTER)
    assert client.get(f"/r/{token}/media/{poster.pk}.webp").status_code == 404
    assert (
        client.get(reverse("asset-file", args=[poster.pk, "webp"])).status_code == 302
    )
    assert client.get(reverse("home")).status_code == 302


def test_the_cookie_of_one_link_opens_no_other(
    take: Generation, project: Project, alice: User, opened: Opened
) -> None:
    _link, _token, client = opened()
    other, token = make_share_link(project, alice, takes=[take])
    [cookie] = [c for c in client.cookies.values() if "guest" in c.key]
    client.cookies[f"dailies_guest_{other.pk.hex}"] = cookie.value

    assert client.get(take_address(token, take)).status_code == 302
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_it_asks_for_the_passphrase(
    take: Generation, project: Project, alice: User, client: Client
) -> None:
    _link, token = make_share_link(
        project, alice, takes=[take], passphrase="open sesame"
    )

    wrong = client.post(f"/r/{token}/", {"name": "Gina", "passphrase": "Sesame"})
    assert wrong.status_code == 422
    assert client.get(take_address(token, take)).status_code == 302
    client.post(f"/r/{token}/", {"name": "Gina", "passphrase": "open sesame"})
    assert client.get(take_address(token, take)).status_code == 200


def test_guessing_a_passphrase_ends_soon(
    project: Project, alice: User, client: Client
) -> None:
    _link, token = make_share_link(project, alice, passphrase="open sesame")
    values = {"name": "Gina", "passphrase": "wrong"}

    for _n in range(KNOCKS.most):
        assert client.post(f"/r/{token}/", values).status_code == 422

    right = {**values, "passphrase": "open sesame"}
    assert client.post(f"/r/{token}/", right).status_code == 429
    assert client.post(f"/r/{token}/", right, REMOTE_ADDR="10.1.1.1").status_code == 302


def test_a_guest_is_told_whom_to_ask_and_not_what_was_there(
    opened: Opened, alice: User
) -> None:
    link, token, client = opened()
    link.revoke(user=alice, now=timezone.now())

    closed = client.get(f"/r/{token}/")
    never = client.get("/r/guess/")

    page, other = closed.content.decode(), never.content.decode()
    assert page.partition("<main")[2] == other.partition("<main")[2]
    assert "Ask whoever sent it" in page
    assert link.name not in page
    assert "your projects" not in page  # which no guest has
    assert closed["X-Robots-Tag"] == never["X-Robots-Tag"]


def test_guessing_addresses_ends_soon(
    project: Project, alice: User, client: Client
) -> None:
    _link, token = make_share_link(project, alice)

    for n in range(MISSES.most):
        assert client.get(f"/r/guess-{n}/").status_code == 404

    assert client.get("/r/guess/").status_code == 429
    assert client.get("/r/guess/", REMOTE_ADDR="10.1.1.1").status_code == 404
    assert client.get(f"/r/{token}/").status_code == 200  # a right one is no guess


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "\u202e\u200b", "nul\x00"])
def test_a_guest_has_a_name(
    project: Project, alice: User, client: Client, name: str
) -> None:
    _link, token = make_share_link(project, alice)

    assert client.post(f"/r/{token}/", {"name": name}).status_code == 422


# What guests say


def test_a_guest_comments_and_is_marked_as_one(
    take: Generation, opened: Opened, client_for: ClientFor, alice: User
) -> None:
    link, token, client = opened(name=f"Gina {NASTY}")

    client.post(
        take_address(token, take, "comments"),
        {"text": f"Slower @alice {NASTY}", "pinned": "yes", "at": "0.5"},
    )

    comment = Comment.objects.get()
    assert (comment.author, comment.link, comment.is_guest) == (None, link, True)
    assert not comment.mentions.exists()  # a guest calls nobody of the team
    for browser, address in (
        (client, take_address(token, take)),
        (client_for(alice), reverse("take", args=[take.pk])),
    ):
        page = browser.get(address).content.decode()
        assert '<span class="badge">Guest</span>' in page
        assert "Slower @alice &lt;script&gt;" in page
        assert "<script>alert" not in page


def test_guests_of_a_link_read_each_other_and_the_answers(
    take: Generation, project: Project, alice: User, opened: Opened
) -> None:
    link, token, client = opened()
    now = timezone.now()
    mine = Comment.say(take, "Mine", guest_name="Gina", link=link, now=now)
    Comment.say(take, "Your wish", author=alice, parent=mine, now=now)
    other, _token = make_share_link(project, alice, takes=[take])
    hidden = Comment.say(take, "Rivals", guest_name="Rita", link=other, now=now)

    page = client.get(take_address(token, take)).content.decode()

    assert "Your wish" in page
    assert "Rivals" not in page
    answer = client.post(
        take_address(token, take, "comments"), {"text": "Hm", "parent": str(hidden.pk)}
    )
    assert answer.status_code == 422


def test_a_guest_gives_a_verdict_and_is_marked_as_one(
    take: Generation, opened: Opened, client_for: ClientFor, alice: User
) -> None:
    link, token, client = opened()

    client.post(take_address(token, take, "verdict"), {"decision": "approved"})

    given = Verdict.objects.get()
    assert (given.guest_name, given.link, given.author) == ("Gina", link, None)
    page = client_for(alice).get(reverse("take", args=[take.pk])).content.decode()
    assert "Approved" in page
    assert 'Gina <span class="badge">Guest</span>' in page
    gallery = client_for(alice).get("/gallery/?verdict=approved").content.decode()
    assert "Approved by a guest" in gallery
    assert "Approved" in client.get(f"/r/{token}/").content.decode()


@pytest.mark.parametrize(
    ("tail", "values", "closed"),
    [
        ("comments", {"text": "Hello"}, {"allows_comments": False}),
        ("verdict", {"decision": "approved"}, {"allows_verdict": False}),
        ("verdict", {"decision": "canonised"}, {}),
    ],
)
def test_it_takes_only_what_the_link_allows(
    take: Generation,
    opened: Opened,
    tail: str,
    values: dict[str, str],
    closed: dict[str, bool],
) -> None:
    _link, token, client = opened(**closed)

    assert client.post(take_address(token, take, tail), values).status_code == 404
    assert not Comment.objects.exists()
    assert not Verdict.objects.exists()


def test_a_guest_cannot_fill_the_pages(take: Generation, opened: Opened) -> None:
    _link, token, client = opened()
    address = take_address(token, take, "comments")

    found = {client.post(address, {"text": "Spam"}).status_code for _n in range(40)}

    assert found == {302, 429}
    assert Comment.objects.count() == 30


@pytest.mark.parametrize("allows", [True, False])
def test_downloads_are_for_those_who_may(
    take: Generation, opened: Opened, allows: bool
) -> None:
    _link, token, client = opened(allows_download=allows)

    answer = client.get(f"{file_address(token, take)}?download")
    page = client.get(take_address(token, take)).content.decode()

    assert status_of(answer) == (200 if allows else 404)
    assert ("?download" in page) == allows
    assert ("nodownload" in page) == (not allows)


@pytest.mark.parametrize("shows", [True, False])
def test_the_name_lies_over_the_video(
    take: Generation, opened: Opened, shows: bool
) -> None:
    _link, token, client = opened(name="Gina & Co", shows_name=shows)

    page = client.get(take_address(token, take)).content.decode()

    assert ('class="overlay-name" aria-hidden="true">Gina &amp; Co<' in page) == shows


def test_a_guests_post_needs_a_token(
    take: Generation, project: Project, alice: User
) -> None:
    _link, token = make_share_link(project, alice, takes=[take])
    client = Client(enforce_csrf_checks=True)

    assert client.post(f"/r/{token}/", {"name": "Gina"}).status_code == 403


def test_a_guests_form_leads_to_a_page(take: Generation, opened: Opened) -> None:
    _link, token, client = opened()

    page = client.get(take_address(token, take)).content.decode()

    assert "data-comment-form" in page
    assert "hx-post" not in page
