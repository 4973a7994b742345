"""What AWS has, by address, and what the references of git mean there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .expressions import Reference, Template, walk
from .kind import REPLACES, Kind, Live, State, Tags, at
from .values import Sealed, SecretRef, Unknown

Lives = Mapping[str, tuple[Live, ...]]


@dataclass(frozen=True)
class World:
    """All that concerns one stack, as AWS had it when it was read."""

    lives: Lives = field(default_factory=dict)
    """What carries the stack's tags, by address."""
    foreign: Mapping[str, Mapping[str, Live]] = field(default_factory=dict)
    """kind → key → what has a name that git wants, without being ours."""
    unknown: Mapping[str, str] = field(default_factory=dict)
    """kind → why it could not be read."""
    unwell: frozenset[str] = frozenset()
    """Those of ``unknown`` that may be read a little later."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    index: Mapping[str, Tags] = field(default_factory=dict)
    """AWS's tag index, as it was at the last full look: it only says where to look."""

    def current(self, address: str) -> tuple[Live, ...]:
        """Return the objects of an address that no replacement supersedes; more than one is one too many."""
        lives = self.lives.get(address, ())
        old = {(live.tags or {}).get(REPLACES) for live in lives}
        new = tuple(live for live in lives if live.id not in old)
        # What waits for its deletion counts only where nothing else has the address: then it can be restored.
        return tuple(live for live in new if live.state is not State.DELETED) or new

    def has_role_since(self, moment: datetime) -> bool:
        """Whether a role of the stack is newer than that: then not all of AWS may know it."""
        roles = (live.raw.get("createDate") for lives in self.lives.values() for live in lives if live.kind == "Role")
        return any(isinstance(made, datetime) and made > moment for made in roles)

    def superseded(self, address: str) -> tuple[Live, ...]:
        """Return the objects of an address whose replacement exists."""
        current = self.current(address)
        return tuple(live for live in self.lives.get(address, ()) if live not in current)


class Resolver:
    """Puts what references mean in their place; ``renewing``: addresses that will be another object soon."""

    def __init__(self, world: World, renewing: frozenset[str] = frozenset()) -> None:
        """Look things up in this world."""
        self._world, self._renewing = world, renewing

    def value(self, value: Any) -> Any:
        """Return the tree with its references resolved; what does not exist yet is ``Unknown``."""
        return walk(value, self._template)

    def _template(self, template: Template) -> Any:
        parts = [self._reference(p) if isinstance(p, Reference) else p for p in template.parts]
        if any(isinstance(p, Unknown) for p in parts):
            return Unknown(str(template))
        if any(isinstance(p, SecretRef) for p in parts):
            return Sealed(tuple(p if isinstance(p, SecretRef) else str(p) for p in parts))
        return parts[0] if len(parts) == 1 else "".join(map(str, parts))

    def _reference(self, reference: Reference) -> Any:
        found = self._world.current(reference.address)
        if len(found) != 1 or reference.address in self._renewing:
            return Unknown(str(reference))
        live = found[0]
        kind = self._world.kinds[live.kind]
        if not reference.attribute:
            return live.ref
        built_in = {"arn": live.arn, "id": live.id, "name": live.name}
        if reference.attribute in built_in and reference.attribute not in kind.attributes:
            return built_in[reference.attribute] or Unknown(str(reference))
        value = at(live.raw, kind.attributes[reference.attribute])
        return Unknown(str(reference)) if value is None else value
