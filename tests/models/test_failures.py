"""The failure doctor: from a provider's words to a cause and a next step."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from studio.models import (
    Billed,
    FailureRule,
    Fault,
    Generation,
    Project,
    Status,
    User,
    diagnose,
)
from studio.models.failure_rules import BUILT_IN
from studio.models.failures import all_rules, diagnosed
from studio.pipeline.doctor import judge_anew
from tests.factories import make_generation


def make_rule(**fields: Any) -> FailureRule:
    """A rule that somebody has written."""
    values = {
        "slug": "frog",
        "phrases": "frog in the machine",
        "cause": "A frog sits in the machine.",
        "fault": Fault.PROVIDER,
        "next_step": "Wait until it leaves.",
    }
    return FailureRule.objects.create(**{**values, **fields})


@pytest.mark.parametrize(
    ("code", "words", "slug"),
    [
        ("content_rejected", "Vtrix refused the content: NSFW.", "refused"),
        ("content_rejected", "X refused: a public figure is shown.", "real-people"),
        ("content_rejected", "Y finished without a video, as its", "held-back"),
        ("insufficient_credit", "Z has no credit for this.", "no-credit"),
        ("authentication_failed", "Z did not accept the key.", "key-refused"),
        ("rejected", "Z did not accept this: duration must be one of 5", "option"),
        ("rejected", "Z does not run this model.", "model-gone"),
        ("provider_unavailable", "Z: too many requests.", "too-much"),
        ("provider_unavailable", "Z is under high demand.", "overloaded"),
        ("provider_error", "Z could not make this video: timed out.", "timed-out"),
        ("submission_uncertain", "Z broke off the connection.", "uncertain"),
        ("result_lost", "The link has expired.", "link-died"),
        ("deadline", "It did not finish.", "too-slow"),
    ],
)
def test_it_knows_the_common_failures(
    db: None, code: str, words: str, slug: str
) -> None:
    found = diagnosed(code, "vtrix", words)

    assert found is not None
    assert found.slug == slug
    assert str(found.cause).endswith(".")
    assert str(found.next_step).endswith(".")


def test_it_does_not_guess(db: None) -> None:
    assert diagnosed("provider_error", "vtrix", "Something odd.") is None


def test_every_built_in_rule_asks_for_something_and_has_a_name_of_its_own() -> None:
    assert len({rule.slug for rule in BUILT_IN}) == len(BUILT_IN)
    for rule in BUILT_IN:
        assert rule.codes or rule.phrases, rule.slug
        assert all(phrase == phrase.lower() for phrase in rule.phrases), rule.slug
        assert len(rule.slug) <= 40


def test_a_row_counts_before_the_built_in_rules(db: None) -> None:
    make_rule()

    found = diagnosed("content_rejected", "vtrix", "A FROG IN THE MACHINE: safety")

    assert found is not None
    assert (found.slug, found.fault) == ("frog", Fault.PROVIDER)


def test_a_row_holds_for_its_provider_alone(db: None) -> None:
    make_rule(provider="segmind")

    assert diagnosed("odd", "vtrix", "frog in the machine") is None
    assert diagnosed("odd", "segmind", "frog in the machine") is not None


def test_a_row_of_the_same_name_takes_the_place_of_a_built_in_rule(db: None) -> None:
    make_rule(slug="no-credit", codes="insufficient_credit", phrases="")

    found = diagnosed("insufficient_credit", "vtrix", "")

    assert found is not None and found.cause == "A frog sits in the machine."
    assert len(all_rules()) == len(BUILT_IN)


def test_a_row_that_is_off_leaves_a_built_in_rule_out(db: None) -> None:
    make_rule(slug="no-credit", is_active=False)

    assert diagnosed("insufficient_credit", "vtrix", "") is None


def test_a_rule_must_ask_for_something(db: None) -> None:
    with pytest.raises(ValidationError):
        FailureRule(slug="all", cause="x", fault="ours", next_step="y").clean()


def test_a_failure_is_written_down_with_its_cause_and_the_providers_words(
    project: Project, bob: User
) -> None:
    take = make_generation(project, bob, status=Status.PROCESSING)

    take.mark_failed(
        "insufficient_credit",
        "Vtrix has no credit for this.",
        said='{"error": "balance"}',
        now=timezone.now(),
        billed=Billed.NO,
    )

    take.refresh_from_db()
    assert (take.cause, take.provider_words) == ("no-credit", '{"error": "balance"}')


def test_it_is_forgotten_when_it_is_sent_again(project: Project, bob: User) -> None:
    take = make_generation(project, bob, status=Status.UNKNOWN, cause="uncertain")

    take.mark_requeued(now=timezone.now())

    take.refresh_from_db()
    assert (take.cause, take.provider_words, take.error_code) == ("", "", "")


def test_a_new_rule_judges_earlier_failures(project: Project, bob: User) -> None:
    odd = make_generation(
        project, bob, status=Status.FAILED, error_message="A frog in the machine."
    )
    other = make_generation(project, bob, status=Status.FAILED, error_message="Odd.")
    make_rule()

    assert judge_anew("frog", timezone.now()) == 1

    before, odd_before = other.version, odd.version
    odd.refresh_from_db()
    other.refresh_from_db()
    assert (odd.cause, other.cause) == ("frog", "")
    assert odd.version > odd_before and other.version == before


def test_takes_that_went_well_are_asked_nothing(
    project: Project, bob: User, django_assert_num_queries: Any
) -> None:
    take = make_generation(project, bob, status=Status.COMPLETED)

    with django_assert_num_queries(0):
        diagnose([take])

    assert take.diagnosis is None


def test_many_failures_take_one_query(
    project: Project, bob: User, django_assert_num_queries: Any
) -> None:
    takes = [make_generation(project, bob, status=Status.FAILED) for _n in range(3)]

    with django_assert_num_queries(1):
        diagnose(takes)

    assert isinstance(takes[0], Generation)
