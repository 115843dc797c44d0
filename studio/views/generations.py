"""Takes: make, cancel, retry, delete, remix."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio import catalog
from studio.catalog import UnknownModel
from studio.forms.composer import TICK, ComposerForm
from studio.http import StudioRequest
from studio.media.store import StoreAway
from studio.models import Event, Generation, OverBudget, Project, Role, Status
from studio.pipeline import cancel, create, credentials, replace, uploads
from studio.views import access
from studio.views.back import back_to
from studio.views.cards import Card, cards
from studio.views.composer import composer_context
from studio.views.discussion import note_of
from studio.views.projects import workspace
from studio.views.retry import news_of_price, retry_tag


@require_POST
def generation_create(request: StudioRequest, project_id: uuid.UUID) -> HttpResponse:
    """Make the takes that the composer asks for."""
    project = access.get_project(request, project_id, need=Role.EDITOR)
    form = ComposerForm(request.POST, request.FILES, user=request.user, project=project)
    is_valid = form.is_valid() and has_key(form)
    try:
        keep_pictures(form)
    except StoreAway as away:
        form.add_error(None, _("%(reason)s: try again.") % {"reason": away})
        is_valid = False
    if not is_valid:
        return refused(request, form)
    try:
        takes = make_takes(request, form)
    except create.FormChanged:
        return refused(request, sent_before(form))
    except replace.SentMeanwhile:
        return refused(request, sent_meanwhile(form))
    except OverBudget as error:
        form.add_error(None, str(error))
        return refused(request, form)
    except create.ProjectGone as error:
        raise Http404 from error
    return started(request, project, takes)


def has_key(form: ComposerForm) -> bool:
    """Whether its takes could be sent at all; otherwise the form says what is missing.

    Nothing is made of it: such a take could only fail.
    """
    model = form.video_model
    if credentials.is_configured(model.provider, form.project.team_id):
        return True
    names = {"provider": catalog.PROVIDER_LABELS.get(model.provider, model.provider)}
    form.add_error("model", _("There is no key for %(provider)s yet.") % names)
    return False


def make_takes(request: StudioRequest, form: ComposerForm) -> list[Generation]:
    """New takes, or those that stand in for a waiting one that was edited."""
    order, replaced = form.order(), form.cleaned_data.get("replaces")
    if not replaced:
        return create.create_takes(order, user=request.user, project=form.project)
    take = access.get_generation(request, replaced, need=Role.EDITOR)
    if take.created_by_id != request.user.pk:
        access.check_role(take.my_role, Role.ADMIN)
    if take.project_id != form.project.pk:
        raise Http404
    return replace.replace_take(take, order, user=request.user)


def keep_pictures(form: ComposerForm) -> None:
    """Store every good new picture, also when another field is wrong."""
    for item in form.video_model.inputs:
        sent = form.files.getlist(item.role) if form.files else []
        names = [upload.name or "" for upload in sent]
        for position, clean in enumerate(form.new_images(item.role)):
            asset = uploads.store_image(
                clean,
                project=form.project,
                user=form.user,
                name=names[position] if position < len(names) else "",
            )
            form.keep_image(item.role, asset)


def sent_before(form: ComposerForm) -> ComposerForm:
    """The same form with a new key: its old one stands for other settings."""
    form.renew_key()
    form.add_error(
        None,
        _("This page was sent before with other settings. Press Generate once more."),
    )
    return form


def sent_meanwhile(form: ComposerForm) -> ComposerForm:
    """The same form, no longer about a take that is on its way already."""
    form.write("replaces", "")
    form.add_error(
        None,
        _(
            "The take was sent meanwhile: it can no longer be changed. Press Generate "
            "to ask for a new one."
        ),
    )
    return form


def refused(request: StudioRequest, form: ComposerForm) -> HttpResponse:
    """The form with its faults; everything typed and uploaded is in it."""
    if request.htmx:
        context = composer_context(form) | {"note": note_of(request)}
        return render(request, "generations/_composer.html", context, status=422)
    context = workspace(request, form.project, form=form)
    return render(request, "projects/detail.html", context, status=422)


def started(
    request: StudioRequest, project: Project, takes: list[Generation]
) -> HttpResponse:
    """New cards for the head of the grid, or the page with them."""
    words = ngettext("%(n)d take queued.", "%(n)d takes queued.", len(takes)) % {
        "n": len(takes)
    }
    if not request.htmx:
        messages.success(request, words)
        return back_to(request, reverse("project", args=[project.pk]))
    context = {
        "cards": cards_of(request, takes, project.my_role),
        "form_key": uuid.uuid4().hex,
        "announcement": words,
        "edited": bool(request.POST.get("replaces")),
    }
    response = render(request, "generations/_started.html", context)
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = "takes-started"
    return response


def cards_of(request: StudioRequest, takes: list[Generation], role: Role) -> list[Card]:
    """These takes as cards, read again with all that a card shows."""
    ids = [take.pk for take in takes]
    found = Generation.objects.filter(pk__in=ids).newest_first().with_cards()
    return cards(found, request.user, role, timezone.now())


@require_GET
def take_card(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """The card of one take as it is now."""
    take = access.get_generation(request, generation_id)
    return one_card(request, take)


@require_GET
def take_menu(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """What can be done with a take: the inside of its card's menu."""
    take = access.get_generation(request, generation_id)
    can_edit = take.my_role.is_at_least(Role.EDITOR)
    context = {
        "take": take,
        "videos": take.assets.filter(kind="video"),
        "can_edit": can_edit,
        "can_delete": take.my_role.is_at_least(Role.ADMIN),
        "retry": retry_tag(take) if can_edit and take.is_terminal else None,
        "form_key": uuid.uuid4().hex,
    }
    return render(request, "generations/_menu.html", context)


