"""Faults on request: what can go wrong with a vendor, switched on when it is wanted.

Ask for one through the control API (see `control`) or in the prompt itself:

    [fault:NAME]  [fault:STAGE-NAME]  [fault:STAGE-NAME=VALUE]  [fault:STAGE-NAME*TIMES]

STAGE is submit, poll, result or download (result: the poll that would tell the result,
and Segmind's own result call). Without a stage the fault's usual one is meant. TIMES is
how often it strikes; a bare * is always. Several markers in one prompt are fine:

    A fox runs. [fault:submit-429-retry-after=2] [fault:poll-500*3] [fault:slow]

Answers instead of the true one, at any stage, once unless told otherwise:

    401 402 403 404 406 410 422 429 500 502 503 504   the vendor's own error shape
    429-retry-after   429 with Retry-After (VALUE seconds, 1)
    timeout           no answer for VALUE seconds (60), then the connection is closed
    cut               the connection is cut without an answer
    html              200 with a web page
    invalid-json      200 with half a JSON text
    empty             200 with nothing
    redirect-private  302 to a private address (VALUE is another target)

At the submit stage these strike *before* the job is accepted, and nothing is paid. With
-after at the end of the name (500-after, cut-after, timeout-after, html-after…) the job
is accepted and paid first, and only the answer is lost.

The true answer, badly given, at any stage (a submit is accepted and paid):

    slow-answer       VALUE seconds late (2)
    drip              a few bytes at a time, over VALUE seconds (3)
    short-body        fewer bytes than announced, then closed
    endless-body      bytes without end
    wrong-type        another Content-Type

What a poll tells about a job:

    unknown-status    a status word nobody knows (VALUE is the word), once
    status-back       the job seems to be in the queue again, once
    done-without-url  done, but no link, for ever
    expired-url       the link has expired already, once
    private-url       the link points to a private address, for ever
    several-results   three videos where the vendor can tell so, for ever
    inline-result     the video itself instead of a link, where the vendor can, for ever
    linked-result     a link instead of the video itself (Segmind v1), for ever
    forgotten         the vendor does not know the job, once

What becomes of a job (decided when it is accepted, or at the next poll):

    failed            it fails, in the vendor's error shape
    refused           it fails because the content is refused
    stuck             it never ends
    slow              it takes VALUE times longer (20)
    done-at-once      it is done when it is accepted

Downloads, besides the answers and manners above:

    redirect          302 to the same file, signed anew, once
    truncated-mp4     a video cut in the middle, whose index is whole, for ever
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["submit", "poll", "result", "download"]
Kind = Literal["answer", "manner", "view", "fate", "file"]

STAGES: tuple[Stage, ...] = ("submit", "poll", "result", "download")
ALWAYS = 0
PRIVATE_URL = "http://169.254.169.254/latest/meta-data/"
STATUSES = ("401", "402", "403", "404", "406", "410", "422", "429", "500", "502", "503")
_MARKER = re.compile(
    r"\[fault:(?:(submit|poll|result|download)-)?([a-z0-9-]+)"
    r"(?:=([^\]*]*))?(\*\d*)?\]"
)


class UnknownFault(ValueError):
    """There is no fault of that name, or it cannot strike at that stage."""


@dataclass(frozen=True, slots=True)
class FaultType:
    """What a fault is when nothing else is said."""

    kind: Kind
    stage: Stage
    times: int = 1
    value: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, as it strikes."""

    name: str
    stage: Stage
    kind: Kind
    value: str
    after: bool = False
    """Whether a submit is accepted before it strikes."""

    @property
    def seconds(self) -> float:
        """The value as a number of seconds, or of times."""
        return float(self.value)


FAULT_TYPES: dict[str, FaultType] = {
    **{status: FaultType("answer", "submit") for status in (*STATUSES, "504")},
    "429-retry-after": FaultType("answer", "submit", value="1"),
    "timeout": FaultType("answer", "submit", value="60"),
    "cut": FaultType("answer", "submit"),
    "html": FaultType("answer", "submit"),
    "invalid-json": FaultType("answer", "submit"),
    "empty": FaultType("answer", "submit"),
    "redirect-private": FaultType("answer", "submit", value=PRIVATE_URL),
    "slow-answer": FaultType("manner", "poll", value="2"),
    "drip": FaultType("manner", "poll", value="3"),
    "short-body": FaultType("manner", "poll"),
    "endless-body": FaultType("manner", "poll"),
    "wrong-type": FaultType("manner", "poll"),
    "unknown-status": FaultType("view", "poll", value="reticulating"),
    "status-back": FaultType("view", "poll"),
    "done-without-url": FaultType("view", "result", ALWAYS),
    "expired-url": FaultType("view", "result"),
    "private-url": FaultType("view", "result", ALWAYS, PRIVATE_URL),
    "several-results": FaultType("view", "result", ALWAYS),
    "inline-result": FaultType("view", "result", ALWAYS),
    "linked-result": FaultType("view", "result", ALWAYS),
    "forgotten": FaultType("view", "poll"),
    "failed": FaultType("fate", "submit"),
    "refused": FaultType("fate", "submit"),
    "stuck": FaultType("fate", "submit"),
    "slow": FaultType("fate", "submit", value="20"),
    "done-at-once": FaultType("fate", "submit"),
    "redirect": FaultType("file", "download"),
    "truncated-mp4": FaultType("file", "download", ALWAYS),
}
# They show in the answer that tells the result, whichever stage they were asked for.
RESULT_VIEWS = frozenset(
    name
    for name, kind in FAULT_TYPES.items()
    if kind.kind == "view" and kind.stage == "result"
)
_STAGES_OF: dict[Kind, tuple[Stage, ...]] = {
    "answer": STAGES,
    "manner": STAGES,
    "view": ("poll", "result"),
    "fate": STAGES,
    "file": ("download",),
}


