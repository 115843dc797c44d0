"""The ledger: what was held for each take and what it cost, in entries only added.

When takes are asked for, their estimates are held, in the same transaction, or nothing
is written. When a take ends, what was held is charged or released. A take whose answer
was lost keeps what is held until a person settles it. All entries of a take count on
the day, in the project and for the person that it was asked for in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.budgets import Budget, OverBudget
from studio.models.projects import Project
from studio.models.spending_sums import Place, SpendingSum
from studio.models.statuses import Billed, Status
from studio.models.teams import Team

if TYPE_CHECKING:
    from studio.models.generations import Generation


class LedgerEntry(models.Model):
    """One change of what is held and of what was charged, in micro-USD."""

    class Kind(models.TextChoices):
        """What it does."""

        RESERVE = "reserve", _("Reserve")
        CHARGE = "charge", _("Charge")
        RELEASE = "release", _("Release")

    class Basis(models.TextChoices):
        """Where a charge is known from."""

        NONE = "", _("Nothing was charged")
        BILL = "bill", _("The provider's figure")
        CATALOG = "catalog", _("The catalog's price")
        UNSURE = "unsure", _("May have been billed")

    team = models.ForeignKey(Team, models.CASCADE, related_name="ledger")
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, related_name="ledger"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="ledger"
    )
    generation = models.ForeignKey(
        "studio.Generation", models.SET_NULL, null=True, related_name="ledger"
    )
    model = models.CharField(_("model"), max_length=241)  # ``provider:id``
    day = models.DateField(_("asked for on"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    reserved = models.BigIntegerField(_("change of what is held"), default=0)
    charged = models.BigIntegerField(_("change of what was charged"), default=0)
    estimate = models.BigIntegerField(_("estimate"), null=True)  # None: nobody knew
    basis = models.CharField(
        _("known from"), max_length=7, choices=Basis.choices, blank=True
    )
    takes = models.SmallIntegerField(default=0)  # that ended with it: one, or none
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Status.choices, blank=True
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        indexes: ClassVar = [
            # The export, and making the sums again.
            models.Index(fields=["team", "day", "id"], name="ledger_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} {self.generation_id}"

    # Properties

    @property
    def place(self) -> Place:
        """Where it counts."""
        return Place(
            team_id=self.team_id,
            day=self.day,
            person_id=self.person_id,
            project_id=self.project_id,
            model=self.model,
        )

    def numbers(self) -> dict[str, int]:
        """What it adds to the sums of its day."""
        is_charge = self.basis != self.Basis.NONE
        estimate = self.estimate or 0
        is_bill = self.basis == self.Basis.BILL
        is_compared = is_bill and self.estimate is not None
        return {
            "takes": self.takes,
            "failed": self.takes * (self.outcome == Status.FAILED),
            "billed": self.charged if is_bill else 0,
            "assumed": self.charged if self.basis == self.Basis.CATALOG else 0,
            "unsure": self.charged if self.basis == self.Basis.UNSURE else 0,
            "estimated": estimate if is_charge else 0,
            "difference": self.charged - estimate if is_compared else 0,
            "lost": self.charged if self.outcome != Status.COMPLETED else 0,
            "unpriced": (-1 if self.kind == self.Kind.RELEASE else 1)
            * (
                is_charge and not is_bill and self.estimate is None and not self.charged
            ),
            "held": self.reserved,
        }


# What happens to a take


def reserve(takes: Sequence[Generation], day: date) -> None:
    """Hold what takes of one press are expected to cost: all of them, or none.

    Raises OverBudget. Call it in the transaction that makes them, the feed advanced.
    """
    first = takes[0]
    total = None if first.estimate is None else first.estimate * len(takes)
    budgets = Budget.objects.covering(
        first.team_id, first.project_id, first.created_by_id
    )
    for budget in budgets.order_by("pk") if total != 0 else ():
        if not budget.reserve(total, day):
            budget.refresh_from_db()
            raise OverBudget(budget, total)
    entries = LedgerEntry.objects.bulk_create(opening_of(take, day) for take in takes)
    # They are alike: one update for all of them.
    numbers = entries[0].numbers()
    SpendingSum.add(
        entries[0].place, {name: n * len(entries) for name, n in numbers.items()}
    )


def close(take: Generation) -> None:
    """It has ended: charge what it cost, or release what was held for it."""
    opening, held = what_is_held(take)
    book(closing_of(take, opening, held))


def hold_again(take: Generation) -> None:
    """It is sent once more: the first time may have been billed, and so may this.

    Raises OverBudget.
    """
    opening, held = what_is_held(take)
    book(
        entry_like(
            opening,
            kind=LedgerEntry.Kind.CHARGE,
            reserved=-held,
            charged=opening.estimate or 0,
            estimate=opening.estimate,
            basis=LedgerEntry.Basis.UNSURE,
            outcome=Status.UNKNOWN,
        )
    )
    reserve([take], timezone.localdate())


def clear_up(take: Generation, *, was_billed: bool) -> int:
    """Somebody found out whether an ended take was billed; how many entries change."""
    unsure = take.ledger.filter(basis=LedgerEntry.Basis.UNSURE)
    if (unsure.aggregate(sum=Sum("charged"))["sum"] or 0) == 0:
        return 0
    found = list(unsure.filter(kind=LedgerEntry.Kind.CHARGE))
    for entry in found:
        facts = {"outcome": entry.outcome, "charged": entry.charged}
        take_back = facts | {"charged": -entry.charged, "kind": "release"}
        estimate = entry.estimate
        back = None if estimate is None else -estimate
        book(entry_like(entry, basis="unsure", estimate=back, **take_back))
        if was_billed:
            is_figure = take.cost_is_reported and entry.takes == 1
            basis = LedgerEntry.Basis.BILL if is_figure else LedgerEntry.Basis.CATALOG
            facts |= {"basis": basis, "kind": "charge"}
            book(entry_like(entry, estimate=estimate, **facts))
    return len(found)


# What entries are made of


def opening_of(take: Generation, day: date) -> LedgerEntry:
    """The entry that holds what a take is expected to cost."""
    return LedgerEntry(
        team_id=take.team_id,
        project_id=take.project_id,
        person_id=take.created_by_id,
        generation=take,
        model=take.model_key,
        day=day,
        kind=LedgerEntry.Kind.RESERVE,
        reserved=take.estimate or 0,
        estimate=take.estimate,
    )


def closing_of(take: Generation, opening: LedgerEntry, held: int) -> LedgerEntry:
    """The entry that charges or releases what was held for a take that ended."""
    charged, basis = bill_of(take)
    kind = LedgerEntry.Kind
    return entry_like(
        opening,
        kind=kind.CHARGE if basis else kind.RELEASE,
        reserved=-held,
        charged=charged,
        estimate=opening.estimate,
        basis=basis,
        takes=1,
        outcome=take.status,
    )


def entry_like(other: LedgerEntry, **fields: Any) -> LedgerEntry:
    """A further entry of the same take: it counts where the other does."""
    same = ("team_id", "project_id", "person_id", "generation_id", "model", "day")
    return LedgerEntry(**{name: getattr(other, name) for name in same}, **fields)


def what_is_held(take: Generation) -> tuple[LedgerEntry, int]:
    """The entry that opened it last, and what is held by all of them."""
    entries = list(take.ledger.order_by("id"))
    openings = [e for e in entries if e.kind == LedgerEntry.Kind.RESERVE]
    # A take from before there was a ledger holds nothing.
    opening = openings[-1] if openings else opening_of(take, day_of(take))
    return opening, sum(entry.reserved for entry in entries)


def day_of(take: Generation) -> date:
    """The day on which it was asked for, where this installation is."""
    return timezone.localdate(take.created_at)


def bill_of(take: Generation) -> tuple[int, str]:
    """What an ended take cost, and where that is known from.

    The provider's figure where it gave one, otherwise the catalog's. A figure alone is
    no bill: some tell it when they accept a take, and give it back when that fails.
    """
    basis = LedgerEntry.Basis
    if take.billed == Billed.NO:
        return 0, basis.NONE
    amount = (take.estimate if take.cost is None else take.cost) or 0
    if take.billed != Billed.YES:
        return amount, basis.UNSURE
    return amount, basis.BILL if take.cost_is_reported else basis.CATALOG


def book(entry: LedgerEntry) -> None:
    """Add an entry, and what it says to the budgets and the sums of its day."""
    entry.save(force_insert=True)
    if entry.reserved or entry.charged:
        covering = Budget.objects.covering(
            entry.team_id, entry.project_id, entry.person_id
        )
        month = entry.day.replace(day=1)
        stale = covering.filter(period=Budget.Period.MONTH, since__lt=month)
        stale.update(since=month, spent=0, reserved=0)
        covering.counting(entry.day).update(
            spent=F("spent") + entry.charged, reserved=F("reserved") + entry.reserved
        )
    SpendingSum.add(entry.place, entry.numbers())
