"""Two people and a guest talk about a take, in real browsers side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import choose_animatic
from tests.browser.test_pages import serious

numbers = count(1)
FILM = re.compile(r"Film \d+ to talk about")
WIDE = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def take(workspace: Page) -> Page:
    """The page of a finished take."""
    page = workspace
    prompt = f"Film {next(numbers)} to talk about"
    page.get_by_label("Prompt", exact=True).fill(prompt)
    choose_animatic(page)
    page.get_by_role("button", name="Generate").click()
    card = page.locator("#takes .card", has_text=prompt)
    expect(card.locator("a.play")).to_be_visible()
    card.locator("a.poster").click()
    page.wait_for_url("**/takes/*/")
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")
    return page


def go_to_frame(page: Page, seconds: float) -> None:
    """Put the player there."""
    page.evaluate("(at) => document.querySelector('[data-player]').goTo(at)", seconds)
    page.wait_for_function("() => !document.querySelector('video').seeking")


def test_it_comments_by_keyboard_and_goes_on_from_the_note(take: Page) -> None:
    page = take
    go_to_frame(page, 1.02)
    page.keyboard.press("c")
    page.keyboard.type("The boat comes too early")
    expect(page.locator("[data-pin-time]")).to_have_text("00:01:00")
    page.keyboard.press("Control+Enter")

    word = page.locator(".word", has_text="too early")
    expect(word.locator(".pin")).to_have_text("00:01:00")
    expect(page.locator(".markers circle.marker")).to_have_count(1)
    go_to_frame(page, 0)
    page.locator(".markers a").click()
    assert page.evaluate("document.querySelector('video').currentTime") > 1
    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.locator("#verdict .badge").first).to_have_text("Approved")

    page.get_by_role("button", name="Next take from here").click()

    page.wait_for_url("**/projects/**")
    expect(page.locator(".note")).to_contain_text("too early")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(FILM)
    expect(page.locator("[data-well] img")).to_have_count(1)


def tops(found: Locator) -> set[int]:
    """How far down the page each of them is."""
    boxes = [one.bounding_box() for one in found.all()]
    assert boxes
    assert all(boxes)
    return {round(box["y"] + box["height"] / 2) for box in boxes if box}


@pytest.mark.parametrize("width", [390, 1280])
def test_no_act_hangs_alone_below_the_others(take: Page, width: int) -> None:
    page = take
    go_to_frame(page, 1.02)
    page.get_by_label("Comment", exact=True).fill("The boat comes too early")
    page.locator(".comment-form").get_by_role("button", name="Comment").click()
    page.set_viewport_size({"width": width, "height": 800})

    thread = page.locator(".thread")
    reply = thread.get_by_role("link", name="Reply")
    resolve = thread.get_by_role("button", name="Resolve")
    delete = thread.get_by_role("button", name="Delete the comment")
    expect(reply.or_(resolve).or_(delete)).to_have_count(3)
    assert len(tops(reply.or_(resolve).or_(delete))) == 1
    assert len(tops(page.locator("#verdict [name=decision]"))) == 1
    starts = [
        page.evaluate(
            "(node) => {const range = document.createRange();"
            " range.selectNodeContents(node);"
            " return Math.round(range.getBoundingClientRect().left);}",
            found.element_handle(),
        )
        for found in (thread.locator(".word-text"), reply)
    ]
    assert len(set(starts)) == 1  # the words stand below one another


def test_it_draws_on_the_frame(take: Page) -> None:
    page = take
    page.get_by_role("button", name="Draw").click()
    area = page.locator("[data-sketch]").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] / 4, area["y"] + area["height"] / 4)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    page.mouse.up()
    page.get_by_label("Comment", exact=True).fill("This corner")
    page.locator(".comment-form").get_by_role("button", name="Comment").click()

    pin = page.locator(".word", has_text="This corner").locator(".pin")
    expect(pin).to_be_visible()
    expect(page.locator("[data-sketch] polyline")).to_have_count(0)
    pin.click()
    points = page.locator("[data-sketch] polyline").get_attribute("points") or ""
    first, *_others, last = points.split()
    assert first == "0.25,0.25"
    assert last == "0.5,0.5"


def test_others_hear_of_it_and_nothing_typed_is_lost(
    take: Page, browser: Browser
) -> None:
    other = browser.new_context(storage_state=take.context.storage_state()).new_page()
    other.goto(take.url)
    other.get_by_label("Comment", exact=True).fill("Being typed")

    take.get_by_label("Comment", exact=True).fill("Said meanwhile")
    take.locator(".comment-form").get_by_role("button", name="Comment").click()

    expect(other.locator(".word", has_text="Said meanwhile")).to_be_visible()
    expect(other.get_by_label("Comment", exact=True)).to_have_value("Being typed")
    other.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_guest_watches_comments_and_approves(
    take: Page, browser: Browser, url: Callable[[str], str], width: int
) -> None:
    address = take.url
    take.get_by_role("link", name="Share").click()
    take.get_by_label("Passphrase").fill("open sesame")
    take.get_by_label("Show the guest's name over the video").check()
    assert serious(take) == []
    take.get_by_role("button", name="Make the link").click()
    link = take.get_by_label("Address").input_value()

    guest = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    guest.goto(url(f"/r/{link.split('/r/')[1]}"))
    guest.get_by_label("Your name").fill("Gina")
    guest.get_by_label("Passphrase").fill("open sesame")
    guest.get_by_role("button", name="Watch").click()
    guest.get_by_role("link", name="Video 1").click()
    guest.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    assert serious(guest) == []
    assert guest.evaluate(WIDE) <= 0
    expect(guest.locator(".overlay-name")).to_have_text("Gina")
    guest.get_by_label("Comment", exact=True).fill("Lovely light")
    guest.get_by_role("button", name="Comment", exact=True).click()
    expect(guest.locator(".word")).to_contain_text("Lovely light")
    guest.get_by_role("button", name="Approve").click()
    expect(guest.locator("#verdict .badge").first).to_have_text("Approved")
    assert guest.context.request.get(address).url != address  # no way further in

    take.goto(address)
    expect(take.locator(".word")).to_contain_text("Lovely light")
    expect(take.locator("#verdict")).to_contain_text("Gina Guest")
    take.goto(url("/team/links/"))
    take.get_by_role("button", name="Close").first.click()
    take.locator("#confirm").get_by_role("button", name="Close").click()
    expect(take.locator(".badge", has_text="Closed").first).to_be_visible()
    guest.reload()
    expect(guest.locator("h1")).not_to_contain_text("Video")
    guest.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_queue_is_worked_off_by_keyboard(
    take: Page, url: Callable[[str], str], width: int
) -> None:
    page = take
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("button", name="Ask for review").click()
    expect(page.locator("#verdict")).to_contain_text("Waiting for a verdict")
    assert serious(page) == []
    assert page.evaluate(WIDE) <= 0

    page.goto(url("/review/"))
    expect(page.locator("h1")).to_contain_text("1 waiting")
    assert serious(page) == []
    assert page.evaluate(WIDE) <= 0
    page.keyboard.press("r")

    expect(page.get_by_text("Nothing waits for a verdict")).to_be_visible()


def test_the_question_mark_shows_the_keys(take: Page) -> None:
    take.keyboard.press("?")
    expect(take.locator("#keys")).to_be_visible()
    take.keyboard.press("Escape")
    expect(take.locator("#keys")).to_be_hidden()

    take.get_by_label("Comment", exact=True).press_sequentially("Really?")
    expect(take.locator("#keys")).to_be_hidden()


def test_a_line_of_review_fits_a_phone(take: Page, url: Callable[[str], str]) -> None:
    take.get_by_role("button", name="Ask for review").click()
    expect(take.get_by_text("Waiting for a verdict")).to_be_visible()
    take.set_viewport_size({"width": 390, "height": 844})

    take.goto(url("/review/"))

    assert take.evaluate(WIDE) <= 0
