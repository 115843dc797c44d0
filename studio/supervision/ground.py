"""The data folder: made where it is missing, with its keys, and held by one process."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from studio.environment import env_secret
from studio.secrets import new_key
from studio.supervision import StartRefused

KEYS: dict[str, tuple[str, Callable[[], str]]] = {
    "STUDIO_SECRET_KEY": ("secret_key", lambda: secrets.token_urlsafe(50)),
    "STUDIO_ENCRYPTION_KEYS": ("encryption_keys", new_key),
}


def make_folders(data: Path) -> Path:
    """Make the data folder; returns its ``run`` folder. Raises StartRefused."""
    try:
        # Others on this machine have no business with takes and passwords.
        data.mkdir(mode=0o750, parents=True, exist_ok=True)
        run = data / "run"
        run.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise cannot_write(data, error) from error
    return run


def hold(run: Path, name: str) -> int:
    """Lock the data folder for as long as this process lives. Raises StartRefused.

    Returns the descriptor that holds the lock; children do not inherit it.
    """
    try:
        descriptor = os.open(run / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StartRefused(
            f"Dailies runs already on the data folder {run.parent}: stop it first, or "
            "choose another folder with --data."
        ) from error
    except OSError as error:
        raise cannot_write(run.parent, error) from error
    return descriptor


def make_keys(folder: Path) -> bool:
    """Make the keys that nobody gave; whether one was made. Raises StartRefused."""
    missing = [
        (folder / name, make)
        for variable, (name, make) in KEYS.items()
        if not env_secret(variable, folder / name)
    ]
    for path, make in missing:
        if path.exists():
            raise StartRefused(
                f"{path} is empty: put the key back, or remove the file."
            )
        write_key(path, make())
    return bool(missing)


def require_keys(folder: Path) -> None:
    """The keys that ``up`` made, for those who must not make others of their own."""
    for variable, (name, _make) in KEYS.items():
        if not env_secret(variable, folder / name):
            raise StartRefused(
                f"There is no {folder / name}: set {variable} to the value that the "
                "web server has, or share its data folder."
            )


def write_key(path: Path, key: str) -> None:
    """Write a key whole or not at all, for its owner's eyes. Raises StartRefused."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path.parent.parent, error) from error


def sync_folder(folder: Path) -> None:
    """Force a folder's list of names to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(data: Path, error: OSError) -> StartRefused:
    """The sentence for a folder that is not ours to write."""
    return StartRefused(f"The data folder {data} cannot be written: {error.strerror}.")
