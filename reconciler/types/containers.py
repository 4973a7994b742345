"""Lists, sets, maps and structures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from ..values import unknown
from .scalars import Difference, Schema, Text, Type


@dataclass(frozen=True)
class ListOf(Type):
    """A list whose order counts."""

    item: Type
    least: int = 0
    most: int | None = None

    def schema(self) -> Schema:
        """Return ``type: array``."""
        bounds = {"minItems": self.least or None, "maxItems": self.most}
        return {"type": "array", "items": self.item.schema(), **{k: v for k, v in bounds.items() if v is not None}}

    def canon(self, value: Any) -> Any:
        """Return the canonical items, in order."""
        return [self.item.canon(v) for v in value]

    def encode(self, value: Any) -> Any:
        """Return the encoded items."""
        return [self.item.encode(v) for v in value]

    def decode(self, value: Any) -> Any:
        """Return the decoded items."""
        return [self.item.decode(v) for v in value]

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare item by item; a different number of items is one difference."""
        have = [] if have is None else have
        if unknown(want) or len(want) != len(have):
            yield Difference(path, want, have)
            return
        for i, (w, h) in enumerate(zip(want, have, strict=True)):
            yield from self.item.diff(f"{path}[{i}]", w, h)

    def inner(self) -> Mapping[str, Type]:
        """Return the parts of an item."""
        return self.item.inner()

    def references(self) -> Iterator[str]:
        """Yield what an item refers to."""
        yield from self.item.references()


@dataclass(frozen=True)
class SetOf(ListOf):
    """A list whose order does not count; items with a ``by`` are the same item if that part is the same."""

    by: str = ""

    def canon(self, value: Any) -> Any:
        """Return the canonical items in a fixed order, each once."""
        items = {json.dumps(c, sort_keys=True, default=str): c for c in map(self.item.canon, value)}
        return [items[k] for k in sorted(items)]

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield one difference for the set, or one per differing part of the items that ``by`` names."""
        have = [] if have is None else have
        if unknown(want) or not self.by:
            yield from Type.diff(self, path, want, have)
            return
        wants, haves = ({item.get(self.by): item for item in side} for side in (want, have))
        for name in [*wants, *(n for n in haves if n not in wants)]:
            inner = f"{path}[{name}]"
            if name not in wants or name not in haves:
                yield Difference(inner, wants.get(name), haves.get(name))
            else:
                yield from self.item.diff(inner, wants[name], haves[name])


@dataclass(frozen=True)
class MapOf(Type):
    """Names with values; ``partial``: AWS has more names than git lists, and these are not managed.

    ``pair``: requests and responses have a list of pairs with these two keys instead.
    """

    value: Type = data(default_factory=Text)
    partial: bool = False
    pair: tuple[str, str] | None = None
    keys: tuple[str, ...] = ()
    scalars: bool = True
    """Numbers and booleans are accepted and mean their text."""

    def schema(self) -> Schema:
        """Return ``type: object`` with arbitrary, or the known, names."""
        inner = self.value.schema()
        if self.scalars and inner.get("type") == "string":
            inner = {**inner, "type": ["string", "number", "boolean"]}
        return {
            "type": "object",
            "additionalProperties": inner,
            **({"propertyNames": {"enum": list(self.keys)}} if self.keys else {}),
        }

    def canon(self, value: Any) -> Any:
        """Return the map with canonical values."""
        return {k: self.value.canon(self._text(v)) for k, v in value.items()}

    def encode(self, value: Any) -> Any:
        """Return the map, or the list of pairs, with texts for scalars."""
        texts = {k: self.value.encode(self._text(v)) for k, v in value.items()}
        if self.pair is None:
            return texts
        return [{self.pair[0]: k, self.pair[1]: v} for k, v in texts.items()]

    def decode(self, value: Any) -> Any:
        """Return the map, also from a list of pairs."""
        if self.pair is not None and not isinstance(value, Mapping):
            value = {item[self.pair[0]]: item.get(self.pair[1], "") for item in value}
        return {k: self.value.decode(v) for k, v in value.items()}

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare name by name."""
        have = {} if have is None else have
        if not isinstance(want, Mapping):
            yield Difference(path, want, have)
            return
        for name in [*want, *(n for n in have if n not in want and not self.partial)]:
            inner = f"{path}.{name}"
            if name not in want or name not in have:
                yield Difference(inner, self._text(want.get(name)), have.get(name))
            else:
                yield from self.value.diff(inner, self._text(want[name]), have[name])

    def _text(self, value: Any) -> Any:
        if self.scalars and isinstance(value, (bool, int, float)) and isinstance(self.value, Text):
            return str(value).lower() if isinstance(value, bool) else str(value)
        return value

    def references(self) -> Iterator[str]:
        """Yield what a value refers to."""
        yield from self.value.references()


@dataclass(frozen=True)
class Struct(Type):
    """Named parts, each with a type of its own. A part that git does not mention is not managed."""

    parts: Mapping[str, Type]
    required: tuple[str, ...] = ()
    docs: Mapping[str, str] = data(default_factory=dict)
    defaults: Mapping[str, Any] = data(default_factory=dict)
    """What AWS has where nothing was said; it answers with less when it has just that."""

    def schema(self) -> Schema:
        """Return a closed ``type: object``."""
        parts = {
            n: {**t.schema(), **({"description": self.docs[n]} if n in self.docs else {})}
            for n, t in self.parts.items()
        }
        more = {"required": list(self.required)} if self.required else {}
        return {"type": "object", "properties": parts, "additionalProperties": False, **more}

    def canon(self, value: Any) -> Any:
        """Return the known parts, with AWS's defaults where nothing is said."""
        told = {k: v for k, v in {**self.defaults, **value}.items() if k in self.parts and v is not None}
        return {k: self.parts[k].canon(v) for k, v in told.items()}

    def encode(self, value: Any) -> Any:
        """Return the encoded parts."""
        return {k: self.parts[k].encode(v) if k in self.parts else v for k, v in value.items()}

    def decode(self, value: Any) -> Any:
        """Return the decoded known parts."""
        return {k: self.parts[k].decode(v) for k, v in value.items() if k in self.parts and v is not None}

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare the parts that git mentions."""
        if not isinstance(want, Mapping) or (have is None and want):
            yield Difference(path, want, have)
            return
        for name, value in want.items():
            if name in self.parts:
                found = (have or {}).get(name, self.defaults.get(name))
                yield from self.parts[name].diff(f"{path}.{name}", value, found)

    def inner(self) -> Mapping[str, Type]:
        """Return the parts."""
        return self.parts
