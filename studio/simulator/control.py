"""The control API: faults, what was paid, what was asked, the clock.

    GET    /                     what this is, and how to use it
    GET    /_control/faults      the names of all faults, and the wishes still open
    POST   /_control/faults      {provider, stage, fault, times, match, value}
    DELETE /_control/faults      forget the open wishes
    GET    /_control/paid        every paid job; counts by provider, key, token, prompt
    GET    /_control/requests    ?provider=&last=  the newest requests, secrets masked
    POST   /_control/clock       {"advance": seconds}
    POST   /_control/credit      {"provider", "key", "micro_usd"}
    POST   /_control/reset       forget everything

`times` 0 is always. `match` is a text that must occur in the path, key, model, prompt
or id.
"""

from __future__ import annotations

from typing import Any

from studio.simulator.faults import FAULT_TYPES, STAGES, UnknownFault, make_wish
from studio.simulator.vendor import Answer
from studio.simulator.wire import Request, Response, json_response, text_response
from studio.simulator.world import World

PROVIDERS = ("aimlapi", "globant", "segmind", "vtrix")
CONTROL_PATH = "/_control/"
USUAL_LAST = 50

HELP = """The four video vendors, simulated. No key is real and nothing costs anything.

Base URLs      {origin}/aimlapi
               {origin}/globant
               {origin}/segmind
               {origin}/vtrix
API keys       any that starts with sim-   (sim-broke… has no credit)

Put a marker into a prompt to see something go wrong:

    A fox runs through snow. [fault:poll-429-retry-after=5]
    A fox runs through snow. [fault:failed]

Faults         {faults}
Stages         {stages}

What was paid  {origin}/_control/paid
Requests       {origin}/_control/requests
"""


class Control:
    """Answers /_control/… and the front page."""

    def __init__(self, world: World) -> None:
        self._world = world

    def respond(self, request: Request) -> Answer:
        """Answer one request of the person or the test that runs the simulator."""
        if request.path == "/":
            return text_response(help_text(request.origin))
        call = request.method, request.path.removeprefix(CONTROL_PATH)
        try:
            return self._call(call, request)
        except (UnknownFault, ValueError, KeyError, TypeError) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)

    def _call(self, call: tuple[str, str], request: Request) -> Response:
        match call:
            case "GET", "faults":
                return json_response(self._faults())
            case "POST", "faults":
                self._wish(request.json())
                return json_response(self._faults(), 201)
            case "DELETE", "faults":
                self._world.faults.clear()
            case "GET", "paid":
                return json_response(self._world.paid())
            case "GET", "requests":
                return self._requests(request)
            case "POST", "clock":
                self._world.clock.advance(float(request.json()["advance"]))
            case "POST", "credit":
                self._credit(request.json())
            case "POST", "reset":
                self._world.reset()
            case _:
                return json_response({"error": "no such control call"}, 404)
        return json_response({"ok": True})

    def _faults(self) -> dict[str, object]:
        kinds = {
            name: {"stage": kind.stage, "times": kind.times, "value": kind.value}
            for name, kind in FAULT_TYPES.items()
        }
        return {"open": self._world.faults.open_wishes(), "known": kinds}

    def _wish(self, words: Any) -> None:
        if not isinstance(words, dict):
            raise TypeError("a wish is a JSON object")
        provider = words.get("provider") or ""
        if provider and provider not in PROVIDERS:
            raise UnknownFault(f"no provider is called {provider}")
        value = words.get("value")
        self._world.faults.add(
            make_wish(
                words["fault"],
                words.get("stage"),
                value=None if value is None else str(value),
                times=words.get("times"),
                provider=provider,
                match=words.get("match") or "",
            )
        )

    def _credit(self, words: dict[str, Any]) -> None:
        amount = int(words["micro_usd"])
        self._world.jobs.set_balance(str(words["provider"]), str(words["key"]), amount)

    def _requests(self, request: Request) -> Response:
        provider = request.argument("provider")
        last = int(request.argument("last") or USUAL_LAST)
        rows = [
            logged.shown()
            for logged in self._world.log
            if provider in (None, "", logged.provider)
        ]
        return json_response({"requests": rows[-last:]})


def help_text(origin: str) -> str:
    """What the front page and the command say."""
    return HELP.format(
        origin=origin, faults=" ".join(FAULT_TYPES), stages=" ".join(STAGES)
    )
