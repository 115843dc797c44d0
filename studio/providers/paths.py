"""Dotted paths into JSON: ``keyframes.frame0.url``, ``output.0.content.0.url``.

A number is a list index when the container is a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

GAP = object()  # nothing there: unlike None, which JSON can say


def at(body: Any, path: str) -> Any:
    """What stands at a path, or None."""
    for part in path.split("."):
        body = peek(body, part)
        if body is GAP:
            return None
    return body


def place(body: dict[str, Any], path: str, value: Any) -> None:
    """Write a value at a dotted path; objects are merged, lists are joined."""
    parts = path.split(".")
    node: Any = body
    for part, following in pairwise(parts):
        node = step(node, part, path, [] if following.isdecimal() else {})
    last = parts[-1]
    old = peek(node, last)
    if isinstance(old, dict) and isinstance(value, dict):
        merge(old, value)
    elif isinstance(old, list) and isinstance(value, list):
        old.extend(value)
    else:
        put(node, last, value, path)


def step(node: Any, part: str, path: str, empty: Any) -> Any:
    """The container below ``part``, made where it is missing."""
    if peek(node, part) is GAP:
        put(node, part, empty, path)
    return peek(node, part)


def peek(node: Any, part: str) -> Any:
    """What stands at ``part``, or GAP."""
    if isinstance(node, dict):
        return node.get(part, GAP)
    is_there = isinstance(node, list) and part.isdecimal() and int(part) < len(node)
    return node[int(part)] if is_there else GAP


def put(node: Any, part: str, value: Any, path: str) -> None:
    """Set ``part`` of a dict or list. Raises ValueError where the path cannot be."""
    if isinstance(node, dict):
        node[part] = value
    elif isinstance(node, list) and part.isdecimal():
        node.extend([GAP] * (int(part) + 1 - len(node)))
        node[int(part)] = value
    else:
        raise ValueError(f"The wire path {path} leads through a plain value.")


def merge(target: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Lay ``more`` over the target, object by object; lists are replaced."""
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            merge(target[key], value)
        else:
            target[key] = value


def without_gaps(node: Any) -> Any:
    """The same without the list positions that stayed empty."""
    if isinstance(node, dict):
        return {key: without_gaps(value) for key, value in node.items()}
    if isinstance(node, list):
        return [without_gaps(value) for value in node if value is not GAP]
    return node
