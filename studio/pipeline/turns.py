"""Whose turn it is.

The rule, in full:

1. Teams take turns: next is the team whose last turn is longest ago. Within a team its
   people take turns in the same way. Nobody's batch of forty stands before another's
   single take: that one is sent after one turn.
2. Within what one person waits for, the order is their own: ``place``, and then the
   oldest first. Only they, or an admin of the team, change it.
3. Who may not send now is passed over and holds nobody up: paused, at a limit (of the
   account, the team or the person), its provider down, or told to wait by the
   provider. The take says which (``wait_reason``). Being passed over costs no turn.
4. What goes to a queue of its own (drawing on this machine, requests that take minutes)
   goes there only as fast as it is worked on, so that the turns decide there as well.

A scan asks the database a fixed number of questions, however many takes wait, and only
one where none does.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from studio.models import (
    AccountsOfTeams,
    Generation,
    LineSetting,
    Outage,
    ProviderAccount,
    Status,
    Turn,
)
from studio.pipeline import gates
from studio.pipeline.poll import LOCAL_PROVIDERS

DRAWING, SLOW = "drawing", "slow"  # queues of their own, first come, first served
MOST_AHEAD = 2  # given to such a queue and not begun: it never runs dry, and is short
POSTS_PER_PROVIDER = 4  # in the air at once: they bound what a crash leaves unknown

Person = tuple[uuid.UUID, int | None]  # of a team; None: of somebody who is gone
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one person waits for at one provider."""

    team_id: uuid.UUID
    person_id: int | None
    provider: str

    @property
    def person(self) -> Person:
        """Whose it is."""
        return self.team_id, self.person_id


@dataclass(kw_only=True)
class Running:
    """How many takes run now, by whom limits are counted."""

    teams: Counter[uuid.UUID] = field(default_factory=Counter)
    people: Counter[Person] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)  # by Outage.key_for
    ahead: Counter[str] = field(default_factory=Counter)  # accepted, not begun

    @classmethod
    def read(cls, now: datetime) -> Running:
        """Count what runs, in one query."""
        found = cls()
        names = ("team_id", "created_by_id", "provider", "account_id", "status")
        rows = Generation.objects.running(now).order_by().values_list(*names)
        for *whose, provider, account_id, status, number in rows.annotate(
            n=Count("pk")
        ):
            key = Outage.key_for(provider, account_id)
            found.add((whose[0], whose[1]), key, number)
            if provider in LOCAL_PROVIDERS and status != Status.PROCESSING:
                found.ahead[DRAWING] += number
            elif status == Status.QUEUED:
                found.ahead[SLOW] += number
        return found

    def add(self, person: Person, account_key: str, number: int = 1) -> None:
        """Some more."""
        self.teams[person[0]] += number
        self.people[person] += number
        self.accounts[account_key] += number


@dataclass(frozen=True, kw_only=True)
class Head:
    """A take near the head of somebody's own line."""

    pk: uuid.UUID
    group: Group
    created_at: datetime


def paused_words() -> str:
    """Why a take waits while its team or everybody is paused."""
    return _("Paused: nothing is sent until somebody resumes.")


class Held:
    """What holds takes back until something changes."""

    def __init__(self, teams: Iterable[uuid.UUID], gate: gates.Gate, now: datetime):
        teams = set(teams)
        self.gate = gate
        self.settings = LineSetting.around(teams)
        self.accounts: AccountsOfTeams = ProviderAccount.objects.for_teams(teams)
        self.running = Running.read(now)

    def account_key(self, group: Group) -> str:
        """What its limits and outages are kept by."""
        account = self.accounts.of(group.team_id, group.provider)
        return Outage.key_for(group.provider, account and account.pk)

    def why(self, group: Group) -> str:
        """Why it must wait, in words for its maker; empty where it may go."""
        if self.settings.pause(group.team_id):
            return paused_words()
        outage = self.gate.outage(self.account_key(group))
        return outage.reason if outage else self.why_full(group)

    def is_held(self, group: Group) -> bool:
        """Whether a pause or an outage holds it back, for nobody knows how long."""
        is_paused = self.settings.pause(group.team_id) is not None
        return is_paused or self.gate.outage(self.account_key(group)) is not None

    def why_full(self, group: Group) -> str:
        """The limit that it has met, the account's first."""
        account = self.accounts.of(group.team_id, group.provider)
        limits = self.settings.limits(group.team_id)
        running = self.running
        if account and running.accounts[self.account_key(group)] >= account.max_running:
            words = _("%(limit)d takes run with this key already: waiting for room.")
            return words % {"limit": account.max_running}
        if limits.team and running.teams[group.team_id] >= limits.team:
            words = _("%(limit)d takes of the team run already: waiting for room.")
            return words % {"limit": limits.team}
        if limits.person and running.people[group.person] >= limits.person:
            words = _("%(limit)d takes of one person run already: waiting for room.")
            return words % {"limit": limits.person}
        return ""