@require_POST
def take_cancel(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Stop a take: one's own, or anyone's for admins."""
    take = access.get_generation(request, generation_id, need=Role.EDITOR)
    if take.created_by_id != request.user.pk:
        access.check_role(take.my_role, Role.ADMIN)
    done = cancel.cancel_take(take, user=request.user)
    if request.htmx:
        return one_card(request, take)
    if done:
        messages.success(request, _("The take is being stopped."))
    else:
        messages.info(request, _("It was too late to stop this take."))
    return back_to(request, reverse("project", args=[take.project_id]))


@require_POST
def take_retry(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """The same request once more, as a new take."""
    take = access.get_generation(request, generation_id, need=Role.EDITOR)
    form_key = request.POST.get("form_key", "").replace("\0", "")[:100]
    if news := news_of_price(take, request.POST.get("price")):
        return not_again(request, take, news)
    try:
        made = create.retry_take(
            take,
            user=request.user,
            form_key=form_key,
            accepts_unknown_price=TICK in request.POST,
        )
    except (
        UnknownModel,
        OverBudget,
        create.PriceUnknown,
        create.FormChanged,
    ) as error:
        return not_again(request, take, str(error))
    except create.ProjectGone as error:
        raise Http404 from error
    take.project.my_role = take.my_role
    return started(request, take.project, [made])


def not_again(request: StudioRequest, take: Generation, why: str) -> HttpResponse:
    """The model is switched off, its price is not known, or the budget is used up: say
    so where it can be mended, and spend nothing."""
    messages.error(request, why)
    if request.htmx:
        return HttpResponseClientRedirect(reverse("take", args=[take.pk]))
    return redirect("take", take.pk)


@require_POST
def take_delete(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Take it from every page."""
    take = access.get_generation(request, generation_id, need=Role.ADMIN)
    if take.status == Status.UNKNOWN:
        return not_again(request, take, _("Settle this take first: it may have cost."))
    with transaction.atomic():
        cancel.cancel_take(take, user=request.user)  # what waits is not sent any more
        is_gone = take.delete_softly(now=timezone.now())
    if is_gone:
        Event.record(
            "generation.deleted",
            team_id=take.team_id,
            project=take.project,
            generation=take,
            actor=request.user,
        )
    if request.htmx:
        return render(request, "shared/_live.html", {"announcement": _("Deleted.")})
    messages.success(request, _("The take was deleted."))
    return redirect("project", take.project_id)


@require_GET
def take_remix(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """The composer with this take's words and settings in it."""
    take = access.get_generation(request, generation_id, need=Role.EDITOR)
    address = reverse("project", args=[take.project_id])
    return HttpResponseRedirect(f"{address}?remix={take.pk}")


def one_card(request: StudioRequest, take: Generation) -> HttpResponse:
    """The card alone."""
    [shown] = cards_of(request, [take], take.my_role)
    return render(request, "generations/_card.html", {"card": shown})
