"""Which teams somebody is in, with all that a page says of a team, and whether anything
of what a page shows has changed: one statement each.

Every page asks the first, and every open page the second, again and again. In plain
SQL, since composing it took longer than answering it, and a third of the time of a
gallery of ten thousand takes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from studio.models.projects import HIDDEN
from studio.models.teams import Role, Team
from studio.models.users import User

# Pauses: "installation" comes after every id, so it is named before the team's own.
BELONGING = f"""
    SELECT studio_team.*, member.role AS my_role, member.id AS place,
        member.seen_at AS seen_at, feed.version AS version,
        (
            SELECT line.key FROM studio_linesetting line
            WHERE line.paused_at IS NOT NULL
            AND (line.team_id = studio_team.id OR line.team_id IS NULL)
            ORDER BY line.key DESC LIMIT 1
        ) AS pause,
        EXISTS (SELECT 1 {HIDDEN} AND hidden.team_id = studio_team.id) AS hides
    FROM studio_team
    JOIN studio_membership member ON member.team_id = studio_team.id
    LEFT JOIN studio_feed feed ON feed.team_id = studio_team.id
    WHERE member.user_id = %s AND studio_team.deleted_at IS NULL
    ORDER BY studio_team.name, studio_team.id
"""  # noqa: S608  (constant text, bound parameters)


# What of a page's subject somebody must see before they learn of its version.
OPEN_TO = f"NOT EXISTS (SELECT 1 {HIDDEN} AND hidden.id = shown.project)"  # noqa: S608  (constant text)
VERSION = """
    SELECT feed.version FROM studio_feed feed
    JOIN studio_team team ON team.id = feed.team_id AND team.deleted_at IS NULL
    JOIN studio_membership member ON member.team_id = feed.team_id
    JOIN ({subject}) shown ON shown.team = feed.team_id
    WHERE member.user_id = %s AND {rule}
"""
VERSIONS = {
    "team": VERSION.format(
        subject="SELECT id AS team FROM studio_team WHERE id = %s", rule="1 = 1"
    ),
    "project": VERSION.format(
        subject="""
            SELECT team_id AS team, id AS project FROM studio_project WHERE id = %s
        """,
        rule=OPEN_TO,
    ),
    "take": VERSION.format(
        subject="""
            SELECT team_id AS team, project_id AS project, created_by_id AS maker,
                moderation FROM studio_generation WHERE id = %s
        """,
        rule=f"""{OPEN_TO} AND (
            shown.moderation IN ('', 'passed') OR shown.maker = member.user_id
            OR member.role IN ('admin', 'owner')
        )""",
    ),
}


def version_seen_by(user: User, kind: str, pk: UUID) -> int | None:
    """The version of the team that a team, project or take is in; None for somebody
    who may not see that one."""
    persons = [user.pk] * (1 if kind == "team" else 3)
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS[kind], [pk.hex, *persons])
        row = cursor.fetchone()
    return row and int(row[0])


def teams_of(user: User) -> list[Team]:
    """Their teams by name, each with what ``Team`` says that a look-up sets."""
    teams = list(Team.objects.raw(BELONGING, [user.pk, user.pk, user.pk]))
    for team in teams:
        team.my_role, team.hides = Role(team.my_role), bool(team.hides)
        team.seen_at = team.seen_at and aware(team.seen_at)
    return teams


def aware(moment: datetime) -> datetime:
    """A moment as the database gives it; SQLite's are in UTC and do not say so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
