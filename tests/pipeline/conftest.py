"""A provider made up for tests, and a sweep that speaks with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.pipeline.sweep import Sweep
from tests.pipeline.vendor import Vendor


@pytest.fixture
def vendor() -> Vendor:
    """The provider."""
    return Vendor()


@pytest.fixture
def sweep(vendor: Vendor) -> Iterator[Sweep]:
    """A sweep that speaks with it."""
    sweep = Sweep(transport=vendor.transport)
    yield sweep
    sweep.close()
