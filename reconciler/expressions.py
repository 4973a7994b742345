"""``${…}`` in a text: variables of the stack and references to other resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

_INNER = r"\$\{[A-Za-z_][A-Za-z0-9_-]*\}"
_EXPRESSION = re.compile(rf"\$\$\{{|\$\{{((?:{_INNER}|[^}}])*)(\}}?)")
_REFERENCE = re.compile(rf"^([A-Za-z0-9]+)/((?:[^:${{}}]|{_INNER})+?)(?::([A-Za-z0-9_.-]+))?$")
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")


@dataclass(frozen=True)
class Reference:
    """Another resource, or one of its attributes."""

    kind: str
    name: str
    attribute: str = ""

    @property
    def address(self) -> str:
        """Return ``Kind/name``."""
        return f"{self.kind}/{self.name}"

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the parameters of a component that its name is made of."""
        return tuple(name[2:-1] for name in re.findall(_INNER, self.name))

    def named(self, value: Callable[[str], str]) -> Reference:
        """Return it with those parameters filled in."""
        return replace(self, name=re.sub(_INNER, lambda found: value(found[0][2:-1]), self.name))

    def __str__(self) -> str:
        return "${" + self.address + (f":{self.attribute}" if self.attribute else "") + "}"


@dataclass(frozen=True)
class Variable:
    """A variable of the stack."""

    name: str

    def __str__(self) -> str:
        return "${" + self.name + "}"


@dataclass(frozen=True)
class Template:
    """A text with expressions in it."""

    parts: tuple[str | Reference | Variable, ...]

    def __str__(self) -> str:
        return "".join(p.replace("${", "$${") if isinstance(p, str) else str(p) for p in self.parts)

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return the references, in order."""
        return tuple(p for p in self.parts if isinstance(p, Reference))


def parse(text: str) -> str | Template:
    """Return the text itself, or a template if it has expressions. Raises ValueError with what is wrong."""
    if "${" not in text:
        return text
    parts: list[str | Reference | Variable] = []
    end = 0
    for found in _EXPRESSION.finditer(text):
        parts.append(text[end : found.start()])
        parts.append("${" if found[0] == "$${" else _expression(found[0], found[1], closed=bool(found[2])))
        end = found.end()
    return joined([*parts, text[end:]])


def _expression(whole: str, inner: str, *, closed: bool) -> Reference | Variable:
    if not closed:
        # What follows may be a secret that only looks like an expression.
        message = "${ has no closing brace. Write ${Kind/name}, ${Kind/name:attribute} or ${variable}, and $${ for a literal ${"
        raise ValueError(message)
    if reference := _REFERENCE.match(inner):
        return Reference(reference[1], reference[2], reference[3] or "")
    if _VARIABLE.match(inner):
        return Variable(inner)
    message = f"{whole} is neither a variable nor a reference. Write ${{Kind/name}}, ${{Kind/name:attribute}} or ${{variable}}"
    raise ValueError(message)


def joined(parts: list[str | Reference | Variable]) -> str | Template:
    """Return neighbouring texts as one; a plain text if nothing else is left."""
    merged: list[str | Reference | Variable] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    if all(isinstance(p, str) for p in merged):
        return "".join(map(str, merged))
    return Template(tuple(merged))


def references(value: Any) -> Iterator[Reference]:
    """Yield every reference in a tree."""
    if isinstance(value, Template):
        yield from value.references
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def target(value: Any) -> Reference | None:
    """Return the one resource that a value is about."""
    return value.references[0] if isinstance(value, Template) and len(value.references) == 1 else None


def walk(value: Any, change: Callable[[Template], Any]) -> Any:
    """Return the tree with every template replaced by what ``change`` makes of it."""
    if isinstance(value, Template):
        return change(value)
    if isinstance(value, Mapping):
        return {k: walk(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return [walk(v, change) for v in value]
    return value
