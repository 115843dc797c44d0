"""Two people side by side: one invites, the other joins; every page of it is sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import WIDTHS, serious


def members_page(page: Page, url: Callable[[str], str]) -> str:
    """The address of the members' page."""
    page.goto(url("/team/"))
    page.get_by_role("link", name="Invite and manage").click()
    return page.url


def test_somebody_is_invited_joins_and_is_removed(
    workspace: Page, url: Callable[[str], str], browser: Browser
) -> None:
    owner = workspace
    members = members_page(owner, url)
    owner.get_by_label("Email address").fill("nora@example.org")
    owner.get_by_label("Role", exact=True).select_option("editor")
    owner.get_by_role("button", name="Invite").click()
    link = owner.get_by_label("Link").input_value()
    link = url(link[link.index("/invitation/") :])

    nora = browser.new_context().new_page()
    nora.goto(link)
    assert nora.url == url("/invitation/")
    nora.get_by_label("Your name").fill("Nora Lind")
    nora.get_by_label("Password").fill("a long enough phrase")
    nora.get_by_role("button", name="Join").click()
    expect(nora.locator("#messages")).to_contain_text("Welcome to")
    nora.locator(".cover a").first.click()
    expect(nora.locator("#project-name")).to_be_visible()

    owner.goto(members)
    line = owner.locator(".person", has_text="nora@example.org")
    line.get_by_role("button", name="Remove").click()
    owner.locator("#confirm").get_by_role("button", name="Remove").click()
    expect(owner.locator("#messages")).to_contain_text("no longer in the team")
    answer = nora.reload()
    assert answer is not None
    assert answer.status == 404
    nora.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_its_pages_are_accessible(
    workspace: Page,
    url: Callable[[str], str],
    complaints: list[str],
    scheme: Any,
    width: int,
) -> None:
    page = workspace
    people = f"{page.url}people"
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    members = members_page(page, url)
    pages = (
        *(members, members.replace("/members", "/trail"), people),
        *(url("/teams/new"), url("/invitation/")),
    )
    found = {}
    for address in pages:
        page.goto(address)
        found[address] = serious(page)
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert beyond <= 0, address
    complaints[:] = [text for text in complaints if "404" not in text]

    assert {address: faults for address, faults in found.items() if faults} == {}
