"""The same promises where finished files live in a bucket: crashes, and backups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.object_storage import S3, backend
from tests.bucket.server import BUCKET, running_bucket_server
from tests.faults import keeping, worker
from tests.faults.scenarios import ANIMATIC, MODELS, VTRIX
from tests.faults.sites import Installation, SqliteSites

DONE = {VTRIX: "completed", ANIMATIC: "completed"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of the S3 server."""
    with running_bucket_server() as found:
        yield found


def make(sites: SqliteSites, address: str, name: str) -> Installation:
    """An installation with a place of its own in the bucket."""
    s3 = S3(bucket=BUCKET, endpoint=address, prefix=name, key_id="id", secret="none")
    made = sites.make(f"bucket-{name}")
    return Installation(replace(made.site, storage=backend(s3)), made.simulator)


def order(site: Installation) -> None:
    """One take that is fetched and one that is drawn."""
    site.do(worker.order_takes, {MODELS[prompt]: prompt for prompt in DONE})


@pytest.mark.parametrize("point", ["collect.checked", "collect.placed"])
def test_it_outlives_a_crash_between_upload_and_row(
    sqlite_sites: SqliteSites, address: str, point: str
) -> None:
    site = make(sqlite_sites, address, point.replace(".", "-"))
    order(site)

    assert site.crash_at(point)
    after = site.recover()

    assert after.statuses == DONE
    assert after.broken == after.strays == after.leftovers == []
    assert len(site.paid()[VTRIX]) == 1


def test_a_backup_goes_from_one_bucket_to_another(
    sqlite_sites: SqliteSites, address: str, tmp_path: Path
) -> None:
    site, other = (make(sqlite_sites, address, name) for name in ("home", "away"))
    order(site)
    before = site.recover()

    _where, missing = site.do(keeping.back_up, tmp_path)
    other.do(keeping.bring_back, tmp_path)

    after = other.look()
    assert missing == after.broken == after.strays == []
    assert after.statuses == before.statuses == DONE
