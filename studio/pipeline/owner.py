"""Who holds a lease."""

from __future__ import annotations

import os
import socket
import uuid


def new_owner() -> str:
    """A name for one act of this process, by which a person finds machine and process.

    No two acts share one, though a process may die and its number come back.
    """
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
