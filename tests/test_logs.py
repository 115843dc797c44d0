"""The key of a review link stands in no log."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from studio import wsgi
from studio.logs import Redacted
from studio.models import Project, User
from tests.factories import make_share_link


def written(words: str, *values: object) -> str:
    """What a log shows of this."""
    record = logging.LogRecord("x", logging.INFO, "", 0, words, values, None)
    assert Redacted().filter(record)
    return record.getMessage()


def test_it_takes_the_key_out() -> None:
    line = written('"GET %s HTTP/1.1" 200', "/r/key-canary/media/1.mp4?download")

    assert line == '"GET /r/…/media/1.mp4?download HTTP/1.1" 200'
    signed = "https://s3.example.com/a.mp4?X-Amz-Expires=300&X-Amz-Signature=canary-0f"
    assert written(signed).endswith("a.mp4?X-Amz-Expires=300&X-Amz-Signature=…")
    assert written("/gallery/?q=%s", "100%") == "/gallery/?q=100%"


def test_it_reads_an_access_log_as_well() -> None:
    atoms = {"r": "GET /r/key-canary/ HTTP/2", "f": "https://x.org/r/key-canary/"}

    line = written("%(r)s %(f)s", atoms)

    assert line == "GET /r/…/ HTTP/2 https://x.org/r/…/"


def test_the_console_shows_none(
    project: Project, alice: User, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    link, token = make_share_link(project, alice)
    link.revoke(user=alice, now=link.created_at)
    [console] = [h for h in logging.getLogger().handlers if h.name == "console"]
    assert any(isinstance(each, Redacted) for each in console.filters)

    client.get(f"/r/{token}/")

    assert token not in "".join(capfd.readouterr())


@pytest.mark.parametrize("name", ["gunicorn.error", "gunicorn.access"])
def test_the_web_server_writes_none(name: str) -> None:
    assert wsgi.application
    assert any(isinstance(f, Redacted) for f in logging.getLogger(name).filters)
