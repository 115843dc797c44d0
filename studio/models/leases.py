"""Who may act now: a lease is held for seconds and renewed while its holder lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(seconds=6)
FRESH = timedelta(seconds=3)  # renewed each 2 s, so a living holder has more left
# Nobody holds one for so long: it was written before the clock was moved back.
IMPOSSIBLE = timedelta(minutes=5)
RESTORE = "restore"  # holds a lease for as long as it takes


class Lease(models.Model):
    """One right to act, by name."""

    name = models.CharField(max_length=60, primary_key=True)
    owner = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField()
    token = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return f"{self.name}: {self.owner or 'free'}"

    # Mutators

    @classmethod
    def take(cls, name: str, owner: str, now: datetime) -> bool:
        """Hold it, or go on holding it; whether it is ours now."""
        cls.objects.get_or_create(name=name, defaults={"until": now - LEASE})
        is_free = Q(until__lt=now) | Q(owner=owner)
        is_free |= Q(until__gt=now + IMPOSSIBLE) & ~Q(owner=RESTORE)
        changed = cls.objects.filter(is_free, name=name).update(
            owner=owner, until=now + LEASE, token=F("token") + 1
        )
        return changed == 1

    @classmethod
    def give_back(cls, name: str, owner: str, now: datetime) -> None:
        """Let the next one act at once."""
        cls.objects.filter(name=name, owner=owner).update(owner="", until=now)

    # Queries

    @classmethod
    def idle_seconds(cls, name: str, now: datetime) -> float:
        """For how long nobody may have acted under it; 0 where nobody ever did."""
        lease = cls.objects.filter(name=name).first()
        if lease is None:
            return 0.0
        # A holder that died may have done so right after it had renewed it.
        ended = lease.until - LEASE if lease.owner else lease.until
        return max((now - ended).total_seconds(), 0.0)

    @classmethod
    def is_fresh(cls, name: str, now: datetime) -> bool:
        """Whether a living holder has it."""
        return cls.objects.filter(name=name, until__gt=now + FRESH).exists()


class Heartbeat(models.Model):
    """When each queue last ran a task: its processes may live and yet stand still."""

    queue = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Heartbeat]]

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.queue} at {self.at:%H:%M:%S}"

    # Mutators

    @classmethod
    def beat(cls, queue: str, now: datetime) -> None:
        """A task of this queue ran."""
        cls.objects.update_or_create(queue=queue, defaults={"at": now})
