"""Many steps at once: one version, all events, and nothing of it where one breaks."""

from __future__ import annotations

import pytest
from django.utils import timezone

from studio.models import Event, Feed, Generation, Project, Status, User, one_batch
from tests.factories import make_generation


@pytest.fixture
def takes(project: Project, bob: User) -> list[Generation]:
    """Three at a provider."""
    return [make_generation(project, bob, status=Status.SUBMITTED) for _ in range(3)]


def test_it_raises_the_version_once(takes: list[Generation]) -> None:
    before = Feed.objects.get(team=takes[0].team_id).version

    with one_batch():
        for take in takes:
            assert take.mark_processing(now=timezone.now())

    versions = set(Generation.objects.values_list("version", flat=True))
    assert versions == {before + 1}
    assert Feed.objects.get(team=takes[0].team_id).version == before + 1
    steps = Event.objects.filter(verb="generation.processing").order_by("id")
    assert [event.generation_id for event in steps] == [take.pk for take in takes]


def test_a_step_that_came_too_late_takes_nothing_back(takes: list[Generation]) -> None:
    Generation.objects.filter(pk=takes[1].pk).update(status=Status.COMPLETED)

    with one_batch():
        made = [take.mark_processing(now=timezone.now()) for take in takes]

    assert made == [True, False, True]
    version = Feed.objects.get(team=takes[0].team_id).version
    assert Generation.objects.filter(version=version).count() == 2
    assert Event.objects.filter(verb="generation.processing").count() == 2


def test_it_makes_all_steps_or_none(takes: list[Generation]) -> None:
    before = Feed.objects.get(team=takes[0].team_id).version

    with pytest.raises(RuntimeError), one_batch():
        takes[0].mark_processing(now=timezone.now())
        raise RuntimeError

    assert Feed.objects.get(team=takes[0].team_id).version == before
    assert not Generation.objects.filter(status=Status.PROCESSING).exists()
    assert not Event.objects.filter(verb="generation.processing").exists()
    takes[1].mark_processing(now=timezone.now())  # by itself again
    assert Event.objects.filter(verb="generation.processing").count() == 1


def test_it_writes_how_far_all_of_them_are(takes: list[Generation]) -> None:
    before = Feed.objects.get(team=takes[0].team_id).version
    Generation.objects.filter(pk=takes[1].pk).update(status=Status.COMPLETED)

    with one_batch():
        for share, take in zip((0.1, 0.2, 0.3), takes, strict=True):
            take.note_progress(share, "It waits.")

    told = Generation.objects.filter(version=before + 1).order_by("fraction")
    assert [take.fraction for take in told] == [0.1, 0.3]  # one was over already
    assert {take.wait_reason for take in told} == {"It waits."}


def test_it_asks_the_feed_only_for_news(takes: list[Generation]) -> None:
    takes[0].note_progress(0.5, "")
    before = Feed.objects.get(team=takes[0].team_id).version

    with one_batch():
        takes[0].note_progress(0.51, "")

    assert Feed.objects.get(team=takes[0].team_id).version == before
