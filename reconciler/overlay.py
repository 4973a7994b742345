"""What somebody else owns inside a field is written as AWS has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Steps = tuple[str, ...]


def overlaid(value: Any, live: Any, path: str) -> Any:
    """Return the value with what ``live`` has at a path (``containers[app].image``) in its place."""
    steps = tuple(s.strip("[]") for s in path.replace("[", ".[").split(".") if s)
    return _overlaid(value, live, steps)


def _overlaid(value: Any, live: Any, steps: Steps) -> Any:
    if not steps:
        return value if live is None else live
    head, rest = steps[0], steps[1:]
    if isinstance(value, Mapping) and isinstance(live, Mapping):
        return (
            {**value, head: _overlaid(value.get(head), live.get(head), rest)}
            if head in value or head in live
            else value
        )
    if isinstance(value, list) and isinstance(live, list):
        known = {_name(item, i): item for i, item in enumerate(live)}
        return [_overlaid(v, known.get(_name(v, i)), rest) if head == _name(v, i) else v for i, v in enumerate(value)]
    return value


def _name(item: Any, position: int) -> str:
    return str(item.get("name", position)) if isinstance(item, Mapping) else str(position)
