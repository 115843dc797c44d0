"""After an act, back to the page that it was done on."""

from __future__ import annotations

import pytest

from studio.models import Project, Status, User
from tests.conftest import ClientFor
from tests.factories import make_generation


@pytest.mark.parametrize("act", ["cancel", "retry"])
@pytest.mark.parametrize("page", ["/queue/", "/gallery/?q=fox&status=failed"])
def test_it_leads_back(
    project: Project, bob: User, client_for: ClientFor, act: str, page: str
) -> None:
    status = Status.QUEUED if act == "cancel" else Status.FAILED
    take = make_generation(project, bob, status=status)

    answer = client_for(bob).post(f"/takes/{take.pk}/{act}", {"back": page})

    assert (answer.status_code, answer["Location"]) == (302, page)


@pytest.mark.parametrize(
    "address",
    ["", "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"],
)
def test_it_leads_nowhere_else(
    project: Project, bob: User, client_for: ClientFor, address: str
) -> None:
    take = make_generation(project, bob)

    answer = client_for(bob).post(f"/takes/{take.pk}/cancel", {"back": address})

    assert answer["Location"] == f"/projects/{project.pk}/"


def test_the_buttons_of_a_page_know_where_they_are(
    project: Project, bob: User, client_for: ClientFor
) -> None:
    html = client_for(bob).get("/gallery/?q=fox").content.decode()

    assert 'name="back" value="/gallery/?q=fox"' in html
