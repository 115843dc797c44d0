"""The line as people see it: who stands before whom, and their own order in it.

The places follow from the rule of turns (``turns.py``) as if nothing changed any more;
limits make a take wait longer, but stand no other before it.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from studio.models import Event, Feed, Generation, Outage, Turn, User
from studio.pipeline.gates import Gate
from studio.pipeline.poll import LOCAL_PROVIDERS
from studio.pipeline.turns import NEVER, Group, Held, Person

MOST = 5000  # rows that are read to find the places


class Waiting(NamedTuple):
    """One take that waits, as far as its place depends on it."""

    pk: uuid.UUID
    group: Group
    created_at: datetime
    round: int  # the number of the turn of its person that it would have


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a take stands."""

    before: int  # takes that go first to the same account
    is_held: bool = False  # by a pause or an outage: nobody knows for how long
    # Each limit that it must pass: how many may run, and how many have a place before.
    limits: Sequence[tuple[int, int]] = ()

    def wait(self, each: float) -> float:
        """Seconds until it is sent, if every take before it runs so long."""
        waits = [
            math.ceil(max(ahead + 1 - most, 0) / most) for most, ahead in self.limits
        ]
        return max(waits, default=0) * each


class Lane:
    """What one person waits for at one provider, with all that it is counted by."""

    def __init__(self, group: Group, held: Held) -> None:
        account = held.accounts.of(group.team_id, group.provider)
        limits = held.settings.limits(group.team_id)
        running = held.running
        self.key = held.account_key(group)
        self.is_held = held.is_held(group)
        pause = held.settings.pause(group.team_id)
        # What its own team has paused stands before nobody but its own.
        is_apart = pause is not None and pause.team_id is not None
        self.line = (group.team_id, self.key) if is_apart else self.key
        self.scopes = (self.key, group.team_id, group.person)
        most_there = account.max_running if account else None
        if group.provider in LOCAL_PROVIDERS:
            most_there = drawn_at_once()
        most_at_once = (
            (most_there, running.accounts[self.key]),
            (limits.team, running.teams[group.team_id]),
            (limits.person, running.people[group.person]),
        )
        self.limits = [
            (most, number, scope)
            for (most, number), scope in zip(most_at_once, self.scopes, strict=True)
            if most
        ]

    def place(self, before: Mapping[object, int]) -> Place:
        """Of the next take, with those counted that stand before it."""
        return Place(
            before=before.get(self.line, 0),
            is_held=self.is_held,
            limits=[
                (most, number + before.get(scope, 0))
                for most, number, scope in self.limits
            ],
        )

    def count(self, before: dict[object, int]) -> None:
        """One more."""
        for scope in (self.line, *self.scopes[1:]):
            before[scope] = before.get(scope, 0) + 1


def places(
    now: datetime, wanted: Container[uuid.UUID] | None = None
) -> dict[uuid.UUID, Place]:
    """The places of takes that wait, all or these: a fixed number of queries."""
    line = in_turn(waiting())
    if not line:
        return {}
    gate = Gate()
    gate.load(now)
    groups = {item.group for item in line}
    held = Held({group.team_id for group in groups}, gate, now)
    lanes = {group: Lane(group, held) for group in groups}
    before: dict[object, int] = {}
    found = {}
    for item in line:
        lane = lanes[item.group]
        if wanted is None or item.pk in wanted:
            found[item.pk] = lane.place(before)
        lane.count(before)
    return found


def waiting() -> list[Waiting]:
    """All that waits, each person's in their own order, with the number of its turn."""
    names = ("pk", "team_id", "created_by_id", "provider", "created_at")
    rounds: dict[Person, int] = {}
    groups: dict[object, Group] = {}
    found = []
    queued = Generation.objects.queued().filter(awaits_approval=False)
    rows = queued.values_list(*names)[:MOST]
    for pk, team_id, person_id, provider, created_at in rows:
        whose = team_id, person_id, provider
        if (group := groups.get(whose)) is None:
            group = groups[whose] = Group(
                team_id=team_id, person_id=person_id, provider=provider
            )
        number = rounds[whose[:2]] = rounds.get(whose[:2], 0) + 1
        found.append(Waiting(pk, group, created_at, number))
    return found


