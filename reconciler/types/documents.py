"""JSON documents, compared by what they mean, and values that AWS never shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from ..values import Sealed, SecretRef, Unknown, unknown
from .scalars import Difference, Schema, Type


@dataclass(frozen=True)
class Document(Type):
    """A JSON document, written as YAML, compared by what it means."""

    meaning: Callable[[Any], Any] = data(default=lambda value: value)

    def schema(self) -> Schema:
        """Return ``type: object``."""
        return {"type": "object"}

    def canon(self, value: Any) -> Any:
        """Return the document's meaning."""
        return self.meaning(self.decode(value))

    def encode(self, value: Any) -> Any:
        """Return JSON text."""
        return (
            value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), sort_keys=True, default=_told)
        )

    def decode(self, value: Any) -> Any:
        """Return the parsed document."""
        return json.loads(value) if isinstance(value, str) else value

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield each place inside the document that differs."""
        if unknown(want) or have is None:
            yield Difference(path, want, have)
            return
        wanted, found = self.canon(want), self.canon(have)
        if wanted != found:
            for inner, w, h in inside(found, wanted):
                yield Difference(path + inner, w, h)


@dataclass(frozen=True)
class WriteOnly(Type):
    """A text that AWS never shows; what it was made of is remembered as a fingerprint."""

    def schema(self) -> Schema:
        """Return a text."""
        return {"x-secret": True, "writeOnly": True}

    def canon(self, value: Any) -> Any:
        """Return the fingerprint."""
        return (
            value.fingerprint
            if isinstance(value, Sealed)
            else Sealed((value,)).fingerprint
            if isinstance(value, SecretRef)
            else value
        )


def _told(leaf: Any) -> str:
    """What is not known yet stands in a document that is only shown; a secret never stands in one."""
    if isinstance(leaf, Unknown):
        return leaf.text
    raise TypeError(type(leaf).__name__)


def inside(found: Any, wanted: Any) -> Iterable[tuple[str, Any, Any]]:
    """Return (path, wanted, found) for every place where two unequal trees differ."""
    # Slow to import, and most runs find nothing.
    from deepdiff import DeepDiff

    tree = DeepDiff(found, wanted, view="tree", verbose_level=2)
    levels = [level for group in tree.values() for level in group]
    rows = [(_dotted(level.path(output_format="list")), _shown(level.t2), _shown(level.t1)) for level in levels]
    return sorted(rows, key=lambda row: row[0])


def _dotted(steps: Any) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps)


def _shown(value: Any) -> Any:
    return None if type(value).__name__ == "NotPresent" else value
