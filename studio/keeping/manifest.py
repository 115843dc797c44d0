"""What a backup says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from studio.keeping import CannotKeep
from studio.media.folder import Folder
from studio.media.storage import sha256_of, store_bytes
from studio.media.store import INCOMING, Store, store

FORMAT = 1
MANIFEST, FILES, SECRETS, STORAGE = (
    "manifest.json",
    "files.sha256",
    "secrets",
    "storage",
)


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that the database names, below the storage folder."""

    path: str
    sha256: str
    size: int | None = None  # bytes; None where the database does not say


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The database's copy, and how many files belong to it."""

    made_at: str  # ISO 8601
    engine: str  # the vendor's name
    database: str  # the name of the copy
    sha256: str  # of the copy
    migrations: list[str]  # applied, as ``app.name``
    files: int
    bytes: int
    missing: list[str] = field(default_factory=list)  # paths
    has_secrets: bool = False
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        """When the database was as it is in the copy."""
        return datetime.fromisoformat(self.made_at)

    def write(self, folder: Path) -> None:
        """Write it down."""
        store_bytes(json.dumps(asdict(self), indent=1).encode(), folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself. Raises CannotKeep."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise CannotKeep(f"{folder} was made by a newer version of Dailies.")
        return Manifest(**content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotKeep(f"{folder} holds no backup that can be read.") from error


def write_list(files: Iterable[StoredFile], folder: Path) -> None:
    """The files in the words of ``sha256sum``."""
    lines = [f"{file.sha256}  {STORAGE}/{file.path}\n" for file in files]
    store_bytes("".join(lines).encode(), folder / FILES)


def read_list(folder: Path) -> list[StoredFile]:
    """The files of a backup. Raises CannotKeep."""
    try:
        lines = (folder / FILES).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CannotKeep(f"{folder / FILES} cannot be read.") from error
    found = []
    for line in lines:
        sha256, _gap, name = line.partition("  ")
        path = name.removeprefix(f"{STORAGE}/")
        if path.startswith("/") or ".." in Path(path).parts:
            raise CannotKeep(f"{folder / FILES} names a place outside of the storage.")
        found.append(StoredFile(path=path, sha256=sha256))
    return found


def moments(folder: Path) -> list[Path]:
    """The moments that a backup folder holds, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"[0-9]*/{MANIFEST}"))


def keeper_of(file: StoredFile) -> Store:
    """Where a file is kept: here, where it is still on its way in."""
    return Folder() if file.path.startswith(INCOMING) else store()


def name_of(moment: datetime) -> str:
    """What the folder of a moment is called; two of one second have two names."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H-%M-%S.%fZ}"


def digest(path: Path) -> str:
    """A file's SHA-256."""
    return sha256_of(path)[0]
