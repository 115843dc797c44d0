"""Stories of crashes: where it dies, what time and people do then, how it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.faults import worker
from tests.faults.sites import Installation

VTRIX, AIMLAPI, SEGMIND, ANIMATIC = "vtrix", "aimlapi", "segmind", "animatic"
MODELS = {
    VTRIX: "vtrix:veo_31_fast",
    AIMLAPI: "aimlapi:klingai/v2.5-turbo/pro/text-to-video",
    # Asked by v1: the answer is the video itself, and nothing can be asked later.
    SEGMIND: "segmind:veo-3-fast",
    ANIMATIC: "animatic:animatic",
}
SENDING = (
    "submit.claiming",
    "submit.claimed",
    "submit.answered",
    "submit.accepted",
    "send_slow.sent",
    "send_slow.answered",
    "sweep.leased",
    "sweep.handed_over",
    "sweep.committed",
)
ASKING = (
    "poll.looking",
    "poll.answered",
    "poll.collecting",
    "poll.collecting_marked",
)
COLLECTING = (
    "collect.claimed",
    "collect.receiving",
    "collect.fetched",
    "collect.checked",
    "collect.video_placed",
    "collect.placed",
    "collect.committed",
)
DRAWING = (
    "submit.starting_here",
    "render.claimed",
    "render.drawing",
    "render.drawn",
    "render.stored",
    "render.collecting_marked",
)
TELLING = ("notices.spreading", "notices.claimed", "notices.sent")


@dataclass(kw_only=True)
class Ending:
    """What a scenario came to."""

    crashes: int = 0
    in_the_air: set[str] = field(default_factory=set)  # at a crash
    broken: list[str] = field(default_factory=list)  # seen at any time
    unknown: set[str] = field(default_factory=set)  # before a person settled them
    lost: set[str] = field(default_factory=set)  # paid, and nothing to be had
    paid: dict[str, list[str]] = field(default_factory=dict)
    final: worker.State | None = None


@dataclass(frozen=True)
class Scenario:
    """Some takes, and a point at which the worker dies while it works on them."""

    point: str
    prompts: tuple[str, ...]
    crashes: int = 2  # the second one at the second passing: another take's
    loses_messages: bool = False  # the queue forgets everything at each crash

    @property
    def name(self) -> str:
        """The point, and what else is special."""
        return f"{self.point} and no messages" if self.loses_messages else self.point

    def play(self, site: Installation) -> Ending:
        """Order, crash, recover, settle; what is left then."""
        site.do(worker.order_takes, {MODELS[prompt]: prompt for prompt in self.prompts})
        ending = Ending()
        for passing in range(1, self.crashes + 1):
            if not site.crash_at(f"{self.point}*{passing}"):
                break
            ending.crashes += 1
            note(ending, site.look())
            site.do(worker.pass_time, 15)
            if self.loses_messages:
                site.do(worker.lose_messages)
        return finish(site, ending)


def note(ending: Ending, seen: worker.State) -> None:
    """What a crash left behind, before anything is repaired."""
    ending.broken += seen.broken
    ending.in_the_air |= seen.in_the_air


def finish(site: Installation, ending: Ending) -> Ending:
    """A clean run; a person settles what is unknown; another clean run."""
    seen = site.recover()
    ending.broken += seen.broken
    ending.unknown = {
        prompt for prompt, status in seen.statuses.items() if status == "unknown"
    }
    if ending.unknown:
        ids = {prompt: ids[0] for prompt, ids in site.paid().items()}
        ending.lost = {SEGMIND} & ending.unknown & ids.keys()
        site.do(worker.settle_as_found, ids)
        seen = site.recover()
    site.do(worker.tidy_up)
    ending.final, ending.paid = site.look(), site.paid()
    ending.broken += ending.final.broken
    return ending


SCENARIOS = (
    *(Scenario(point, (VTRIX, AIMLAPI, SEGMIND)) for point in SENDING),
    *(Scenario(point, (VTRIX, AIMLAPI)) for point in ASKING),
    *(Scenario(point, (VTRIX, SEGMIND)) for point in COLLECTING),
    *(Scenario(point, (ANIMATIC,), crashes=1) for point in DRAWING),
    *(Scenario(point, (VTRIX,), crashes=1) for point in TELLING),
    Scenario("notices.claimed", (VTRIX,), crashes=1, loses_messages=True),
    Scenario("sweep.handed_over", (SEGMIND,), loses_messages=True),
    Scenario("poll.collecting_marked", (VTRIX, AIMLAPI), loses_messages=True),
    Scenario("render.collecting_marked", (ANIMATIC,), loses_messages=True),
)
