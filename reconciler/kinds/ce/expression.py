"""Which costs are meant: the expressions of Cost Explorer and of Budgets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from ...types import Document

JOINED = ("and", "or")
CHOICES = ("dimensions", "tags", "costCategories")
PARTS = (*JOINED, "not", *CHOICES)
INSIDE = ("key", "values", "matchOptions")
USUAL = {"EQUALS", "CASE_SENSITIVE"}
"""How values are matched where nothing is said."""


def meaning(tree: Any) -> Any:
    """Return a tree in which the order of what has none does not count, and without what AWS would add."""
    if isinstance(tree, Mapping):
        told = {k: meaning(v) for k, v in tree.items() if v is not None}
        return {k: v for k, v in told.items() if k != "matchOptions" or not USUAL.issuperset(v)}
    if isinstance(tree, list):
        return sorted((meaning(item) for item in tree), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return text(tree)


def text(leaf: Any) -> Any:
    """Return a number as the text that the API wants."""
    return str(leaf) if isinstance(leaf, (int, float)) and not isinstance(leaf, bool) else leaf


@dataclass(frozen=True)
class Expression(Document):
    """A tree of ``and``, ``or``, ``not`` and choices, with the API's own names."""

    meaning: Callable[[Any], Any] = data(default=meaning)

    def encode(self, value: Any) -> Any:
        """Return the tree, which is no JSON text, with texts for numbers."""
        if isinstance(value, Mapping):
            return {k: self.encode(v) for k, v in value.items()}
        return [self.encode(v) for v in value] if isinstance(value, list) else text(value)

    def decode(self, value: Any) -> Any:
        """Return the tree as it stands."""
        return value


def faults(tree: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for each place where an expression is none."""
    if not isinstance(tree, Mapping):
        return
    if len(tree) != 1 or not tree.keys() <= {*PARTS}:
        yield path, f"has {', '.join(tree) or 'nothing'}. Write exactly one of {', '.join(PARTS)}"
        return
    ((name, inner),) = tree.items()
    if name == "not":
        yield from faults(inner, f"{path}.not")
    elif name in JOINED:
        if not isinstance(inner, list) or len(inner) < 2:  # noqa: PLR2004 — one alone has nothing to be joined with
            yield f"{path}.{name}", "joins a list of two or more expressions. Write the only one by itself"
        for i, one in enumerate(inner if isinstance(inner, list) else ()):
            yield from faults(one, f"{path}.{name}[{i}]")
    elif isinstance(inner, Mapping):
        for other in inner.keys() - {*INSIDE}:
            yield f"{path}.{name}.{other}", f"is not known. Write {', '.join(INSIDE)}"
        if "key" not in inner:
            yield f"{path}.{name}.key", "is missing. Say what is chosen by"
