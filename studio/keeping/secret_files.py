"""The secret keys of a backup, added to those that are here."""

from __future__ import annotations

from pathlib import Path

from studio.keeping import CannotKeep
from studio.media.storage import store_bytes

KEYS, SIGNING = "encryption_keys", "secret_key"


def merge_secrets(source: Path, target: Path) -> None:
    """Add encryption keys behind those that are here; a signing key only where none is.

    Nothing is replaced: what was sealed with any of the keys can still be read.
    """
    if not source.is_dir():
        raise CannotKeep("The backup was made without the secret keys.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = keys_in(target / KEYS)
    theirs = [key for key in keys_in(source / KEYS) if key not in ours]
    if theirs:
        write_private(target / KEYS, "\n".join([*ours, *theirs]))
    if not keys_in(target / SIGNING) and keys_in(source / SIGNING):
        write_private(target / SIGNING, *keys_in(source / SIGNING))


def keys_in(path: Path) -> list[str]:
    """The keys of a file; none where there is no file."""
    return path.read_text(encoding="utf-8").split() if path.is_file() else []


def write_private(path: Path, text: str) -> None:
    """Write a key whole or not at all, for its owner's eyes."""
    store_bytes(f"{text}\n".encode(), path)
    path.chmod(0o600)
