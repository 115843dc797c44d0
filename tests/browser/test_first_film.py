"""The main job, as somebody does it on the first day."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import choose_animatic

PROMPT = (
    "A menacing evil dragon appears in a distance above the tallest mountain, then "
    "rushes toward the camera with its jaws open, revealing massive fangs."
)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two pictures of some size, as a camera makes them."""
    folder = tmp_path_factory.mktemp("photographs")
    return [photograph(folder / "first.jpg", 200), photograph(folder / "last.jpg", 20)]


def photograph(path: Path, hue: int) -> Path:
    """A sky with a sun over land."""
    image = Image.new("HSV", (1200, 1600), (hue, 120, 200))
    draw = ImageDraw.Draw(image)
    draw.ellipse((500, 300, 800, 600), fill=(30, 120, 255))
    draw.rectangle((0, 1100, 1200, 1600), fill=(90, 140, 90))
    image.convert("RGB").save(path, quality=90)
    return path


def test_it_makes_a_film_and_plays_it(workspace: Page, photographs: list[Path]) -> None:
    page = workspace
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    choose_animatic(page)
    page.get_by_label("Aspect ratio").select_option("9:16")
    page.get_by_label("Duration").select_option("4")
    page.get_by_label("Resolution").select_option("720p")
    page.get_by_label("Start image").set_input_files(photographs[0])
    page.get_by_label("End image").set_input_files(photographs[1])
    expect(page.locator("[data-well] img")).to_have_count(2)

    page.get_by_role("button", name="Generate").click()

    card = page.locator("#takes .card").first
    expect(card).to_contain_text("dragon")
    expect(card.locator("a.play")).to_be_visible()
    card.locator("a.play").click()
    video = card.locator("video.full")
    page.wait_for_function(
        "() => { const v = document.querySelector('video.full');"
        " return v && v.readyState >= 2 && v.currentTime > 0.1; }"
    )
    size = video.evaluate("v => [v.videoWidth, v.videoHeight, v.duration]")
    assert size[:2] == [720, 1280]
    assert size[2] == pytest.approx(4, abs=0.1)
    video.evaluate("v => { v.currentTime = 3; }")
    page.wait_for_function(
        "() => { const v = document.querySelector('video.full');"
        " return !v.seeking && v.currentTime >= 3; }"
    )


def test_it_makes_one_set_of_takes_from_a_double_click(workspace: Page) -> None:
    page = workspace
    page.get_by_label("Prompt", exact=True).fill("A quiet harbour, double clicked")
    choose_animatic(page)
    page.get_by_label("Takes").fill("2")

    page.get_by_role("button", name="Generate").dblclick()

    cards = page.locator(".card", has_text="double clicked")
    expect(cards.locator("a.play")).to_have_count(2)
    page.reload()
    expect(cards).to_have_count(2)


def test_it_answers_bad_input_by_the_field_and_keeps_what_was_typed(
    workspace: Page, complaints: list[str]
) -> None:
    page = workspace
    choose_animatic(page)
    page.get_by_label("Prompt", exact=True).fill("")
    page.get_by_label("Duration").select_option("6")
    page.get_by_role("button", name="Generate").click()

    expect(page.get_by_label("Prompt", exact=True)).to_have_attribute(
        "aria-invalid", "true"
    )
    expect(page.get_by_label("Duration")).to_have_value("6")
    complaints.clear()  # Chromium reports the 422 itself


def test_it_keeps_text_when_the_session_ended(workspace: Page, url: object) -> None:
    from tests.browser.conftest import sign_in

    page = workspace
    thought = "A thought that must not be lost"
    page.get_by_label("Prompt", exact=True).fill(thought)
    page.wait_for_function(  # the draft is written while typing pauses
        "(text) => Object.values(localStorage).some((draft) => draft.includes(text))",
        arg=thought,
    )
    page.context.clear_cookies()

    page.get_by_role("button", name="Generate").click()

    page.wait_for_url("**/accounts/login/**")
    sign_in(page)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(thought)


def test_it_sends_with_the_keyboard_alone(workspace: Page) -> None:
    page = workspace
    choose_animatic(page)
    page.get_by_label("Prompt", exact=True).focus()
    page.keyboard.type("Typed without a mouse")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".card", has_text="Typed without a mouse")).to_have_count(1)


def test_it_plays_while_others_arrive(workspace: Page) -> None:
    page = workspace
    choose_animatic(page)
    page.get_by_label("Prompt", exact=True).fill("The one that plays")
    page.get_by_role("button", name="Generate").click()
    playing = page.locator(".card", has_text="The one that plays").first
    playing.locator("a.play").click()
    playing.locator("video.full").evaluate(
        "v => { v.loop = true; v.dataset.same = 1; }"
    )

    page.get_by_label("Prompt", exact=True).fill("The one that arrives")
    page.get_by_role("button", name="Generate").click()
    arriving = page.locator(".card", has_text="The one that arrives").first
    expect(arriving.locator("a.play")).to_be_visible()

    state = playing.locator("video.full").evaluate("v => [v.dataset.same, v.paused]")
    assert state == ["1", False]


def test_a_refused_picture_leaves_the_one_before(
    workspace: Page, photographs: list[Path], complaints: list[str], tmp_path: Path
) -> None:
    page = workspace
    text = tmp_path / "notes.jpg"
    text.write_text("No picture at all")
    well = page.locator('[data-well="start_image"]')
    well.locator("input[type=file]").set_input_files(photographs[0])
    expect(well.locator("[data-asset]")).to_have_count(1)
    kept = well.locator("[data-well-ids]").input_value()

    well.locator("input[type=file]").set_input_files(text)

    expect(well.locator("[data-well-error]")).to_contain_text("not a picture")
    expect(well.locator(f'[data-asset="{kept}"]')).to_be_visible()
    assert well.locator("[data-well-ids]").input_value() == kept
    complaints[:] = [text for text in complaints if "422" not in text]
