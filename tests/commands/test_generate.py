"""``manage.py generate``: money from the shell."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from studio.models import Generation, Project, Role, User
from tests.money import make_budget

UNPRICED = ["--model", "aimlapi:veo2", "--prompt", "A fox", "--user"]


@pytest.fixture
def email(project: Project, bob: User) -> str:
    """Bob's, who edits in the project's team."""
    assert project.team.role_of(bob) == Role.EDITOR
    return bob.email


def test_an_unknown_price_needs_a_word(email: str) -> None:
    with pytest.raises(CommandError, match="give --accept-unknown-price"):
        call_command("generate", *UNPRICED, email)
    assert not Generation.objects.exists()

    call_command("generate", *UNPRICED, email, "--accept-unknown-price")
    assert Generation.objects.get().estimate is None


def test_a_budget_refuses_in_words(email: str, project: Project, alice: User) -> None:
    make_budget(project.team, alice, limit=1)
    priced = ["--model", "segmind:kling-2.5-turbo", *UNPRICED[2:]]

    with pytest.raises(CommandError, match="is left of the budget"):
        call_command("generate", *priced, email)

    assert not Generation.objects.exists()
