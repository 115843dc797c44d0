"""A rule of the failure doctor has changed: earlier failures are judged anew."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from studio.models import Feed, Generation, diagnose
from studio.models.failures import ENDED_BADLY

LOOKED_BACK = timedelta(days=90)  # the work lists go no further
AT_ONCE = 500
COLUMNS = (
    "team_id",
    "status",
    "provider",
    "error_code",
    "error_message",
    "provider_words",
    "cause",
)


def judge_anew(slug: str, now: datetime) -> int:
    """Name the causes again, and have pages draw what the rule ``slug`` speaks of.

    How many takes were changed.
    """
    failed = Generation.objects.filter(
        status__in=ENDED_BADLY, status_at__gte=now - LOOKED_BACK
    )
    ids = list(failed.values_list("pk", flat=True))
    done = 0
    for start in range(0, len(ids), AT_ONCE):
        takes = Generation.objects.filter(pk__in=ids[start : start + AT_ONCE])
        done += judge(list(takes.only("id", *COLUMNS)), slug)
    return done


def judge(takes: Iterable[Generation], slug: str) -> int:
    """The same for some of them: one update for each team and cause."""
    takes = list(takes)
    diagnose(takes)
    groups: dict[tuple[uuid.UUID, str], list[uuid.UUID]] = defaultdict(list)
    for take in takes:
        cause = take.diagnosis.slug if take.diagnosis else ""
        if cause != take.cause or cause == slug:
            groups[take.team_id, cause].append(take.pk)
    for (team_id, cause), ids in sorted(groups.items()):
        with transaction.atomic():
            rows = Generation.objects.filter(pk__in=ids, status__in=ENDED_BADLY)
            rows.update(cause=cause, version=Feed.advance(team_id))
    return sum(map(len, groups.values()))
