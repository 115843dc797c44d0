"""Many steps of takes, written down together.

A step by itself raises its team's version and adds one event. Of hundreds in one
transaction each would do so alone; in a batch a team's version is raised once, since
they are committed as one change, the events are added with one insert, and how far
takes are is written with one prepared statement.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from studio.models.progress import ProgressRow, write_progress

INSERTED_AT_ONCE = 200


@dataclass
class Batch:
    """What the steps of one transaction share."""

    versions: dict[uuid.UUID, int] = field(default_factory=dict)  # by team
    events: list[Any] = field(default_factory=list)  # not saved yet
    progress: list[ProgressRow] = field(default_factory=list)  # neither


_open: ContextVar[Batch | None] = ContextVar("batch", default=None)


def open_batch() -> Batch | None:
    """The one that is being written, if any."""
    return _open.get()


@contextmanager
def one_batch() -> Iterator[None]:
    """One transaction for all steps made inside; all of them are made, or none."""
    batch = Batch()
    with transaction.atomic():
        token = _open.set(batch)
        try:
            yield
            if batch.progress:
                write_progress(batch.progress)
        finally:
            _open.reset(token)
        if batch.events:
            rows = type(batch.events[0]).objects
            rows.bulk_create(batch.events, batch_size=INSERTED_AT_ONCE)