class Scan:
    """One look at all that waits: what to send now, and why the rest waits."""

    def __init__(self, gate: gates.Gate, posts: Counter[str], now: datetime) -> None:
        self.gate = gate
        self.now = now
        self.posts = Counter(posts)  # in the air, by provider
        self.reasons = self.read_groups()
        self.passed: set[Group] = set()
        self.lines: dict[uuid.UUID, dict[Person, list[Head]]] = {}
        self.turns: dict[object, datetime] = {}  # of teams and of people
        self.served: dict[Person, datetime] = {}
        if self.reasons:
            teams = {group.team_id for group in self.reasons}
            self.held = Held(teams, gate, now)

    def read_groups(self) -> dict[Group, set[str]]:
        """Who waits for what, with the reasons that are written there: one query."""
        found: dict[Group, set[str]] = {}
        names = ("team_id", "created_by_id", "provider", "wait_reason")
        rows = Generation.objects.ready_to_submit(self.now).order_by()
        for team_id, person_id, provider, reason in rows.values_list(*names).distinct():
            group = Group(team_id=team_id, person_id=person_id, provider=provider)
            found.setdefault(group, set()).add(reason)
        return found

    # Who may go

    def may_send(self, group: Group) -> bool:
        """Whether its next take may be sent this moment."""
        if group in self.passed or self.held.settings.pause(group.team_id):
            return False
        if group.provider in LOCAL_PROVIDERS:
            has_room = self.held.running.ahead[DRAWING] < MOST_AHEAD
        else:
            has_room = self.posts[group.provider] < POSTS_PER_PROVIDER
            has_room = has_room and self.may_ask(self.held.account_key(group))
        return has_room and not self.held.why_full(group)

    def may_ask(self, key: str) -> bool:
        """Whether a submit may go to this account, if only to see that it is well.

        Where something runs there, a look asks first: it costs nothing.
        """
        outage = self.gate.outage(key)
        if outage and self.held.running.accounts[key] and outage.pause_count % 2:
            return False
        return self.gate.has_room(key, self.now)

    # Whose turn it is

    def picks(self, most: int) -> Iterator[Head]:
        """The next takes in their turns; say of each ``sent`` or ``pass_over``."""
        able = [group for group in self.reasons if self.may_send(group)]
        if able:
            self.read_heads(able, most)
            self.read_turns({group.team_id for group in able})
        for _number in range(most):
            head = self.next_head()
            if head is None:
                return
            yield head

    def read_heads(self, able: Iterable[Group], each: int) -> None:
        """The first few of each of those who may send, in their own order."""
        wanted = set(able)
        rows = Generation.objects.ready_to_submit(self.now).heads(each)
        names = ("pk", "team_id", "created_by_id", "provider", "created_at")
        teams = {group.team_id for group in wanted}
        providers = {group.provider for group in wanted}
        rows = rows.filter(team__in=teams, provider__in=providers)
        for pk, team_id, person_id, provider, created_at in rows.values_list(*names):
            group = Group(team_id=team_id, person_id=person_id, provider=provider)
            people = self.lines.setdefault(team_id, {})
            head = Head(pk=pk, group=group, created_at=created_at)
            people.setdefault(group.person, []).append(head)

    def read_turns(self, teams: Iterable[uuid.UUID]) -> None:
        """Who had theirs when: of a team, whoever of it had the last one."""
        for turn in Turn.objects.filter(team__in=list(teams)):
            self.turns[turn.key] = turn.at
            last = self.turns.get(turn.team_id, NEVER)
            self.turns[turn.team_id] = max(last, turn.at)

    def next_head(self) -> Head | None:
        """The team whose turn it is, in it the person, and their first that may go."""
        able: dict[uuid.UUID, list[Head]] = {}
        for team_id, people in self.lines.items():
            heads = [head for line in people.values() if (head := self.first(line))]
            if heads:
                able[team_id] = heads
        if not able:
            return None
        team_id = min(able, key=lambda team: (self.last(team), oldest(able[team])))
        return min(able[team_id], key=self.rank)

    def first(self, line: Iterable[Head]) -> Head | None:
        """The first of somebody's line that may be sent."""
        return next((head for head in line if self.may_send(head.group)), None)

    def rank(self, head: Head) -> tuple[datetime, datetime]:
        """Who waited longest for a turn comes first, then the older take."""
        return self.last(Turn.key_for(*head.group.person)), head.created_at

    def last(self, who: object) -> datetime:
        """When a team or a person had a turn."""
        return self.turns.get(who, NEVER)

    # What came of it

    def has_room_for_slow(self) -> bool:
        """Whether one more may go to the queue of requests that take minutes."""
        return self.held.running.ahead[SLOW] < MOST_AHEAD

    def sent(self, head: Head, *, is_slow: bool = False) -> None:
        """It had its turn."""
        person, team_id = head.group.person, head.group.team_id
        at = max(self.now, self.last(team_id) + timedelta(microseconds=1))
        self.turns[Turn.key_for(*person)] = self.turns[team_id] = at
        self.served[person] = at
        self.lines[team_id][person].remove(head)
        if head.group.provider in LOCAL_PROVIDERS:
            self.held.running.ahead[DRAWING] += 1
        elif is_slow:
            self.held.running.ahead[SLOW] += 1
        else:
            self.posts[head.group.provider] += 1
        self.held.running.add(person, self.held.account_key(head.group))

    def gone(self, head: Head) -> None:
        """It failed, or somebody was faster: no turn was used."""
        self.lines[head.group.team_id][head.group.person].remove(head)

    def pass_over(self, head: Head) -> None:
        """It cannot be sent this moment: the next one's turn."""
        self.passed.add(head.group)

    def finish(self) -> None:
        """Write down who had a turn, and why the others wait."""
        if self.served:
            Turn.take(
                (team_id, person_id, at)
                for (team_id, person_id), at in self.served.items()
            )
        for group, written in self.reasons.items():
            if written != {wanted := self.held.why(group)[:300]}:
                gates.tell(waiting_of(group, self.now), wanted)

    @property
    def waits(self) -> bool:
        """Whether something waits that can go as soon as there is room."""
        return any(not self.held.settings.pause(g.team_id) for g in self.reasons)


def oldest(heads: Iterable[Head]) -> datetime:
    """When the first of them was asked for."""
    return min(head.created_at for head in heads)


def waiting_of(group: Group, now: datetime) -> QuerySet[Generation]:
    """The rows of a group."""
    return Generation.objects.ready_to_submit(now).filter(
        team_id=group.team_id,
        created_by_id=group.person_id,
        provider=group.provider,
    )
