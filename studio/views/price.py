"""The price on the button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio import formats
from studio.catalog import VideoModel
from studio.catalog.checking import read_value, rule_faults
from studio.forms.composer import TICK, ComposerForm
from studio.models import Purse, approvals
from studio.models.budgets import shortage


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceTag:
    """What stands on the button."""

    takes: int
    total: int | None  # micro-USD
    mode: str
    hints: Sequence[str] = ()
    is_accepted: bool = False  # although it is not known
    left: str = ""  # of the tightest budget, in words
    warning: str = ""  # where it would go over one

    @property
    def is_unknown(self) -> bool:
        """Whether somebody must say that they go on all the same."""
        return self.total is None

    @property
    def text(self) -> str:
        """``2 takes · about $0.70``, ``free``, ``price unknown``."""
        amount = formats.money(self.total)
        if self.total:
            amount = _("about %(amount)s") % {"amount": amount}
        if self.takes < 2:
            return amount
        takes = ngettext("%(n)d take", "%(n)d takes", self.takes) % {"n": self.takes}
        return f"{takes} · {amount}"


def price_tag(form: ComposerForm) -> PriceTag:
    """What these settings cost, as far as they can be read, beside what is left."""
    model = form.video_model
    values = form.data if form.is_bound else form.initial
    files = form.files if form.is_bound else {}
    options = readable_options(model, values)
    counts = {
        item.role: len(str(values.get(f"{item.role}_asset") or "").split())
        + (item.role in files)
        for item in model.inputs
    }
    mode = str(values.get("mode") or "")
    if mode not in model.modes:
        mode = form.fitting_mode(counts)
    # A look at the price does not carry the words: taken as written.
    words = str(values.get("prompt", "…"))
    estimate = model.estimate(mode, options)
    takes = takes_of(values)
    total = None if estimate is None else estimate * takes
    purse = Purse.of(form.project, form.user.pk)
    return PriceTag(
        takes=takes,
        total=total,
        left=left_words(purse),
        warning=warning_words(form, purse, total),
        is_accepted=bool(values.get(TICK)),
        mode=mode,
        hints=list(rule_faults(model, mode, words, options, counts).values()),
    )


def left_words(purse: Purse) -> str:
    """What stands by the composer: how much is left, and of what."""
    budget = purse.tightest
    if budget is None:
        return ""
    names = {"amount": formats.dollars(budget.left), "budget": str(budget)}
    if budget.left < 0:
        names["amount"] = formats.dollars(-budget.left)
        return _("%(amount)s over budget (%(budget)s)") % names
    return _("%(amount)s left (%(budget)s)") % names


def warning_words(form: ComposerForm, purse: Purse, total: int | None) -> str:
    """What becomes of a take that costs more than is left, or than needs no word."""
    if budget := purse.short_for(total, is_hard=True):
        return shortage(budget, total)
    if budget := purse.short_for(total, is_hard=False):
        names = {"limit": formats.dollars(budget.limit), "budget": str(budget)}
        return _("This goes over the budget of %(limit)s (%(budget)s).") % names
    return approvals.reason_to_wait(total, form.project, form.user)


def readable_options(model: VideoModel, values: Mapping[str, Any]) -> dict[str, Any]:
    """The options that have a value of the right kind."""
    found = {}
    for option in model.options:
        raw = values.get(option.name)
        if raw is None or str(raw).strip() == "":
            continue
        try:
            found[option.name] = read_value(option, raw)
        except ValueError:
            continue
    return found


def takes_of(values: Mapping[str, Any]) -> int:
    """How many takes are asked for; one, where that cannot be read."""
    text = str(values.get("takes") or "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 4 else 1
