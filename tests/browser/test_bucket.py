"""A take whose files are in a bucket plays and goes on under the strict policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import EMAIL, PASSWORD, choose_animatic
from tests.bucket.server import BUCKET, running_bucket_server
from tests.commands.site import Site

SHOWN = "() => document.querySelector('video')?.readyState >= 2"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of the S3 server: another origin than the site's."""
    with running_bucket_server() as found:
        yield found


@pytest.fixture(scope="module")
def site(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own that keeps its files there."""
    site = Site(tmp_path_factory.mktemp("bucket-site") / "data")
    said = site.start(
        STUDIO_ADMIN_EMAIL=EMAIL,
        STUDIO_ADMIN_PASSWORD=PASSWORD,
        STUDIO_S3_BUCKET=BUCKET,
        STUDIO_S3_ENDPOINT=address,
        STUDIO_S3_KEY_ID="browser-id",
        STUDIO_S3_SECRET="browser-secret",
    )
    assert "Dailies runs at" in said, said
    yield site
    site.stop()


def test_a_take_plays_from_the_bucket(workspace: Page, address: str) -> None:
    page, seen = workspace, set[tuple[int, str]]()

    def note(answer: Response) -> None:
        if answer.url.startswith(address):
            seen.add((answer.status, answer.headers["content-type"]))

    page.on("response", note)
    page.get_by_label("Prompt", exact=True).fill("A lighthouse at dawn")
    choose_animatic(page)
    page.get_by_role("button", name="Generate").click()
    card = page.locator("#takes .card", has_text="lighthouse")
    expect(card.locator("a.play")).to_be_visible()
    card.locator("a.poster").hover()
    page.wait_for_function(SHOWN)
    card.locator("a.poster").click()
    page.wait_for_url("**/takes/*/")
    page.wait_for_function(SHOWN)
    page.evaluate("() => document.querySelector('[data-player]').goTo(1.02)")
    page.wait_for_function("() => !document.querySelector('video').seeking")

    page.locator(".frame-menu summary").click()
    page.locator(".frame-menu button").first.click()

    page.wait_for_url("**/projects/**")
    assert seen == {(206, "video/mp4")}
    broken = "[...document.images].filter((i) => i.complete && !i.naturalWidth).length"
    assert page.evaluate(broken) == 0
