"""``manage.py worker``: queues without a web server."""

from __future__ import annotations

from pathlib import Path

from tests.commands.site import manage


def test_it_refuses_unknown_queues(tmp_path: Path) -> None:
    refused = manage("worker", "--queues=work,play", data=tmp_path / "var")

    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("not 'work,play'.")


def test_it_makes_no_keys_of_its_own(tmp_path: Path) -> None:
    refused = manage("worker", data=tmp_path / "var")

    assert refused.returncode == 1
    assert "STUDIO_SECRET_KEY" in refused.stderr
    assert not (tmp_path / "var" / "secrets").exists()


def test_it_waits_for_nobody_to_prepare_the_database(tmp_path: Path) -> None:
    keys = {"STUDIO_SECRET_KEY": "x" * 50, "STUDIO_ENCRYPTION_KEYS": "A" * 43 + "="}

    refused = manage("worker", data=tmp_path / "var", **keys)

    assert refused.returncode == 1
    assert "not prepared" in refused.stderr
