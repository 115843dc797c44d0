"""The sweep, against a provider on a mock transport: once, and never in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import httpx
import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image

from studio.catalog import MediaInput
from studio.models import (
    Billed,
    CatalogEntry,
    Generation,
    GenerationInput,
    Lease,
    Project,
    ProviderAccount,
    Status,
    User,
)
from studio.pipeline import left_behind, settle
from studio.pipeline.inputs import media_item
from studio.pipeline.looks import POLLS_PER_PROVIDER
from studio.pipeline.network import Outcome
from studio.pipeline.sweep import Sweep
from studio.providers.base import Progress, State, Usage
from studio.providers.errors import ProviderRejected
from tests.factories import make_asset, make_generation
from tests.pipeline.vendor import MODEL, Vendor


@pytest.fixture
def account(project: Project) -> ProviderAccount:
    """The team's key."""
    account = ProviderAccount(team=project.team, provider="vtrix")
    account.set_secrets({"api_key": "sk-canary-0123456789"})
    account.save()
    return account


@pytest.fixture
def take(project: Project, bob: User, account: ProviderAccount) -> Generation:
    """A take that waits to be sent."""
    return make_generation(project, bob, model=MODEL)


def run(sweep: Sweep, take: Generation, rounds: int = 1) -> Generation:
    """One round of the sweep; the row as it is then."""
    sweep.run_until_idle(rounds=rounds)
    take.refresh_from_db()
    return take


def called() -> list[str]:
    """The tasks that wait in the queue."""
    return sorted(message.func() for message in OrmQ.objects.all())


def test_it_sends_a_take_and_keeps_its_id(
    sweep: Sweep, vendor: Vendor, take: Generation, account: ProviderAccount
) -> None:
    run(sweep, take, rounds=2)

    assert (take.status, take.operation_id) == (Status.PROCESSING, "job-1")
    assert take.account == account
    assert len(vendor.submits) == 1


def test_it_hands_a_finished_take_to_collect(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    vendor.on_poll = vendor.done

    run(sweep, take, rounds=2)

    assert take.status == Status.COLLECTING
    assert take.results == [{"url": "https://files.example.com/a.mp4?sig=1"}]
    assert (take.cost, take.cost_is_reported) == (800_000, True)
    assert [message.func() for message in OrmQ.objects.all()] == [
        "studio.tasks.collect"
    ]


def test_it_tells_why_a_take_failed(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    vendor.on_poll = vendor.failed

    run(sweep, take, rounds=2)

    assert take.status == Status.FAILED
    assert "too dark" in take.error_message


def test_a_take_that_was_stopped_there_costs_what_they_say(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    body = {"id": "job-1", "status": "cancelled", "usage": {"cost": "0.30"}}
    vendor.on_poll = lambda: httpx.Response(200, json=body)

    run(sweep, take, rounds=2)

    assert take.status == Status.CANCELED
    assert (take.cost, take.cost_is_reported) == (300_000, True)
    closing = take.ledger.get(takes=1)
    assert (closing.charged, closing.basis) == (300_000, "unsure")


@pytest.mark.parametrize("half", [r"\ud83d", r"\u0000"])
def test_words_that_no_database_holds_stop_no_take(
    sweep: Sweep, vendor: Vendor, take: Generation, half: str
) -> None:
    def said(answer: httpx.Response) -> httpx.Response:
        content = answer.text.replace("job-1", f"job{half}").replace("a.mp4", half)
        return httpx.Response(200, content=content.encode())

    vendor.on_submit = lambda: said(vendor.accept())
    vendor.on_poll = lambda: said(vendor.done())

    run(sweep, take, rounds=2)

    assert take.status == Status.COLLECTING
    assert take.operation_id == "job\ufffd"
    assert take.results == [{"url": "https://files.example.com/\ufffd?sig=1"}]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.ReadError("cut"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(500, text="oops"),
        httpx.Response(502, text="<html>"),
        httpx.Response(504, text="<html>"),
        httpx.Response(200, text="<html>"),
    ],
    ids=lambda answer: getattr(answer, "status_code", type(answer).__name__),
)
def test_it_never_sends_a_lost_answer_again(
    sweep: Sweep, vendor: Vendor, take: Generation, answer: httpx.Response
) -> None:
    vendor.on_submit = lambda: answer

    run(sweep, take, rounds=3)

    assert (take.status, take.billed) == (Status.UNKNOWN, Billed.UNKNOWN)
    assert len(vendor.submits) == 1
    assert take.attempts.get().outcome == "unknown"


@pytest.mark.parametrize("code", [400, 401, 402, 403, 404, 422])
def test_it_fails_a_refused_take_unbilled(
    sweep: Sweep, vendor: Vendor, take: Generation, code: int
) -> None:
    vendor.on_submit = lambda: httpx.Response(code, json={"message": "no"})

    run(sweep, take, rounds=3)

    assert (take.status, take.billed) == (Status.FAILED, Billed.NO)
    assert len(vendor.submits) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("nobody there"),
        httpx.ConnectTimeout("nobody there"),
        httpx.Response(429, headers={"Retry-After": "40"}, json={"message": "slow"}),
    ],
    ids=lambda answer: getattr(answer, "status_code", type(answer).__name__),
)
def test_it_tries_again_later_what_was_not_accepted(
    sweep: Sweep, vendor: Vendor, take: Generation, answer: httpx.Response
) -> None:
    vendor.on_submit = lambda: answer

    run(sweep, take, rounds=3)

    assert take.status == Status.QUEUED
    assert take.not_before is not None and take.not_before > timezone.now()
    assert take.wait_reason
    assert len(vendor.submits) == 1


