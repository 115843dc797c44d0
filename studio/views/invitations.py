"""Invitations: make one, send it again, show its link, take it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from studio.forms.members import InvitationForm
from studio.http import StudioRequest
from studio.models import Invitation, NotAllowed, Role, Team
from studio.pipeline import invite
from studio.views import access
from studio.views.members import members_context


def get_invitation(team: Team, invitation_id: uuid.UUID) -> Invitation:
    """An invitation of this very team that is still out, to a role that one may give.

    Its link is as good as its role: who may not give that role gets no link to it.
    """
    found = team.invitations.pending().filter(pk=invitation_id).first()
    if found is None:
        raise Http404
    access.check_role(team.my_role, Role(found.role))
    found.team = team
    return found


@require_POST
def invitation_create(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Invite somebody, by mail or with a link that is shown once."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    can_mail = invite.can_mail()
    form = InvitationForm(request.POST, mine=team.my_role, can_mail=can_mail)
    made = make(request, team, form) if form.is_valid() else None
    if made is None:
        context = members_context(request, team, invitation_form=form)
        return render(request, "teams/members.html", context, status=422)
    if form.by_mail:
        return mailed(request, made)
    return shown(request, made)


def make(request: StudioRequest, team: Team, form: InvitationForm) -> Invitation | None:
    """The invitation; or nothing, with the reason in the form."""
    role = Role(form.cleaned_data["role"])
    email = form.cleaned_data["email"]
    try:
        return Invitation.make(team, email, role, by=request.user, now=timezone.now())
    except NotAllowed as reason:
        form.add_error("email", str(reason))
        return None


def mailed(
    request: StudioRequest, invitation: Invitation, *, again: bool = False
) -> HttpResponse:
    """Have it mailed, and say so."""
    invite.ask_for_mail(invitation, by=request.user if again else None)
    words = _("An invitation is on its way to %(email)s.")
    messages.success(request, words % {"email": invitation.email})
    return redirect("team-members", invitation.team_id)


def shown(request: StudioRequest, invitation: Invitation) -> HttpResponse:
    """The page with the link, this once: it is kept nowhere."""
    token = invitation.new_token(timezone.now())
    if not token:
        raise Http404
    context = {
        "team": invitation.team,
        "current_team": invitation.team,
        "invitation": invitation,
        "address": invite.address_of(token),
    }
    return render(request, "teams/invitation_link.html", context)


@require_POST
def invitation_mail(
    request: StudioRequest, team_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    """Send it again; the link of the last mail is worthless then."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    invitation = get_invitation(team, invitation_id)
    if not invite.can_mail():
        raise Http404
    return mailed(request, invitation, again=True)


@require_POST
def invitation_link(
    request: StudioRequest, team_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    """A new link; every older one is worthless then."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    invitation = get_invitation(team, invitation_id)
    invitation.note("invitation.renewed", request.user)
    return shown(request, invitation)


@require_POST
def invitation_revoke(
    request: StudioRequest, team_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    """Take it back."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    invitation = get_invitation(team, invitation_id)
    if invitation.revoke(by=request.user, now=timezone.now()):
        words = _("The invitation of %(email)s was taken back.")
        messages.success(request, words % {"email": invitation.email})
    return redirect("team-members", team.pk)
