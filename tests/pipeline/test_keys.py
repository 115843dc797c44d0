"""What is left on an account is known without anybody asking."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone
from django_q.models import OrmQ

from studio.models import Project, ProviderAccount, User
from studio.pipeline import keys
from studio.pipeline.send_slow import submit_generation
from tests.factories import make_generation


def make_account(project: Project, provider: str) -> ProviderAccount:
    """A key that nobody has tested."""
    account = ProviderAccount(team=project.team, provider=provider)
    account.set_secrets({"api_key": "sk-canary-0123456789"})
    account.save()
    return account


def accepted(request: httpx.Request) -> httpx.Response:
    """Segmind's yes, with what is left in a header."""
    return httpx.Response(
        200,
        json={"request_id": "job-1", "status": "QUEUED"},
        headers={"x-remaining-credits": "41.5"},
    )


def test_it_keeps_what_an_answer_says_is_left(project: Project, bob: User) -> None:
    account = make_account(project, "segmind")
    take = make_generation(project, bob, model="segmind:veo-2")

    submit_generation(str(take.pk), httpx.MockTransport(accepted))

    account.refresh_from_db()
    assert account.credit_left == "41.5"
    assert account.is_valid is True
    assert account.checked_at is not None


def test_it_asks_after_a_take_where_asking_is_free(project: Project) -> None:
    for provider in ("aimlapi", "vtrix"):
        keys.look_soon(make_account(project, provider))
    keys.look_soon(None)

    message = OrmQ.objects.get()
    assert message.func() == "studio.tasks.check_key"


@pytest.mark.parametrize(("minutes", "left"), [(1, "9.00 USD"), (11, "7.50 USD")])
def test_it_asks_again_only_for_old_news(
    project: Project, minutes: int, left: str
) -> None:
    account = make_account(project, "aimlapi")
    account.credit_left = "9.00 USD"
    account.checked_at = timezone.now() - timedelta(minutes=minutes)
    account.save()

    def balance(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"current_balance": 7.5, "currency": "USD"})

    keys.check_stale(str(account.pk), httpx.MockTransport(balance))

    account.refresh_from_db()
    assert account.credit_left == left
