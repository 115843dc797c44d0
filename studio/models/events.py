"""What happened, who did it, and to what. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.models.batches import open_batch
from studio.models.projects import Project
from studio.models.teams import Team

# Everyday steps of takes: they stand on the take's own page, not in the trail.
EVERYDAY = frozenset(
    {
        "comment.deleted",
        "comment.mentioned",
        "comment.reopened",
        "comment.resolved",
        "comment.written",
        "generation.cancel_asked",
        "generation.frame_taken",
        "generation.reordered",
        "generation.replaced",
        "generation.review_asked",
        "generation.review_withdrawn",
    }
)
VERBS = {
    "account.added": _("Provider key added"),
    "account.changed": _("Provider key changed"),
    "account.removed": _("Provider key removed"),
    "account.tested": _("Provider key tested"),
    "admin.acted": _("Action in administration"),
    "admin.added": _("Added in administration"),
    "admin.changed": _("Changed in administration"),
    "admin.deleted": _("Deleted in administration"),
    "budget.changed": _("Budget changed"),
    "budget.created": _("Budget made"),
    "budget.deleted": _("Budget deleted"),
    "catalog.taken_over": _("Catalog refreshed"),
    "file.whole_again": _("File whole again"),
    "generation.blocked": _("Take blocked"),
    "generation.deleted": _("Take deleted"),
    "generation.judged": _("Verdict given"),
    "generation.moved": _("Take moved"),
    "generation.passed": _("Take passed moderation"),
    "generation.restored": _("Take restored from a backup"),
    "generation.settled": _("Take settled"),
    "generation.spending_approved": _("Spending approved"),
    "generation.spending_refused": _("Spending refused"),
    "generation.unblocked": _("Take unblocked"),
    "installation.restored": _("Installation restored from a backup"),
    "invitation.accepted": _("Invitation accepted"),
    "invitation.made": _("Invitation made"),
    "invitation.renewed": _("Invitation renewed"),
    "invitation.revoked": _("Invitation revoked"),
    "ledger.disagrees": _("Ledger disagrees"),
    "line.limits": _("Limits changed"),
    "line.paused": _("Takes paused"),
    "line.resumed": _("Takes resumed"),
    "member.joined": _("Member joined"),
    "member.left": _("Member left"),
    "member.removed": _("Member removed"),
    "member.role_changed": _("Role changed"),
    "model.changed": _("Model setting changed"),
    "project.access_changed": _("Project access changed"),
    "project.created": _("Project made"),
    "project.deleted": _("Project deleted"),
    "project.renamed": _("Project renamed"),
    "rule.added": _("Failure rule added"),
    "rule.changed": _("Failure rule changed"),
    "rule.removed": _("Failure rule removed"),
    "share_link.created": _("Review link made"),
    "share_link.revoked": _("Review link closed"),
    "team.approval_changed": _("Approval price changed"),
    "team.created": _("Team made"),
    "team.deleted": _("Team deleted"),
    "team.emptied": _("Team emptied"),
    "team.handed_over": _("Team handed over"),
    "team.moderation": _("Moderation switched"),
    "team.renamed": _("Team renamed"),
    "team.restored": _("Team restored"),
    "webhook.added": _("Webhook added"),
    "webhook.changed": _("Webhook changed"),
    "webhook.removed": _("Webhook removed"),
}


class AppendOnly(TypeError):
    """Somebody tried to change or delete what has been written down."""


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about many events, and no way to change them."""

    def trail_of(self, team: Team) -> Self:
        """What a team's audit trail shows, the newest first."""
        return self.filter(team=team, in_trail=True).order_by("-at", "-id")

    def before(self, at: datetime, pk: int) -> Self:
        """What comes after this row in that order."""
        return self.filter(at__lte=at).exclude(at=at, id__gte=pk)

    def update(self, **_fields: Any) -> NoReturn:
        """Never."""
        raise AppendOnly("Events are not changed.")

    def delete(self) -> NoReturn:
        """Never."""
        raise AppendOnly("Events are not deleted.")


class Event(models.Model):
    """One thing that happened."""

    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="events"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="events"
    )
    generation = models.ForeignKey(
        "studio.Generation",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
    )
    # Nobody: the pipeline did it. Who did something is switched off, not deleted.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    verb = models.CharField(_("what"), max_length=60)  # generation.submitted, ...
    data = models.JSONField(_("details"), default=dict, blank=True)
    in_trail = models.BooleanField(_("in the audit trail"), default=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar = [
            # The take page's timeline.
            models.Index(fields=["generation", "id"], name="event_timeline"),
            # The audit trail of a team, newest first, past all steps of takes.
            models.Index(fields=["team", "in_trail", "-at", "-id"], name="event_trail"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.verb}"

    # Factories

    @classmethod
    def record(cls, verb: str, **fields: Any) -> Event:
        """Write one down; ``data`` must hold no secret and no signed address.

        What people do stands in the team's audit trail; the steps that a take makes
        are added without this and do not.
        """
        fields.setdefault("in_trail", verb not in EVERYDAY)
        return cls.objects.create(verb=verb, **fields)

    @classmethod
    def record_step(cls, **fields: Any) -> None:
        """Write down a step of a take; in a batch, together with the others."""
        event, batch = cls(**fields), open_batch()
        if batch is None:
            event.save()
        else:
            batch.events.append(event)

    # Mutators: there are none

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once, as a new row."""
        if not self._state.adding:
            raise AppendOnly("Events are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Never."""
        raise AppendOnly("Events are not deleted.")

    # Properties

    @property
    def label(self) -> str:
        """What happened, in words."""
        return str(VERBS.get(self.verb, self.verb))
