"""What is half set is named, a sentence each; a secret never."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from studio.checks import check_bucket
from studio.media.bucket import Bucket
from studio.object_storage import S3, faults
from tests.bucket.conftest import use
from tests.commands.site import manage

WHOLE = {
    "bucket": "films",
    "endpoint": "https://s3.example.com",
    "key_id": "canary-id",
    "secret": "canary-secret",
}
HALVES = [
    ({"bucket": ""}, "STUDIO_S3_BUCKET too"),
    ({"bucket": "No Bucket"}, "no name of a bucket"),
    ({"key_id": ""}, "STUDIO_S3_KEY_ID too"),
    ({"secret": ""}, "STUDIO_S3_SECRET too"),
    ({"endpoint": ""}, "STUDIO_S3_REGION"),
    ({"endpoint": "s3.example.com"}, "must look like https://"),
    ({"endpoint": "https://a:canary-pw@s3.example.com"}, "must look like https://"),
    ({"endpoint": "https://s3.example.com/films"}, "must look like https://"),
    ({"endpoint": "http://s3.example.com"}, "must be https as STUDIO_URL is"),
    ({"region": "Frankfurt am Main"}, "must look like eu-central-1"),
    ({"prefix": "../up"}, "STUDIO_S3_PREFIX must look like"),
]


@pytest.mark.parametrize(("change", "words"), HALVES)
def test_it_names_what_is_half_set(change: dict[str, str], words: str) -> None:
    [sentence] = faults(S3(**{**WHOLE, **change}), is_https=True, sender="inline")

    assert words in sentence
    assert "canary" not in sentence


def test_it_is_content_with_all_or_nothing() -> None:
    for s3 in (S3(), S3(**WHOLE)):
        assert list(faults(s3, is_https=True, sender="inline")) == []


def test_it_refuses_a_sender_of_local_files() -> None:
    [sentence] = faults(S3(**WHOLE), is_https=False, sender="accel")

    assert "STUDIO_MEDIA_SENDER" in sentence


def test_the_check_names_each_fault(settings: Settings) -> None:
    use(settings, S3(key_id="canary-id"))

    found = check_bucket(None)

    assert [message.id for message in found] == ["studio.E002"] * 3


def test_the_command_says_so_and_starts_nothing(tmp_path: Path) -> None:
    half = {"STUDIO_S3_BUCKET": "films", "STUDIO_S3_SECRET": "canary-secret"}

    done = manage("check", data=tmp_path / "var", **half)

    assert done.returncode == 1
    assert "Set STUDIO_S3_KEY_ID too" in done.stderr
    assert "Set STUDIO_S3_REGION" in done.stderr
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["up", "worker"])
def test_nothing_starts_with_half_a_bucket(tmp_path: Path, command: str) -> None:
    data = tmp_path / "var"
    (data / "secrets").mkdir(parents=True)
    (data / "secrets" / "secret_key").write_text("x" * 50)
    (data / "secrets" / "encryption_keys").write_text("A" * 43 + "=")

    done = manage(command, data=data, STUDIO_S3_BUCKET="films")

    assert done.returncode == 1
    assert "Set STUDIO_S3_KEY_ID too" in done.stderr


def test_pages_may_load_from_the_bucket_alone(tmp_path: Path) -> None:
    whole = {f"STUDIO_S3_{name.upper()}": value for name, value in WHOLE.items()}
    show = "from django.conf import settings; "
    show += "d = settings.CONTENT_SECURITY_POLICY['DIRECTIVES']; "
    show += "print(*d['img-src'][2:], *d['media-src'][2:], d['connect-src'])"

    done = manage("shell", "--no-imports", "-c", show, data=tmp_path / "var", **whole)

    wanted = "https://s3.example.com https://s3.example.com [\"'self'\"]"
    assert done.stdout.strip() == wanted, done.stderr


def test_nothing_of_it_is_loaded_where_it_is_not_used(tmp_path: Path) -> None:
    code = "import sys, django; django.setup(); import studio.urls, studio.tasks; "
    code += "from studio.media.store import store; store(); "
    code += "sys.exit('boto3' in sys.modules or 'storages' in sys.modules)"
    variables = {"DJANGO_SETTINGS_MODULE": "studio.settings"}

    done = subprocess.run(
        [sys.executable, "-c", code], env={**variables, "STUDIO_DATA": str(tmp_path)}
    )

    assert done.returncode == 0


def test_readyz_writes_to_the_bucket(
    client: Client, bucket: Bucket, s3: S3, settings: Settings, db: None
) -> None:
    assert client.get("/readyz").json()["parts"]["storage"] == "ok"
    assert bucket.read_bytes("ready") == b"ready"
    assert list(bucket.older_names(-5)) == []

    use(settings, S3(**{**WHOLE, "endpoint": "http://127.0.0.1:9"}))

    assert client.get("/readyz").json()["parts"]["storage"] == "cannot be written"
