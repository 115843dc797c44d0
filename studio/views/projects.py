"""A project: the workspace with its composer and its takes."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from studio.forms.composer import ComposerForm
from studio.forms.projects import ProjectForm
from studio.http import StudioRequest
from studio.models import Event, Generation, Project, Role, Status, Team
from studio.pipeline import cancel
from studio.views import access
from studio.views.composer import composer_context, fresh_composer
from studio.views.discussion import note_of
from studio.views.drawn import Viewer
from studio.views.grid import Grid, grid, version_of, watch
from studio.views.home import home_context
from studio.views.project_people import may_choose

EXAMPLES = (
    gettext_lazy(
        "A lighthouse in a storm, waves breaking over the rocks, slow push in"
    ),
    gettext_lazy(
        "A red fox crosses a snowy street at night, neon signs reflected in puddles"
    ),
    gettext_lazy(
        "Macro shot of ink unfolding in clear water, black on white, slow motion"
    ),
)


@require_GET
def project(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """The workspace: composer and takes on one page."""
    found = access.get_project(request, project_id)
    return render(request, "projects/detail.html", workspace(request, found))


def workspace(
    request: StudioRequest, found: Project, form: ComposerForm | None = None
) -> dict[str, object]:
    """What the workspace shows; a form that was refused instead of a fresh one."""
    version = version_of(found.team)
    shown = page_of(request, found, version)
    context: dict[str, object] = {
        "project": found,
        "current_team": found.team,
        "grid": shown,
        "watch": watch(f"project:{found.pk}", version, shown.cards),
        "examples": EXAMPLES,
        "can_edit": found.my_role.is_at_least(Role.EDITOR),
        "can_manage": found.my_role.is_at_least(Role.ADMIN),
        "note": note_of(request),
        "can_choose": may_choose(found, request.user),
    }
    if context["can_manage"]:
        context["delete_question"] = delete_question(found)
    if form:
        context |= composer_context(form)
    elif context["can_edit"]:
        context |= fresh_composer(request, found)
    return context


def delete_question(found: Project) -> str:
    """What is asked before the project goes; takes on their way are counted."""
    question = _("Delete this project with all its takes?")
    return f"{question} {on_their_way(found)}".strip()


def on_their_way(found: Project) -> str:
    """What becomes of the takes in flight, where there are any."""
    rows = found.generations.running().by_the_open_rows()
    number = rows.filter(deleted_at=None).count()
    if not number:
        return ""
    return ngettext(
        "%(n)d take is on its way: it is finished and paid for, and seen nowhere.",
        "%(n)d takes are on their way: they are finished and paid for, and seen"
        " nowhere.",
        number,
    ) % {"n": number}


@require_GET
def project_takes(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """The next page of the grid."""
    found = access.get_project(request, project_id)
    shown = page_of(request, found, version_of(found.team))
    context = {
        "grid": shown,
        "project": found,
        "current_team": found.team,
        "can_share": found.my_role.is_at_least(Role.ADMIN),
    }
    if request.htmx:
        return render(request, "gallery/_page.html", context)
    return render(request, "projects/takes.html", context)


@require_POST
def project_create(request: StudioRequest) -> HttpResponse:
    """A new project of the team in the header."""
    team = access.current_team(request, need=Role.EDITOR)
    form = ProjectForm(request.POST, team=team, user=request.user)
    if not form.is_valid():
        context = home_context(request, team, form=form)
        return render(request, "projects/index.html", context, status=422)
    made = make_project(request, team, form)
    return redirect("project", made.pk)


def make_project(request: StudioRequest, team: Team, form: ProjectForm) -> Project:
    """The row, with its maker chosen where it is private."""
    is_private: bool = form.cleaned_data["is_private"]
    with transaction.atomic():
        made = Project.objects.create(
            team=team,
            name=form.cleaned_data["name"],
            created_by=request.user,
            is_private=is_private,
        )
        if is_private:
            made.choose_people([request.user], is_private=True)
        Event.record("project.created", team=team, project=made, actor=request.user)
    return made


@require_POST
def project_rename(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """Another name for a project."""
    found = access.get_project(request, project_id, need=Role.EDITOR)
    form = ProjectForm(request.POST, team=found.team, user=request.user, project=found)
    if not form.is_valid():
        context = workspace(request, found) | {"rename_form": form}
        return render(request, "projects/detail.html", context, status=422)
    before = found.name
    found.rename(form.cleaned_data["name"])
    Event.record(
        "project.renamed",
        team=found.team,
        project=found,
        actor=request.user,
        data={"before": before, "after": found.name},
    )
    return redirect("project", found.pk)


@require_POST
def project_delete(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """Take a project from every page. What waits is stopped; what runs is finished and
    paid right."""
    found = access.get_project(request, project_id, need=Role.ADMIN)
    if found.generations.filter(status=Status.UNKNOWN, deleted_at=None).exists():
        words = _("Settle the unclear takes of this project first, on the queue page.")
        messages.error(request, words)
        return redirect("project", found.pk)
    is_gone = found.delete_softly(timezone.now())
    # From here on nothing more can be asked for in it.
    for take in found.generations.queued().select_related("team"):
        cancel.cancel_take(take, user=request.user)
    if is_gone:
        Event.record(
            "project.deleted", team=found.team, project=found, actor=request.user
        )
        words = _("“%(name)s” was deleted.") % {"name": found.name}
        messages.success(request, f"{words} {on_their_way(found)}".strip())
    return redirect("home")


def page_of(request: StudioRequest, found: Project, version: int) -> Grid:
    """One page of a project's takes; ``version`` is the feed's, read before."""
    rows = Generation.objects.filter(project=found, deleted_at=None)
    takes = rows.seen_by(request.user, found.my_role)
    viewer = Viewer(user=request.user, role=found.my_role)
    page = reverse("project-takes", args=[found.pk])
    return grid(request, takes, viewer, page=page, of=(found.pk, version))
