"""The queue page by hand: pause, put in order, edit, resume."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import choose_animatic, hold
from tests.browser.test_pages import WIDTHS, serious


@pytest.fixture
def paused(workspace: Page, url: Callable[[str], str]) -> Page:
    """The queue page of a paused team with two takes in the line."""
    page = workspace
    project = page.url
    choose_animatic(page)
    page.goto(url("/queue/"))
    expect(page.locator("#lines tbody tr")).to_have_count(0)  # of earlier tests
    page.get_by_role("button", name="Pause all").click()
    expect(page.locator(".paused-bar")).to_be_visible()
    page.goto(project)
    for words in ("A red fox in the snow", "A lighthouse at dawn"):
        page.get_by_label("Prompt", exact=True).fill(words)
        page.get_by_role("button", name="Generate").click()
        expect(page.locator(".card").filter(has_text=words)).to_be_visible()
    page.goto(url("/queue/"))
    return page


def expect_lines(page: Page, *words: str) -> None:
    """The takes stand in this order, by their first words."""
    expect(page.locator("#lines th a")).to_have_text(words)


def test_a_paused_line_is_put_in_order_and_goes_on(
    paused: Page, url: Callable[[str], str]
) -> None:
    page = paused
    expect(page.locator(".paused-bar")).to_contain_text("line is paused")
    expect_lines(page, "A red fox in the snow", "A lighthouse at dawn")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert serious(page) == []

    look = hold(page, "**/queue/")
    page.locator("#lines tr").filter(has_text="lighthouse").locator("summary").click()
    with page.expect_response("**/queue/"):
        look.continue_()  # what is open stays so
    page.get_by_role("button", name="First of what they wait for").click()
    expect_lines(page, "A lighthouse at dawn", "A red fox in the snow")

    page.locator("#lines tr").filter(has_text="red fox").locator("summary").click()
    page.get_by_role("link", name="Edit").click()
    expect(page.locator("#editing")).to_be_visible()
    page.get_by_label("Prompt", exact=True).fill("A blue fox in the snow")
    page.get_by_role("button", name="Replace").click()
    expect(page.locator(".card").filter(has_text="A blue fox")).to_be_visible()
    expect(page.locator("#editing")).to_have_count(0)

    page.goto(url("/queue/"))
    expect_lines(page, "A lighthouse at dawn", "A blue fox in the snow")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".paused-bar")).to_have_count(0)
    expect(page.locator("#lines tbody tr")).to_have_count(0)
