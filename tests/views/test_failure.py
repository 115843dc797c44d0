"""A failure on screen: cause, whose fault, billed, next step; the raw words folded."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from studio import tasks
from studio.models import Billed, FailureRule, Generation, Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation, make_user

SAID = '{"error": "<b>Balance is used up</b>"}'


@pytest.fixture
def failed(project: Project, bob: User) -> Generation:
    """A take for which there was no money."""
    return make_generation(
        project,
        bob,
        status=Status.FAILED,
        billed=Billed.UNKNOWN,
        error_code="insufficient_credit",
        error_message="Vtrix has no credit for this: Balance is used up.",
        provider_words=SAID,
        cause="no-credit",
    )


def page_of(client: Client, take: Generation) -> str:
    """The take's page."""
    return client.get(reverse("take", args=[take.pk])).content.decode()


def test_the_page_says_cause_fault_and_next_step(
    client_for: ClientFor, victor: User, failed: Generation
) -> None:
    page = page_of(client_for(victor), failed)

    assert "The account at the provider has no credit left." in page
    assert "Top it up at the provider, then retry." in page
    assert "In the account at the provider" in page
    assert "Usually not billed" in page


def test_the_providers_own_words_are_folded_below_and_are_no_html(
    client_for: ClientFor, victor: User, failed: Generation
) -> None:
    page = page_of(client_for(victor), failed)

    folded = page.partition("own-words")[2]
    assert "Balance is used up." in folded
    assert "&lt;b&gt;Balance" in folded
    assert "<b>Balance" not in page


def test_what_nobody_knows_is_shown_as_it_was_written_down(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    take = make_generation(
        project, bob, status=Status.FAILED, error_message="Something odd happened."
    )

    page = page_of(client_for(bob), take)

    assert "Something odd happened." in page
    assert "own-words" not in page


def test_the_card_says_cause_and_next_step(
    client_for: ClientFor, project: Project, bob: User, failed: Generation
) -> None:
    page = client_for(bob).get(reverse("project", args=[project.pk])).content.decode()

    assert "The account at the provider has no credit left." in page
    assert "Top it up at the provider, then retry." in page


def test_a_rule_written_in_the_admin_is_used_at_once(
    client_for: ClientFor, project: Project, bob: User, failed: Generation
) -> None:
    operator = Client()
    operator.force_login(make_user("operator", is_staff=True, is_superuser=True))
    operator.post(
        reverse("admin:studio_failurerule_add"),
        {
            "slug": "no-credit",
            "position": "1",
            "is_active": "on",
            "codes": "insufficient_credit",
            "cause": "The purse is empty.",
            "fault": "account",
            "next_step": "Ask Dana.",
        },
    )

    assert FailureRule.objects.count() == 1
    assert "The purse is empty." in page_of(client_for(bob), failed)

    tasks.diagnose(slug="no-credit")
    page = client_for(bob).get(reverse("project", args=[project.pk])).content.decode()
    assert "Ask Dana." in page


def test_the_admin_shows_the_built_in_rules_and_how_often_they_fit(
    failed: Generation,
) -> None:
    operator = Client()
    operator.force_login(make_user("operator", is_staff=True, is_superuser=True))

    page = operator.get(reverse("admin:studio_failurerule_changelist"))

    lines = {line["rule"].slug: line["number"] for line in page.context["built_in"]}
    assert lines["no-credit"] == 1
    assert lines["region"] == 0
    assert "slug=no-credit" in page.content.decode()


def test_the_queue_folds_what_the_provider_said(
    client_for: ClientFor, project: Project, bob: User
) -> None:
    make_generation(project, bob, status=Status.UNKNOWN, provider_words="{half a js")

    page = client_for(bob).get(reverse("queue")).content.decode()

    sentence, _mark, folded = page.partition("own-words")
    assert "The provider&#x27;s answer was lost." in sentence
    assert "{half a js" in folded and "{half a js" not in sentence
