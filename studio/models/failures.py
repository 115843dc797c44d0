"""The failure doctor: what a provider's words mean, whose fault it is, what to do.

Rules stand in ``failure_rules.py``; rows that operators edit in Django admin come first
and count at once. A row with the name of a built-in rule takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from studio.models.diagnoses import Diagnosis, Fault
from studio.models.failure_rules import BUILT_IN
from studio.models.statuses import Billed, Status

NO_ERROR = dict.fromkeys(("error_code", "error_message", "provider_words", "cause"), "")
ENDED_BADLY = frozenset({Status.FAILED, Status.UNKNOWN})


class FailureRule(models.Model):
    """A rule that somebody has written here."""

    slug = models.SlugField(
        _("name"),
        max_length=40,
        unique=True,
        help_text=_("That of a built-in rule takes its place."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("The first rule that fits counts.")
    )
    is_active = models.BooleanField(_("on"), default=True)
    provider = models.CharField(
        _("provider"),
        max_length=40,
        blank=True,
        help_text=_("Empty: every provider."),
    )
    codes = models.CharField(
        _("error codes"),
        max_length=300,
        blank=True,
        help_text=_("Separated by spaces; one of them must be the take's."),
    )
    phrases = models.TextField(
        _("phrases"),
        blank=True,
        max_length=4000,
        help_text=_(
            "One a line; one of them must stand in what the provider said, in "
            "whatever case."
        ),
    )
    cause = models.CharField(_("cause"), max_length=300)
    fault = models.CharField(_("whose fault"), max_length=10, choices=Fault.choices)
    billed = models.CharField(
        _("usually billed?"),
        max_length=10,
        blank=True,
        choices=[("", _("Not known")), *Billed.choices[1:3]],
        help_text=_("Said only where the provider itself says nothing."),
    )
    next_step = models.CharField(_("next step"), max_length=300)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("failure rule")
        verbose_name_plural = _("failure rules")
        ordering: ClassVar = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """A rule that asks for nothing would fit everything."""
        if not (self.codes.split() or self.phrases.split()):
            raise ValidationError(_("Give at least one error code or phrase."))

    # Queries

    def diagnosis(self) -> Diagnosis:
        """The same as a plain value."""
        lines = (line.strip().lower() for line in self.phrases.splitlines())
        return Diagnosis(
            slug=self.slug,
            cause=self.cause,
            next_step=self.next_step,
            fault=Fault(self.fault),
            codes=tuple(self.codes.split()),
            phrases=tuple(line for line in lines if line),
            provider=self.provider,
            billed=self.billed,
        )


def all_rules() -> list[Diagnosis]:
    """Every rule in force, in the order in which they are tried: one query."""
    rows = list(FailureRule.objects.all())
    replaced = {row.slug for row in rows}
    own = [row.diagnosis() for row in rows if row.is_active]
    return own + [rule for rule in BUILT_IN if rule.slug not in replaced]


def diagnosed(
    code: str, provider: str, *words: str, rules: Iterable[Diagnosis] | None = None
) -> Diagnosis | None:
    """The first rule that fits, or None where nobody knows."""
    text = " ".join(words).lower()
    tried = all_rules() if rules is None else rules
    return next((rule for rule in tried if rule.fits(code, text, provider)), None)


def why(code: str, provider: str, message: str, said: str) -> dict[str, str]:
    """A take's columns on what went wrong, with what the doctor makes of it."""
    found = diagnosed(code, provider, message, said)
    return {
        "error_code": code,
        "error_message": message,
        "provider_words": said,
        "cause": found.slug if found else "",
    }
