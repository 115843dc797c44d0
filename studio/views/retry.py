"""What a retry costs: it stands on its button, or there is a box to tick."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from studio import formats
from studio.catalog import UnknownModel
from studio.models import Generation
from studio.pipeline import create


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryTag:
    """What stands on the button of a retry."""

    amount: int | None  # micro-USD

    @property
    def is_unknown(self) -> bool:
        """Whether somebody must say that they go on all the same."""
        return self.amount is None

    @property
    def text(self) -> str:
        """``about $0.70``, ``free``, ``price unknown``."""
        amount = formats.money(self.amount)
        return _("about %(amount)s") % {"amount": amount} if self.amount else amount


def retry_tag(take: Generation) -> RetryTag | None:
    """The price today; None where its model is not offered any more."""
    try:
        return RetryTag(amount=create.retry_order(take).estimate)
    except UnknownModel:
        return None


def news_of_price(take: Generation, shown: str | None) -> str:
    """What to say where another price stood on the button: a card's can be old."""
    tag = retry_tag(take) if shown is not None else None
    if tag is None or tag.is_unknown or shown == str(tag.amount):
        return ""
    return _("The price has changed, it is %(price)s now: press again to go on.") % {
        "price": tag.text
    }