def in_turn(items: Sequence[Waiting]) -> list[Waiting]:
    """In the order in which they would be sent.

    In the n-th round of a team, each of its people has the n-th turn; in the m-th round
    of all, each team has its m-th.
    """
    if not items:
        return []
    turns: dict[str, datetime] = {}
    last: dict[uuid.UUID, datetime] = {}
    groups = {item.group for item in items}
    for turn in Turn.objects.filter(team__in={group.team_id for group in groups}):
        turns[turn.key] = turn.at
        last[turn.team_id] = max(turn.at, last.get(turn.team_id, NEVER))
    at = {group: turns.get(Turn.key_for(*group.person), NEVER) for group in groups}
    number: dict[uuid.UUID, int] = {}
    ranked = []
    by_person = sorted(items, key=lambda i: (i.round, at[i.group], i.created_at))
    for order, item in enumerate(by_person):
        team_id = item.group.team_id
        turn_of_team = number[team_id] = number.get(team_id, 0) + 1
        ranked.append((turn_of_team, last.get(team_id, NEVER), order, item))
    return [item for *_rank, item in sorted(ranked, key=itemgetter(0, 1, 2))]


def drawn_at_once() -> int:
    """How many animatics one machine draws at a time."""
    clusters: dict[str, dict[str, int]] = settings.Q_CLUSTER["ALT_CLUSTERS"]  # type: ignore[assignment]  # of mixed values
    return clusters["media"]["workers"]


def troubles(team_id: uuid.UUID, now: datetime) -> list[Outage]:
    """Providers that are down for a team."""
    rows = list(Outage.objects.filter(recovered_at=None).order_by("began_at"))
    if not rows:
        return []
    held = Held([team_id], Gate(), now)
    return [
        row
        for row in rows
        if row.key
        == held.account_key(
            Group(team_id=team_id, person_id=None, provider=row.provider)
        )
    ]


# People's own order

FRONT, UP, DOWN = "front", "up", "down"
MOVES = (FRONT, UP, DOWN)


def move(take: Generation, where: str, *, user: User) -> bool:
    """Let it change places among what the same person waits for; whether it did."""
    with transaction.atomic():
        # The feed's row first, as every step does it: two moves do not mix.
        version = Feed.advance(take.team_id)
        ids = own_line(take)
        moved = rearranged(ids, take.pk, where)
        if moved == ids:
            Feed.take_back(take.team_id)
            return False
        write_places(moved, version)
        Event.record(
            "generation.reordered",
            team_id=take.team_id,
            project_id=take.project_id,
            generation=take,
            actor=user,
            data={"where": where},
        )
    return True


def put_in(news: Sequence[Generation], *, at: int) -> None:
    """Let new takes of one person stand at a place of their line."""
    with transaction.atomic():
        version = Feed.advance(news[0].team_id)
        added = [new.pk for new in news]
        ids = [pk for pk in own_line(news[0]) if pk not in added]
        write_places([*ids[:at], *added, *ids[at:]], version)


def own_line(take: Generation) -> list[uuid.UUID]:
    """What the same person waits for, in order."""
    rows = Generation.objects.queued().filter(
        team_id=take.team_id, created_by_id=take.created_by_id
    )
    return list(rows.values_list("pk", flat=True))


def rearranged(ids: Sequence[uuid.UUID], pk: uuid.UUID, where: str) -> list[uuid.UUID]:
    """The same ids with one of them elsewhere."""
    if pk not in ids:
        return list(ids)
    at = ids.index(pk)
    to = {FRONT: 0, UP: at - 1, DOWN: at + 1}[where]
    others = [other for other in ids if other != pk]
    to = min(max(to, 0), len(others))
    return [*others[:to], pk, *others[to:]]


def write_places(ids: Sequence[uuid.UUID], version: int) -> None:
    """Number them below zero, so that whatever is asked for later stands behind."""
    known = dict(Generation.objects.filter(pk__in=ids).values_list("pk", "place"))
    rows = [
        Generation(pk=pk, place=number - len(ids), version=version)
        for number, pk in enumerate(ids)
        if known.get(pk) != number - len(ids)
    ]
    Generation.objects.bulk_update(rows, ["place", "version"], batch_size=500)
