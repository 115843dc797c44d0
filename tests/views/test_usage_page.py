"""The usage page: right to the cent, in a fixed number of queries."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.models import Budget, Generation, Project, Team, User, budget_changes
from studio.views.charts import round_up
from studio.views.sheets import dollars, harmless
from tests.conftest import ClientFor
from tests.factories import make_project
from tests.money import PRICE, make_budget, press

NOW = timezone.now()


def spend(project: Project, user: User, *, number: int = 1, **fields: object) -> None:
    """Takes that ended, with a bill of the provider where one is given."""
    for take in press(project, user, takes=number):
        take.mark_failed("x", "It failed.", now=NOW, **{"billed": "yes", **fields})


def finish(take: Generation, **fields: object) -> None:
    """A take that became a video."""
    take.mark_submitting(now=NOW, deadline=NOW, account=None)
    take.mark_submitted(f"op-{take.pk}", now=NOW)
    take.mark_collecting([], now=NOW)
    take.mark_completed(now=NOW, billed="yes", **fields)


def page_of(client_for: ClientFor, user: User, query: str = "") -> str:
    answer = client_for(user).get(f"/usage/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_estimates_bills_and_their_difference_apart(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    first, second = press(project, bob, takes=2)
    finish(first, cost=800_000, cost_is_reported=True)
    finish(second, cost=PRICE)
    spend(project, bob, billed="unknown")

    page = page_of(client_for, alice)

    assert "<strong>$2.20</strong>" in page  # spent
    assert "<strong>$2.10</strong>" in page  # estimated
    assert "<strong>$0.80</strong>" in page  # billed
    assert "$0.10 against the estimates" in page
    assert "May have been billed" in page
    assert "1 take failed" in page


def test_a_private_project_is_not_named_to_who_was_taken_out_of_it(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    spend(project, bob)
    project.choose_people([alice], is_private=True)
    project.rename("Merger film")

    for page in ("/usage/", "/usage/export.csv"):
        theirs = client_for(bob).get(page).getvalue().decode()
        assert "Merger" not in theirs, page
        assert "A private project" in theirs
        assert "0.70" in theirs
        assert "Merger" in client_for(alice).get(page).getvalue().decode()


def test_it_holds_bills_against_no_estimate_where_there_was_none(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    finish(press(project, bob, price=None)[0], cost=800_000, cost_is_reported=True)

    page = page_of(client_for, alice)

    assert "no price was known" in page
    assert "without an estimate" in page
    assert "<strong>$0.80</strong></td><td>–</td><td>$0.80</td><td>–</td>" in page

    finish(press(project, bob)[0], cost=PRICE, cost_is_reported=True)

    assert "not all was estimated" in page_of(client_for, alice)


def test_it_says_so_when_all_was_billed_as_estimated(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    finish(press(project, bob)[0], cost=PRICE, cost_is_reported=True)

    assert "as estimated" in page_of(client_for, alice)


def test_it_says_what_is_held_for_takes_on_their_way(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    press(project, bob, takes=3)

    assert "<strong>$2.10</strong>" in page_of(client_for, alice)


def test_it_names_people_projects_and_models(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    spend(project, bob)
    spend(make_project(project.team, name="Fog"), alice)

    page = page_of(client_for, alice)

    for name in ("Alice", "Bob", "Harbour film", "Fog", "Veo 2 (text)"):
        assert f'<th scope="row">{name}' in page


@pytest.mark.parametrize("who", ["bob", "victor"])
def test_others_see_their_own_alone(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    project: Project,
    alice: User,
    bob: User,
    who: str,
) -> None:
    spend(project, alice, number=4)
    spend(project, bob)

    page = page_of(client_for, request.getfixturevalue(who))

    assert "These are your own takes." in page
    assert "$2.80" not in page
    assert "$3.50" not in page
    assert ("$0.70" in page) is (who == "bob")
    assert '<th scope="row">Alice' not in page


def test_it_takes_as_many_queries_for_many_as_for_few(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    client = client_for(alice)
    for user in (alice, bob):
        make_budget(project.team, alice, person=user)
    spend(project, bob)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/usage/").status_code == 200
        return len(found)

    few = queries()
    for number in range(6):
        spend(make_project(project.team, name=f"P{number}"), alice, number=2)

    assert queries() == few


def test_months_and_years_can_be_leafed_through(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    spend(project, bob)
    today = timezone.localdate()

    assert "$0.70" not in page_of(client_for, alice, "?month=2020-02")
    assert "<strong>$0.70</strong>" in page_of(client_for, alice, f"?year={today.year}")


@pytest.mark.parametrize(
    "query",
    [
        "?month=2026-13",
        "?month=x",
        "?month=9999-12",
        "?year=0",
        "?year=9999",
        "?year=99999",
        "?year=99999999999",
        "?year=x",
    ],
)
def test_nonsense_in_the_address_is_this_month(
    client_for: ClientFor, team: Team, alice: User, query: str
) -> None:
    page = page_of(client_for, alice, query)

    assert f"month={timezone.localdate():%Y-%m}" in page


def test_the_drawing_has_words_and_patterns_and_no_style(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    spend(project, bob)

    page = page_of(client_for, alice)

    assert 'class="part-assumed" fill="url(#hatch)"' in page
    assert f"<title>{timezone.localdate().day}: $0.70</title>" in page
    assert "style=" not in page


def test_names_are_shown_and_never_run(
    client_for: ClientFor, project: Project, alice: User
) -> None:
    alice.name = "<script>alert(1)</script>"
    alice.save()
    spend(project, alice)

    page = page_of(client_for, alice)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# The file


def rows_of(client_for: ClientFor, user: User) -> list[dict[str, str]]:
    answer = client_for(user).get("/usage/export.csv")
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer).decode()  # type: ignore[arg-type]  # it streams
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_adds_up_to_the_page(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    first, second = press(project, bob, takes=2)
    finish(first, cost=812_345, cost_is_reported=True)
    finish(second, cost=PRICE)

    rows = rows_of(client_for, alice)

    assert [row["charged USD"] for row in rows] == ["0.812345", "0.700000"]
    assert [row["known from"] for row in rows] == ["bill", "catalog"]
    assert {row["take"] for row in rows} == {str(first.pk), str(second.pk)}


def test_the_file_holds_no_formulas(
    client_for: ClientFor, project: Project, alice: User
) -> None:
    project.name = '=HYPERLINK("https://example.com")'
    project.save()
    spend(project, alice)

    [row] = rows_of(client_for, alice)

    assert row["project"].startswith("'=")


def test_the_file_of_an_editor_holds_their_own(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    spend(project, alice)
    spend(project, bob)

    assert [row["person"] for row in rows_of(client_for, bob)] == ["Bob"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"]
)
def test_a_dangerous_cell_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Bob", "a=b", "3 + 4", ""])
def test_a_harmless_cell_is_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_amounts_are_written_to_the_last_figure() -> None:
    written = [dollars(n) for n in (None, 0, 1, 12_345_678, -700_000)]

    assert written == ["", "0.000000", "0.000001", "12.345678", "-0.700000"]


@pytest.mark.parametrize(
    ("amount", "top"),
    [(0, 20_000), (20_001, 40_000), (700_000, 800_000), (1_200_000, 2_000_000)],
)
def test_the_scale_ends_on_a_round_number(amount: int, top: int) -> None:
    assert round_up(amount) == top


def test_a_take_counts_on_the_day_it_was_asked_for(
    client_for: ClientFor, project: Project, alice: User, bob: User
) -> None:
    (take,) = press(project, bob)
    asked = date(2026, 1, 31)
    take.ledger.update(day=asked)

    finish(take, cost=PRICE)

    assert "<strong>$0.70</strong>" in page_of(client_for, alice, "?month=2026-01")


def test_a_budget_that_was_changed_shows_at_once(
    client_for: ClientFor, team: Team, alice: User
) -> None:
    budget = Budget(team=team, limit=5_000_000, is_hard=True)
    budget_changes.keep_budget(budget, user=alice)
    assert "refuses" in page_of(client_for, alice)

    budget.is_hard = False
    budget_changes.keep_budget(budget, user=alice)

    assert "warns" in page_of(client_for, alice)
