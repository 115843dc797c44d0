"""Imports point down: each layer names what it may import from the studio."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

STUDIO = Path(__file__).parent.parent / "studio"
BOTTOM = {"catalog", "media", "animatic", "outbound", "secrets", "environment"}
ROWS = {"catalog", "secrets", "models", "formats"}  # words with amounts in them
DOORS = ROWS | {
    "pipeline",
    "forms",
    "media",
    "queue",
    "http",
    "middleware",
    "held",
}
MAY_IMPORT = {
    "catalog": {"catalog"},
    "media": {"media"},
    "animatic": {"animatic"},
    "outbound": {"outbound"},
    "secrets": set(),
    "environment": set(),
    "object_storage": {"environment"},
    "faults": set(),
    "simulator": {"simulator", "animatic"},
    "providers": {"providers", "catalog", "animatic", "outbound"},
    "models": ROWS,
    "queue": set(),
    "pipeline": ROWS
    | {"pipeline", "providers", "media", "animatic", "outbound", "queue", "faults"},
    "keeping": ROWS | {"keeping", "pipeline", "media", "queue", "faults"},
    "forms": {"forms", "models", "catalog", "media", "formats"},
    "tasks": {"pipeline", "models", "queue", "keeping"},
    "views": DOORS | {"views", "animatic"},
    "admin": DOORS | {"admin"},
    "formats": set(),
    "held": set(),
    "logs": set(),
    "middleware": ROWS | {"http", "held"},
    "templatetags": ROWS | {"templatetags", "formats"},
    "supervision": {"supervision", "queue", "models", "secrets", "environment"},
    "management": DOORS | {"management", "supervision", "simulator", "keeping"},
}
WORLD = (
    *("httpx", "httpcore", "requests", "socket", "http.client", "urllib.request"),
    *("boto3", "botocore", "storages"),
)
MEETS_THE_WORLD = {"outbound", "providers", "pipeline", "simulator", "supervision"}


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
            if node.module == "studio":
                found |= {f"studio.{alias.name}" for alias in node.names}
    return found


def layer_files(layer: str) -> list[Path]:
    """The files of a package, or the one module."""
    folder = STUDIO / layer
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [STUDIO / f"{layer}.py"]


@pytest.mark.parametrize("layer", sorted(MAY_IMPORT))
def test_it_imports_only_what_lies_below(layer: str) -> None:
    wrong = [
        f"{path.relative_to(STUDIO)} imports {name}"
        for path in layer_files(layer)
        for name in imports_of(path)
        if name.startswith("studio.") and name.split(".")[1] not in MAY_IMPORT[layer]
    ]
    assert wrong == []


def test_it_knows_every_layer() -> None:
    packages = {path.parent.name for path in STUDIO.glob("*/__init__.py")}
    assert packages - {"migrations", "locale"} <= MAY_IMPORT.keys()


def test_it_meets_the_network_in_few_places() -> None:
    wrong = [
        str(path.relative_to(STUDIO))
        for path in STUDIO.rglob("*.py")
        if path.relative_to(STUDIO).parts[0] not in MEETS_THE_WORLD
        and any(
            f"{name}.".startswith(f"{w}.") for name in imports_of(path) for w in WORLD
        )
    ]
    # The bucket's library signs, sends and repeats by itself: it cannot go through
    # `outbound`. Where it leads is the operator's setting alone, never a user's or a
    # provider's word, which is what `outbound` guards against.
    assert set(wrong) <= {"settings.py", "queue.py", "media/bucket.py"}


def test_it_opens_stored_files_through_the_store_alone() -> None:
    past_it = [
        str(path.relative_to(STUDIO))
        for path in STUDIO.rglob("*.py")
        if ".full_path" in path.read_text(encoding="utf-8")
    ]
    assert past_it == []


def test_it_calls_the_queue_from_one_module() -> None:
    users = [
        str(path.relative_to(STUDIO))
        for path in STUDIO.rglob("*.py")
        if any(name.split(".")[0] == "django_q" for name in imports_of(path))
    ]
    assert set(users) <= {"queue.py"}
