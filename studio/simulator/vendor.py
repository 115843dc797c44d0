"""What the four vendors have in common: order, check, charge, tell, and go wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any

from studio.simulator.answers import badly_given, false_answer
from studio.simulator.faults import Fault, Stage
from studio.simulator.jobs import Job
from studio.simulator.rules import Problem, Values
from studio.simulator.schema import Schema
from studio.simulator.wire import Request, Response
from studio.simulator.world import Order, Plan, View, World

Answer = Response | Coroutine[Any, Any, Response]
TOKEN_HEADERS = ("x-client-request-id", "idempotency-key", "x-request-id")


class Refusal(Exception):
    """The request is not taken; `response` is what the vendor says to it."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Vendor(ABC):
    """One simulated vendor: its paths, its words, its errors."""

    name: str
    tells_result_apart = False
    """Whether the result has a call of its own, beside the poll."""

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    def handle(self, request: Request) -> Answer:
        """Answer one request to this vendor; may raise Refusal."""

    @abstractmethod
    def error(self, request: Request, status: int, text: str = "") -> Response:
        """The vendor's own error of that status."""

    @abstractmethod
    def plan(self, request: Request, order: Order) -> Plan:
        """Check an order against the documented schema; raises Refusal."""

    @abstractmethod
    def accepted(self, request: Request, job: Job) -> Answer:
        """The answer to a submit that was accepted."""

    @abstractmethod
    def told(self, request: Request, job: Job, view: View) -> Answer:
        """The answer to a poll, or to the call for the result."""

    def url_life(self, job: Job) -> float:
        """Seconds that a link to this job's video holds."""
        return 86400.0

    def respond(self, request: Request) -> Answer:
        """Answer one request, refusals included."""
        try:
            return self.handle(request)
        except Refusal as refusal:
            return refusal.response

    def key_of(self, request: Request) -> str:
        """The API key of a bearer header; raises Refusal where there is no good one."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.startswith("sim-"):
            raise Refusal(self.error(request, 401))
        return key

    def submit(self, request: Request, order: Order) -> Answer:
        """Take an order, or refuse it, or go wrong; paid once `accept` has run."""
        fault = self.world.submit_fault(self.name, request.path, order)
        if fault and fault.kind == "answer" and not fault.after:
            return self.wrong(request, fault)
        plan = self.plan(request, order)
        if self.world.jobs.balance(self.name, order.key) < plan.cost:
            raise Refusal(self.out_of_credit(request))
        job = self.world.accept(self.name, request.path, order, plan)
        return self.bend(request, self.accepted(request, job), fault)

    def poll(
        self, request: Request, key: str, job_id: str, stage: Stage = "poll"
    ) -> Answer:
        """Tell how a job stands, or its result, or go wrong."""
        job = self.world.jobs.find(self.name, job_id, key)
        if job is None:
            return self.unknown_job(request, job_id)
        fault = self._poll_fault(request, job, stage)
        if fault and fault.kind == "answer":
            return self.wrong(request, fault)
        view = self.world.look(job, fault, request.origin, self.url_life(job))
        if view is None:
            return self.unknown_job(request, job_id)
        return self.bend(request, self.told(request, job, view), fault)

    def inspect(
        self, request: Request, schema: Schema, values: Values
    ) -> tuple[list[Problem], list[str]]:
        """What is wrong with these values, and which of them the model ignores."""
        problems = schema.seen_from(request.host).check(values)
        ignored = schema.unknown(values)
        if self.world.settings.strict:
            problems += [Problem(name, "unknown field", "extra") for name in ignored]
        return problems, ignored

    def out_of_credit(self, request: Request) -> Response:
        """What the vendor says when the money is gone."""
        return self.error(request, 403)

    def unknown_job(self, request: Request, job_id: str) -> Response:
        """What the vendor says to an id it does not know."""
        return self.error(request, 404)

    def wrong(self, request: Request, fault: Fault) -> Response:
        """The false answer that a fault asks for."""
        return false_answer(fault, lambda status: self.error(request, status))

    def bend(self, request: Request, answer: Answer, fault: Fault | None) -> Answer:
        """The true answer, spoiled where a fault asks for it."""
        if fault is None or fault.kind not in ("answer", "manner"):
            return answer
        if isinstance(answer, Response):
            is_false = fault.kind == "answer"
            return (
                self.wrong(request, fault) if is_false else badly_given(answer, fault)
            )
        return self._bend_later(request, answer, fault)

    async def _bend_later(
        self, request: Request, answer: Coroutine[Any, Any, Response], fault: Fault
    ) -> Response:
        if fault.kind == "answer":
            answer.close()
            return self.wrong(request, fault)
        return badly_given(await answer, fault)

    def _poll_fault(self, request: Request, job: Job, stage: Stage) -> Fault | None:
        fault = self.world.job_fault(job, stage, request.path)
        if fault or stage != "poll" or self.tells_result_apart:
            return fault
        now = self.world.clock.now()
        if job.state(now) in ("queued", "running"):
            return None
        return self.world.job_fault(job, "result", request.path)


def token_of(request: Request) -> str:
    """The caller's own mark on a request, by which payments can be told apart."""
    return next(
        (request.headers[name] for name in TOKEN_HEADERS if name in request.headers), ""
    )
