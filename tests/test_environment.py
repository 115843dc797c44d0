"""A bad variable is refused by name."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.environment import (
    env_bool,
    env_choice,
    env_grants,
    env_int,
    env_issuer,
    env_redis,
    env_secret,
    env_time_zone,
)

NAME = "STUDIO_TRIAL"


def test_it_takes_a_word_whatever_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "warning")

    assert env_choice(NAME, "INFO", ("INFO", "WARNING")) == "WARNING"


@pytest.mark.parametrize(
    "zone", ["Atlantis", "Europe", "../etc/passwd", "/etc", "\x7f"]
)
def test_it_refuses_what_is_no_time_zone(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv(NAME, zone)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be a time zone"):
        env_time_zone(NAME, "UTC")


def test_it_takes_a_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "Europe/Berlin")

    assert env_time_zone(NAME, "UTC") == "Europe/Berlin"


@pytest.mark.parametrize("value", ["loud", "INFO,WARNING"])
def test_it_refuses_a_word_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be one of"):
        env_choice(NAME, "INFO", ("INFO", "WARNING"))


@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "٣", "0"])
def test_it_refuses_what_is_no_number(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env_int(NAME, 5, minimum=1)


def test_it_refuses_what_is_neither_yes_nor_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "perhaps")

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env_bool(NAME, True)


def test_it_refuses_a_secret_file_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", "/nowhere/at/all")

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE"):
        env_secret(NAME)


def test_it_reads_what_is_given_to_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "crew = North: light:editor;; a=b=c:viewer")

    assert env_grants(NAME, ("viewer", "editor")) == (
        ("crew", "North: light", "editor"),
        ("a", "b=c", "viewer"),
    )


@pytest.mark.parametrize("value", ["x", "x=Team", "x=Team:owner", "=Team:editor"])
def test_it_refuses_what_gives_nothing(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must look like"):
        env_grants(NAME, ("viewer", "editor"))


@pytest.mark.parametrize("value", ["http://login.example.com", "login", "https://"])
def test_it_refuses_an_issuer_that_anybody_could_play(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be an https"):
        env_issuer(NAME)


def test_it_refuses_what_is_no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "http://:canary-password@example.com")

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must look like") as refused:
        env_redis(NAME)
    assert "canary" not in str(refused.value)


def test_it_waits_for_no_redis_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redis")
    monkeypatch.setenv(NAME, "redis://127.0.0.1:6379/0")

    assert "socket_timeout" in env_redis(NAME)