def test_it_waits_as_long_as_it_is_told(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    headers = {"Retry-After": "1800"}
    vendor.on_submit = lambda: httpx.Response(429, headers=headers, json={})

    run(sweep, take)

    assert take.not_before is not None
    assert take.not_before > timezone.now() + timedelta(seconds=1700)


def test_it_takes_a_failed_look_for_one_failed_look(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    vendor.on_poll = lambda: httpx.Response(500, text="oops")

    run(sweep, take, rounds=4)

    assert take.status == Status.SUBMITTED
    assert len(vendor.polls) == 3


def test_it_gives_up_past_the_models_longest_time(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    run(sweep, take)
    sweep.looks.watched.clear()
    long_ago = timezone.now() - timedelta(days=1)
    Generation.objects.filter(pk=take.pk).update(submitted_at=long_ago)

    run(sweep, take, rounds=2)

    assert (take.status, take.billed) == (Status.FAILED, Billed.UNKNOWN)
    assert take.error_code == "deadline"


def test_a_look_that_cannot_be_written_ends_at_the_deadline_too(
    sweep: Sweep, take: Generation
) -> None:
    run(sweep, take)
    watched = sweep.looks.watched[take.pk]
    error = ProviderRejected("half a pair: \ud83d", provider="vtrix")
    unholdable = Progress(state=State.FAILED, error=error)

    sweep.outcomes.write([Outcome(watched, unholdable)])

    take.refresh_from_db()
    assert (take.status, watched.failures) == (Status.SUBMITTED, 1)

    watched.generation.submitted_at = timezone.now() - timedelta(days=1)
    sweep.outcomes.write([Outcome(watched, unholdable)])

    take.refresh_from_db()
    assert (take.status, take.error_code) == (Status.FAILED, "deadline")


def test_an_id_that_cannot_be_written_as_it_is_is_kept_for_a_person(
    sweep: Sweep, take: Generation
) -> None:
    sweep.sending.submit_queued()
    (outcome,) = sweep.network.take(5)
    usage = Usage(cost=300_000, credits="half a pair: \ud83d")
    accepted = replace(outcome.value, usage=usage)

    sweep.outcomes.write([replace(outcome, value=accepted)])

    take.refresh_from_db()
    assert take.status == Status.UNKNOWN
    assert take.attempts.get().operation_id == "job-1"


def test_it_marks_a_take_whose_worker_died(sweep: Sweep, take: Generation) -> None:
    now = timezone.now()
    ago = now - timedelta(minutes=5)
    take.mark_submitting(now=ago, deadline=ago + timedelta(minutes=1), account=None)

    left_behind.reap_lost(timezone.now())

    take.refresh_from_db()
    assert take.status == Status.UNKNOWN


def test_it_fails_a_take_without_a_key(
    sweep: Sweep, vendor: Vendor, project: Project, bob: User
) -> None:
    take = make_generation(project, bob, model=MODEL)

    run(sweep, take)

    assert (take.status, take.error_code) == (Status.FAILED, "not_configured")
    assert vendor.submits == []


def test_it_keeps_a_second_take_with_a_used_id_unknown(
    sweep: Sweep, vendor: Vendor, take: Generation, project: Project, bob: User
) -> None:
    run(sweep, take)
    vendor.on_submit = lambda: httpx.Response(200, json={"id": "job-1", "status": "x"})
    second = make_generation(project, bob, model=MODEL)

    run(sweep, second)

    assert second.status == Status.UNKNOWN
    assert second.attempts.get().operation_id == "job-1"


def test_it_goes_on_after_a_person_settled(
    sweep: Sweep, vendor: Vendor, take: Generation, alice: User
) -> None:
    vendor.on_submit = lambda: httpx.ReadTimeout("slow")
    run(sweep, take)
    vendor.on_submit, vendor.on_poll = vendor.accept, vendor.done

    settle.send_again(take, user=alice)
    run(sweep, take, rounds=2)

    assert take.status == Status.COLLECTING
    assert len(vendor.submits) == 2


def test_it_hands_an_animatic_to_the_drawing_queue(
    sweep: Sweep, project: Project, bob: User
) -> None:
    take = make_generation(project, bob)

    run(sweep, take)

    assert take.status == Status.SUBMITTED
    assert called() == ["studio.tasks.render"]


def test_it_revives_what_nobody_works_on(
    sweep: Sweep, project: Project, bob: User
) -> None:
    ago = timezone.now() - timedelta(minutes=5)
    make_generation(project, bob, status=Status.COLLECTING, status_at=ago)
    make_generation(project, bob, status=Status.SUBMITTED, status_at=ago)
    make_generation(project, bob, status=Status.COLLECTING)  # somebody just began

    left_behind.revive_abandoned(timezone.now())

    assert called() == ["studio.tasks.collect", "studio.tasks.render"]


def test_it_acts_alone(sweep: Sweep, take: Generation, vendor: Vendor) -> None:
    Lease.take("sweep", "somebody else", timezone.now() + timedelta(minutes=1))

    assert not sweep.wait_for_lease(patience=0.1)
    assert not sweep.tick()


def test_it_goes_on_past_a_take_that_cannot_be_read(
    sweep: Sweep, vendor: Vendor, project: Project, bob: User, take: Generation
) -> None:
    CatalogEntry.objects.create(digest="x", provider="vtrix", model="x", entry={})
    ago = take.created_at - timedelta(minutes=1)
    broken = make_generation(
        project, bob, model=MODEL, catalog_entry_id="x", created_at=ago
    )

    run(sweep, take)

    broken.refresh_from_db()
    assert (broken.status, broken.billed) == (Status.FAILED, Billed.NO)
    assert take.status == Status.SUBMITTED


def test_it_goes_on_past_a_key_that_cannot_be_read(
    sweep: Sweep, take: Generation, account: ProviderAccount
) -> None:
    ProviderAccount.objects.update(sealed="sealed with a key that is gone")

    run(sweep, take)

    assert (take.status, take.error_code) == (Status.FAILED, "not_configured")
    assert "encryption key" in take.error_message


def test_it_keeps_an_id_while_the_database_is_away(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    sweep.sending.submit_queued()
    outcomes = sweep.network.take(5)

    with pytest.raises(OperationalError), connection.execute_wrapper(away):
        sweep.outcomes.write(outcomes)
    sweep.outcomes.write([])

    take.refresh_from_db()
    assert (take.status, take.operation_id) == (Status.SUBMITTED, "job-1")
    assert sweep.sending.posts.total() == 0


def away(*_: object) -> None:
    """A database that was restarted."""
    raise OperationalError("the server closed the connection")


def test_it_drops_a_stale_trouble_from_the_screen(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    vendor.on_poll = lambda: httpx.Response(401, json={"message": "no"})
    assert run(sweep, take, rounds=2).wait_reason

    vendor.on_poll = vendor.running
    assert run(sweep, take, rounds=2).wait_reason == ""


def test_it_counts_from_the_submit_what_it_never_saw_waiting(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    run(sweep, take, rounds=2)

    assert take.status == Status.PROCESSING
    assert take.running_at == take.submitted_at


def test_it_counts_from_the_look_that_found_it_running(
    sweep: Sweep, vendor: Vendor, take: Generation
) -> None:
    vendor.on_poll = lambda: httpx.Response(200, json={"id": "x", "status": "queued"})
    run(sweep, take, rounds=2)
    vendor.on_poll = vendor.running

    run(sweep, take)

    assert take.running_at is not None and take.submitted_at is not None
    assert take.running_at > take.submitted_at


def test_it_does_not_let_one_provider_take_every_look(
    sweep: Sweep, vendor: Vendor, project: Project, bob: User, account: ProviderAccount
) -> None:
    for _take in range(POLLS_PER_PROVIDER + 5):
        make_generation(project, bob, model=MODEL, status=Status.SUBMITTED)
    sweep.looks.find_running()
    sweep.looks.due = [(0.0, pk) for _when, pk in sweep.looks.due]

    sweep.looks.poll_due()

    assert sweep.looks.polls["vtrix"] == POLLS_PER_PROVIDER
    assert len(sweep.looks.crowded["vtrix"]) == 5


def test_it_lets_no_more_run_than_the_key_allows(
    sweep: Sweep, vendor: Vendor, take: Generation, account: ProviderAccount
) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(max_running=1)
    second = make_generation(take.project, take.created_by, model=MODEL)

    run(sweep, take, rounds=2)
    second.refresh_from_db()

    assert len(vendor.submits) == 1
    assert {take.status, second.status} == {Status.PROCESSING, Status.QUEUED}
    waiting = second if second.status == Status.QUEUED else take
    waiting.refresh_from_db()
    assert "waiting for room" in waiting.wait_reason


def test_it_scales_a_picture_to_what_the_model_takes(
    project: Project, bob: User
) -> None:
    wide = make_asset(project.team, bob, width=800, height=450, on_disk=True)
    item = GenerationInput(asset=wide, role="start_image")
    limits = MediaInput(role="start_image", wire="image", max_side=200)

    sent = media_item(item, limits)

    assert Image.open(BytesIO(sent.content)).size == (200, 112)
    assert media_item(item, None).content == wide.full_path.read_bytes()
