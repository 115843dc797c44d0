"""Every page: no serious accessibility finding, no complaint of the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import choose_animatic, choose_model

AXE = (Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js").read_text()
PAGES = (
    "/",
    "/gallery/",
    "/queue/",
    "/review/",
    "/team/links/",
    "/team/",
    "/team/moderation/",
    "/team/webhooks/",
    "/profile/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/admin/",
    "/admin/studio/generation/",
    "/no-such-page",
)
WIDTHS = (390, 1280)


def serious(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate("() => axe.run()")
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in result["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_it_is_accessible(
    workspace: Page,
    url: Callable[[str], str],
    complaints: list[str],
    scheme: str,
    width: int,
) -> None:
    page = workspace
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = {page.url: serious(page)}
    for path in PAGES:
        page.goto(url(path))
        if not path.startswith("/admin"):  # Django's own pages are Django's
            found[path] = serious(page)
    complaints[:] = [text for text in complaints if "404" not in text]

    assert {path: faults for path, faults in found.items() if faults} == {}


def test_another_theme_comes_at_one_stroke(workspace: Page) -> None:
    gliding = (
        "() => document.getAnimations().filter(a => a instanceof CSSTransition)"
        ".map(a => a.effect.target.className + ' ' + a.transitionProperty)"
    )

    for scheme in ("light", "dark", "light"):
        workspace.emulate_media(color_scheme=scheme)
        assert workspace.evaluate(gliding) == []


def test_what_is_chosen_shows_in_somebodys_own_colours(
    workspace: Page, url: Callable[[str], str]
) -> None:
    page = workspace
    choose_model(page, "animatic:animatic")
    page.emulate_media(forced_colors="active")
    outline = "(node) => getComputedStyle(node).outlineStyle"

    segments = page.locator(".segments").first
    assert segments.locator(".is-chosen").evaluate(outline) == "solid"
    assert (
        segments.locator(".segment:not(.is-chosen)").first.evaluate(outline) == "none"
    )
    page.goto(url("/team/"))
    page.locator(".switch-group summary").first.click()
    switch = page.get_by_role("switch").first
    assert switch.evaluate(outline) == "solid"
    ground = "(node) => getComputedStyle(node).backgroundColor"
    assert switch.evaluate(ground) != page.locator("body").evaluate(ground)


def test_escape_closes_the_composer_on_a_phone(owner: Page) -> None:
    page = owner
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".covers").get_by_role("link", name="First project").click()
    toggle = page.locator(".sheet-toggle")
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Resolution").focus()

    page.keyboard.press("Escape")

    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(toggle).to_be_focused()
    expect(page.get_by_label("Resolution")).to_be_hidden()


def test_it_is_accessible_before_signing_in(
    page: Page, url: Callable[[str], str], complaints: list[str]
) -> None:
    page.goto(url("/accounts/login/"))
    assert serious(page) == []
    page.goto(url("/accounts/password/reset/"))
    assert serious(page) == []


@pytest.mark.parametrize("path", ["/", "/gallery/", "/queue/", "/profile/"])
def test_it_scrolls_only_downwards_on_a_phone(
    owner: Page, url: Callable[[str], str], path: str
) -> None:
    owner.set_viewport_size({"width": 390, "height": 844})
    owner.goto(url(path))

    wide = "() => document.documentElement.scrollWidth - innerWidth"
    assert owner.evaluate(wide) <= 0


def test_a_page_of_one_screen_scrolls_inside_alone(workspace: Page) -> None:
    workspace.set_viewport_size({"width": 1280, "height": 700})
    beyond = "() => document.documentElement.scrollHeight - innerHeight"
    choose_animatic(workspace)
    workspace.get_by_label("Prompt", exact=True).fill("Beside a long column of facts")
    workspace.get_by_role("button", name="Generate").click()
    card = workspace.locator(".card", has_text="a long column").first
    expect(card.locator("a.play")).to_be_visible()

    card.locator("a.words").click()
    workspace.wait_for_url("**/takes/*/")

    side = workspace.locator(".take-side")
    assert side.evaluate("(e) => e.scrollHeight > e.clientHeight + 100")
    assert workspace.evaluate(beyond) == 0
