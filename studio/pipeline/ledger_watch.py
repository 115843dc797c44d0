"""Each night: say where the ledger and the takes disagree."""

from __future__ import annotations

import logging

from studio.models import Event, Team, ledger_check

logger = logging.getLogger(__name__)

MOST_LINES = 20  # of one team, in the event


def check_ledgers() -> int:
    """Look at every team; what is wrong goes to the log and the team's events."""
    found = 0
    for team in Team.objects.order_by("created_at", "id"):
        if lines := ledger_check.disagreements(team):
            found += len(lines)
            shown = "; ".join(lines[:MOST_LINES])
            logger.error("ledger of team %s: %s", team.pk, shown)
            Event.record(
                "ledger.disagrees",
                team=team,
                data={"number": len(lines), "lines": lines[:MOST_LINES]},
            )
    return found
