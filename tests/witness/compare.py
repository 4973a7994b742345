"""What git says, against what Terraform's provider has read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kind import Kind, Live, Wanted, at
from reconciler.kinds import KINDS
from reconciler.types import Document, MapOf, Text, Type
from tests.witness.table import SATELLITES, TABLE, Witness
from tests.witness.terraform import Named


@dataclass(frozen=True)
class Setting(Text):
    """A text, which Terraform has as a number or as a flag where it can."""

    def canon(self, value: Any) -> Any:
        """Return the text."""
        return str(value).lower() if isinstance(value, bool) else str(value)


def witnesses(kind: str) -> tuple[Witness, ...]:
    """Return who can tell of a kind; nobody, if Terraform has no such thing."""
    return (*((TABLE[kind],) if kind in TABLE else ()), *SATELLITES.get(kind, ()))


def asked(number: int, kind: str, live: Live) -> Iterator[tuple[Named, Witness]]:
    """Yield what to ask Terraform for, to learn of one of our objects."""
    for one in witnesses(kind):
        yield Named(one.type, f"{one.type}_{number}", one.identity(live)), one


def disagreements(want: Wanted, one: Witness, told: Mapping[str, Any]) -> Iterator[str]:
    """Yield each field of which Terraform says another value than git; only what git says counts."""
    kind = KINDS[want.address.partition("/")[0]]
    for ours, its in one.pairs.items():
        wanted, known = said(kind, want, ours)
        if wanted is not None:
            yield from _differs(f"{want.address} {ours}", known, wanted, at(told, its))
    for ours, read in one.shapes.items():
        if ours in want.spec:
            yield from _differs(f"{want.address} {ours}", kind.fields[ours].type, want[ours], read(told))


def said(kind: Kind, want: Wanted, path: str) -> tuple[Any, Type]:
    """Return what git says under a path, and its type; None if it says nothing."""
    name, _, rest = path.partition(".")
    value = want.tags if name == "tags" else want.name if name == kind.named else want.get(name)
    known = kind.fields[name].type
    while rest and isinstance(value, Mapping):
        if isinstance(known, MapOf):
            return value.get(rest), Setting()
        name, _, rest = rest.partition(".")
        value, known = value.get(name), known.inner()[name]
    return value, known


def _differs(where: str, known: Type, wanted: Any, read: Any) -> Iterator[str]:
    plain = json.loads(read) if isinstance(known, Document) and isinstance(read, str) else read
    found = known.decode(plain) if plain is not None else None
    yield from (f"{where}: git says {d.desired!r}, Terraform {d.live!r}" for d in known.diff("", wanted, found))
