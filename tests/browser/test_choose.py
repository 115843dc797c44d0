"""Takes are chosen on their cards and go into a review link."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import choose_animatic
from tests.browser.test_pages import serious

numbers = count(1)


@pytest.fixture
def three(workspace: Page) -> Page:
    """A project with three finished takes at its head."""
    page = workspace
    prompt = f"Three kites {next(numbers)}"
    page.get_by_label("Prompt", exact=True).fill(prompt)
    choose_animatic(page)
    page.get_by_label("Takes", exact=True).fill("3")
    page.get_by_role("button", name="Generate").click()
    done = page.locator(".card", has_text=prompt).locator("a.play")
    expect(done).to_have_count(3)
    return page


def test_they_are_chosen_by_keyboard_mouse_and_in_a_row(three: Page) -> None:
    page, boxes = three, three.locator(".choose")
    chosen, bar = page.locator(".choose-count"), page.locator(".choose-bar")
    expect(bar).to_be_hidden()

    boxes.first.focus()
    page.keyboard.press("Space")
    expect(chosen).to_have_text("1 take chosen")
    expect(page.locator("#live")).to_have_text("1 take chosen")
    boxes.nth(2).click(modifiers=["Shift"])
    expect(chosen).to_have_text("3 takes chosen")
    page.locator(".card a.poster").nth(1).click()  # while choosing, a picture chooses
    expect(chosen).to_have_text("2 takes chosen")
    assert serious(page) == []

    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    boxes.nth(1).check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/share?take=*")
    expect(page.locator(".offer input:checked")).to_have_count(1)


def test_what_is_chosen_stays_so_when_cards_come_anew(
    three: Page, url: Callable[[str], str]
) -> None:
    page = three
    page.goto(url("/gallery/"))
    card = page.locator(".card", has_text="Three kites").first
    card.locator(".choose").check()
    card.hover()
    card.locator(".card-menu summary").click()
    card.get_by_role("button", name="Star", exact=True).click()
    expect(card.locator(".star")).to_be_visible()
    expect(card.locator(".choose")).to_be_checked()

    page.get_by_label("Search the prompts").fill("nothing is called so")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator(".choose-count")).to_have_text("1 take chosen")
    page.get_by_label("Search the prompts").fill("kites")
    expect(page.locator(".choose:checked")).to_have_count(1)
    expect(page.locator(".choose-bar input")).to_have_count(0)


def test_a_page_without_scripts_opens_the_link_page_too(
    three: Page, browser: Browser
) -> None:
    context = browser.new_context(
        java_script_enabled=False, storage_state=three.context.storage_state()
    )
    page = context.new_page()
    page.goto(three.url)
    page.locator(".choose").nth(0).check()
    page.locator(".choose").nth(1).check()
    page.get_by_role("button", name="Share for review").click()

    expect(page.locator(".offer input:checked")).to_have_count(2)
    context.close()
