"""Every key in the tests holds the word *canary*: what must never be written down.

The handler listens to every log record of the run, whatever its level, with the trace
that comes with it; the reports give what the tests themselves printed. A key found
fails the whole run.
"""

from __future__ import annotations

import logging
import re
from typing import ClassVar

import pytest

# A key, also one escaped for an address: the word alone is in names of tests.
KEY = re.compile(r"canary(?:-|/|%2[DF])[\w.-]", re.IGNORECASE)


class Listener(logging.Handler):
    """Notes where a key was written to a log; never the line itself."""

    heard: ClassVar[list[str]] = []

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        line = "%(asctime)s %(levelname)s %(name)s %(message)s"
        self.setFormatter(logging.Formatter(line))

    def emit(self, record: logging.LogRecord) -> None:
        """Look through one record as a log file would have it."""
        if KEY.search(self.format(record)):
            place = f"{record.name}, {record.pathname}:{record.lineno}"
            self.heard.append(f"a key in the log of {place}")


def look_through(report: pytest.TestReport) -> None:
    """What a test that went well has printed; its name, too, stands in the output."""
    if report.failed:
        return
    for name, text in [("the name", report.nodeid), *report.sections]:
        if KEY.search(text):
            Listener.heard.append(f"a key in {name} of {report.location}")
