"""``manage.py backup`` and ``restore`` as an operator meets them."""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.commands.site import manage


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small installation: keys and an empty database."""
    data = tmp_path_factory.mktemp("kept") / "var"
    data.mkdir()
    assert manage("migrate", data=data).returncode == 0
    (data / "secrets").mkdir(mode=0o700)
    (data / "secrets" / "secret_key").write_text("x" * 50 + "\n")
    (data / "secrets" / "encryption_keys").write_text("A" * 43 + "=\n")
    (data / "run").mkdir()
    return data


@pytest.fixture
def other(data: Path, tmp_path: Path) -> Path:
    """Another one, on another machine."""
    return Path(shutil.copytree(data, tmp_path / "other"))


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    made = manage("backup", str(tmp_path / "copy"), data=data)
    assert made.returncode == 0, made.stderr
    return tmp_path / "copy"


def moment_of(backup: Path) -> Path:
    """The folder of its one moment."""
    (moment,) = backup.glob("[0-9]*")
    return moment


def test_it_leaves_the_keys_out_unless_asked(data: Path, tmp_path: Path) -> None:
    without = manage("backup", str(tmp_path / "a"), data=data)
    including = manage("backup", str(tmp_path / "b"), "--with-secrets", data=data)

    assert f"keys are not in it: keep {data / 'secrets'} apart" in without.stdout
    assert not list((tmp_path / "a").rglob("secret*"))
    assert "keys are in it" in including.stdout
    keys = list((tmp_path / "b").rglob("secrets/*"))
    assert {path.name for path in keys} == {"secret_key", "encryption_keys"}
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}


def test_it_comes_back_from_an_archive_with_its_keys(
    data: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "copy.tar"
    manage("backup", str(archive), "--with-secrets", data=data)
    other = tmp_path / "other"

    done = manage("restore", str(archive), "--with-secrets", data=other)

    assert done.returncode == 0, done.stderr
    assert (other / "secrets" / "encryption_keys").read_text() == "A" * 43 + "=\n"
    assert not list(other.glob(".unpacked-*"))
    with sqlite3.connect(other / "studio.sqlite3") as database:
        verbs = database.execute("SELECT verb FROM studio_event").fetchall()
    assert verbs == [("installation.restored",)]


def test_it_adds_keys_and_takes_none_away(
    data: Path, other: Path, tmp_path: Path
) -> None:
    manage("backup", str(tmp_path / "copy"), "--with-secrets", data=data)
    (other / "secrets" / "encryption_keys").write_text("B" * 43 + "=\n")

    manage("restore", str(tmp_path / "copy"), "--with-secrets", data=other)

    keys = (other / "secrets" / "encryption_keys").read_text().split()
    assert keys == ["B" * 43 + "=", "A" * 43 + "="]


def test_it_keeps_the_database_that_was_here(backup: Path, other: Path) -> None:
    done = manage("restore", str(backup), data=other)

    (old,) = other.glob("replaced-*")
    assert str(old) in done.stdout
    assert (old / "studio.sqlite3").is_file()
    assert "review links are as they were then" in done.stdout


def test_its_list_is_for_sha256sum(backup: Path) -> None:
    names = moment_of(backup) / "files.sha256"

    assert names.is_file()
    if names.read_text():
        subprocess.run(["sha256sum", "-c", names], cwd=backup, check=True)


def test_it_does_not_restore_below_a_running_site(backup: Path, other: Path) -> None:
    with (other / "run" / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        refused = manage("restore", str(backup), data=other)

    assert refused.returncode == 1
    assert "stop it first" in refused.stderr


def test_nothing_starts_on_half_a_restore(other: Path) -> None:
    (other / "run" / "restoring").touch()

    refused = manage("up", data=other)

    assert refused.returncode == 1
    assert "run manage.py restore once more" in refused.stderr


@pytest.mark.parametrize("command", ["up", "worker"])
def test_nothing_starts_beside_a_restore(command: str, other: Path) -> None:
    with (other / "run" / "restore.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        refused = manage(command, data=other)

    assert refused.returncode == 1
    assert "A restore is under way" in refused.stderr


def test_it_refuses_a_damaged_copy(backup: Path, other: Path) -> None:
    copy = moment_of(backup) / "studio.sqlite3"
    copy.write_bytes(copy.read_bytes()[:-1])

    refused = manage("restore", str(backup), data=other)

    assert refused.returncode == 1
    assert "is damaged" in refused.stderr


def test_it_refuses_what_a_newer_version_made(backup: Path, other: Path) -> None:
    path = moment_of(backup) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["migrations"].append("studio.9999_the_future")
    path.write_text(json.dumps(manifest))

    refused = manage("restore", str(backup), data=other)

    assert refused.returncode == 1
    assert "studio.9999_the_future" in refused.stderr


def test_it_refuses_an_empty_folder(data: Path, tmp_path: Path) -> None:
    refused = manage("restore", str(tmp_path), data=data)

    assert refused.returncode == 1
    assert "holds no backup" in refused.stderr


def test_it_removes_the_oldest_and_says_so(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    first = moment_of(backup)
    manifest = json.loads((first / "manifest.json").read_text())
    manifest["made_at"] = "2026-01-02T03:04:05+00:00"  # long ago
    (first / "manifest.json").write_text(json.dumps(manifest))
    first.rename(backup / "2026-01-02T03-04-05.000000Z")

    kept = manage("backup", str(backup), "--keep=2", data=data)
    made = manage("backup", str(backup), "--keep=1", data=data)

    assert "Removed" not in kept.stdout
    assert made.returncode == 0, made.stderr
    assert "Removed 2026-01-02T03-04-05.000000Z" in made.stdout
    assert str(moment_of(backup)) in made.stdout


@pytest.mark.parametrize(
    ("target", "keep", "words"), [("copy.tar", "1", "for a folder"), ("copy", "0", "1")]
)
def test_it_refuses_to_keep_what_makes_no_sense(
    data: Path, tmp_path: Path, target: str, keep: str, words: str
) -> None:
    refused = manage("backup", str(tmp_path / target), f"--keep={keep}", data=data)

    assert refused.returncode > 0
    assert words in refused.stderr
    assert not (tmp_path / target).exists()


def test_it_takes_no_other_backups_place(data: Path, tmp_path: Path) -> None:
    archive = tmp_path / "copy.tar"
    archive.touch()

    refused = manage("backup", str(archive), data=data)

    assert refused.returncode == 1
    assert "exists already" in refused.stderr


def test_it_does_not_back_up_into_the_storage(data: Path) -> None:
    inside = data / "storage" / "copy"

    refused = manage("backup", str(inside), data=data)

    assert refused.returncode == 1
    assert not inside.exists()


def test_it_says_what_postgres_needs(data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    place = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "PATH": str(empty)}

    refused = manage("backup", str(tmp_path / "copy"), data=data, **place)

    assert refused.returncode == 1
    assert "pg_dump is not on the PATH" in refused.stderr
    assert shutil.which("sh")  # the PATH was emptied for the command alone
