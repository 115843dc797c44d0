"""A look at the stored files that dies goes on where it was."""

from __future__ import annotations

import pytest

from tests.faults import keeping, worker
from tests.faults.scenarios import ANIMATIC, MODELS
from tests.faults.sites import PostgresSites, SqliteSites
from tests.faults.test_backups import killed_at


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_it_does_not_start_over(
    sites: SqliteSites | PostgresSites, database: str
) -> None:
    site = sites.make("look")
    site.do(worker.order_takes, {MODELS[ANIMATIC]: ANIMATIC})
    site.recover()

    assert killed_at(site, "check.file_read*3", keeping.check_files)
    half = site.do(keeping.look_at_check)
    site.do(worker.pass_time, 1)  # the lease of the dead runs out
    site.do(keeping.check_files)
    whole = site.do(keeping.look_at_check)

    assert half["cursor"] and half["files"] == 3  # written down before it died
    assert whole == {**whole, "number": 1, "files": 4, "is_finished": True}
