"""Who is in a team: roles, leaving, handing over; and the team's own settings."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio.forms.members import (
    InvitationForm,
    RoleForm,
    TeamDeleteForm,
    TeamForm,
    roles_up_to,
)
from studio.http import StudioRequest
from studio.models import Invitation, Membership, NotAllowed, Role, Team
from studio.models.teams import GRACE
from studio.pipeline import invite
from studio.views import access


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberLine:
    """One member and what the reader may do about them."""

    place: Membership
    is_me: bool
    roles: Sequence[tuple[str, str]] = ()  # that the reader may give them
    can_remove: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationLine:
    """One invitation that is still out."""

    row: Invitation
    is_over: bool

    @property
    def state(self) -> str:
        """Where it is, in words."""
        return _("Expired") if self.is_over else self.row.get_mail_display()


@require_GET
def team_members(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Everybody of the team; for those who look after it, with what they may do."""
    team = access.get_team(request, team_id)
    return render(request, "teams/members.html", members_context(request, team))


def members_context(
    request: StudioRequest, team: Team, **forms: object
) -> dict[str, object]:
    """What the page shows; a form that was refused instead of a fresh one."""
    lines = [member_line(request, team, place) for place in places_of(team)]
    can_manage = team.my_role.is_at_least(Role.ADMIN)
    context: dict[str, object] = {
        "team": team,
        "current_team": team,
        "lines": lines,
        "me": next(line.place for line in lines if line.is_me),
        "can_manage": can_manage,
        "is_owner": team.my_role == Role.OWNER,
        "others": [line.place for line in lines if not line.is_me],
        "grace_days": GRACE.days,
        "rename_form": TeamForm({"name": team.name}),
        "delete_form": TeamDeleteForm(team=team),
    }
    if can_manage:
        context["can_mail"] = can_mail = invite.can_mail()
        context["invitation_form"] = InvitationForm(
            mine=team.my_role, can_mail=can_mail
        )
        context["invitations"] = invitation_lines(team)
    return context | forms


def places_of(team: Team) -> Sequence[Membership]:
    """Who is in it, the owners first."""
    rows = team.memberships.select_related("user")
    return sorted(
        rows, key=lambda row: (-Role(row.role).rank, row.user.display_name.lower())
    )


def member_line(request: StudioRequest, team: Team, place: Membership) -> MemberLine:
    """One member for this reader."""
    is_me = place.user_id == request.user.pk
    above = not team.my_role.is_at_least(Role(place.role))
    can = team.my_role.is_at_least(Role.ADMIN) and not above
    return MemberLine(
        place=place,
        is_me=is_me,
        roles=roles_up_to(team.my_role) if can else (),
        can_remove=can and not is_me,
    )


def invitation_lines(team: Team) -> list[InvitationLine]:
    """Those that are still out, the newest first."""
    now = timezone.now()
    rows = team.invitations.pending().select_related("invited_by")
    return [
        InvitationLine(row=row, is_over=row.expires_at <= now)
        for row in rows.order_by("-created_at", "email")
    ]


def get_place(team: Team, member_id: int) -> Membership:
    """A place in this very team."""
    found = team.memberships.select_related("user").filter(pk=member_id).first()
    if found is None:
        raise Http404
    found.team = team
    return found


def tried(request: StudioRequest, act: Callable[[], object], done: str) -> bool:
    """Do it and say so; or say which rule stands against it."""
    try:
        changed = act()
    except NotAllowed as reason:
        messages.error(request, str(reason))
        return False
    if changed is not False:
        messages.success(request, done)
    return True


@require_POST
def member_role(
    request: StudioRequest, team_id: uuid.UUID, member_id: int
) -> HttpResponse:
    """Another role for somebody."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    place = get_place(team, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such role."))
        return redirect("team-members", team.pk)
    tried(
        request,
        lambda: place.change_role(form.chosen, by=request.user),
        _("%(name)s is now: %(role)s.")
        % {"name": place.user.display_name, "role": form.chosen.label},
    )
    return redirect("team-members", team.pk)


@require_POST
def member_remove(
    request: StudioRequest, team_id: uuid.UUID, member_id: int
) -> HttpResponse:
    """Put somebody out; what they made stays."""
    team = access.get_team(request, team_id, need=Role.ADMIN)
    place = get_place(team, member_id)
    tried(
        request,
        lambda: place.remove(by=request.user),
        _("%(name)s is no longer in the team.") % {"name": place.user.display_name},
    )
    return redirect("team-members", team.pk)


@require_POST
def team_leave(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Go by oneself."""
    team = access.get_team(request, team_id)
    mine = team.memberships.select_related("user").get(user=request.user)
    words = _("You are no longer in “%(team)s”.") % {"team": team.name}
    if tried(request, mine.leave, words):
        return redirect("home")
    return redirect("team-members", team.pk)


@require_POST
def team_hand_over(request: StudioRequest, team_id: uuid.UUID) -> HttpResponse:
    """Make somebody else the owner."""
    team = access.get_team(request, team_id, need=Role.OWNER)
    word = request.POST.get("member", "")
    to = get_place(team, int(word) if word.isdecimal() and len(word) < 18 else 0)
    mine = team.memberships.select_related("user").get(user=request.user)
    tried(
        request,
        lambda: mine.hand_over(to),
        _("%(name)s owns the team now; you are an admin.")
        % {"name": to.user.display_name},
    )
    return redirect("team-members", team.pk)
