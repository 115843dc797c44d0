"""Who may be asked now: accounts whose provider is down are left alone for a while.

The truth is in the rows of ``Outage``; this keeps them at hand for one sweep, with what
it has in the air itself. While all is well it costs one small query now and then.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from studio.models import Feed, Generation, Outage
from studio.providers.base import Operation, Progress
from studio.providers.errors import (
    InvalidResponse,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    SubmissionUncertain,
)

MISSES = 3  # looks of one account that fail in a row before it is left alone
# No answer at all, or one that says *not now*. Any other 5xx may be about one take.
AWAY = frozenset({None, 429, 502, 503, 504})
FAILURES = (ProviderUnavailable, SubmissionUncertain, InvalidResponse)
PROBE_TIMEOUT = timedelta(seconds=90)


class Gate:
    """What may be sent to which account."""

    def __init__(self) -> None:
        self.outages: dict[str, Outage] = {}
        self.in_air: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()  # failed looks in a row, by account

    def load(self, now: datetime) -> None:
        """Read what is wrong at present."""
        self.outages = {row.key: row for row in Outage.objects.all()}
        if any(row.is_over(now) for row in self.outages.values()):
            Outage.forget_old(now)
            self.outages = {k: r for k, r in self.outages.items() if not r.is_over(now)}

    # Before a request

    def outage(self, key: str) -> Outage | None:
        """What is wrong, as long as no answer has said otherwise."""
        row = self.outages.get(key)
        return None if row is None or row.is_known_well() else row

    def has_room(self, key: str, now: datetime) -> bool:
        """Whether one more request may be in the air."""
        row = self.outages.get(key)
        return row is None or self.in_air[key] < row.allowed(now)

    def pass_through(
        self, key: str, now: datetime, timeout: timedelta = PROBE_TIMEOUT
    ) -> bool:
        """Whether this request may leave; it is counted until ``come_back``."""
        if not self.has_room(key, now):
            return False
        outage = self.outage(key)
        if outage and not outage.take_probe(now=now, timeout=timeout):
            return False
        self.in_air[key] += 1
        return True

    def come_back(self, key: str, *, unsent: bool = False) -> None:
        """One request less in the air; ``unsent`` where it has not left at all."""
        self.in_air[key] = max(self.in_air[key] - 1, 0)
        row = self.outages.get(key)
        if unsent and row is not None and row.probe_until:
            row.give_probe_back()

    def give_back(self) -> None:
        """A slice ends: what asked whether it is well is dropped with it."""
        for key, number in self.in_air.items():
            row = self.outages.get(key)
            if number and row is not None and row.probe_until:
                row.give_probe_back()

    # After it

    def note_submit(
        self, generation: Generation, answer: object, sent_at: datetime, now: datetime
    ) -> None:
        """What the answer to a submit says of its provider.

        Nobody there: one is enough. An answer that was lost makes an unknown take, so
        two in a row are enough.
        """
        is_lost = isinstance(answer, SubmissionUncertain)
        weight = MISSES - 1 if is_lost else MISSES
        self.note(generation, answer, weight, sent_at=sent_at, now=now)

    def note_look(
        self, generation: Generation, answer: object, sent_at: datetime, now: datetime
    ) -> None:
        """What the answer to a look says of it: one that failed is one that failed."""
        is_told = isinstance(answer, ProviderError) and answer.http_status == 429
        weight = MISSES if is_told else 1
        self.note(generation, answer, weight, sent_at=sent_at, now=now)

    def note(
        self,
        generation: Generation,
        answer: object,
        weight: int,
        *,
        sent_at: datetime,
        now: datetime,
    ) -> None:
        """Pause its account, or have it asked again."""
        key = key_of(generation)
        if isinstance(answer, FAILURES):
            is_open = self.outage(key) is not None
            if not is_open and answer.http_status not in AWAY:
                return
            self.misses[key] += weight
            if is_open or self.misses[key] >= MISSES:
                self.note_failure(generation, answer, sent_at, now)
            return
        self.misses[key] = 0
        if isinstance(answer, Operation | Progress | ProviderRejected):
            self.note_success(key, sent_at, now)

    def note_failure(
        self,
        generation: Generation,
        error: ProviderError,
        sent_at: datetime,
        now: datetime,
    ) -> None:
        """Pause its account, and say so on what runs there."""
        is_news = Outage.note_failure(
            generation.provider,
            generation.account_id,
            error.message,
            sent_at=sent_at,
            now=now,
            retry_after=error.retry_after or 0.0,
        )
        key = key_of(generation)
        self.misses[key] = 0
        if is_news:
            self.outages[key] = Outage.objects.get(key=key)
            tell(running_at(self.outages[key]), error.message)

    def note_success(self, key: str, sent_at: datetime, now: datetime) -> None:
        """It answers: a few requests more every moment."""
        row = self.outages.get(key)
        if row is None or row.is_known_well():
            return
        if row.note_success(sent_at=sent_at, now=now):
            row.recovered_at, row.probe_until = now, None
            tell(running_at(row), "")


def key_of(generation: Generation) -> str:
    """Whose outage concerns a take that was claimed."""
    return Outage.key_for(generation.provider, generation.account_id)


def running_at(outage: Outage) -> QuerySet[Generation]:
    """What the provider works on for this account."""
    return Generation.objects.running().filter(
        provider=outage.provider, account_id=outage.account_id
    )


def tell(takes: QuerySet[Generation], reason: str) -> None:
    """Write why they wait, so that open pages see it: two statements for each team."""
    reason = reason[:300]
    takes = takes.exclude(wait_reason=reason)
    teams = takes.order_by("team_id").values_list("team_id", flat=True).distinct()
    for team_id in list(teams):
        with transaction.atomic():
            version = Feed.advance(team_id)
            takes.filter(team_id=team_id).update(wait_reason=reason, version=version)
