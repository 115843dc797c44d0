"""Backups and their return, on both databases, with real files and real kills."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.faults import keeping, worker
from tests.faults.scenarios import AIMLAPI, ANIMATIC, MODELS, SEGMIND, VTRIX
from tests.faults.sites import (
    LOST,
    PATIENCE,
    WORK_SECONDS,
    Installation,
    PostgresSites,
    SqliteSites,
    has_answered,
)

Sites = SqliteSites | PostgresSites
on_both = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
ARMED = {"STUDIO_FAULTS_ALLOWED": "1"}


def order(site: Installation, *prompts: str) -> None:
    """One take of each provider's model."""
    site.do(worker.order_takes, {MODELS[prompt]: prompt for prompt in prompts})


def killed_at(site: Installation, point: str, act: object, *given: object) -> bool:
    """Have a process die at a named point of an act; whether it did."""
    process, answer = site.start(act, *given, **ARMED, STUDIO_FAULT=point)
    process.join(PATIENCE)
    assert process.exitcode in {0, -signal.SIGKILL, LOST}
    return not has_answered(answer)


@on_both
def test_it_brings_database_and_files_to_another_place(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site, other = sites.make("home"), sites.make("away")
    order(site, VTRIX, ANIMATIC)
    before = site.recover()

    _where, missing = site.do(keeping.back_up, tmp_path)
    other.do(keeping.bring_back, tmp_path)

    assert missing == []
    after = other.look()
    assert (
        after.statuses == before.statuses == {VTRIX: "completed", ANIMATIC: "completed"}
    )
    assert after.events == before.events
    assert after.broken == after.strays == []


@on_both
def test_it_submits_nothing_again_that_waited(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make("waited")
    order(site, VTRIX, AIMLAPI, ANIMATIC)
    site.do(keeping.back_up, tmp_path)
    site.recover()  # it was all sent after the backup

    doubtful = site.do(keeping.bring_back, tmp_path)
    seen = site.recover()

    assert doubtful == 2
    assert seen.statuses == {
        VTRIX: "unknown",
        AIMLAPI: "unknown",
        ANIMATIC: "completed",
    }
    assert seen.billed[VTRIX] == "unknown"
    assert "may have been sent since" in site.do(keeping.words)[VTRIX]
    site.do(worker.settle_as_found, {p: ids[0] for p, ids in site.paid().items()})
    ended = site.recover()
    assert set(ended.statuses.values()) == {"completed"}
    assert ended.broken == ended.strays == []
    assert {prompt: len(jobs) for prompt, jobs in site.paid().items()} == {
        VTRIX: 1,
        AIMLAPI: 1,
    }


@on_both
def test_it_asks_for_what_ran_by_its_id(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make("ran")
    order(site, VTRIX, AIMLAPI)
    assert site.crash_at("poll.collecting*2")  # both have an id
    site.do(keeping.back_up, tmp_path)
    site.recover()

    doubtful = site.do(keeping.bring_back, tmp_path)
    ended = site.recover()

    assert doubtful == 0
    assert ended.statuses == {VTRIX: "completed", AIMLAPI: "completed"}
    assert all(len(jobs) == 1 for jobs in site.paid().values())


@on_both
def test_it_keeps_an_answer_that_could_never_be_asked_for_again(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site, other = sites.make("answer"), sites.make("answer-away")
    order(site, SEGMIND)
    assert site.crash_at("collect.claimed")

    site.do(keeping.back_up, tmp_path)
    other.do(keeping.bring_back, tmp_path)
    ended = other.recover()

    assert ended.statuses == {SEGMIND: "completed"}
    assert len(site.paid()[SEGMIND]) == 1


@on_both
def test_it_sends_no_lost_request_again(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make("lost-request")
    order(site, VTRIX)
    assert site.crash_at("submit.answered")  # accepted there, and not yet written here
    site.do(keeping.back_up, tmp_path)

    assert site.do(keeping.bring_back, tmp_path) == 1
    seen = site.recover()

    assert seen.statuses == {VTRIX: "unknown"}
    assert len(site.paid()[VTRIX]) == 1


@on_both
def test_it_is_consistent_while_everything_runs(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make("busy")
    order(site, VTRIX, AIMLAPI, SEGMIND, ANIMATIC)
    process, _answer = site.start(worker.work, WORK_SECONDS)
    made = []
    while process.is_alive() and len(made) < 6:
        made.append(site.do(keeping.back_up, tmp_path / str(len(made))))
    process.join(PATIENCE)

    for number, (where, missing) in enumerate(made):
        assert missing == []
        copy = sites.make(f"busy-{number}")
        copy.do(keeping.bring_back, where)
        assert copy.look().broken == []


POINTS = (
    "restore.file_placed",
    "restore.files_placed",
    "restore.loaded",
    "restore.reopened",
    "restore.database_ready",
    "restore.set_aside",
    "restore.replaced",
)
ONLY = {
    "restore.loaded": "postgres",
    "restore.database_ready": "sqlite",
}


@on_both
@pytest.mark.parametrize("point", POINTS)
def test_a_restore_that_dies_is_the_old_or_the_new_or_locked(
    point: str, sites: Sites, database: str, tmp_path: Path
) -> None:
    if ONLY.get(point, database) != database:
        pytest.skip("the other database does not pass here")
    site = sites.make(f"dies-{point.partition('.')[2]}".replace("_", "-"))
    order(site, VTRIX, ANIMATIC)
    assert site.crash_at("collect.committed")  # one is here, one is under way
    kept = site.look()
    site.do(keeping.back_up, tmp_path)
    ended = site.recover()
    a_file = next((tmp_path / "storage").rglob("*.webp"))
    (site.site.folder / a_file.relative_to(tmp_path / "storage")).unlink()
    paid = site.paid()

    assert killed_at(site, point, keeping.bring_back, tmp_path)

    if site.do(keeping.may_start):  # the old database, or the whole new one
        assert site.look().statuses in (ended.statuses, kept.statuses)
    site.do(keeping.bring_back, tmp_path)
    ended = site.recover()
    assert site.do(keeping.may_start)
    assert set(ended.statuses.values()) == {"completed"}
    assert ended.broken == []
    assert site.paid() == paid


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("point", "status"),
    [("restore.replaced", "queued"), ("restore.reopened", "unknown")],
)
def test_no_worker_anywhere_submits_from_half_a_restore(
    point: str, status: str, sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make(f"locked-{point.partition('.')[2]}")
    order(site, VTRIX)
    site.do(keeping.back_up, tmp_path)
    site.recover()

    killed_at(site, point, keeping.bring_back, tmp_path)
    seen = site.recover()  # of a machine that knows nothing of it

    assert seen.statuses == {VTRIX: status}
    assert len(site.paid()[VTRIX]) == 1


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_restore_waits_for_who_is_leaving_and_for_nobody_else(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make("beside-another")
    order(site, VTRIX)
    site.do(keeping.back_up, tmp_path)

    stayed = site.do(keeping.bring_back_beside_another, tmp_path, 60)
    left = site.do(keeping.bring_back_beside_another, tmp_path, 2)

    assert "Others are connected to the database (1)" in stayed
    assert left == 1  # take is in doubt


@on_both
@pytest.mark.parametrize(
    "point", ["backup.database_copied", "backup.file_copied", "backup.written"]
)
def test_a_backup_that_dies_is_not_there(
    point: str, sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make(f"backup-dies-{point.partition('.')[2]}".replace("_", "-"))
    order(site, ANIMATIC)
    site.recover()

    assert killed_at(site, point, keeping.back_up, tmp_path)

    assert list(tmp_path.glob("[0-9]*")) == []
    _where, missing = site.do(keeping.back_up, tmp_path)
    assert missing == []


@on_both
def test_it_names_what_is_missing_or_damaged(
    sites: Sites, database: str, tmp_path: Path
) -> None:
    site = sites.make("damaged")
    order(site, ANIMATIC)
    site.recover()
    video = next(site.site.folder.rglob("*.mp4"))
    poster = next(site.site.folder.rglob("*.webp"))
    video.write_bytes(video.read_bytes()[:-1])
    poster.unlink()

    _where, missing = site.do(keeping.back_up, tmp_path)

    assert {Path(path).name for path in missing} == {video.name, poster.name}
