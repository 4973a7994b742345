"""What somebody else owns inside a field is written as AWS has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def overlaid(value: Any, live: Any, path: str) -> Any:
    """Return the value with what ``live`` has at a path (``containers[app].image``) in its place."""
    rest = path.removeprefix(".")
    if not rest:
        return value if live is None else live
    if isinstance(value, Mapping) and isinstance(live, Mapping):
        key = _key(rest, {**value, **live})
        return {**value, key: overlaid(value.get(key), live.get(key), rest[len(key) :])} if key else value
    if isinstance(value, list) and isinstance(live, list) and rest.startswith("["):
        head, _, tail = rest[1:].partition("]")
        known = {_name(item, i): item for i, item in enumerate(live)}
        return [overlaid(v, known.get(head), tail) if head == _name(v, i) else v for i, v in enumerate(value)]
    return value


def _key(path: str, among: Mapping[str, Any]) -> str:
    """Return the key that a path begins with; AWS's own keys may have dots in them."""
    begun = [key for key in among if path == key or (path.startswith(key) and path[len(key)] in ".[")]
    return max(begun, key=len, default="")


def _name(item: Any, position: int) -> str:
    return str(item.get("name", position)) if isinstance(item, Mapping) else str(position)
