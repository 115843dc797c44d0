"""Numbers and times in words for people. Plain Python: pages, mails and the shell."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MICRO = 1_000_000  # micro-USD in a dollar
CENT = MICRO // 100
FORMULA = ("=", "+", "-", "@")  # what a formula may begin with


def money(amount: int | None) -> str:
    """Micro-USD as dollars: ``$0.35``, ``free``, ``$0.0042``; None is not known."""
    if amount is None:
        return _("price unknown")
    if amount == 0:
        return _("free")
    if amount >= CENT:
        cents = (amount + CENT // 2) // CENT
        return f"${cents // 100:,}.{cents % 100:02d}"
    digits = f"{amount:06d}"
    shown = len(digits) - len(digits.lstrip("0")) + 2  # two figures that count
    return f"$0.{digits[:shown].rstrip('0')}"


def dollars(amount: int) -> str:
    """A sum in dollars, also of nothing and below it: ``$0.00``, ``−$1.20``."""
    if amount == 0:
        return "$0.00"
    sign = "−" if amount < 0 else ""
    return f"{sign}{money(abs(amount))}"


def seconds(value: float | None) -> str:
    """A length of time: ``4 s``, ``1 min 15 s``, ``2 h 5 min``."""
    if value is None:
        return ""
    whole = round(value)
    if whole < 60:
        return _("%(n)d s") % {"n": whole}
    minutes, rest = divmod(whole, 60)
    if minutes < 10 and rest:
        return _("%(m)d min %(s)d s") % {"m": minutes, "s": rest}
    if minutes < 60:
        return _("%(m)d min") % {"m": minutes}
    hours, rest = divmod(minutes, 60)
    if rest and hours < 24:
        return _("%(h)d h %(m)d min") % {"h": hours, "m": rest}
    return _("%(h)d h") % {"h": hours}


def about(value: float | None) -> str:
    """A length of time that is only a guess: rounded to what it deserves."""
    if value is None:
        return ""
    if value < 55:
        return _("%(n)d s") % {"n": max(5, round(value / 5) * 5)}
    return _("%(n)d min") % {"n": max(1, round(value / 60))}


def csv_cell(value: object) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float)
    if not is_number and text.lstrip().startswith(FORMULA):
        return f"'{text}"
    return text


def since(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, as short as a card needs: ``now``, ``3 min``, ``5 h``, a date."""
    if moment is None:
        return ""
    age = (now or timezone.now()) - moment
    if age < timedelta(minutes=1):
        return _("now")
    if age < timedelta(hours=1):
        return _("%(n)d min") % {"n": age.seconds // 60}
    if age < timedelta(days=1):
        return _("%(n)d h") % {"n": age.seconds // 3600}
    if age < timedelta(days=7):
        return ngettext("%(n)d day", "%(n)d days", age.days) % {"n": age.days}
    local = timezone.localtime(moment)
    return formats.date_format(local, "j M" if age.days < 300 else "j M Y")


def timecode(frame: int, rate: float) -> str:
    """Which frame, as minutes, seconds and frames: ``00:03:12``. Players count so."""
    whole = max(1, round(rate))
    total = frame // whole
    return f"{total // 60:02d}:{total % 60:02d}:{frame % whole:02d}"
