"""A team's webhooks: add, change, try, remove, and what came of the last calls."""

from __future__ import annotations

import uuid
from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from studio.forms.webhooks import WebhookForm
from studio.http import StudioRequest
from studio.models import Event, Role, Team, Webhook
from studio.pipeline import notices, webhooks
from studio.secrets import SecretUnreadable
from studio.views import access

MOST_CALLS = 20  # on the page of a webhook


def get_webhook(team: Team, webhook_id: uuid.UUID) -> Webhook:
    """A webhook of this very team."""
    webhook = Webhook.objects.filter(team=team, pk=webhook_id).first()
    if webhook is None:
        raise Http404
    return webhook


@require_http_methods(["GET", "POST"])
def webhook_create(request: StudioRequest) -> HttpResponse:
    """A new address that is told what has ended."""
    team = access.current_team(request, need=Role.ADMIN)
    return answer(request, Webhook(team=team), "webhook.added")


@require_http_methods(["GET", "POST"])
def webhook_edit(request: StudioRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Another address or secret; what came of the last calls."""
    team = access.current_team(request, need=Role.ADMIN)
    return answer(request, get_webhook(team, webhook_id), "webhook.changed")


def answer(request: StudioRequest, webhook: Webhook, verb: str) -> HttpResponse:
    """Show the form, or keep what it says."""
    sent = request.POST if request.method == "POST" else None
    form = WebhookForm(
        sent,
        instance=webhook,
        team=webhook.team,
        user=request.user,
        kept=kept_secret(request, webhook) if sent else "",
    )
    is_good = form.is_bound and form.is_valid()
    if is_good and (refusal := webhooks.refusal_of(form.cleaned_data["url"])):
        form.add_error("url", refusal)
    keep_secret(request, webhook, form.typed_secret() if form.errors else "")
    if not is_good or form.errors:
        if form.typed_secret():
            form.say_that_it_is_kept()
        context = {"form": form, "team": form.team, "is_new": form.is_new}
        if not form.is_new:
            calls = form.instance.deliveries.select_related("notice__generation")
            context |= {
                "webhook": form.instance,
                "calls": calls.order_by("-created_at")[:MOST_CALLS],
            }
        status = 422 if form.is_bound else 200
        return render(request, "teams/webhook.html", context, status=status)
    note(request, form.save(), verb)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('team')}#webhooks")


def keep_secret(request: StudioRequest, webhook: Webhook, secret: str) -> None:
    """Let who typed it not type it again: sealed, in their session and on no page."""
    if secret:
        holder = Webhook()
        holder.set_secret(secret)
        request.session[kept_under(webhook)] = holder.sealed
    else:
        request.session.pop(kept_under(webhook), None)


def kept_secret(request: StudioRequest, webhook: Webhook) -> str:
    """What was typed in before the last answer; nothing where it cannot be read."""
    with suppress(SecretUnreadable):
        return Webhook(sealed=request.session.get(kept_under(webhook), "")).secret()
    return ""


def kept_under(webhook: Webhook) -> str:
    """Its name in the session: of this webhook, or of a new one of this team."""
    of = f"{webhook.team_id}-new" if webhook._state.adding else str(webhook.pk)
    return f"webhook-secret-{of}"


@require_POST
def webhook_test(request: StudioRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Call it once, to see whether it arrives."""
    team = access.current_team(request, need=Role.ADMIN)
    webhook = get_webhook(team, webhook_id)
    notices.try_webhook(webhook)
    messages.info(request, _("A trial is on its way: look here in a moment."))
    return redirect("webhook-edit", webhook.pk)


@require_POST
def webhook_delete(request: StudioRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Tell it nothing any more."""
    team = access.current_team(request, need=Role.ADMIN)
    webhook = get_webhook(team, webhook_id)
    note(request, webhook, "webhook.removed")
    webhook.delete()
    messages.success(request, _("The webhook was removed."))
    return redirect(f"{reverse('team')}#webhooks")


def note(request: StudioRequest, webhook: Webhook, verb: str) -> None:
    """Who did what to which; never the whole address, which may hold a secret."""
    Event.record(
        verb,
        team=webhook.team,
        actor=request.user,
        data={"host": webhook.host, "is_active": webhook.is_active},
    )
