"""Seconds from pressing *Generate* to the first frame playing, in a real browser.

Run it by hand: ``.venv/bin/python tests/benchmarks/first_frame.py``. It starts a site
of its own on a free port, asks for 4-second 720p animatics, and prints beside them how
long the drawing alone takes in a bare process of this machine.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.animatic import AnimaticSpec, render
from tests.commands.site import Site

EMAIL, PASSWORD = "bench@example.org", "a long enough passphrase"
PROMPT = "A lighthouse at dawn, slow dolly in"
ROUNDS = 5
IS_PLAYING = """() => {
  const video = document.querySelector("video.full");
  return video && video.readyState >= 2 && video.currentTime > 0;
}"""


def enter(page: Page, site: Site) -> None:
    """Sign in and open the first project."""
    page.goto(f"http://127.0.0.1:{site.port}/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.locator(".covers").get_by_role("link", name="First project").click()
    page.wait_for_url("**/projects/*/")


def press_and_watch(page: Page, number: int) -> float:
    """One take, from the press to its first frame."""
    page.get_by_label("Prompt", exact=True).fill(f"{PROMPT}, number {number}")
    began = time.perf_counter()
    page.get_by_role("button", name="Generate").click()
    card = page.locator("#takes .card", has_text=f"number {number}").first
    card.locator("a.play").click(timeout=120_000)
    page.wait_for_function(IS_PLAYING, polling="raf")
    spent = time.perf_counter() - began
    page.keyboard.press("Escape")
    return spent


def draw_alone(folder: Path) -> float:
    """The drawing by itself."""
    spec = AnimaticSpec(prompt=PROMPT, seed=7, duration=4, width=1280, height=720)
    began = time.perf_counter()
    render(spec, folder / "alone.mp4")
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        site = Site(folder / "data")
        site.start(STUDIO_ADMIN_EMAIL=EMAIL, STUDIO_ADMIN_PASSWORD=PASSWORD)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        enter(page, site)
        times = [press_and_watch(page, number) for number in range(ROUNDS)]
        alone = [draw_alone(folder) for _round in range(3)]
        browser.close()
        site.stop()
    print(f"press to first frame: median {statistics.median(times):.1f} s of {ROUNDS}")
    print(f"the drawing alone:    median {statistics.median(alone):.1f} s of 3")


if __name__ == "__main__":
    main()
