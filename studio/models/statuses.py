"""The words for where a generation is, and whether it was charged."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a generation is."""

    QUEUED = "queued", _("Queued")
    SUBMITTING = "submitting", _("Submitting")
    UNKNOWN = "unknown", _("Unknown")
    SUBMITTED = "submitted", _("Submitted")
    PROCESSING = "processing", _("Running")
    COLLECTING = "collecting", _("Downloading")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


TERMINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELED})
# The machine still has something to do.
IN_FLIGHT = frozenset(Status) - TERMINAL - {Status.UNKNOWN}
# Somebody still waits for it.
OPEN = frozenset(Status) - TERMINAL
AT_PROVIDER = frozenset({Status.SUBMITTED, Status.PROCESSING})
# What limits on takes at once count.
RUNNING = AT_PROVIDER | {Status.SUBMITTING}


class Billed(models.TextChoices):
    """Whether it was charged."""

    PENDING = "", _("Not yet known")
    YES = "yes", _("Billed")
    NO = "no", _("Not billed")
    UNKNOWN = "unknown", _("May have been billed")


class Decision(models.TextChoices):
    """What somebody says of a finished take."""

    APPROVED = "approved", _("Approved")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    REJECTED = "rejected", _("Rejected")
