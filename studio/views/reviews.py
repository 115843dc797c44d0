"""Comments, verdicts and marks on a take."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from studio.forms.reviews import CommentForm, VerdictForm, moment_of, rate_of
from studio.http import StudioRequest
from studio.models import Comment, Decision, Generation, Role, User, Verdict, verdicts
from studio.pipeline import frames
from studio.views import access
from studio.views.discussion import about, judged
from studio.views.take_page import context_of
from studio.views.takes import composer_address

NEXT_ROLES = ("start_image", "reference_images")


@require_http_methods(["GET", "POST"])
def comments(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """The discussion of a take as it is now, or one comment more."""
    take = with_files(access.get_generation(request, generation_id))
    if request.method == "POST":
        return comment_create(request, take)
    if not request.htmx:
        return HttpResponseRedirect(f"{reverse('take', args=[take.pk])}#discussion")
    context = about(request, take, take.my_role)
    context["announcement"] = _("The discussion has changed.")
    return render(request, "reviews/_heard.html", context)


def with_files(take: Generation) -> Generation:
    """The same with its files, as ``with_cards`` puts them there."""
    take.files = list(take.assets.filter(deleted_at=None))
    return take


def comment_create(request: StudioRequest, take: Generation) -> HttpResponse:
    """One comment more, and whom it names is told."""
    form = CommentForm(
        request.POST,
        video=take.video,
        answerable=take.comments.filter(deleted_at=None),
    )
    if not form.is_valid():
        context = about(request, take, take.my_role, form=form)
        if request.htmx:
            return render(request, "reviews/_discussion.html", context, status=422)
        page = context_of(request, take) | context
        return render(request, "takes/detail.html", page, status=422)
    people = User.objects.filter(memberships__team_id=take.team_id)
    with transaction.atomic():  # whoever sees the one sees the other
        comment = Comment.say(
            take,
            form.cleaned_data["text"],
            author=request.user,
            parent=form.cleaned_data["parent"],
            pin=form.pin,
            drawing=form.cleaned_data["drawing"],
            now=timezone.now(),
        )
        comment.mention(people)
    if not request.htmx:
        return HttpResponseRedirect(f"{back_to(request, take)}#comment-{comment.pk}")
    context = about(request, take, take.my_role)
    context["announcement"] = _("Comment added.")
    return render(request, "reviews/_said.html", context)


def back_to(request: StudioRequest, take: Generation) -> str:
    """The page that a form stood on: the review queue or the take's own."""
    if "queue" not in request.GET:
        return reverse("take", args=[take.pk])
    return queue_address(request, take=str(take.pk))


def queue_address(request: StudioRequest, **values: str) -> str:
    """The review queue of the same project, at this place."""
    if project := request.GET.get("project", ""):
        values["project"] = project[:36]
    return f"{reverse('review')}?{urlencode(values)}"


def get_comment(
    request: StudioRequest, generation_id: uuid.UUID, comment_id: uuid.UUID
) -> Comment:
    """A comment on a take that the asker may see; the take has ``my_role``."""
    take = access.get_generation(request, generation_id)
    found = take.comments.filter(pk=comment_id, deleted_at=None).first()
    if found is None:
        raise Http404
    found.generation = take
    return found


def check_owner(request: StudioRequest, comment: Comment, otherwise: Role) -> None:
    """Its author may; others need this role."""
    if comment.author_id != request.user.pk:
        access.check_role(comment.generation.my_role, otherwise)


@require_POST
def comment_resolve(
    request: StudioRequest, generation_id: uuid.UUID, comment_id: uuid.UUID
) -> HttpResponse:
    """It has been seen to, or after all has not."""
    comment = get_comment(request, generation_id, comment_id)
    check_owner(request, comment, Role.EDITOR)
    if request.POST.get("resolved") == "no":
        comment.reopen(user=request.user)
        return heard(request, comment.generation, _("Opened again."))
    comment.resolve(user=request.user, now=timezone.now())
    return heard(request, comment.generation, _("Resolved."))


@require_POST
def comment_delete(
    request: StudioRequest, generation_id: uuid.UUID, comment_id: uuid.UUID
) -> HttpResponse:
    """Take away one's own; an admin anybody's."""
    comment = get_comment(request, generation_id, comment_id)
    check_owner(request, comment, Role.ADMIN)
    comment.delete_softly(user=request.user, now=timezone.now())
    return heard(request, comment.generation, _("Comment deleted."))


def heard(request: StudioRequest, take: Generation, words: str) -> HttpResponse:
    """The discussion after an act."""
    if not request.htmx:
        return HttpResponseRedirect(f"{back_to(request, take)}#discussion")
    context = about(request, with_files(take), take.my_role)
    context["announcement"] = words
    return render(request, "reviews/_heard.html", context)


@require_POST
def comment_next(
    request: StudioRequest, generation_id: uuid.UUID, comment_id: uuid.UUID
) -> HttpResponse:
    """The composer with this take's settings, the very frame of the note, and it."""
    comment = get_comment(request, generation_id, comment_id)
    take = comment.generation
    access.check_role(take.my_role, Role.EDITOR)
    role = request.POST.get("role", "start_image")
    if role not in NEXT_ROLES or comment.frame is None:
        raise Http404
    moment = moment_of(comment.frame, rate_of(with_files(take).video))
    try:
        asset = frames.keep_frame(take, moment, user=request.user)
    except frames.NoFrame as trouble:
        messages.error(request, str(trouble))
        return redirect("take", take.pk)
    address = composer_address(take, role, asset)
    return HttpResponseRedirect(f"{address}&note={comment.pk}")


@require_POST
def take_verdict(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Approve, ask for changes, or reject."""
    take = access.get_generation(request, generation_id, need=Role.ADMIN)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        raise Http404
    asked_at = take.review_asked_at
    decision = Decision(form.cleaned_data["decision"])
    given = Verdict.give(take, decision, author=request.user, now=timezone.now())
    if given is None:
        messages.error(request, _("Only a finished take can get a verdict."))
    if "queue" in request.GET:
        after = f"{asked_at.isoformat()}_{take.pk}" if asked_at else ""
        return HttpResponseRedirect(queue_address(request, after=after))
    return marked(request, take)


@require_POST
def review_ask(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Ask for a verdict, or do so no more."""
    take = access.get_generation(request, generation_id, need=Role.EDITOR)
    if request.POST.get("wanted") == "no":
        verdicts.withdraw_from_review(take, user=request.user)
    elif not verdicts.ask_for_review(take, user=request.user, now=timezone.now()):
        messages.info(request, _("Only a finished take can be reviewed, and once."))
    return marked(request, take)


@require_POST
def take_star(request: StudioRequest, generation_id: uuid.UUID) -> HttpResponse:
    """A mark for the whole team."""
    take = access.get_generation(request, generation_id, need=Role.EDITOR)
    verdicts.star(take, is_starred=request.POST.get("starred") != "no")
    return marked(request, take)


def marked(request: StudioRequest, take: Generation) -> HttpResponse:
    """The verdict's part of the page, or the page."""
    if not request.htmx:
        return redirect("take", take.pk)
    return render(request, "reviews/_verdict.html", judged(take, take.my_role))
