"""A double of the four video vendors, for tests, demos and training.

It speaks their HTTP APIs, checks requests as they would, lets jobs take their time,
draws real videos, counts what was paid, and goes wrong on request. It shares no code
with the adapters, so that both cannot be wrong in the same way.

Read `vendor` for what all four have in common, a vendor's own module for its API,
`faults` for what can go wrong, and `running` for how to start it.
"""

from __future__ import annotations

from studio.simulator.running import Simulator, running_simulator

__all__ = ["Simulator", "running_simulator"]
