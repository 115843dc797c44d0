"""A generation: one run of a prompt on a model, called a *take* on screen.

Its life, each arrow one conditional update that writes only named fields::

    queued -> submitting -> submitted -> processing <-> collecting -> completed
       |          |-> unknown (the answer was lost: a person settles it; so does a
       |          |            queued take that came back out of a backup)
       '----------'----------'------------'------------'--> failed | canceled

Who finds that an update changed no row was too late and stops quietly. That is what
keeps a take from being sent, charged or shown twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from studio.catalog import PROVIDERS_THAT_CANCEL, VideoModel, snapshot
from studio.models import approved, ledger
from studio.models.accounts import ProviderAccount
from studio.models.attempts import Attempt
from studio.models.batches import open_batch
from studio.models.events import Event
from studio.models.failures import NO_ERROR, why
from studio.models.generation_queries import GenerationQuerySet
from studio.models.moderation import Moderation
from studio.models.notices import NOTED, Notice
from studio.models.progress import is_news, write_progress
from studio.models.records import GenerationRecord
from studio.models.statuses import AT_PROVIDER, IN_FLIGHT, TERMINAL, Billed, Status
from studio.models.teams import Feed, Role
from studio.models.timings import Timing

LOST = "submission_uncertain"
WITHOUT_VIDEO = frozenset({Status.FAILED, Status.CANCELED})  # the ends that leave none


class Generation(GenerationRecord):
    """One take, from the press of the button to the stored file."""

    objects = GenerationQuerySet.as_manager()
    my_role: Role  # of whoever asked for this row: set by the look-up, no column

    def __str__(self) -> str:
        return f"{self.model_name} · {self.prompt_id} · take {self.take}"

    # Mutators: every one says whether this call made the step

    def mark_submitting(
        self, *, now: datetime, deadline: datetime, account: ProviderAccount | None
    ) -> bool:
        """Claim it and open an attempt. Must be committed before the request leaves."""
        token = uuid.uuid4().hex
        with transaction.atomic(savepoint=False):
            if not self._step(
                {Status.QUEUED},
                Status.SUBMITTING,
                now=now,
                where=Q(cancel_requested_at=None, awaits_approval=False)
                & Q(attempt=self.attempt),
                attempt=self.attempt + 1,
                submit_token=token,
                submit_deadline=deadline,
                account=account,
                wait_reason="",
                lease_until=None,
            ):
                return False
            Attempt.objects.create(
                generation=self,
                n=self.attempt,
                token=token,
                opened_at=now,
                deadline=deadline,
            )
        return True

    def mark_submitted(
        self, operation_id: str, *, now: datetime, **fields: Any
    ) -> bool:
        """The provider said yes: its id is kept before anything else happens.

        Where the row has moved on meanwhile, the id stays on the attempt.
        """
        with transaction.atomic(savepoint=False):
            done = self._step(
                {Status.SUBMITTING, Status.UNKNOWN},
                Status.SUBMITTED,
                now=now,
                where=Q(attempt=self.attempt, operation_id=""),
                operation_id=operation_id,
                submitted_at=now,
                submit_deadline=None,
                **NO_ERROR,
                **fields,
            )
            accepted = Attempt.Outcome.ACCEPTED
            self.close_attempt(accepted, now=now, operation_id=operation_id)
        return done

    def mark_queued_again(
        self, *, now: datetime, not_before: datetime, reason: str, **facts: Any
    ) -> bool:
        """The request never left, or was turned away unaccepted: try again later."""
        with transaction.atomic(savepoint=False):
            done = self._step(
                {Status.SUBMITTING},
                Status.QUEUED,
                now=now,
                where=Q(attempt=self.attempt),
                not_before=not_before,
                submit_deadline=None,
                wait_reason=reason[:300],
            )
            self.close_attempt(Attempt.Outcome.NOT_SENT, now=now, **facts)
        return done

    def mark_unknown(self, reason: str, *, now: datetime, **facts: Any) -> bool:
        """The request left, no clear answer came: never sent again by the machine."""
        with transaction.atomic(savepoint=False):
            done = self._step(
                {Status.SUBMITTING},
                Status.UNKNOWN,
                now=now,
                where=Q(attempt=self.attempt),
                submit_deadline=None,
                billed=Billed.UNKNOWN,
                **why(LOST, self.provider, reason, facts.get("excerpt", "")),
            )
            self.close_attempt(Attempt.Outcome.UNKNOWN, now=now, **facts)
        return done

    def mark_doubtful(self, reason: str, *, now: datetime) -> bool:
        """Restored as queued: it may have been sent after the backup was made."""
        return self._step(
            {Status.QUEUED},
            Status.UNKNOWN,
            now=now,
            where=Q(attempt=self.attempt),
            billed=Billed.UNKNOWN,
            error_code="restored",
            error_message=reason,
        )

    def mark_requeued(self, *, now: datetime) -> bool:
        """A person says: send it again, it may be charged twice. Raises OverBudget."""
        return self._step(
            {Status.UNKNOWN},
            Status.QUEUED,
            now=now,
            where=Q(attempt=self.attempt),
            not_before=None,
            cancel_requested_at=None,  # it may have been asked for before
            billed=Billed.PENDING,
            **NO_ERROR,
        )

    def mark_processing(
        self, *, now: datetime, running_at: datetime | None = None, **fields: Any
    ) -> bool:
        """The provider works on it, since now or since an earlier moment."""
        fields["running_at"] = running_at or now
        return self._step({Status.SUBMITTED}, Status.PROCESSING, now=now, **fields)

    def mark_collecting(
        self, results: list[dict[str, Any]], *, now: datetime, **fields: Any
    ) -> bool:
        """The provider is done: its result is to be fetched."""
        return self._step(
            AT_PROVIDER,
            Status.COLLECTING,
            now=now,
            results=results,
            finished_at=now,
            fraction=None,
            wait_reason="",
            lease_by="",
            lease_until=None,
            **fields,
        )

    def mark_asked_again(self, *, now: datetime, lease_by: str) -> bool:
        """Its link is dead: the provider is asked for a new one."""
        return self._step(
            {Status.COLLECTING},
            Status.PROCESSING,
            now=now,
            where=Q(lease_by=lease_by),
            lease_by="",
            lease_until=None,
        )

    def mark_completed(
        self, *, now: datetime, lease_by: str = "", **fields: Any
    ) -> bool:
        """The file is whole and in its place; made by the holder of the lease."""
        return self._step(
            {Status.COLLECTING},
            Status.COMPLETED,
            now=now,
            where=Q(lease_by=lease_by),
            completed_at=now,
            results=[],
            **fields,
        )

    def mark_failed(
        self,
        code: str,
        message: str,
        *,
        now: datetime,
        billed: str,
        frm: Iterable[Status] = IN_FLIGHT,
        where: Q | None = None,
        said: str = "",
        **fields: Any,
    ) -> bool:
        """It ended without a video, and why, in words for the person who asked.

        ``said`` is the provider's answer as it came, fit to be shown.
        """
        return self._step(
            frozenset(frm),
            Status.FAILED,
            now=now,
            where=Q(attempt=self.attempt) & (where or Q()),
            wait_reason="",
            billed=billed,
            **why(code[:40], self.provider, message, said),
            submit_deadline=None,
            **fields,
        )

    def mark_canceled(
        self, *, now: datetime, frm: Iterable[Status], billed: str, **fields: Any
    ) -> bool:
        """Somebody stopped it."""
        return self._step(
            frozenset(frm), Status.CANCELED, now=now, billed=billed, **fields
        )

    def note_progress(self, fraction: float | None, wait_reason: str) -> None:
        """How far it is, or why nothing is known at the moment; no new state.

        Written where it is worth showing: a look that tells nothing new writes nothing.
        """
        wait_reason = wait_reason[:300]
        if wait_reason == self.wait_reason and not is_news(self.fraction, fraction):
            return
        self.fraction, self.wait_reason = fraction, wait_reason
        with transaction.atomic(savepoint=False):
            version = Feed.advance(self.team_id)
            key = self._meta.pk.get_db_prep_value(self.pk, connection)
            row = (version, fraction, wait_reason, key)
            if (batch := open_batch()) is not None:
                batch.progress.append(row)
            else:
                write_progress([row])

    def delete_softly(self, *, now: datetime) -> bool:
        """Take it from every page; its files stay until the trash is emptied."""
        there = Generation.objects.filter(pk=self.pk, deleted_at=None)
        with transaction.atomic():
            version = Feed.advance(self.team_id)
            with approved.recounted(self.pk):
                return bool(there.update(version=version, deleted_at=now))

    def close_attempt(
        self, outcome: Attempt.Outcome, *, now: datetime, **facts: Any
    ) -> None:
        """Write down how the current attempt ended; a yes is never overwritten.

        After the step, never before: whoever holds a row here while waiting for the
        team's feed would wait for somebody who waits for that row.
        """
        Attempt.objects.filter(generation=self, n=self.attempt).exclude(
            outcome=Attempt.Outcome.ACCEPTED
        ).update(outcome=outcome, closed_at=now, **facts)

    def _step(
        self,
        frm: Iterable[Status],
        to: Status,
        *,
        now: datetime,
        where: Q | None = None,
        **fields: Any,
    ) -> bool:
        """From one of these states to that one, if nobody was first."""
        # No savepoint: where it is too late, there is only the version to take back.
        with transaction.atomic(savepoint=False):
            fields |= {"status": to, "status_at": now}
            fields["version"] = Feed.advance(self.team_id)
            changed = Generation.objects.filter(
                where or Q(), pk=self.pk, status__in=list(frm)
            ).update(**fields)
            if changed != 1:
                Feed.take_back(self.team_id)
                return False
            if to in WITHOUT_VIDEO:
                self._need_no_moderation()
            self._book(set(frm), to)
            Event.record_step(
                team_id=self.team_id,
                project_id=self.project_id,
                generation=self,
                verb=f"generation.{to}",
                at=now,
                data={"attempt": fields.get("attempt", self.attempt)},
            )
            if to in NOTED:
                Notice.write(self, to, now)
        for name, value in fields.items():
            setattr(self, name, value)
        return True

    def _need_no_moderation(self) -> None:
        """There is nothing to look at, so nobody would ever pass it."""
        waiting = Generation.objects.filter(pk=self.pk, moderation=Moderation.PENDING)
        if waiting.update(moderation=Moderation.NONE):
            self.moderation = Moderation.NONE

    def _book(self, frm: set[Status], to: Status) -> None:
        """What a step means for the ledger: here, whichever way it was made."""
        if to in TERMINAL:
            ledger.close(Generation.objects.get(pk=self.pk))
        elif to == Status.QUEUED and Status.UNKNOWN in frm:
            ledger.hold_again(Generation.objects.get(pk=self.pk))

    # Queries

    def video_model(self) -> VideoModel:
        """The catalog's entry as it was when this take was made."""
        return snapshot.from_json(self.catalog_entry.entry)

    def timing_key(self) -> str:
        """Whose history tells how long this will take."""
        return Timing.key_for(self.model_key, self.options)

    # Properties

    @property
    def model_key(self) -> str:
        """``provider:id``."""
        return f"{self.provider}:{self.model}"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in TERMINAL

    @property
    def is_in_flight(self) -> bool:
        """Whether the machine still works on it."""
        return self.status in IN_FLIGHT

    @property
    def is_awaiting_approval(self) -> bool:
        """Whether nobody has agreed to pay for it yet."""
        return self.awaits_approval and self.status == Status.QUEUED

    @property
    def can_be_canceled(self) -> bool:
        """Whether stopping it still means something."""
        if self.cancel_requested_at is not None:
            return False
        if self.status in AT_PROVIDER:
            return self.provider in PROVIDERS_THAT_CANCEL
        return self.status in {Status.QUEUED, Status.SUBMITTING}

    @property
    def can_be_retried(self) -> bool:
        """Whether asking for the same once more makes sense."""
        return self.status in {Status.FAILED, Status.CANCELED}
