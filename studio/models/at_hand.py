"""The line of the review queue and its take at hand: what the page reads.

In plain SQL, since composing these queries took five times as long as answering them.
``Line`` leaves out what somebody may not see; the rest takes the ids that it found.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from studio.models.assets import SUFFIXES, Asset
from studio.models.generations import Generation
from studio.models.moderation import MODERATORS
from studio.models.projects import HIDDEN, Project
from studio.models.prompts import Prompt
from studio.models.teams import Team
from studio.models.users import User

# As ``awaiting_review`` of the takes of a team, and in the words of its index.
WAITING = """
    FROM studio_generation take
    JOIN studio_project project ON project.id = take.project_id {}
    WHERE take.team_id = %s AND take.review_asked_at IS NOT NULL
    AND take.deleted_at IS NULL AND project.deleted_at IS NULL
"""
SEEN = "(take.moderation IN ('', 'passed') OR take.created_by_id = %s)"
NOT_HIDDEN = f"NOT EXISTS (SELECT 1 {HIDDEN} AND hidden.id = take.project_id)"  # noqa: S608  (constant text)
# Pairs are compared so that the index is entered at this very place.
AFTER = "(take.review_asked_at, take.id) > (%s, %s)"
FROM = """
    (take.review_asked_at, take.id) >= ((
        SELECT review_asked_at FROM studio_generation WHERE id = %s AND team_id = %s
    ), %s)
"""
PROMPT = "JOIN studio_prompt prompt ON prompt.id = take.prompt_id"
STEP = "take.id, take.version, take.options, take.moderation, prompt.text, project.name"
IN_ORDER = "ORDER BY take.review_asked_at, take.id LIMIT %s"

TAKE = """
    SELECT take.*, prompt.text AS words, project.name AS project_name,
        person.name AS by_name, person.email AS by_email
    FROM studio_generation take
    JOIN studio_prompt prompt ON prompt.id = take.prompt_id
    JOIN studio_project project ON project.id = take.project_id
    LEFT JOIN studio_user person ON person.id = take.created_by_id
    WHERE take.id = %s
"""
FILES = """
    SELECT id, generation_id, kind, media_type, width, height, duration, facts
    FROM studio_asset WHERE generation_id = %s
"""
PICTURES = """
    SELECT id, generation_id, kind, media_type, width, height
    FROM studio_asset WHERE generation_id IN ({})
    AND kind IN ('poster', 'poster_small', 'video')
"""


def take_at_hand(pk: uuid.UUID) -> Generation | None:
    """A take with its files, and of its prompt, project and maker what is shown."""
    found: list[Any] = list(Generation.objects.raw(TAKE, [key_of(pk)]))
    for take in found:
        take.prompt = Prompt(pk=take.prompt_id, text=take.words)
        take.project = Project(pk=take.project_id, name=take.project_name)
        if take.created_by_id is not None:
            maker = User(pk=take.created_by_id, name=take.by_name, email=take.by_email)
            take.created_by = maker
        take.files = list(Asset.objects.raw(FILES, [key_of(pk)]))
    return found[0] if found else None


class Waiting(NamedTuple):
    """A take of the line: all that its small picture shows, but for the files."""

    pk: uuid.UUID
    version: int
    settings: str  # JSON
    moderation: str
    words: str
    project: str

    @property
    def options(self) -> dict[str, Any]:
        """Its settings."""
        found: dict[str, Any] = json.loads(self.settings)
        return found


@dataclass(frozen=True, kw_only=True)
class Line:
    """What waits in a team for a verdict, as one of its members sees it."""

    team: Team  # with what its look-up sets
    user: User
    project: uuid.UUID | None = None  # only of this one

    def first(
        self,
        number: int,
        *,
        after: tuple[datetime, uuid.UUID] | None = None,
        start: uuid.UUID | None = None,
    ) -> list[Waiting]:
        """The longest waiting; of those after this place or from this take on."""
        text, values = self.rows(PROMPT)
        if after:
            moment = connection.ops.adapt_datetimefield_value(after[0])
            text, values = f"{text} AND {AFTER}", [*values, moment, key_of(after[1])]
        elif start:
            text = f"{text} AND {FROM}"
            values = [*values, key_of(start), key_of(self.team.pk), key_of(start)]
        found = answers(f"SELECT {STEP} {text} {IN_ORDER}", [*values, number])
        return [Waiting(uuid.UUID(str(pk)), *rest) for pk, *rest in found]

    def length(self, most: int) -> int:
        """How many wait; nobody counts further than ``most``."""
        text, values = self.rows()
        # In order, as the database would otherwise look for them among all takes.
        text = f"SELECT COUNT(*) FROM (SELECT 1 {text} {IN_ORDER}) counted"  # noqa: S608  (constant text)
        return int(answers(text, [*values, most])[0][0])

    def rows(self, more: str = "") -> tuple[str, list[Any]]:
        """The tables and conditions, and what stands in their places."""
        text, values = WAITING.format(more), [key_of(self.team.pk)]
        if self.team.my_role not in MODERATORS:
            text, values = f"{text} AND {SEEN}", [*values, self.user.pk]
        if getattr(self.team, "hides", True):
            text = f"{text} AND {NOT_HIDDEN}"
            values = [*values, self.user.pk, self.user.pk]
        if self.project:
            text = f"{text} AND take.project_id = %s"
            values = [*values, key_of(self.project)]
        return text, values


def answers(text: str, values: Sequence[Any]) -> list[Any]:
    """The rows that a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found: list[Any] = cursor.fetchall()
    return found


class Picture(NamedTuple):
    """A file as far as a small picture of its take needs it."""

    pk: uuid.UUID
    generation_id: uuid.UUID
    kind: str
    media_type: str
    width: int | None
    height: int | None

    @property
    def suffix(self) -> str:
        """The file's ending, by its detected type."""
        return SUFFIXES.get(self.media_type, "bin")


def pictures_of(ids: Sequence[uuid.UUID]) -> list[Picture]:
    """Posters and clips of these takes."""
    places = ", ".join(["%s"] * len(ids))
    return [
        Picture(uuid.UUID(str(pk)), uuid.UUID(str(take)), *rest)
        for pk, take, *rest in answers(
            PICTURES.format(places), [key_of(pk) for pk in ids]
        )
    ]


def key_of(pk: uuid.UUID) -> Any:
    """An id as this database has it."""
    return Generation._meta.pk.get_db_prep_value(pk, connection)
