"""Two at once, on both databases: one of them is first, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults import races, team_races
from tests.faults.sites import PostgresSites, SqliteSites

RACES = {**races.RACES, **team_races.RACES}


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_it_matters_not_who_is_first(
    race: Callable[[races.Studio], None],
    database: str,
    sites: SqliteSites | PostgresSites,
) -> None:
    site = sites.make(f"race-{race.__name__}".replace("_", "-"))

    site.do(races.run, race, RACES[race])
