"""Pause, limits, places and edits, as pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.models import (
    Feed,
    Generation,
    LineSetting,
    Outage,
    Project,
    ProviderAccount,
    Status,
    Team,
    Timing,
    User,
)
from studio.pipeline import line, pause
from tests.conftest import ClientFor
from tests.factories import make_generation
from tests.pipeline.vendor import MODEL

DOCUMENTED = "aimlapi:bytedance/seedance-2-0"  # two minutes, as its maker says


def page_for(client_for: ClientFor, user: User, name: str, *args: object) -> str:
    """A page's HTML."""
    answer = client_for(user).get(reverse(name, args=args), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def two_takes(project: Project, user: User) -> tuple[Generation, Generation]:
    """One after the other."""
    ago = timezone.now() - timedelta(minutes=1)
    return (
        make_generation(project, user, created_at=ago, prompt="The first"),
        make_generation(project, user, prompt="The second"),
    )


@pytest.mark.parametrize("page", ["home", "queue", "gallery", "project", "take"])
def test_a_pause_is_said_on_every_page_of_the_team(
    client_for: ClientFor, project: Project, alice: User, bob: User, page: str
) -> None:
    take = make_generation(project, bob)
    args = {"project": [project.pk], "take": [take.pk]}.get(page, [])
    assert "is paused" not in page_for(client_for, bob, page, *args)

    pause.pause(project.team, user=alice)

    assert "line is paused" in page_for(client_for, bob, page, *args)


def test_a_pause_of_the_installation_is_said_too(
    client_for: ClientFor, team: Team, alice: User, charlie: User
) -> None:
    pause.pause(None, user=alice)

    for user in (alice, charlie):
        assert "paused by its operators" in page_for(client_for, user, "home")


def test_an_admin_pauses_and_resumes(
    client_for: ClientFor, team: Team, alice: User, bob: User
) -> None:
    address = reverse("queue-pause")

    assert address in page_for(client_for, alice, "queue")
    assert address not in page_for(client_for, bob, "queue")
    client_for(alice).post(address, {"act": "pause"})
    assert LineSetting.of(team.pk).is_paused
    client_for(alice).post(address, {"act": "resume"})
    assert not LineSetting.of(team.pk).is_paused


def test_an_admin_sets_limits(client_for: ClientFor, team: Team, alice: User) -> None:
    wish = {"max_running": "5", "max_running_each": ""}

    client_for(alice).post(reverse("queue-limits"), wish)

    limits = LineSetting.around([team.pk]).limits(team.pk)
    assert (limits.team, limits.person) == (5, None)
    assert 'value="5"' in page_for(client_for, alice, "queue")


@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_a_limit_is_a_number(
    client_for: ClientFor, team: Team, alice: User, value: str
) -> None:
    answer = client_for(alice).post(reverse("queue-limits"), {"max_running": value})

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()


def test_its_maker_moves_a_take(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    first, second = two_takes(project, bob)
    address = reverse("take-place", args=[second.pk])

    assert address in page_for(client_for, bob, "queue")
    client_for(bob).post(address, {"where": "front"})

    assert line.own_line(first) == [second.pk, first.pk]
    page = page_for(client_for, bob, "queue")
    assert page.index("The second") < page.index("The first")


def test_nobody_else_but_an_admin_moves_it(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    hers, _second = two_takes(project, alice)
    his, last = two_takes(project, bob)
    wish = {"where": "down"}

    answers = [
        client_for(bob).post(reverse("take-place", args=[hers.pk]), wish),
        client_for(alice).post(reverse("take-place", args=[his.pk]), wish),
    ]

    assert [answer.status_code for answer in answers] == [403, 302]
    assert line.own_line(his) == [last.pk, his.pk]


def test_a_waiting_take_opens_in_the_composer(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take, _second = two_takes(project, bob)

    page = page_for(client_for, bob, "take-edit", take.pk)

    assert f'name="replaces" value="{take.pk}"' in page
    assert "The first" in page
    assert "changing a take that waits" in page


def test_what_was_sent_opens_as_a_remix(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING)

    page = page_for(client_for, bob, "take-edit", take.pk)

    assert 'name="replaces" value=""' in page
    assert "sent meanwhile" in page


def form_for(take: Generation, words: str) -> dict[str, str]:
    """What the composer sends."""
    return {
        "model": take.model_key,
        "prompt": words,
        "takes": "1",
        "form_key": "once",
        "replaces": str(take.pk),
    }


def test_it_replaces_the_take(
    client_for: ClientFor, project: Project, bob: User, htmx: dict[str, str]
) -> None:
    take, second = two_takes(project, bob)
    address = reverse("generation-create", args=[project.pk])

    answer = client_for(bob).post(address, form_for(take, "Better"), headers=htmx)

    assert answer.status_code == 200
    new = Generation.objects.get(prompt__text="Better")
    assert line.own_line(second) == [new.pk, second.pk]
    assert 'id="id_replaces" name="replaces" value=""' in answer.content.decode()


def test_it_says_that_it_is_too_late_and_keeps_the_words(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING)
    address = reverse("generation-create", args=[project.pk])

    answer = client_for(bob).post(address, form_for(take, "Too late"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "sent meanwhile" in page and "Too late" in page
    assert 'name="replaces" value=""' in page
    assert Generation.objects.count() == 1


def test_nobody_replaces_anothers_take(
    client_for: ClientFor, project: Project, alice: User, bob: User, charlie: User
) -> None:
    take = make_generation(project, alice)
    theirs = Project.objects.get(name="Theirs")
    wish = form_for(take, "Mine now")

    bobs = client_for(bob).post(reverse("generation-create", args=[project.pk]), wish)
    charlies = client_for(charlie).post(
        reverse("generation-create", args=[theirs.pk]), wish
    )

    assert (bobs.status_code, charlies.status_code) == (403, 404)
    take.refresh_from_db()
    assert take.status == Status.QUEUED


def test_it_names_a_provider_that_is_down(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    account = ProviderAccount.objects.create(team=project.team, provider="vtrix")
    now = timezone.now()
    Outage.note_failure(
        "vtrix", account.pk, "Vtrix could not be reached.", sent_at=now, now=now
    )

    page = page_for(client_for, bob, "queue")

    assert "Vtrix could not be reached." in page
    assert "asked again at" in page


def test_it_says_the_place_and_the_usual_time(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    first, second = two_takes(project, bob)
    for seconds in (58, 60, 200):
        Timing.add(first.timing_key(), seconds)

    for page in (
        page_for(client_for, bob, "queue"),
        page_for(client_for, bob, "take", second.pk),
    ):
        assert "1 before it" in page
        assert "usually 1 min, 9 in 10 within 3 min" in page
    assert "1 before it" in page_for(client_for, bob, "project", project.pk)


def test_it_says_a_time_once_where_all_take_the_same(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    first, second = two_takes(project, bob)
    for seconds in (58, 60, 62):
        Timing.add(first.timing_key(), seconds)

    page = page_for(client_for, bob, "take", second.pk)

    assert "usually 1 min" in page
    assert "9 in 10" not in page


def test_it_says_plainly_that_there_is_no_history(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, model=MODEL, status=Status.PROCESSING)

    assert "no history yet" in page_for(client_for, bob, "queue")
    assert "no history yet" in page_for(client_for, bob, "take", take.pk)
    assert "no history yet" in page_for(client_for, bob, "project", project.pk)


def test_each_page_says_the_same_of_how_long_a_model_takes(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, model=DOCUMENTED, status=Status.PROCESSING)
    picker = f"/projects/{project.pk}/models"
    client = client_for(bob)

    for page in ("queue", "take", "project"):
        args = {"take": [take.pk], "project": [project.pk]}.get(page, [])
        shown = page_for(client_for, bob, page, *args)
        assert "no history yet, documented: about 2 min" in shown
    assert "~2 min, documented" in client.get(picker).content.decode()

    Timing.add(f"{DOCUMENTED}|99|540p", 41)
    shown = page_for(client_for, bob, "queue")

    assert "usually 40 s with other settings" in shown
    assert "left" not in shown
    assert "~40 s here" in client.get(picker).content.decode()


def test_a_place_on_a_card_follows_the_others(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    first, second = two_takes(project, bob)
    version = Feed.objects.get(team=project.team).version
    first.mark_failed("x", "It failed.", now=timezone.now(), billed="no")
    query = {
        "scope": f"project:{project.pk}",
        "since": version,
        "newest": second.created_at.isoformat(),
    }

    page = client_for(bob).get(reverse("updates"), query).content.decode()

    assert f'id="take-{second.pk}" hx-swap-oob' in page
    assert "next in line" in page
