"""A real browser against a real site, with the simulator beside it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect

from tests.commands.site import Site
from tests.servers import free_port

EMAIL, PASSWORD = "owner@example.org", "a long enough passphrase"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_MS = 60_000
CLOSING_SECONDS = 60.0
ENDED_REQUESTS = ("htmx:sendError", "htmx:abort", "net::ERR_ABORTED")


@pytest.hookimpl(trylast=True)  # after pytest's own sorting by fixtures
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run this folder last, or skip it, saying so, where there is no Chromium.

    Playwright keeps an event loop running, beside which no other test could start one.
    """
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)
    if CHROMIUM:
        return
    reason = "there is no chromium on the PATH"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; root may not use its sandbox."""
    flags = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    return {"executable_path": CHROMIUM, "args": flags}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """A browser that does not close when told to is killed, or the run never ends."""
    is_killed = threading.Event()
    watchdog = threading.Timer(CLOSING_SECONDS, kill_browser, [is_killed])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    except BaseException:
        if not is_killed.is_set():
            raise
        print("The browser did not close, and was killed.", file=sys.__stderr__)
    finally:
        watchdog.cancel()


def kill_browser(is_killed: threading.Event) -> None:
    """Every Chromium below this process."""
    is_killed.set()
    below = {os.getpid()}
    for pid, parent, name in sorted(processes()):
        if parent in below:
            below.add(pid)
            if name.startswith("chrom"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def processes() -> Iterator[tuple[int, int, str]]:
    """Number, parent's number and name of every process of this machine."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _bracket, rest = path.read_text().rpartition(")")
            yield int(path.parent.name), int(rest.split()[1]), name.partition("(")[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The running site; its admin is ``EMAIL`` with ``PASSWORD``."""
    site = Site(tmp_path_factory.mktemp("site") / "data")
    said = site.start(
        "--with-simulator",
        STUDIO_ADMIN_EMAIL=EMAIL,
        STUDIO_ADMIN_PASSWORD=PASSWORD,
        STUDIO_SIMULATOR_PORT=str(free_port()),
    )
    assert "Dailies runs at" in said, said
    yield site
    site.stop()


@pytest.fixture
def url(site: Site) -> Callable[[str], str]:
    """The address of a page."""
    return lambda path: f"http://127.0.0.1:{site.port}{path}"


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complains of: there must be nothing."""
    found: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A reload ends the requests under way, of which htmx complains.
        is_ended = any(word in message.text for word in ENDED_REQUESTS)
        if message.type in {"error", "warning"} and not is_ended:
            found.append(f"{message.text} at {message.location}")

    page.on("console", listen)
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


@pytest.fixture
def owner(page: Page, url: Callable[[str], str], complaints: list[str]) -> Page:
    """A browser in which the owner is signed in, on the first page."""
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.goto(url("/"))
    sign_in(page)
    return page


def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Fill the sign-in page that is shown."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/login" not in address)


@pytest.fixture
def workspace(owner: Page) -> Page:
    """The owner in the first project."""
    owner.locator(".covers").get_by_role("link", name="First project").click()
    owner.wait_for_url("**/projects/*/")
    return owner


def hold(page: Page, address: str, act: Callable[[], None] | None = None) -> Route:
    """The next request there, until the test lets it go on; an act may send it."""
    routes: list[Route] = []
    page.route(address, lambda route: routes.append(route), times=1)
    with page.expect_request(address):
        if act:
            act()
    while not routes:  # it is told of after the request
        page.wait_for_timeout(10)
    return routes[0]


def choose_model(page: Page, model: str) -> None:
    """Choose it, and wait until its fields have taken the place of those before."""
    page.get_by_label("Model", exact=True).select_option(model)
    shown = page.locator(f'#id_model option[value="{model}"][selected]')
    expect(shown).to_be_attached()
    moving = page.locator(".htmx-request, .htmx-swapping, .htmx-settling")
    expect(moving).to_have_count(0)


def choose_animatic(page: Page) -> None:
    """The built-in model and its shortest film, whatever was chosen here before."""
    choose_model(page, "animatic:animatic")
    page.get_by_label("Duration").select_option("2")
    page.get_by_label("Resolution").select_option("480p")
