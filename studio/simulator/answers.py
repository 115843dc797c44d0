"""False answers, and true ones given badly: what `faults` look like on the socket."""

from __future__ import annotations

from collections.abc import Callable

from studio.simulator.faults import Fault
from studio.simulator.wire import Response, text_response

WEB_PAGE = "<!doctype html><html><title>One moment</title><p>Checking your browser</p>"
HALF_JSON = b'{"id": "0f3ea4aa", "status": "que'


def false_answer(fault: Fault, error: Callable[[int], Response]) -> Response:
    """What comes instead of the true answer; `error` makes the vendor's own errors."""
    if fault.name.isdigit():
        return error(int(fault.name))
    if fault.name == "429-retry-after":
        response = error(429)
        response.headers["retry-after"] = fault.value
        return response
    return _FALSE[fault.name](fault)


_FALSE: dict[str, Callable[[Fault], Response]] = {
    "timeout": lambda fault: Response(manner="hold", delay=fault.seconds),
    "cut": lambda fault: Response(manner="cut"),
    "html": lambda fault: text_response(WEB_PAGE, kind="html"),
    "invalid-json": lambda fault: Response(
        200, HALF_JSON, {"content-type": "application/json"}
    ),
    "empty": lambda fault: Response(200, b"", {"content-type": "application/json"}),
    "redirect-private": lambda fault: Response(302, b"", {"location": fault.value}),
}


def badly_given(response: Response, fault: Fault) -> Response:
    """The true answer, given as the fault wants it."""
    if fault.name == "slow-answer":
        response.delay = fault.seconds
    elif fault.name == "drip":
        response.manner, response.delay = "drip", fault.seconds
    elif fault.name == "short-body":
        response.manner = "short"
    elif fault.name == "endless-body":
        response.manner = "endless"
    elif fault.name == "wrong-type":
        response.headers["content-type"] = "application/x-unknown"
    return response
