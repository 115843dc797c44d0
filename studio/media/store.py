"""Where finished files are kept: one interface, a folder here or a bucket elsewhere.

Django's own ``STORAGES`` setting says which. Names are those of the rows, never a
user's words. What is still on its way in lies in the incoming folder of this machine,
whatever the setting: a provider's answer may wait for no network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, cast

from django.core.files.storage import storages

INCOMING = "incoming/"  # names below it lie in a folder here, whatever is set

OnProgress = Callable[[int], None]  # called with bytes as they leave; may raise


class StoreAway(OSError):
    """The bucket does not answer, or not as it should; the text is fit for the user.

    It says nothing of the file that was asked for.
    """


class Reader(Protocol):
    """An open file, read from front to back."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""

    def close(self) -> None:
        """Let go of it."""

    def __enter__(self) -> Self:
        """Itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Closes it."""


class Part(Protocol):
    """Some bytes of a file on their way."""

    def seek(self, place: int, /) -> object:
        """It begins where it was asked to."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""

    def close(self) -> None:
        """Let go of it."""


class Store(Protocol):
    """What is done with finished files.

    Everything raises OSError, FileNotFoundError where the file is not there, and
    StoreAway where nothing can be said of it.
    """

    is_remote: bool

    def place(
        self,
        source: Path,
        name: str,
        media_type: str,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Keep a finished file, whole or not at all, over an older one of that name.

        ``source`` may be gone afterwards; whoever made it removes what is left.
        """

    def place_bytes(self, content: bytes, name: str, media_type: str) -> None:
        """The same for bytes."""

    def open_file(self, name: str) -> Reader:
        """Read it from the start."""

    def read_bytes(self, name: str) -> bytes:
        """All of it."""

    def at_hand(self, name: str) -> AbstractContextManager[Path]:
        """The file on this machine, for as long as the block runs."""

    def remove(self, name: str) -> None:
        """Delete it; no error where it is gone already."""

    def older_names(self, seconds: float) -> Iterator[str]:
        """Every file that has lain there for so long, whether a row names it or not."""

    def check_writable(self) -> None:
        """Raises OSError where nothing could be kept now."""

    def where(self, name: str) -> str:
        """Where an operator finds it."""


class RemoteStore(Store, Protocol):
    """One that is not on this machine: a browser can be led there."""

    def size_of(self, name: str) -> int:
        """In bytes."""

    def open_part(self, name: str, first: int, last: int) -> Part:
        """The bytes from the first to the last, both included, and no others."""

    def address_of(self, name: str, media_type: str, shown_as: str) -> str:
        """A signed address that dies in some minutes."""


def store() -> Store:
    """The one of this installation."""
    return cast(Store, storages["default"])
