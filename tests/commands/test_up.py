"""``manage.py up`` as its users meet it: real processes, signals and exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.commands.site import PATIENCE, Site, manage, running, wait_for

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks for processes in /proc"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path_factory.mktemp("up") / "var"


@pytest.fixture(scope="module")
def first(data: Path) -> Iterator[tuple[Site, str]]:
    """A site that was started from nothing, and what it said."""
    site = Site(data)
    said = site.start()
    yield site, said
    if site.process and site.process.poll() is None:
        site.stop()


@pytest.fixture(scope="module")
def site(first: tuple[Site, str]) -> Site:
    """The running site."""
    return first[0]


def test_it_is_ready_when_it_says_so(first: tuple[Site, str]) -> None:
    site, said = first

    status, body = site.get("/readyz")

    assert f"http://127.0.0.1:{site.port}" in said
    assert (status, json.loads(body)["status"]) == (200, "ok"), body


def test_it_says_at_once_that_the_first_start_takes_longer(
    first: tuple[Site, str],
) -> None:
    said = first[1]

    assert said.index("the first start takes") < said.index("Made the first account")


def test_it_makes_keys_for_their_owner_alone(site: Site) -> None:
    secrets = site.data / "secrets"

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()}

    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert modes == {"secret_key": 0o600, "encryption_keys": 0o600}


def test_it_makes_an_account_that_can_sign_in(first: tuple[Site, str]) -> None:
    site, said = first
    account = re.search(r"first account: (\S+), password (\S+)", said)
    assert account is not None, said

    address = sign_in(site, *account.groups())

    assert address == f"http://127.0.0.1:{site.port}/"


def sign_in(site: Site, email: str, password: str) -> str:
    """Fill in the form as a browser does; the address one comes to."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page = f"http://127.0.0.1:{site.port}/accounts/login/"
    form = opener.open(page).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token is not None
    fields = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
    sent = Request(page, urlencode(fields).encode(), {"Referer": page})
    return opener.open(sent).geturl()


def test_it_refuses_a_second_one_on_the_same_data(site: Site) -> None:
    second = manage("up", data=site.data)

    assert second.returncode == 1
    assert sentences(second.stderr) == 1
    assert "runs already" in second.stderr


def test_it_starts_the_web_server_again(site: Site) -> None:
    (before,) = site.leaders("gunicorn")

    os.kill(before, signal.SIGKILL)

    wait_for(lambda: bool(site.leaders("gunicorn") - {before}))
    wait_for(lambda: site.get("/healthz")[0] == 200)


def test_it_starts_a_queue_again_and_ends_what_the_old_one_left(site: Site) -> None:
    old = site.pids("Q_CLUSTER_NAME=media")
    (before,) = site.leaders("Q_CLUSTER_NAME=media")

    os.kill(before, signal.SIGKILL)

    wait_for(lambda: bool(site.leaders("Q_CLUSTER_NAME=media") - {before}))
    assert not old & site.pids()


def test_it_lets_a_worker_help(site: Site) -> None:
    with running("worker", "--queues=media", data=site.data) as worker:
        wait_for(lambda: len(site.leaders("Q_CLUSTER_NAME=media")) == 2)

        worker.send_signal(signal.SIGTERM)

        assert worker.wait(PATIENCE) == 0
    assert len(site.leaders("Q_CLUSTER_NAME=media")) == 1
    wait_for(lambda: site.get("/readyz")[0] == 200)


def test_it_ends_everything_when_asked(site: Site) -> None:
    code = site.stop()

    assert code == 0
    assert site.pids() == set()
    assert not (site.data / "run" / "up.json").exists()


def test_it_changes_nothing_when_started_again(site: Site) -> None:
    before = contents(site.data / "secrets")

    said = site.start()

    assert "password" not in said
    assert "Sign in as admin@localhost." in said
    assert contents(site.data / "secrets") == before


def test_it_takes_its_children_along_when_it_is_killed(site: Site) -> None:
    site.stop(signal.SIGKILL)

    wait_for(lambda: site.pids() == set())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sentences(text: str) -> int:
    """How many lines somebody has to read."""
    return len(text.strip().splitlines())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STUDIO_EMAIL_PORT", "abc"),
        ("STUDIO_LOG_LEVEL", "loud"),
        ("DATABASE_URL", "no database"),
        ("DATABASE_URL", "postgres://user:hidden@127.0.0.1:1/studio"),
        ("STUDIO_ENCRYPTION_KEYS", "too-short"),
    ],
)
def test_it_names_a_bad_variable(tmp_path: Path, variable: str, value: str) -> None:
    refused = manage("up", data=tmp_path / "var", **{variable: value})

    assert refused.returncode == 1
    assert sentences(refused.stderr) == 1, refused.stderr
    assert "hidden" not in refused.stderr
    assert "Traceback" not in refused.stderr
    named = variable.removesuffix("_URL").lower()
    assert named in refused.stderr.lower()


def test_it_names_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refused = manage("up", f"--port={port}", data=tmp_path / "var")

    assert refused.returncode == 1
    assert sentences(refused.stderr) == 1, refused.stderr
    assert f"Port {port} is in use" in refused.stderr


def test_it_names_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    refused = manage("up", "--data", str(tmp_path / "file" / "var"), data=tmp_path)

    assert refused.returncode == 1
    assert sentences(refused.stderr) == 1, refused.stderr
    assert str(tmp_path / "file") in refused.stderr
