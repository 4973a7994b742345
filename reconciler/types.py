"""What the value of a field may be: its JSON Schema, its form in requests, and when two values are the same.

Both sides are brought to one canonical form and only then compared, and only what git declares is compared: a key
that a structure does not mention is not managed.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from .values import Sealed, SecretRef, unknown

Schema = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One place where the wanted and the live value differ."""

    path: str
    desired: Any
    live: Any


@dataclass(frozen=True)
class Type:
    """Base: a value that is compared as it stands."""

    def schema(self) -> Schema:
        """Return the JSON Schema of the value in YAML."""
        return {}

    def canon(self, value: Any) -> Any:
        """Return the form in which two equal values are equal."""
        return value

    def encode(self, value: Any) -> Any:
        """Return the value as a request wants it."""
        return value

    def decode(self, value: Any) -> Any:
        """Return the value of a response in the form that YAML has."""
        return value

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield where the two differ; ``have`` is None where AWS has nothing."""
        if have is None and _nothing(want):
            return
        if unknown(want) or have is None or self.canon(want) != self.canon(have):
            yield Difference(path, want, have)

    def inner(self) -> Mapping[str, Type]:
        """Return the named parts that ``explain`` can go down to."""
        return {}

    def references(self) -> Iterator[str]:
        """Yield the kinds that the value may refer to."""
        for part in self.inner().values():
            yield from part.references()


@dataclass(frozen=True)
class Text(Type):
    """A text; ``fold``: upper and lower case mean the same."""

    enum: tuple[str, ...] = ()
    pattern: str = ""
    fold: bool = False
    length: tuple[int, int] | None = None
    schema_format: str = ""

    def schema(self) -> Schema:
        """Return ``type: string`` with its constraints."""
        more: Schema = {}
        if self.enum:
            more["enum"] = list(self.enum)
        if self.pattern:
            more["pattern"] = self.pattern
        if self.length:
            more |= {"minLength": self.length[0], "maxLength": self.length[1]}
        if self.schema_format:
            more["format"] = self.schema_format
        return {"type": "string", **more}

    def canon(self, value: Any) -> Any:
        """Return the text, in lower case where case does not matter."""
        return value.lower() if self.fold and isinstance(value, str) else value


@dataclass(frozen=True)
class Cidr(Text):
    """A range of addresses; bits beyond the mask do not count."""

    schema_format: str = "cidr"

    def canon(self, value: Any) -> Any:
        """Return the range with its host bits cleared."""
        try:
            return str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            return value


@dataclass(frozen=True)
class Integer(Type):
    """A whole number within bounds."""

    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[int, ...] = ()

    def schema(self) -> Schema:
        """Return ``type: integer`` with its bounds."""
        bounds = {"minimum": self.minimum, "maximum": self.maximum, "enum": list(self.choices) or None}
        return {"type": "integer", **{k: v for k, v in bounds.items() if v is not None}}

    def decode(self, value: Any) -> Any:
        """Return an int, also where AWS answers with a text or a float."""
        return int(value)


@dataclass(frozen=True)
class AtLeast(Integer):
    """A number that AWS may raise by itself and never lowers."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield a difference only if AWS has less."""
        if unknown(want) or have is None or have < want:
            yield Difference(path, want, have)


@dataclass(frozen=True)
class Number(Type):
    """A number."""

    minimum: float | None = None
    maximum: float | None = None

    def schema(self) -> Schema:
        """Return ``type: number`` with its bounds."""
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        return {"type": "number", **{k: v for k, v in bounds.items() if v is not None}}

    def canon(self, value: Any) -> Any:
        """Return a float, so that 80 equals 80.0."""
        return float(value) if isinstance(value, (int, float)) else value


@dataclass(frozen=True)
class Flag(Type):
    """True or false."""

    def schema(self) -> Schema:
        """Return ``type: boolean``."""
        return {"type": "boolean"}

    def decode(self, value: Any) -> Any:
        """Return a bool, also where AWS answers with a text."""
        return value.lower() == "true" if isinstance(value, str) else bool(value)


@dataclass(frozen=True)
class Version(Text):
    """A version of which git may name only the beginning; AWS moves on to newer ones by itself."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield a difference unless AWS has that version, or a later one of the same major version."""
        if unknown(want) or have is None or not self.covers(want, have):
            yield Difference(path, want, have)

    @staticmethod
    def covers(want: str, have: str) -> bool:
        """Whether running ``have`` satisfies who asked for ``want``."""
        wanted, running = want.split("."), have.split(".")
        if running[: len(wanted)] == wanted:
            return True
        numbers = [[int(n) if n.isdigit() else -1 for n in v] for v in (wanted, running)]
        return wanted[0] == running[0] and numbers[1] >= numbers[0]


@dataclass(frozen=True)
class Ref(Text):
    """What identifies another resource: ``${Kind/name}``, or its id, ARN or name as it stands."""

    kind: str = ""
    last: bool = False
    """Only what stands behind the last slash counts: AWS takes and answers with names and ARNs alike."""

    def canon(self, value: Any) -> Any:
        """Return the id; the end of an ARN where AWS mixes the two."""
        return value.rsplit("/", 1)[-1] if self.last and isinstance(value, str) else value

    def references(self) -> Iterator[str]:
        """Yield the kind that is meant."""
        yield self.kind

    def schema(self) -> Schema:
        """Return a text that names the kind it refers to."""
        return {**super().schema(), "x-refersTo": self.kind}


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
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), sort_keys=True)

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


def _nothing(value: Any) -> bool:
    """Whether git says in so many words that there is none, which is what AWS has where it answers nothing."""
    return isinstance(value, (str, list, Mapping)) and not value
