"""What is written down of a generation; its rules are in ``generations.py``."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.accounts import ProviderAccount
from studio.models.assets import Asset
from studio.models.diagnoses import Diagnosis
from studio.models.failures import ENDED_BADLY, all_rules, diagnosed
from studio.models.moderation import Moderation
from studio.models.projects import Project
from studio.models.prompts import CatalogEntry, Prompt
from studio.models.statuses import Billed, Decision, Status
from studio.models.teams import Team


class GenerationRecord(models.Model):
    """The columns of a generation, and its stored files."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="generations")
    project = models.ForeignKey(Project, models.CASCADE, related_name="generations")
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="generations")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="generations"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    take = models.PositiveSmallIntegerField(_("take"), default=1)  # 1.. within a prompt
    # What it was made from, where it was made from another take.
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children"
    )
    parent_relation = models.CharField(max_length=20, blank=True)  # retry, remix, ...

    # The exact request, frozen
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=200)  # as the provider spells it
    model_name = models.CharField(_("model name"), max_length=120)
    mode = models.CharField(_("mode"), max_length=30)
    options = models.JSONField(_("options"), default=dict)
    extra = models.JSONField(_("raw parameters"), default=dict, blank=True)
    catalog_entry = models.ForeignKey(CatalogEntry, models.PROTECT, related_name="+")
    estimate = models.BigIntegerField(_("estimate"), null=True, blank=True)  # micro-USD

    # Whether others may see it
    moderation = models.CharField(
        _("moderation"),
        max_length=10,
        blank=True,
        choices=Moderation.choices,
        default=Moderation.NONE,
    )

    # Where it is
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.QUEUED
    )
    status_at = models.DateTimeField(_("since"), default=timezone.now)
    version = models.BigIntegerField(default=0)  # of the team's feed
    fraction = models.FloatField(null=True, blank=True)  # only where it is known
    # Among what waits of the same person: smaller goes first, new ones have 0.
    place = models.IntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    wait_reason = models.CharField(max_length=300, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    # It costs more than may be spent without a word of a lead: see approvals.
    awaits_approval = models.BooleanField(_("waits for approval"), default=False)

    # At the provider
    account = models.ForeignKey(
        ProviderAccount,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="generations",
    )
    attempt = models.PositiveSmallIntegerField(default=0)
    submit_token = models.CharField(max_length=64, blank=True)
    submit_deadline = models.DateTimeField(null=True, blank=True)
    operation_id = models.CharField(_("provider's id"), max_length=500, blank=True)
    operation = models.JSONField(default=dict, blank=True)  # what poll needs
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    running_at = models.DateTimeField(_("running since"), null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    poll_failures = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(_("finished there"), null=True, blank=True)

    # Coming in
    results = models.JSONField(default=list, blank=True)  # addresses, byte for byte
    results_expire_at = models.DateTimeField(null=True, blank=True)
    lease_by = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    collect_attempts = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    revised_prompt = models.TextField(blank=True)
    differences = models.JSONField(default=list, blank=True)  # asked against got
    flaws = models.JSONField(
        default=list, blank=True
    )  # black, frozen, silent stretches
    is_as_ordered = models.BooleanField(_("as ordered"), null=True, blank=True)

    # What it cost, and what went wrong
    cost = models.BigIntegerField(_("cost"), null=True, blank=True)  # micro-USD
    cost_is_reported = models.BooleanField(default=False)  # by the provider itself
    credits = models.CharField(max_length=60, blank=True)  # in the provider's unit
    billed = models.CharField(
        _("billed"), max_length=10, choices=Billed.choices, blank=True
    )
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_message = models.TextField(_("what went wrong"), blank=True)
    provider_words = models.TextField(_("the provider's own words"), blank=True)
    cause = models.CharField(_("cause"), max_length=40, blank=True)  # a rule's name

    # Review: the last verdict once more, for cards and filters; the rows are Verdicts.
    verdict = models.CharField(
        _("verdict"), max_length=20, choices=Decision.choices, blank=True
    )
    verdict_is_guests = models.BooleanField(default=False)  # came by a review link
    review_asked_at = models.DateTimeField(_("review asked"), null=True, blank=True)
    is_starred = models.BooleanField(_("starred"), default=False)
    # How many comments it has, and threads nobody has seen to: for cards, once more.
    comments_said = models.PositiveIntegerField(default=0)
    comments_open = models.PositiveIntegerField(default=0)

    files: list[Asset]  # put there by ``with_cards``
    diagnosis: Diagnosis | None = None  # put there by ``diagnose``

    class Meta:
        abstract = True
        verbose_name = _("generation")
        verbose_name_plural = _("generations")
        indexes: ClassVar = [
            # Gallery of a team, of a project.
            models.Index(fields=["team", "-created_at", "-id"], name="gen_gallery"),
            models.Index(fields=["project", "-created_at", "-id"], name="gen_project"),
            # Live updates: what changed after a version.
            models.Index(fields=["team", "version"], name="gen_feed"),
            # What runs now, the queue, the gallery's filter by status.
            models.Index(fields=["team", "status", "-created_at"], name="gen_status"),
            # The sweep: only open rows matter.
            models.Index(
                fields=["status", "next_poll_at"],
                condition=~Q(status__in=["completed", "failed", "canceled"]),
                name="gen_open",
            ),
            # Whose turn it is: each person's own line, in its order.
            models.Index(
                fields=["team", "created_by", "provider", "place", "created_at"],
                condition=Q(status="queued"),
                name="gen_line",
            ),
            # What waits for moderation.
            models.Index(
                fields=["team", "-created_at"],
                condition=Q(moderation="pending"),
                name="gen_pending",
            ),
            # The reviewers' desk: what failed lately, by cause.
            models.Index(
                fields=["-status_at", "cause"],
                condition=Q(status__in=["failed", "unknown"]),
                name="gen_failed",
            ),
            # The review queue, the longest waiting first; with all that decides who
            # sees a row, so that counting them reads nothing else.
            models.Index(
                fields=[
                    "team",
                    "review_asked_at",
                    "id",
                    "project",
                    "moderation",
                    "created_by",
                ],
                condition=Q(review_asked_at__isnull=False, deleted_at=None),
                name="gen_waiting",
            ),
            # The gallery's filter by verdict: of all rows, as SQLite could not tell
            # from a parameter that a partial index holds them.
            models.Index(
                fields=["team", "verdict", "-created_at", "-id"], name="gen_verdict"
            ),
            # The gallery's filter by star: few rows have one.
            models.Index(
                fields=["team", "-created_at", "-id"],
                condition=Q(is_starred=True),
                name="gen_starred",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="gen_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="submitting") | Q(submit_deadline__isnull=False),
                name="gen_submitting_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=["submitted", "processing", "collecting", "completed"]
                )
                | ~Q(operation_id=""),
                name="gen_accepted_has_operation",
            ),
            models.UniqueConstraint(
                fields=["account", "operation_id"],
                condition=~Q(operation_id=""),
                name="gen_operation_once_per_account",
            ),
            models.UniqueConstraint(
                fields=["provider", "operation_id"],
                condition=~Q(operation_id="") & Q(account=None),
                name="gen_operation_once_per_provider",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verdict__in=Decision.values),
                name="gen_verdict_known",
            ),
            # There is nothing to look at before there is a video.
            models.CheckConstraint(
                condition=Q(verdict="", review_asked_at=None) | Q(status="completed"),
                name="gen_review_of_completed",
            ),
            models.CheckConstraint(
                condition=Q(estimate=None) | Q(estimate__gte=0), name="gen_estimate"
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0), name="gen_cost"
            ),
        ]

    # Properties

    def file(self, kind: str) -> Asset | None:
        """One of its files; needs ``with_cards``."""
        return next((item for item in self.files if item.kind == kind), None)

    @property
    def video(self) -> Asset | None:
        """The stored video."""
        return self.file(Asset.Kind.VIDEO)

    @property
    def poster(self) -> Asset | None:
        """The picture of it, 640 pixels wide."""
        return self.file(Asset.Kind.POSTER)

    @property
    def poster_small(self) -> Asset | None:
        """The picture of it, 320 pixels wide."""
        return self.file(Asset.Kind.POSTER_SMALL)

    @property
    def preview(self) -> Asset | None:
        """The short silent clip that plays on hover."""
        return self.file(Asset.Kind.PREVIEW)


def diagnose(takes: Iterable[GenerationRecord]) -> None:
    """Give each take that failed its diagnosis: one query, where any did."""
    failed = [take for take in takes if take.status in ENDED_BADLY]
    rules = all_rules() if failed else []
    for take in failed:
        words = take.error_message, take.provider_words
        take.diagnosis = diagnosed(take.error_code, take.provider, *words, rules=rules)


class GenerationInput(models.Model):
    """A picture or video that a take was made from, and in which role."""

    generation = models.ForeignKey(
        "studio.Generation", models.CASCADE, related_name="inputs"
    )
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="used_in")
    role = models.CharField(max_length=20)  # as in the catalog's inputs
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("input")
        verbose_name_plural = _("inputs")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["generation", "role", "position"], name="input_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.generation_id}"
