"""A small company: invited, limited, discussed, approved by a client, and paid for."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import serious
from tests.browser.test_providers import Wish, card_of, fill, generate, see_it_play

MODEL = "segmind:kling-2.5-turbo"
FIRST = Wish(model=MODEL, prompt="Ines's first shot", is_priced=True)
SECOND = Wish(model=MODEL, prompt="Ines's second shot", is_priced=True)

Url = Callable[[str], str]


def join_as_ines(owner: Page, browser: Browser, url: Url) -> Page:
    """Ines, invited by the owner, in a browser of her own."""
    owner.goto(url("/team/"))
    owner.get_by_role("link", name="Invite and manage").click()
    owner.get_by_label("Email address").fill("ines@example.org")
    owner.get_by_label("Role", exact=True).select_option("editor")
    owner.get_by_role("button", name="Invite").click()
    link = owner.get_by_label("Link").input_value()
    page = browser.new_context().new_page()
    page.set_default_timeout(60_000)
    page.goto(url(link[link.index("/invitation/") :]))
    page.get_by_label("Your name").fill("Ines Moor")
    page.get_by_label("Password").fill("a long enough phrase")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#messages")).to_contain_text("Welcome to")
    page.locator(".covers").get_by_role("link", name="First project").click()
    page.wait_for_url("**/projects/*/")
    return page


def set_budget(owner: Page, url: Url, dollars: str) -> None:
    """What Ines may spend in a month."""
    owner.goto(url("/usage/budgets/"))
    owner.get_by_label("For", exact=True).select_option(label="Ines Moor")
    owner.get_by_label("Period").select_option("month")
    owner.get_by_label("Limit in US dollars").fill(dollars)
    owner.get_by_role("button", name="Add", exact=True).click()
    expect(owner.locator(".budget", has_text="Ines Moor")).to_contain_text("refuses")


def cost_of(page: Page, wish: Wish) -> str:
    """What its card says that it cost."""
    found = re.search(r"\$[\d.]+", card_of(page, wish).locator(".facts").inner_text())
    assert found
    return found[0]


def see_a_refusal(ines: Page, wish: Wish) -> None:
    """The next take does not fit into the budget: said in words, nothing is lost."""
    fill(ines, wish, [])
    ines.get_by_role("button", name="Generate").click()
    expect(ines.locator("#composer")).to_contain_text("budget")
    expect(ines.get_by_label("Prompt", exact=True)).to_have_value(wish.prompt)
    expect(card_of(ines, wish)).to_have_count(0)


def note_and_next_take(owner: Page, address: str) -> None:
    """A note on a frame, and the composer that it opens."""
    owner.goto(address)
    owner.wait_for_function("() => document.querySelector('video')?.readyState >= 1")
    owner.get_by_label("Comment", exact=True).fill("Closer, please")
    owner.locator(".comment-form").get_by_role("button", name="Comment").click()
    expect(owner.locator(".word", has_text="Closer, please")).to_be_visible()
    owner.get_by_role("button", name="Next take from here").click()
    owner.wait_for_url("**/projects/**")
    expect(owner.locator(".note")).to_contain_text("Closer, please")
    expect(owner.get_by_label("Prompt", exact=True)).to_have_value(FIRST.prompt)
    expect(owner.locator("[data-well] img")).to_have_count(1)


def share(owner: Page, address: str) -> str:
    """The path of a review link to this take."""
    owner.goto(address)
    owner.get_by_role("button", name="Approve").click()
    expect(owner.locator("#verdict .badge").first).to_have_text("Approved")
    owner.get_by_role("link", name="Share").click()
    owner.get_by_role("button", name="Make the link").click()
    link = owner.get_by_label("Address").input_value()
    return f"/r/{link.split('/r/')[1]}"


def approve_as_guest(guest: Page, address: str) -> None:
    """The client: a name, a look, a verdict."""
    guest.goto(address)
    guest.get_by_label("Your name").fill("Carla Client")
    guest.get_by_role("button", name="Watch").click()
    guest.get_by_role("link", name="Video 1").click()
    guest.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    guest.get_by_role("button", name="Approve").click()
    expect(guest.locator("#verdict .badge").first).to_have_text("Approved")


def test_a_company_makes_limits_discusses_and_shares_a_film(
    workspace: Page, url: Url, browser: Browser, complaints: list[str]
) -> None:
    owner = workspace
    ines = join_as_ines(owner, browser, url)
    set_budget(owner, url, "0.60")

    fill(ines, FIRST, [])
    expect(ines.get_by_role("button", name="Generate")).to_contain_text("$0.44")
    generate(ines, FIRST)
    expect(ines.locator("#price-hints")).to_contain_text("$0.16 left")
    see_it_play(ines, FIRST)
    cost = cost_of(ines, FIRST)
    see_a_refusal(ines, SECOND)
    card_of(ines, FIRST).locator("a.words").click()
    ines.wait_for_url("**/takes/*/")
    take = ines.url

    note_and_next_take(owner, take)
    guest = browser.new_context().new_page()
    approve_as_guest(guest, url(share(owner, take)))
    ines.reload()
    expect(ines.locator("#verdict")).to_contain_text("Carla Client")

    owner.goto(url("/usage/"))
    line = owner.locator("tr", has_text="Ines Moor")
    expect(line.locator("td").first).to_have_text(cost)
    assert serious(owner) == []
    owner.goto(url("/team/"))
    owner.get_by_role("link", name="Audit trail").click()
    trail = owner.locator("main").inner_text()
    for act in (
        *("Invitation made", "Member joined", "Budget made"),
        *("Verdict given", "Review link made"),
    ):
        assert act in trail, act
    for page in (ines, guest):
        page.context.close()
    complaints[:] = [text for text in complaints if "422" not in text]
