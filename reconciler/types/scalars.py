"""Single values: texts, numbers, flags, versions, references."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..values import unknown

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
        if have is None and nothing(want):
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

    @staticmethod
    def older(one: str, other: str) -> bool:
        """Whether a version is below another, of which it does not name the beginning."""
        first, second = ([int(n) if n.isdigit() else -1 for n in v.split(".")] for v in (one, other))
        return not Version.covers(one, other) and first < second


@dataclass(frozen=True)
class Ref(Text):
    """What identifies another resource: ``${Kind/name}``, or its id, ARN or name as it stands."""

    kind: str = ""
    last: bool = False
    """Only what stands behind the last slash counts: AWS takes and answers with names and ARNs alike."""

    def canon(self, value: Any) -> Any:
        """Return the id; the end of an ARN where AWS mixes the two."""
        return super().canon(value.rsplit("/", 1)[-1] if self.last and isinstance(value, str) else value)

    def references(self) -> Iterator[str]:
        """Yield the kind that is meant."""
        yield self.kind

    def schema(self) -> Schema:
        """Return a text that names the kind it refers to."""
        return {**super().schema(), "x-refersTo": self.kind}


def nothing(value: Any) -> bool:
    """Whether git says in so many words that there is none, which is what AWS has where it answers nothing."""
    return isinstance(value, (str, list, Mapping)) and not value
