"""A notification of the browser: for whoever asked for it and allowed it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_notices import generate

# Every notification that the page raises is written down, and really raised; and the
# page can be told that it is in the background, where a browser under test never is.
WATCHED = """
    window.raised = [];
    window.Notification = class extends Notification {
        constructor(title, options) {
            super(title, options);
            window.raised.push([title, options.body]);
        }
    };
    let isHidden = false;
    Object.defineProperty(document, "hidden", { get: () => isHidden });
    window.hide = () => { isHidden = true; };
"""


@pytest.fixture
def watched(workspace: Page) -> Page:
    """The first project, with its notifications written down."""
    workspace.add_init_script(WATCHED)
    workspace.reload()
    return workspace


def ask(page: Page, url: Callable[[str], str]) -> None:
    """Switch them on, on the profile."""
    home = page.url
    page.goto(url("/profile/"))
    page.locator("[data-ask-notifications] button").click()
    page.goto(home)


def raised_by(page: Page, prompt: str) -> list[list[str]]:
    """What is raised when a take ends while the page is in the background."""
    page.evaluate("hide()")
    generate(page, prompt)
    # The page's own line is written in the same moment, notification or not.
    line = page.locator("#messages .message a", has_text=prompt)
    expect(line).to_have_text(f"Ready: {prompt}")
    found: list[list[str]] = page.evaluate("raised")
    return found


def test_a_finished_take_raises_one_where_it_was_asked_for(
    watched: Page, url: Callable[[str], str]
) -> None:
    watched.context.grant_permissions(["notifications"])
    ask(watched, url)

    found = raised_by(watched, "A paper boat")

    assert found == [["Dailies", "Ready: A paper boat"]]
    expect(watched).to_have_title(re.compile(r"^\(1\) "))


def test_nothing_is_raised_where_nobody_asked(watched: Page) -> None:
    watched.context.grant_permissions(["notifications"])

    assert raised_by(watched, "A paper plane") == []


def test_nothing_is_raised_without_permission(
    watched: Page, url: Callable[[str], str]
) -> None:
    watched.context.grant_permissions(["notifications"])
    ask(watched, url)
    watched.context.clear_permissions()
    watched.reload()
    assert watched.evaluate("Notification.permission") != "granted"

    assert raised_by(watched, "A paper lantern") == []
