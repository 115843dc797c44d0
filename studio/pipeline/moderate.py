"""A moderator lets the others see a take, or takes it from them."""

from __future__ import annotations

from django.db import transaction

from studio.models import Event, Feed, Generation, Moderation, Team, User

PENDING, PASSED, BLOCKED = Moderation.PENDING, Moderation.PASSED, Moderation.BLOCKED


def pass_take(generation: Generation, *, user: User) -> bool:
    """Everybody in the team sees it from now on; whether anything changed."""
    return decide(generation, [PENDING], PASSED, "generation.passed", user)


def block_take(generation: Generation, *, user: User) -> bool:
    """Nobody but admins has its video any more; whether anything changed."""
    frm = [Moderation.NONE, PENDING, PASSED]
    return decide(generation, frm, BLOCKED, "generation.blocked", user)


def unblock_take(generation: Generation, *, user: User) -> bool:
    """Everybody in the team sees it again; whether anything changed."""
    return decide(generation, [BLOCKED], PASSED, "generation.unblocked", user)


def decide(
    generation: Generation,
    frm: list[Moderation],
    to: Moderation,
    verb: str,
    user: User,
) -> bool:
    """One conditional update: who comes second changes nothing."""
    with transaction.atomic():
        version = Feed.advance(generation.team_id)
        rows = Generation.objects.filter(pk=generation.pk, moderation__in=frm)
        if rows.update(moderation=to, version=version) != 1:
            return False
        Event.record(
            verb,
            team_id=generation.team_id,
            project_id=generation.project_id,
            generation=generation,
            actor=user,
        )
    generation.moderation, generation.version = to, version
    return True


def require(team: Team, is_on: bool, *, user: User) -> bool:
    """Have the team's new takes wait for moderation, or no longer."""
    rows = Team.objects.filter(pk=team.pk, needs_moderation=not is_on)
    with transaction.atomic():
        changed = bool(rows.update(needs_moderation=is_on))
        if changed:
            Event.record(
                "team.moderation", team=team, actor=user, data={"is_on": is_on}
            )
    return changed
