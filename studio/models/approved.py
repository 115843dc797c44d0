"""How many seconds of video were approved: what all the spending was for.

They are a number of the same sums that the ledger keeps, so that no page looks through
takes, and count where the end of the take was booked: on the day, for the person, in
the project and for the model that it was asked for with.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F, QuerySet

from studio.models.assets import Asset
from studio.models.ledger import LedgerEntry
from studio.models.spending_sums import Place, SpendingSum
from studio.models.statuses import Decision
from studio.models.teams import Team


@contextmanager
def recounted(take_id: uuid.UUID) -> Iterator[None]:
    """Around what changes a take's verdict or deletes it: the sums follow.

    Call it in a transaction with the team's feed advanced, so that what is read here is
    what the change finds, and nobody else changes it meanwhile.
    """
    its_own = LedgerEntry.objects.filter(generation=take_id)
    before = approved_in(its_own)
    yield
    after = approved_in(its_own)
    after.subtract(before)
    for place, change in after.items():
        SpendingSum.add(place, {"approved": change})


def approved_of(team: Team) -> Counter[Place]:
    """The same of a whole team, from its takes: what the sums are held against."""
    return approved_in(LedgerEntry.objects.filter(team=team))


def approved_in(entries: QuerySet[LedgerEntry]) -> Counter[Place]:
    """Milliseconds of approved video, by where these entries count: one query."""
    ends = entries.filter(
        takes=1,  # one of each take that ended
        generation__verdict=Decision.APPROVED,
        generation__deleted_at=None,
        generation__assets__kind=Asset.Kind.VIDEO,
        generation__assets__duration__isnull=False,
    )
    found: Counter[Place] = Counter()
    for end in ends.annotate(seconds=F("generation__assets__duration")):
        found[end.place] += round(end.seconds * 1000)
    return found
