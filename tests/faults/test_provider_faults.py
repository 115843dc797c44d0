"""Every fault a provider can have ends in the right state, in words for a creative."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from studio.models import Generation, Project, ProviderAccount, Status, User
from studio.outbound.download import DownloadLimits
from studio.pipeline import bring
from studio.pipeline.collect import collect_generation
from studio.pipeline.send_slow import submit_generation
from studio.pipeline.submit import SWEEP_LIMIT, submit_timeout
from studio.pipeline.sweep import Sweep
from studio.simulator import Simulator, running_simulator
from studio.simulator.faults import FAULT_TYPES
from tests.factories import make_generation

KEY = "sim-canary-0123456789"
MODELS = {
    "vtrix": "vtrix:veo_31_fast",
    "aimlapi": "aimlapi:klingai/v2.5-turbo/pro/text-to-video",
    "segmind": "segmind:veo-3-fast",
}
DONE, REFUSED, UNSURE = "collecting", "failed, no", "unknown, unknown"
SENDING = {
    **dict.fromkeys(("401", "402", "403", "404", "406", "410", "422"), REFUSED),
    **dict.fromkeys(("429", "429-retry-after", "429*3"), DONE),
    **dict.fromkeys(("500", "502", "503", "504"), UNSURE),
    **dict.fromkeys(("timeout=0.2", "cut", "html", "invalid-json", "empty"), UNSURE),
    **dict.fromkeys(("500-after", "timeout-after=0.2", "cut-after"), UNSURE),
    **dict.fromkeys(("html-after", "empty-after", "invalid-json-after"), UNSURE),
    **dict.fromkeys(("short-body", "endless-body", "redirect-private"), UNSURE),
    **dict.fromkeys(("slow-answer=0.2", "drip=0.2", "wrong-type"), DONE),
}
ONCE = ("401", "402", "403", "404", "406", "410", "422", "429", "500", "502", "503")
LOOKING = {
    **dict.fromkeys((*ONCE, "504", "429-retry-after", "timeout=0.2", "cut"), DONE),
    **dict.fromkeys(("html", "invalid-json", "empty", "redirect-private"), DONE),
    **dict.fromkeys(("slow-answer=0.2", "drip=0.2", "short-body"), DONE),
    **dict.fromkeys(("endless-body", "wrong-type"), DONE),
    **dict.fromkeys(("unknown-status", "status-back", "forgotten", "500*5"), DONE),
    # For ever.
    "404*": "failed, unknown",
    "401*": "failed, unknown",
    "500*": "failed, unknown",
    "html*": "failed, unknown",
    "unknown-status*": "failed, unknown",
}
RESULTS = {
    "done-without-url": "failed, unknown",
    "expired-url": "completed, yes",
    "expired-url*": "failed, yes",
    "private-url": "failed, yes",
    "several-results": "completed, yes",
}
DOWNLOADS = {
    **dict.fromkeys(("403", "404", "410", "429", "500"), "completed, yes"),
    **dict.fromkeys(("timeout=0.2", "cut", "html", "empty"), "completed, yes"),
    **dict.fromkeys(("redirect", "redirect-private"), "completed, yes"),
    **dict.fromkeys(("drip=0.2", "short-body", "wrong-type"), "completed, yes"),
    **dict.fromkeys(("endless-body", "slow-answer=0.2"), "completed, yes"),
    "404*": "failed, yes",
    "html*": "failed, yes",
    "truncated-mp4": "failed, yes",
    "500*": "failed, yes",  # after days
}
FATES = {
    **dict.fromkeys(("failed", "refused"), "failed, unknown"),  # Vtrix does not say
    "stuck": "failed, unknown",
    "slow=2": DONE,
    "done-at-once": DONE,
}


class Clock:
    """The sweep's clock, which a test pushes ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """What time it is."""
        return timezone.now() + self.ahead


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """The providers."""
    with running_simulator(clip="small", seconds=0.02, seed=5) as simulator:
        yield simulator


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def sweep(simulator: Simulator, clock: Clock, settings: Settings) -> Iterator[Sweep]:
    """A sweep that speaks with them over true connections."""
    settings.OUTBOUND_ALLOW = [simulator.url.removeprefix("http://")]
    sweep = Sweep(clock=clock)
    yield sweep
    sweep.close()


def take_of(
    provider: str, fault: str, simulator: Simulator, project: Project, user: User
) -> Generation:
    """A take whose prompt asks for a fault."""
    account = ProviderAccount(
        team=project.team, provider=provider, base_url=f"{simulator.url}/{provider}"
    )
    account.set_secrets({"api_key": KEY})
    account.save()
    prompt = f"A fox runs through snow. [fault:{fault}]"
    return make_generation(project, user, model=MODELS[provider], prompt=prompt)


