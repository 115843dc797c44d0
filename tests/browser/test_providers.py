"""Every provider and every kind of input, from the composer to the playing take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import choose_model


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One take as somebody orders it."""

    model: str
    prompt: str
    choices: dict[str, str] = field(default_factory=dict)  # by the name of the field
    pictures: dict[str, int] = field(default_factory=dict)  # how many into which well
    cost: str = "$"
    is_priced: bool = False  # beforehand: no list of prices was fetched here


WISHES = [
    Wish(model="aimlapi:veo2", prompt="Words alone to AIML"),
    Wish(
        model="globant:vertex_ai/veo-3.1-generate-001",
        prompt="Words to Globant",
        cost="price unknown",
    ),
    Wish(model="segmind:veo-2", prompt="Words to Segmind"),
    Wish(
        model="aimlapi:kling-video/v1.6/pro/image-to-video",
        prompt="From a start image",
        pictures={"start_image": 1},
    ),
    Wish(
        model="vtrix:veo_31_fast",
        prompt="From a start to an end",
        choices={"duration": "8", "resolution": "1080p", "aspect_ratio": "16:9"},
        pictures={"start_image": 1, "end_image": 1},
    ),
    Wish(
        model="aimlapi:kling-video/v1.6/standard/multi-image-to-video",
        prompt="After two references",
        pictures={"reference_images": 2},
    ),
]
TICK = "Generate although nobody knows the price"
SOURCE = WISHES[4]
FIRST_PART = Wish(model=SOURCE.model, prompt="How it begins")
EXTENSION = Wish(model=SOURCE.model, prompt="And on it goes", choices={"duration": "8"})


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two pictures of which every model takes the size."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = [folder / "one.png", folder / "two.png"]
    for path, colour in zip(paths, ["#325a78", "#a06432"], strict=True):
        Image.new("RGB", (1280, 720), colour).save(path)
    return paths


def clear_wells(page: Page) -> None:
    """Take out what an order before has left."""
    tiles = page.locator("[data-well] [data-asset]")
    while tiles.count():
        tiles.first.locator("[data-remove-tile]").click()


def fill_well(page: Page, role: str, files: list[Path]) -> None:
    """Put pictures in and wait until they are there."""
    well = page.locator(f'[data-well="{role}"]')
    well.locator("input[type=file]").set_input_files(files)
    expect(well.locator("[data-asset]")).to_have_count(len(files))


def fill(page: Page, wish: Wish, pictures: list[Path]) -> None:
    """Fill the composer in."""
    page.get_by_label("Prompt", exact=True).fill(wish.prompt)
    choose_model(page, wish.model)
    clear_wells(page)
    for role, number in wish.pictures.items():
        fill_well(page, role, pictures[:number])
    for name, value in wish.choices.items():
        page.locator(f"#options [name={name}]").select_option(value)


def generate(page: Page, wish: Wish) -> None:
    """Press the button; the card is there at once."""
    if not wish.is_priced:
        page.get_by_label(TICK).check()
    page.get_by_role("button", name="Generate").click()
    try:
        expect(card_of(page, wish)).to_have_count(1)
    except AssertionError as error:
        error.add_note(page.locator("#composer").inner_text())
        raise


def card_of(page: Page, wish: Wish) -> Locator:
    """The take's card."""
    return page.locator("#takes .card", has_text=wish.prompt)


def see_it_play(page: Page, wish: Wish) -> None:
    """Wait for the video, play it, and see what it cost."""
    card = card_of(page, wish)
    expect(card.locator("a.play")).to_be_visible()
    expect(card.locator(".facts")).to_contain_text(wish.cost)
    card.locator("a.play").click()
    card.locator("video.full").evaluate(
        "v => new Promise((resolve, reject) => {"
        " v.addEventListener('timeupdate', () => v.currentTime > 0 && resolve());"
        " v.addEventListener('error', () => reject(v.error.message)); })"
    )


def forget_aborts(complaints: list[str]) -> None:
    """A price that is asked for anew drops the question before, and htmx says so."""
    aborts = ("htmx:afterRequest", "htmx:sendAbort")
    complaints[:] = [text for text in complaints if not text.startswith(aborts)]


def test_it_makes_takes_with_every_provider_and_every_kind_of_input(
    workspace: Page, pictures: list[Path], complaints: list[str]
) -> None:
    page = workspace
    for wish in WISHES:
        fill(page, wish, pictures)
        generate(page, wish)
    for wish in WISHES:
        see_it_play(page, wish)
    forget_aborts(complaints)

    card_of(page, SOURCE).locator("a.poster, a.words").first.click()
    page.wait_for_url("**/takes/*/")
    cost = page.locator("section", has=page.locator("#cost-title"))
    expect(cost.locator(".amount")).to_contain_text("$")
    expect(page.locator("video")).to_be_visible()


def test_it_keeps_a_tick_set_while_the_price_is_asked_for(workspace: Page) -> None:
    page, tick = workspace, workspace.get_by_label(TICK)
    choose_model(page, SOURCE.model)
    tick.uncheck()
    held: list[Route] = []
    page.route("**/estimate", lambda route: held.append(route), times=1)
    with page.expect_request("**/estimate"):
        page.locator("#options [name=duration]").select_option("4")
    tick.check()

    with page.expect_request(lambda r: "accept_unknown_price" in (r.post_data or "")):
        held[0].continue_()

    expect(tick).to_be_checked()


def test_it_goes_on_from_an_earlier_take(
    workspace: Page, pictures: list[Path], complaints: list[str]
) -> None:
    page = workspace
    fill(page, FIRST_PART, pictures)
    generate(page, FIRST_PART)
    see_it_play(page, FIRST_PART)
    fill(page, EXTENSION, pictures)
    page.locator("#more summary").click()
    well = page.locator('[data-well="source_video"]')
    well.locator("[data-pick]").click()
    page.locator("#asset-dialog .picker-tile").filter(
        has=page.get_by_alt_text(FIRST_PART.prompt)
    ).click()
    expect(well.locator("[data-asset]")).to_have_count(1)
    generate(page, EXTENSION)

    see_it_play(page, EXTENSION)
    forget_aborts(complaints)


def test_it_types_a_key_in_and_tests_it(owner: Page, url: Callable[[str], str]) -> None:
    page = owner
    page.goto(url("/team/"))
    line = page.locator("tr", has_text="Simulated AI/ML API")
    line.get_by_role("link", name="Change").click()
    page.get_by_label("Key", exact=True).fill("sim-typed-canary-wxyz")
    page.get_by_role("button", name="Save and test").click()

    expect(line).to_contain_text("••••wxyz")
    line.get_by_role("button", name="Test this key").click()
    expect(page.locator("#messages")).to_contain_text("1000.00 USD left")
    expect(line).to_contain_text("Works")
    expect(line).to_contain_text("1000.00 USD")
    assert "sim-typed" not in page.content()
