"""From a provider's *done* to a take that can be played in an open gallery page.

Run it by hand: ``.venv/bin/python tests/benchmarks/visible_lag.py [--takes 50]``. It
starts a site and a simulator of its own, opens the project's page in Chromium, sends
the takes from the shell, and compares when each job ended at the simulator with when
its card could be played in the page. Beside that stand when the sweep looked, and the
interval that was in effect: between its last look before the end and the first one
after, and by how much each card outlasted its own. The first takes only teach it how
long they take.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.first_frame import EMAIL, PASSWORD, enter
from tests.benchmarks.sweep_load import simulator, start_over
from tests.commands.site import Site, manage

MODEL = "vtrix:veo_31_fast"
PER_PRESS = 5
LESSONS = 10  # takes
JOB_SECONDS = 30.0  # the median
PATIENCE = 240.0  # seconds
NOTE_ARRIVALS = """() => {
  window.seen = {};
  const look = () => {
    for (const link of document.querySelectorAll("#takes .card a.play"))
      window.seen[link.closest(".card").id.slice(5)] ??= Date.now() / 1000;
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
}"""


@dataclass(frozen=True, kw_only=True)
class Lag:
    """What passed between the end of one job and its card."""

    interval: float | None  # seconds between the looks before and after its end
    until_asked: float  # seconds from its end to the look that found it
    until_seen: float  # seconds from its end to the card


def order(site: Site, count: int) -> set[str]:
    """Send this many takes; their ids."""
    ids: set[str] = set()
    for number in range(0, count, PER_PRESS):
        options = ["--model", MODEL, "--prompt", f"Shot {number}", "--json"]
        options.append("--accept-unknown-price")
        answer = manage("generate", *options, f"--takes={PER_PRESS}", data=site.data)
        assert answer.returncode == 0, answer.stderr
        ids |= {take["id"] for take in json.loads(answer.stdout)}
    return ids


def order_and_watch(page: Page, site: Site, count: int) -> set[str]:
    """The same with the page open. It watches while something is in flight: what the
    shell sent first it learns from a reload."""
    ids = order(site, PER_PRESS)
    page.reload()
    page.evaluate(NOTE_ARRIVALS)
    return ids | order(site, count - PER_PRESS)


def wait_until_seen(page: Page, ids: set[str], looks: Looks) -> dict[str, float]:
    """When each card could be played, in seconds since 1970."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        seen: dict[str, float] = page.evaluate("() => window.seen")
        looks.read()
        if ids <= seen.keys():
            return seen
        page.wait_for_timeout(500)
    raise SystemExit(f"Only {len(ids & seen.keys())} of {len(ids)} arrived.")


class Looks:
    """When the simulator was asked for each job; it keeps the newest requests only."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.at: defaultdict[str, set[float]] = defaultdict(set)

    def read(self) -> None:
        """Learn what was asked meanwhile."""
        address = f"{self.url}/_control/requests?provider=vtrix&last=500"
        for asked in httpx.get(address).json()["requests"]:
            job = asked["target"].rpartition("/")[2]
            self.at[job].add(asked["at"])

    def around(self, job: dict[str, Any]) -> tuple[float | None, float]:
        """The last look before its end, if there was one, and the first one after."""
        looks, end = self.at[job["id"]], job["ends_at"]
        before = max((at for at in looks if at < end), default=None)
        return before, min(at for at in looks if at >= end)


def jobs_of(site: Site, url: str) -> dict[str, dict[str, Any]]:
    """Each take's job at the simulator."""
    jobs = httpx.get(f"{url}/_control/paid").json()["jobs"]
    script = (
        "import json; from studio.models import Generation as G;"
        "print(json.dumps({o: str(k) for k, o in G.objects"
        ".values_list('pk', 'operation_id')}))"
    )
    answer = manage("shell", "-v", "0", "-c", script, data=site.data)
    takes = json.loads(answer.stdout)
    return {takes[job["id"]]: job for job in jobs if job["id"] in takes}


def lag_of(job: dict[str, Any], seen: float, looks: Looks) -> Lag:
    """What passed for this one."""
    before, after = looks.around(job)
    return Lag(
        interval=None if before is None else after - before,
        until_asked=after - job["ends_at"],
        until_seen=seen - job["ends_at"],
    )


def spread(name: str, values: Sequence[float]) -> str:
    """One line."""
    found = sorted(values)
    p95 = found[int(len(found) * 0.95)]
    return (
        f"{name:20} mean {statistics.fmean(found):4.1f} s, p95 {p95:4.1f} s, "
        f"longest {found[-1]:4.1f} s"
    )


def measure(site: Site, url: str, count: int) -> list[Lag]:
    """The lags of so many takes, with the page open."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page()
        enter(page, site)
        looks = Looks(url)
        wait_until_seen(page, order_and_watch(page, site, LESSONS), looks)
        ids = order_and_watch(page, site, count)
        seen = wait_until_seen(page, ids, looks)
        browser.close()
    jobs = jobs_of(site, url)
    return [lag_of(jobs[pk], seen[pk], looks) for pk in ids]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=50)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as temporary,
        simulator(JOB_SECONDS) as url,
    ):
        start_over(url)
        site = Site(Path(temporary) / "data")
        site.start(
            STUDIO_ADMIN_EMAIL=EMAIL,
            STUDIO_ADMIN_PASSWORD=PASSWORD,
            STUDIO_OUTBOUND_ALLOW=url.removeprefix("http://"),
            VTRIX_BASE_URL=f"{url}/vtrix",
            VTRIX_API_KEY="sim-load",
        )
        lags = measure(site, url, options.takes)
        site.stop()
    load = os.getloadavg()[0]
    print(f"{len(lags)} takes in flight; load of the machine at the end {load:.1f}")
    print(spread("done to playable", [lag.until_seen for lag in lags]))
    print(spread("done to looked at", [lag.until_asked for lag in lags]))
    known = [(lag.until_seen, lag.interval) for lag in lags if lag.interval]
    print(spread("the polling interval", [interval for _seen, interval in known]))
    print(spread("longer than that", [seen - interval for seen, interval in known]))


if __name__ == "__main__":
    main()
