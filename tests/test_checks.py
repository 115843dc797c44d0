"""The system checks: quiet where all is well, plain where it is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.checks import CheckMessage
from pytest_django import Settings

from studio import checks
from studio.providers import PROVIDERS, provider_class
from tests.commands.site import manage


def ids(messages: object) -> list[str]:
    """The ids of what a check found."""
    assert isinstance(messages, list)
    return [str(m.id) for m in messages if isinstance(m, CheckMessage)]


def test_it_passes_on_a_clean_clone(tmp_path: Path) -> None:
    done = manage("check", "--fail-level", "WARNING", data=tmp_path / "var")

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "var").exists()


def test_it_has_nothing_to_say_about_a_right_deployment(tmp_path: Path) -> None:
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        data=tmp_path / "var",
        STUDIO_URL="https://studio.example.com",
        STUDIO_PROXY_COUNT="1",
        STUDIO_SECRET_KEY="k3-" + "abcdefghijklmnopqrstuvwxyz" * 3,
        STUDIO_ENCRYPTION_KEYS=Fernet.generate_key().decode(),
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert done.stderr == ""


def test_it_misses_keys_when_deployed(tmp_path: Path) -> None:
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        data=tmp_path / "var",
        STUDIO_URL="https://studio.example.com",
    )

    assert done.returncode == 1
    assert "studio.W002" in done.stderr
    assert "studio.W003" in done.stderr


def test_it_warns_of_keys_that_others_can_read(
    settings: Settings, tmp_path: Path
) -> None:
    settings.SECRETS_DIR = tmp_path
    (tmp_path / "secret_key").write_text("something")
    (tmp_path / "secret_key").chmod(0o644)

    assert ids(checks.check_keys(None)) == ["studio.W004"]

    (tmp_path / "secret_key").chmod(0o600)
    assert ids(checks.check_keys(None)) == []


def test_it_warns_of_a_key_without_an_address(settings: Settings) -> None:
    defaults = {"base_url": "", "api_key": "canary-key"}
    settings.PROVIDER_DEFAULTS = {"globant": defaults}
    assert ids(checks.check_providers(None)) == ["studio.W001"]

    defaults["base_url"] = "https://api.example.com"
    assert ids(checks.check_providers(None)) == []


def test_it_knows_which_providers_need_an_address() -> None:
    classes = {slug: provider_class(slug) for slug in PROVIDERS}

    without = {s for s, c in classes.items() if c.needs_key and not c.default_base_url}

    assert without == set(checks.NEED_ADDRESS)


def test_it_does_not_want_an_address_without_a_key(settings: Settings) -> None:
    settings.PROVIDER_DEFAULTS = {"globant": {"base_url": "", "api_key": ""}}

    assert ids(checks.check_providers(None)) == []


def test_it_warns_of_a_storage_that_cannot_be_a_folder(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.STORAGE_DIR = tmp_path / "file" / "storage"
    assert ids(checks.check_storage(None)) == ["studio.W005"]

    settings.STORAGE_DIR = tmp_path / "new" / "storage"
    assert ids(checks.check_storage(None)) == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [((3, 40, 1), ["studio.I001"]), ((3, 51, 3), []), ((4, 0, 0), [])],
)
def test_it_tells_of_an_old_sqlite(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], expected: list[str]
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    monkeypatch.setattr(checks.connections["default"], "vendor", "sqlite")

    assert ids(checks.check_sqlite(None, databases=["default"])) == expected


def test_it_keeps_silent_about_sqlite_where_nobody_asks() -> None:
    assert ids(checks.check_sqlite(None)) == []


@pytest.mark.parametrize(
    ("url", "header", "proxies", "found"),
    [
        ("http://127.0.0.1:8000", None, 0, []),
        ("https://studio.example.com", None, 0, ["studio.W006"]),
        ("https://studio.example.com", None, 1, []),
        ("http://studio", ("HTTP_X_FORWARDED_PROTO", "https"), 0, ["studio.W006"]),
        ("http://studio", ("HTTP_X_FORWARDED_PROTO", "https"), 2, []),
    ],
)
def test_it_warns_of_a_proxy_that_is_not_counted(
    settings: Settings,
    url: str,
    header: tuple[str, str] | None,
    proxies: int,
    found: list[str],
) -> None:
    settings.STUDIO_URL = url
    settings.SECURE_PROXY_SSL_HEADER = header
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert ids(checks.check_proxy(None)) == found


CREW = (("crew", "Northlight", "viewer"),)


@pytest.mark.parametrize(
    ("teams", "scopes", "claim", "found"),
    [
        (CREW, "openid email profile", "groups", ["studio.W007"]),
        (CREW, "openid email profile groups", "groups", []),
        (CREW, "openid email crew-of-acme", "groups", []),  # it may carry anything
        (CREW, "openid email", "email", []),
        (CREW, "openid", "email", ["studio.W007"]),
        ((), "openid email profile", "groups", []),
    ],
)
def test_it_warns_of_a_claim_that_nobody_asks_for(
    settings: Settings,
    teams: tuple[tuple[str, str, str], ...],
    scopes: str,
    claim: str,
    found: list[str],
) -> None:
    settings.OIDC_ISSUER = "https://login.example.com"
    settings.OIDC_TEAMS, settings.OIDC_SCOPES = teams, scopes
    settings.OIDC_CLAIM = claim

    assert ids(checks.check_sign_on(None)) == found

    settings.OIDC_ISSUER = ""
    assert ids(checks.check_sign_on(None)) == []


def test_a_warning_can_be_silenced_once_it_was_read(tmp_path: Path) -> None:
    given = {
        "STUDIO_OIDC_ISSUER": "https://login.example.com",
        "STUDIO_OIDC_CLIENT_ID": "dailies",
        "STUDIO_OIDC_CLIENT_SECRET": "canary",
        "STUDIO_OIDC_TEAMS": "crew=Northlight:viewer",
    }
    ask = ("check", "--fail-level", "WARNING")

    warned = manage(*ask, data=tmp_path / "var", **given)
    given["STUDIO_SILENCED_CHECKS"] = "studio.W007"
    silent = manage(*ask, data=tmp_path / "var", **given)

    assert warned.returncode == 1 and "studio.W007" in warned.stderr
    assert silent.returncode == 0, silent.stderr
