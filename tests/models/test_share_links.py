"""Review links: the key is stored hashed, and a closed link stays closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import serializers
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.models import (
    Event,
    Generation,
    Moderation,
    Project,
    ShareLink,
    Status,
    Team,
    User,
)
from tests.factories import make_generation, make_share_link


def test_it_keeps_no_key(project: Project, alice: User) -> None:
    link, token = make_share_link(project, alice, passphrase="open sesame")

    rows = [*ShareLink.objects.all(), *Event.objects.all()]
    stored = serializers.serialize("json", rows)
    assert ShareLink.objects.for_token(token).get() == link
    assert token not in stored
    assert "sesame" not in stored


def test_it_opens_with_the_passphrase_alone(project: Project, alice: User) -> None:
    link, _token = make_share_link(project, alice, passphrase="open sesame")

    assert link.accepts("open sesame")
    assert not link.accepts("")
    assert not link.accepts("Open sesame")


def test_it_ends_by_itself_and_by_hand(project: Project, alice: User) -> None:
    link, token = make_share_link(project, alice)
    now, found = timezone.now(), ShareLink.objects.for_token(token)

    assert found.live(now).exists()
    assert not found.live(now + timedelta(days=8)).exists()
    assert link.revoke(user=alice, now=now)
    assert not link.revoke(user=alice, now=now)
    assert not found.live(now).exists()
    assert Event.objects.filter(verb="share_link.revoked").count() == 1


def test_it_shows_its_takes_and_no_deleted_one(project: Project, alice: User) -> None:
    takes = [make_generation(project, alice, status=Status.COMPLETED) for _n in "abc"]
    link, _token = make_share_link(project, alice, takes=takes[::-1])

    takes[1].delete_softly(now=timezone.now())

    assert list(link.shown_takes()) == [takes[2], takes[0]]


@pytest.mark.parametrize("moderation", [Moderation.PENDING, Moderation.BLOCKED])
def test_it_shows_nothing_that_the_team_may_not_see(
    project: Project, alice: User, moderation: Moderation
) -> None:
    take = make_generation(project, alice, status=Status.COMPLETED)
    link, _token = make_share_link(project, alice, takes=[take])
    Generation.objects.filter(pk=take.pk).update(moderation=moderation)

    assert not link.shown_takes().exists()


def test_it_ends_with_its_team(project: Project, alice: User) -> None:
    _link, token = make_share_link(project, alice)
    now = timezone.now()
    Team.objects.filter(pk=project.team_id).update(deleted_at=now)

    assert not ShareLink.objects.live(now).for_token(token).exists()


def test_it_must_end_after_it_began(project: Project, alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_share_link(project, alice, expires_at=timezone.now() - timedelta(days=1))
