"""The data folder, its lock and its keys."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from studio.supervision import StartRefused, ground


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Where the keys go."""
    return tmp_path / "secrets"


def test_it_makes_both_keys_once(secrets: Path) -> None:
    assert ground.make_keys(secrets) is True
    before = {path.name: path.read_text() for path in secrets.iterdir()}

    assert ground.make_keys(secrets) is False

    assert set(before) == {"secret_key", "encryption_keys"}
    assert {path.name: path.read_text() for path in secrets.iterdir()} == before


def test_it_lets_only_the_owner_read_them(secrets: Path) -> None:
    ground.make_keys(secrets)

    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in secrets.iterdir()} == {0o600}


def test_it_makes_no_key_that_was_given(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_SECRET_KEY", "given")

    ground.make_keys(secrets)

    assert [path.name for path in secrets.iterdir()] == ["encryption_keys"]


def test_it_never_writes_over_a_key_file(secrets: Path) -> None:
    secrets.mkdir()
    (secrets / "secret_key").touch()

    with pytest.raises(StartRefused, match="secret_key is empty"):
        ground.make_keys(secrets)

    assert (secrets / "secret_key").read_text() == ""


def test_it_clears_away_a_key_that_was_half_written(secrets: Path) -> None:
    secrets.mkdir()
    (secrets / "secret_key.part").write_text("half")

    ground.make_keys(secrets)

    assert not (secrets / "secret_key.part").exists()
    assert len((secrets / "secret_key").read_text().strip()) > 50


def test_it_holds_a_folder_once(tmp_path: Path) -> None:
    run = ground.make_folders(tmp_path / "var")
    ground.hold(run, "up")

    with pytest.raises(StartRefused, match="runs already"):
        ground.hold(run, "up")

    ground.hold(run, "worker-elsewhere")


def test_it_says_what_a_worker_misses(secrets: Path) -> None:
    with pytest.raises(StartRefused, match="set STUDIO_SECRET_KEY"):
        ground.require_keys(secrets)

    ground.make_keys(secrets)
    ground.require_keys(secrets)
