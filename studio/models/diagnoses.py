"""What the failure doctor says of a failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
    """Whose fault it is."""

    PROMPT = "prompt", _("In the words or pictures")
    PROVIDER = "provider", _("At the provider")
    ACCOUNT = "account", _("In the account at the provider")
    OURS = "ours", _("On this studio's side")


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A rule, and what it says of a failure; the texts may be lazy."""

    slug: str
    cause: Any
    next_step: Any
    fault: Fault
    codes: Sequence[str] = ()  # one of our words for the failure, where any is named
    phrases: Sequence[str] = ()  # and one of these in what was said, where any is
    provider: str = ""
    billed: str = ""  # what providers usually do; the take's own word counts more

    def fits(self, code: str, text: str, provider: str) -> bool:
        """Whether this is what happened; ``text`` is in lower case."""
        return (
            (not self.provider or self.provider == provider)
            and (not self.codes or code in self.codes)
            and (not self.phrases or any(phrase in text for phrase in self.phrases))
        )
