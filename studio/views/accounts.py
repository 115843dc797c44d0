"""A team's keys at providers: add, change, test, remove."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from studio.forms.accounts import AccountForm
from studio.http import StudioRequest
from studio.models import Event, ProviderAccount, Role, Team
from studio.pipeline import keys
from studio.views import access


def get_account(team: Team, account_id: uuid.UUID) -> ProviderAccount:
    """An account of this very team."""
    account = ProviderAccount.objects.filter(team=team, pk=account_id).first()
    if account is None:
        raise Http404
    return account


@require_http_methods(["GET", "POST"])
def account_create(request: StudioRequest) -> HttpResponse:
    """A new key."""
    team = access.current_team(request, need=Role.ADMIN)
    asked = {"provider": request.GET.get("provider", "")}
    form = AccountForm(posted(request), team=team, initial=asked)
    return answer(request, form, team, "account.added")


@require_http_methods(["GET", "POST"])
def account_edit(request: StudioRequest, account_id: uuid.UUID) -> HttpResponse:
    """Another key, limit or address for an account."""
    team = access.current_team(request, need=Role.ADMIN)
    account = get_account(team, account_id)
    form = AccountForm(posted(request), instance=account, team=team)
    return answer(request, form, team, "account.changed")


def posted(request: StudioRequest) -> QueryDict | None:
    """What was sent; None for somebody who only looks."""
    return request.POST if request.method == "POST" else None


def answer(
    request: StudioRequest, form: AccountForm, team: Team, verb: str
) -> HttpResponse:
    """Show the form, or keep what it says and test the key."""
    if not form.is_bound or not form.is_valid():
        is_new = verb == "account.added"
        context = {"form": form, "team": team, "is_new": is_new}
        status = 422 if form.is_bound else 200
        return render(request, "teams/account.html", context, status=status)
    account = form.save()
    note(request, account, verb)
    tell(request, account)
    return redirect("team")


@require_POST
def account_test(request: StudioRequest, account_id: uuid.UUID) -> HttpResponse:
    """Ask the provider, at no cost, whether the key works."""
    team = access.current_team(request, need=Role.ADMIN)
    tell(request, get_account(team, account_id))
    return redirect("team")


@require_POST
def account_delete(request: StudioRequest, account_id: uuid.UUID) -> HttpResponse:
    """Forget a key; takes that run with it cannot be asked for any more."""
    team = access.current_team(request, need=Role.ADMIN)
    account = get_account(team, account_id)
    if account.generations.in_flight().exists():
        messages.error(
            request, _("Takes still run with this key: switch it off first.")
        )
        return redirect("team")
    note(request, account, "account.removed")
    account.delete()
    messages.success(request, _("The key was removed."))
    return redirect("team")


def tell(request: StudioRequest, account: ProviderAccount) -> None:
    """Test a key and say what came of it."""
    report = keys.check_account(account, user=request.user)
    level = {True: messages.SUCCESS, False: messages.ERROR, None: messages.INFO}
    messages.add_message(request, level[report.is_valid], report.message)


def note(request: StudioRequest, account: ProviderAccount, verb: str) -> None:
    """Who did what to which key; never the key."""
    Event.record(
        verb,
        team=account.team,
        actor=request.user,
        data={"provider": account.provider, "name": account.name},
    )
