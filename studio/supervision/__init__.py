"""Starts everything on one machine and keeps it alive: for ``up`` and ``worker``."""

from __future__ import annotations


class StartRefused(Exception):
    """Why nothing was started: one sentence for whoever typed the command."""
