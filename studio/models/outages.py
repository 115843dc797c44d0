"""When a provider is down: who is asked no more for a while, and how that ends.

::

    well -> paused -> one request at a time -> well again, a few more every moment
              ^                |                        |
              '----------------'------------------------'   each pause twice as long

One row per provider and account, there only while something is wrong. Every step is a
conditional update, since several processes may find out at the same time.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studio.models.accounts import ProviderAccount

FIRST_PAUSE, LONGEST_PAUSE = 15.0, 600.0  # seconds; each is twice the one before
LONGEST_TOLD = 3600.0  # seconds, however long the provider says
JITTER = 0.1  # of a pause, so that many installations do not come back as one
RAMP = timedelta(seconds=30)  # from well again to as before
RAMP_STEP = 3.0  # seconds in which the requests in the air may double
UNBOUNDED = 1_000_000  # requests in the air, as far as this goes


class Outage(models.Model):
    """A provider that does not answer, or not now, to one account."""

    key = models.CharField(max_length=100, primary_key=True)  # see ``key_for``
    provider = models.CharField(_("provider"), max_length=40)
    account = models.ForeignKey(
        ProviderAccount,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="outages",
    )
    reason = models.CharField(_("reason"), max_length=300)
    began_at = models.DateTimeField(_("since"))
    pause_count = models.PositiveSmallIntegerField(_("pauses in a row"), default=1)
    paused_until = models.DateTimeField(_("paused until"))
    # Somebody asks whether it is well again; for how long that may take.
    probe_until = models.DateTimeField(null=True, blank=True)
    recovered_at = models.DateTimeField(_("well again since"), null=True, blank=True)

    objects: ClassVar[models.Manager[Outage]]

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")

    def __str__(self) -> str:
        return f"{self.provider}: {self.reason}"

    # Factories

    @staticmethod
    def key_for(provider: str, account_id: object | None) -> str:
        """Without an account: the key from the environment."""
        return f"{provider}/{account_id or 'environment'}"

    # Mutators

    @classmethod
    def note_failure(
        cls,
        provider: str,
        account_id: object | None,
        reason: str,
        *,
        sent_at: datetime,
        now: datetime,
        retry_after: float = 0.0,
    ) -> bool:
        """Pause, or pause for longer; whether this failure was news.

        What was sent before the last pause ended says nothing new: it was in the air.
        """
        key = cls.key_for(provider, account_id)
        until = now + timedelta(seconds=pause_seconds(1, retry_after))
        first = {
            "provider": provider,
            "account_id": account_id,
            "reason": reason[:300],
            "began_at": now,
            "paused_until": until,
        }
        row, is_new = cls.objects.get_or_create(key=key, defaults=first)
        if is_new or sent_at < (row.recovered_at or row.paused_until):
            return is_new
        was_over = row.is_over(now)
        count = 1 if was_over else row.pause_count + 1
        pause = timedelta(seconds=pause_seconds(count, retry_after))
        rows = cls.objects.filter(
            key=key, pause_count=row.pause_count, paused_until=row.paused_until
        )
        changed = rows.update(
            reason=reason[:300],
            began_at=now if was_over else row.began_at,
            pause_count=min(count, 1000),
            paused_until=now + pause,
            probe_until=None,
            recovered_at=None,
        )
        return changed == 1

    def note_success(self, *, sent_at: datetime, now: datetime) -> bool:
        """It answers again; an answer to an older request says nothing."""
        if sent_at < self.paused_until:
            return False
        rows = Outage.objects.filter(
            key=self.key, paused_until__lte=sent_at, recovered_at=None
        )
        return rows.update(recovered_at=now, probe_until=None) == 1

    def take_probe(self, *, now: datetime, timeout: timedelta) -> bool:
        """Be the one that asks whether it is well again."""
        rows = Outage.objects.filter(
            Q(probe_until=None) | Q(probe_until__lt=now),
            key=self.key,
            paused_until__lte=now,
            recovered_at=None,
        )
        if rows.update(probe_until=now + timeout) != 1:
            return False
        self.probe_until = now + timeout
        return True

    def give_probe_back(self) -> None:
        """Nothing was sent after all."""
        Outage.objects.filter(key=self.key).update(probe_until=None)
        self.probe_until = None

    @classmethod
    def end_pause(cls, account: ProviderAccount, *, now: datetime) -> None:
        """Somebody tested the key and it works: the next request may ask at once."""
        rows = cls.objects.filter(account=account, paused_until__gt=now)
        rows.update(paused_until=now, probe_until=None)

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        """What has been well for a while needs no row."""
        cls.objects.filter(recovered_at__lt=now - RAMP).delete()

    # Properties

    def is_over(self, now: datetime) -> bool:
        """Whether it has been well long enough to be as before."""
        return self.recovered_at is not None and now - self.recovered_at > RAMP

    def is_paused(self, now: datetime) -> bool:
        """Whether nobody asks at all."""
        return self.recovered_at is None and now < self.paused_until

    def is_known_well(self) -> bool:
        """Whether an answer has come since the last pause."""
        return self.recovered_at is not None

    def allowed(self, now: datetime) -> int:
        """How many requests may be in the air: none, one, then more every moment."""
        if self.recovered_at is not None:
            passed = max((now - self.recovered_at).total_seconds(), 0.0)
            return UNBOUNDED if self.is_over(now) else 2 ** int(1 + passed / RAMP_STEP)
        if self.is_paused(now) or (self.probe_until and self.probe_until >= now):
            return 0
        return 1


def pause_seconds(count: int, retry_after: float = 0.0) -> float:
    """How long the pause of this number is, a little by chance."""
    usual: float = min(FIRST_PAUSE * 2.0 ** min(count - 1, 10), LONGEST_PAUSE)
    return max(usual, min(retry_after, LONGEST_TOLD)) * (1 + random.uniform(0, JITTER))
