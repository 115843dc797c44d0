"""One clip for the many tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.media.clips import make_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of 320 × 180 with sound."""
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", sound=True)
