"""A take that ends while its maker is on another page is told of there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import choose_animatic


def is_a_look(response: Response) -> bool:
    """Whether the page has asked what has ended."""
    return "/notices?since=" in response.url


def generate(page: Page, prompt: str) -> None:
    """Start an animatic of two seconds."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    choose_animatic(page)
    page.get_by_role("button", name="Generate").click()
    expect(page.locator("#takes .card").first).to_contain_text(prompt)


def test_it_is_told_of_on_another_page(
    workspace: Page, url: Callable[[str], str]
) -> None:
    page = workspace
    generate(page, "A tin robot waves")
    page.goto(url("/profile/"))

    line = page.locator("#messages .message a", has_text="A tin robot waves")
    expect(line).to_have_text("Ready: A tin robot waves")
    expect(page.locator("#live")).to_have_text("Ready: A tin robot waves")

    with page.expect_response(is_a_look) as look:
        page.goto(url("/profile/"))
    look.value.finished()
    page.wait_for_timeout(200)  # what came of it would be there
    expect(line).to_have_count(0)


def test_on_its_own_page_the_card_is_word_enough(workspace: Page) -> None:
    page = workspace
    with page.expect_response(is_a_look) as look:
        generate(page, "A kite over dunes")
    while "A kite over dunes" not in look.value.text():
        with page.expect_response(is_a_look) as look:
            pass  # they go on as long as it runs

    expect(page.locator("#takes .card").first.locator("a.play")).to_be_visible()
    page.wait_for_timeout(200)  # what came of it would be there
    expect(page.locator("#messages .message")).to_have_count(0)
