"""When the database is away for a moment: restarted, or locked by somebody else."""

from __future__ import annotations

import logging
import time

from django.db import InterfaceError, OperationalError, close_old_connections

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
PAUSE = 1.0  # seconds


def wait_for_database(error: Exception) -> None:
    """Pause, and connect anew where the connection is broken."""
    logger.warning("the database does not answer: %s", error)
    close_old_connections()
    time.sleep(PAUSE)
