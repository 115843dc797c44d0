"""Shorthands for the tests of pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from studio.models import Project
from tests.factories import ANIMATIC
from tests.issuer import CLIENT, SECRET, Issuer, running_issuer

Fields = Callable[..., dict[str, str]]


@pytest.fixture
def fields() -> Fields:
    """What the composer sends, as it stands on a fresh page."""

    def make(**changes: str) -> dict[str, str]:
        return {
            "model": ANIMATIC,
            "prompt": "A lighthouse at dawn",
            "aspect_ratio": "16:9",
            "duration": "4",
            "resolution": "720p",
            "takes": "1",
            "form_key": "key-1",
            **changes,
        }

    return make


@pytest.fixture
def generate_url(project: Project) -> str:
    """Where the composer is sent."""
    return f"/projects/{project.pk}/generate"


def status_of(answer: Any) -> int:
    """The status; a file that was opened for the answer is read, which closes it.

    To close the answer itself would end the request anew, and the connection with it.
    """
    if answer.streaming:
        answer.getvalue()
    status: int = answer.status_code
    return status


def ids_of_cards(html: str) -> list[str]:
    """The takes whose cards are on a page, in order."""
    return re.findall(r'<article class="card[^"]*" id="take-([0-9a-f-]+)"', html)


# Single sign-on


@pytest.fixture
def issuer(settings: Settings, db: None) -> Iterator[Issuer]:
    """The issuer that the settings name."""
    cache.clear()
    with running_issuer() as found:
        settings.OIDC_ISSUER = found.url
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
        settings.OIDC_TEAMS = (
            ("crew", "Northlight", "viewer"),
            ("leads", "Northlight", "admin"),
        )
        settings.OUTBOUND_ALLOW = [urlsplit(found.url).netloc]
        yield found


def come_back(client: Client, issuer: Issuer, **changed: str) -> Any:
    """All the way there and back, as a browser goes it."""
    there = client.get("/sign-on/?next=/gallery/")
    assert there.status_code == 302
    asked = issuer.went_to(there["Location"])
    query = {"code": "the-code", "state": asked["state"], **changed}
    return client.get("/sign-on/back", query)


def is_in(client: Client) -> bool:
    """Whether somebody is signed in here."""
    return "_auth_user_id" in client.session


def said(client: Client, answer: HttpResponse) -> str:
    """The page that it ends on."""
    return client.get(answer["Location"]).content.decode()
