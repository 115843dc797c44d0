"""What somebody did on a card shows, whatever else arrives at that moment."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import choose_animatic, hold

UPDATES = "**/updates?*"
numbers = count(1)


@pytest.fixture
def card(workspace: Page, url: Callable[[str], str]) -> Locator:
    """A finished take in the gallery, with nothing in flight."""
    page = workspace
    prompt = f"Lantern {next(numbers)}"
    page.get_by_label("Prompt", exact=True).fill(prompt)
    choose_animatic(page)
    page.get_by_role("button", name="Generate").click()
    card = page.locator("#takes .card", has_text=prompt)
    expect(card.locator("a.play")).to_be_visible()
    expect(page.locator("#updates")).to_have_attribute("hx-trigger", "look")
    page.goto(url("/gallery/"))
    expect(page.locator("#updates")).to_have_attribute("hx-trigger", "look")
    return card


def press_star(card: Locator) -> None:
    """Open its menu and star it."""
    card.hover()
    card.locator(".card-menu summary").click()
    card.get_by_role("button", name="Star", exact=True).click()


def start_look(page: Page) -> None:
    """As when the tab comes to the front again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_star_shows_where_an_update_comes_before_its_answer(card: Locator) -> None:
    page = card.page
    star = hold(page, "**/star", lambda: press_star(card))
    answer = star.fetch()
    known = page.locator("#updates").get_attribute("hx-get") or ""
    start_look(page)
    expect(page.locator("#updates")).not_to_have_attribute("hx-get", known)
    star.fulfill(response=answer)

    expect(card.locator(".star")).to_be_visible()
    expect(card.locator(".card-menu summary")).to_be_focused()


def test_a_star_shows_where_an_update_from_before_comes_after_it(card: Locator) -> None:
    page = card.page
    update = hold(page, UPDATES, lambda: start_look(page))
    answer = update.fetch()
    with page.expect_response("**/star"):
        press_star(card)
    update.fulfill(response=answer)

    expect(card.locator(".star")).to_be_visible()


def test_a_star_shows_where_the_filters_took_an_update_away(card: Locator) -> None:
    page = card.page
    update = hold(page, UPDATES, lambda: start_look(page))
    page.get_by_label("Search the prompts").fill("lantern")
    page.wait_for_url("**/gallery/?q=lantern*")
    update.continue_()
    press_star(card)

    expect(card.locator(".star")).to_be_visible()


def test_a_star_shows_where_its_menu_was_closed_meanwhile(card: Locator) -> None:
    page = card.page
    star = hold(page, "**/star", lambda: press_star(card))
    page.keyboard.press("Escape")
    star.continue_()

    expect(card.locator(".star")).to_be_visible()


def test_a_card_that_plays_comes_anew_when_it_ends(card: Locator) -> None:
    page = card.page
    address = card.locator("a.poster").evaluate("link => link.href")
    card.locator("a.play").click()
    other = page.context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Star").click()
    expect(other.locator("#verdict .badge")).to_be_visible()
    other.close()
    known = page.locator("#updates").get_attribute("hx-get") or ""
    start_look(page)
    expect(page.locator("#updates")).not_to_have_attribute("hx-get", known)
    expect(card.locator("video.full")).to_be_visible()
    page.keyboard.press("Escape")

    expect(card.locator(".star")).to_be_visible()
    expect(card.locator("a.play")).to_be_focused()


def test_a_menu_is_filled_that_was_opened_before_the_scripts_came(
    card: Locator,
) -> None:
    page = card.page
    script = hold(page, "**/htmx*.js", lambda: page.reload(wait_until="commit"))
    card.locator(".card-menu summary").click()
    script.continue_()

    expect(card.get_by_role("button", name="Star", exact=True)).to_be_visible()
