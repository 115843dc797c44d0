"""What the shell prints of a take that failed."""

from __future__ import annotations

import json
from io import StringIO

from django.core.management.base import OutputWrapper

from studio.management.commands.generate import report
from studio.models import Project, Status, User
from tests.factories import make_generation


def printed(project: Project, user: User, *, as_json: bool) -> str:
    """The end of the command for a take without credit."""
    take = make_generation(
        project,
        user,
        status=Status.FAILED,
        error_code="insufficient_credit",
        error_message="Vtrix has no credit for this: Balance is used up.",
    )
    out = StringIO()
    report([take], as_json, OutputWrapper(out))
    return out.getvalue()


def test_the_json_says_cause_fault_and_next_step(project: Project, bob: User) -> None:
    [row] = json.loads(printed(project, bob, as_json=True))

    assert row["cause"] == "The account at the provider has no credit left."
    assert row["fault"] == "account"
    assert row["next_step"] == "Top it up at the provider, then retry."
    assert row["error"] == "Vtrix has no credit for this: Balance is used up."


def test_the_json_counts_no_cost_that_was_not_billed(
    project: Project, bob: User
) -> None:
    take = make_generation(
        project, bob, status=Status.FAILED, cost=250_000, billed="no"
    )
    out = StringIO()

    report([take], True, OutputWrapper(out))

    [row] = json.loads(out.getvalue())
    assert (row["cost"], row["billed"]) == (0, "no")


def test_the_lines_say_the_cause_first(project: Project, bob: User) -> None:
    lines = printed(project, bob, as_json=False).splitlines()

    assert lines[1].strip() == "The account at the provider has no credit left."
    assert "Balance is used up." in lines[3]