@dataclass(slots=True, eq=False)
class Wish:
    """A fault that somebody has asked for, and how often it still strikes."""

    fault: Fault
    left: int
    """Strikes left; `ALWAYS` for no end."""
    provider: str = ""
    match: str = ""

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it should."""
        return self.left < 0

    def strike(self) -> Fault:
        """Count one strike."""
        if self.left != ALWAYS:
            self.left = self.left - 1 or -1
        return self.fault


@dataclass(frozen=True, slots=True)
class Occasion:
    """The moment at which a fault may strike."""

    provider: str
    stage: Stage
    scope: str
    """What markers are counted by: the job, or key and prompt before there is one."""
    prompt: str
    text: str
    """What `match` is looked for in: model, prompt, key, path and job id."""


def make_wish(
    name: str,
    stage: str | None = None,
    *,
    value: str | None = None,
    times: int | None = None,
    provider: str = "",
    match: str = "",
) -> Wish:
    """A wish from its words; raises UnknownFault."""
    after = name.endswith("-after") and name not in FAULT_TYPES
    plain = name.removesuffix("-after") if after else name
    kind = FAULT_TYPES.get(plain)
    if kind is None or (after and kind.kind != "answer"):
        raise UnknownFault(f"no fault is called {name}")
    where = next((one for one in STAGES if one == (stage or kind.stage)), None)
    if where is None or where not in _STAGES_OF[kind.kind]:
        raise UnknownFault(f"{name} cannot strike at the stage {stage}")
    if plain in RESULT_VIEWS:
        where = "result"
    fault = Fault(plain, where, kind.kind, value or kind.value, after)
    return Wish(fault, kind.times if times is None else times, provider, match)


def read_markers(prompt: str) -> list[Wish]:
    """The faults that a prompt asks for; unknown names are left alone."""
    wishes = []
    for stage, name, value, times in _MARKER.findall(prompt):
        count = None if not times else int(times[1:] or ALWAYS)
        try:
            wishes.append(make_wish(name, stage or None, value=value, times=count))
        except UnknownFault:
            # A prompt is free text: a marker with a typing error is just words.
            continue
    return wishes


class FaultBox:
    """All wishes that are still open."""

    def __init__(self) -> None:
        self._wishes: list[Wish] = []
        self._markers: dict[str, list[Wish]] = {}

    @property
    def is_watchful(self) -> bool:
        """Whether any wish is open; without one, only markers can strike."""
        return bool(self._wishes)

    def add(self, wish: Wish) -> None:
        """Take one wish of the control API."""
        self._wishes.append(wish)

    def clear(self) -> None:
        """Forget all wishes, markers that have struck included."""
        self._wishes.clear()
        self._markers.clear()

    def open_wishes(self) -> list[dict[str, object]]:
        """What is still to strike, for the control API."""
        return [
            {
                "fault": wish.fault.name + ("-after" if wish.fault.after else ""),
                "stage": wish.fault.stage,
                "provider": wish.provider or None,
                "match": wish.match or None,
                "times": wish.left or None,
            }
            for wish in self._wishes
        ]

    def take(self, occasion: Occasion) -> Fault | None:
        """The fault that strikes now, if any; it is counted."""
        if not self._wishes and "[fault:" not in occasion.prompt:
            return None
        for wish in [*self._of_prompt(occasion), *self._asked(occasion)]:
            if wish.fault.stage == occasion.stage and wish.fault.kind != "fate":
                return self._strike(wish)
        return None

    def take_fates(self, occasion: Occasion) -> list[Fault]:
        """Every fault that decides what becomes of a job.

        A marker for it holds for each job of that prompt; a wish is counted.
        """
        marked = [wish.fault for wish in read_markers(occasion.prompt)]
        asked = [wish for wish in self._asked(occasion) if wish.fault.kind == "fate"]
        return [fault for fault in marked if fault.kind == "fate"] + [
            self._strike(wish) for wish in asked
        ]

    def _asked(self, occasion: Occasion) -> list[Wish]:
        return [
            wish
            for wish in self._wishes
            if wish.provider in ("", occasion.provider) and wish.match in occasion.text
        ]

    def _of_prompt(self, occasion: Occasion) -> Iterable[Wish]:
        if "[fault:" not in occasion.prompt:
            return ()
        known = self._markers.get(occasion.scope)
        if known is None:
            known = self._markers[occasion.scope] = read_markers(occasion.prompt)
        return [wish for wish in known if not wish.is_spent]

    def _strike(self, wish: Wish) -> Fault:
        fault = wish.strike()
        if wish.is_spent and wish in self._wishes:
            self._wishes.remove(wish)
        return fault
