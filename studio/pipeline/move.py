"""A take goes to another project of its team."""

from __future__ import annotations

from django.db import transaction

from studio.models import Event, Feed, Generation, Project, User


def move_take(generation: Generation, project: Project, *, user: User) -> bool:
    """Put it there; whether anything changed. Both are of one team."""
    if project.team_id != generation.team_id:
        raise ValueError("A take stays in its team.")
    with transaction.atomic():
        version = Feed.advance(generation.team_id)
        changed = (
            Generation.objects.filter(pk=generation.pk, deleted_at=None)
            .exclude(project=project)
            .update(project=project, version=version)
        )
        if changed:
            Event.record(
                "generation.moved",
                team_id=generation.team_id,
                project=project,
                generation=generation,
                actor=user,
                data={
                    "from": str(generation.project_id),
                    "to": str(project.pk),
                    "version": version,  # so that open pages can let it go
                },
            )
    return bool(changed)