def see_it_through(
    take: Generation, sweep: Sweep, clock: Clock, *, collect: bool
) -> Generation:
    """Let time pass until the take has ended, or its video can be fetched."""
    for _round in range(60):
        sweep.run_until_idle(rounds=3)
        if submit_timeout(take) > SWEEP_LIMIT:
            submit_generation(str(take.pk), clock=clock)
        take.refresh_from_db()
        if take.is_terminal or take.status == Status.UNKNOWN:
            return take
        if take.status == Status.COLLECTING:
            if not collect:
                return take
            collect_again(take)
        sweep.looks.due.clear()
        clock.ahead += timedelta(minutes=2)
    raise AssertionError(f"It never ended: {take.status}, {take.wait_reason}")


def collect_again(take: Generation) -> None:
    """Half a day later, once more."""
    Generation.objects.filter(pk=take.pk).update(lease_until=None)
    if take.finished_at and take.collect_attempts:
        earlier = take.finished_at - timedelta(hours=12)
        Generation.objects.filter(pk=take.pk).update(finished_at=earlier)
    collect_generation(str(take.pk))
    take.refresh_from_db()


def state_of(take: Generation) -> str:
    """Where it is, and whether it was charged, once that is known."""
    if take.status == Status.COLLECTING:
        return str(take.status)
    return f"{take.status}, {take.billed}"


def check_words(take: Generation) -> None:
    """A whole sentence, and nothing in it of the machinery."""
    words = take.error_message
    if take.status in {Status.COMPLETED, Status.COLLECTING}:
        assert not words and not take.wait_reason
        return
    assert words[0].isupper() and words.rstrip().endswith(".") and " " in words
    assert not re.search(r"[a-z](Error|Exception)\b|Traceback|\bNone\b|  |\.\.", words)
    assert KEY not in words and "signature" not in words and "<" not in words
    assert take.error_code


def cases(stage: str, table: dict[str, str]) -> list[tuple[str, str]]:
    """Markers of one stage with what they come to."""
    return [(f"{stage}{name}", state) for name, state in table.items()]


@pytest.mark.parametrize(
    ("fault", "state"),
    [*cases("submit-", SENDING), *cases("poll-", LOOKING), *cases("", FATES)],
)
def test_it_ends_right(
    fault: str,
    state: str,
    sweep: Sweep,
    clock: Clock,
    simulator: Simulator,
    project: Project,
    bob: User,
) -> None:
    take = take_of("vtrix", fault, simulator, project, bob)
    before = len(simulator.paid())

    see_it_through(take, sweep, clock, collect=False)

    assert state_of(take) == state
    check_words(take)
    assert len(simulator.paid()) - before <= 1


@pytest.mark.parametrize(
    ("fault", "state"), [*cases("result-", RESULTS), *cases("download-", DOWNLOADS)]
)
def test_it_collects_what_can_be_had(
    fault: str,
    state: str,
    sweep: Sweep,
    clock: Clock,
    simulator: Simulator,
    project: Project,
    bob: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = DownloadLimits(max_bytes=2**20, deadline=60)
    monkeypatch.setattr(bring, "LIMITS", small)
    take = take_of("vtrix", fault, simulator, project, bob)
    before = len(simulator.paid())

    see_it_through(take, sweep, clock, collect=True)

    assert state_of(take) == state
    check_words(take)
    assert len(simulator.paid()) - before == 1
    assert take.assets.filter(kind="video").exists() == state.startswith("completed")


@pytest.mark.parametrize("provider", ["aimlapi", "segmind"])
@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("submit-401", REFUSED),
        ("submit-429", DONE),
        ("submit-500-after", UNSURE),
        ("submit-cut", UNSURE),
        ("poll-500*2", DONE),
        ("poll-html", DONE),
        ("poll-unknown-status", DONE),
        ("failed", REFUSED),
        ("refused", REFUSED),
        ("stuck", "failed, unknown"),
    ],
)
def test_it_ends_right_elsewhere(
    provider: str,
    fault: str,
    state: str,
    sweep: Sweep,
    clock: Clock,
    simulator: Simulator,
    project: Project,
    bob: User,
) -> None:
    take = take_of(provider, fault, simulator, project, bob)

    see_it_through(take, sweep, clock, collect=False)

    assert state_of(take) == state
    check_words(take)


def test_it_names_every_fault() -> None:
    told = {**SENDING, **LOOKING, **RESULTS, **DOWNLOADS, **FATES}
    names = {name.partition("=")[0].partition("*")[0] for name in told}
    elsewhere = {"inline-result", "linked-result"}  # where a vendor answers so

    assert FAULT_TYPES.keys() - names == elsewhere
