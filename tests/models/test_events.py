"""What has been written down stays as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import ProtectedError

import studio
from studio.models import Event, Project, Team, User
from studio.models.events import EVERYDAY, VERBS, AppendOnly


@pytest.fixture
def event(team: Team, alice: User) -> Event:
    """One that stands in the trail."""
    return Event.record("team.renamed", team=team, actor=alice, data={"after": "X"})


def test_it_is_not_changed(event: Event) -> None:
    event.verb = "nothing.happened"

    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        Event.objects.filter(pk=event.pk).update(verb="nothing.happened")
    with pytest.raises(AppendOnly), transaction.atomic():
        Event.objects.bulk_update([event], ["verb"])
    with pytest.raises(AppendOnly):
        Event.objects.update_or_create(pk=event.pk, defaults={"verb": "x"})

    assert Event.objects.get().verb == "team.renamed"


def test_it_is_not_deleted(event: Event) -> None:
    with pytest.raises(AppendOnly):
        event.delete()
    with pytest.raises(AppendOnly):
        Event.objects.all().delete()
    with pytest.raises(AppendOnly):
        Event.objects.filter(pk=event.pk).delete()

    assert Event.objects.exists()


def test_it_outlives_who_and_what_it_is_about(
    event: Event, alice: User, team: Team
) -> None:
    with pytest.raises(ProtectedError):
        alice.delete()
    with pytest.raises(ProtectedError):
        team.delete()


def test_the_steps_of_takes_are_not_in_the_trail(
    team: Team, project: Project, event: Event
) -> None:
    Event.objects.create(verb="generation.submitted", team=team)
    Event.record("generation.cancel_asked", team=team)
    settled = Event.record("generation.settled", team=team, project=project)

    assert list(Event.objects.trail_of(team)) == [settled, event]


def test_every_verb_has_words() -> None:
    assert all(str(words) for words in VERBS.values())
    assert Event(verb="something.else").label == "something.else"


def test_every_act_that_is_written_down_has_its_words() -> None:
    source = "".join(p.read_text() for p in Path(studio.__file__).parent.rglob("*.py"))
    verbs = re.findall(r'(?:record|write_down)\(\s*"([a-z_]+\.[a-z_]+)"', source)

    assert len(verbs) > 20
    assert set(verbs) - VERBS.keys() - EVERYDAY == set()
