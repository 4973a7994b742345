"""What git wants, once it is read: stacks and their resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..expressions import references
from ..kind import Kind
from .yaml import Document, Mark, Path


@dataclass(frozen=True)
class Ignore:
    """A field that somebody else owns."""

    field: str
    reason: str
    until: str = ""

    def covers(self, path: str) -> bool:
        """Whether a difference at this path is at, or below, the field."""
        return path == self.field or (path.startswith(self.field) and path[len(self.field)] in ".[")

    def over(self, today: str) -> bool:
        """Whether its last day is past; dates as git has them (2026-12-31) sort by themselves."""
        return bool(self.until) and self.until < today


@dataclass(frozen=True)
class Lifecycle:
    """What may happen to a resource. None: as its kind has it."""

    deletion: str | None = None
    replacement: str | None = None
    adopt: bool = False
    depends_on: tuple[str, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    expired: tuple[Ignore, ...] = ()
    """Entries of ``ignore`` whose last day is past: they ignore nothing any more."""

    def as_of(self, today: str) -> Lifecycle:
        """Return it as it counts on a day."""
        every = (*self.ignore, *self.expired)
        over = tuple(i for i in every if i.over(today))
        return replace(self, ignore=tuple(i for i in every if i not in over), expired=over)


@dataclass(frozen=True)
class Resource:
    """One document of a resource; variables are filled in, references are not."""

    kind: Kind
    name: str
    spec: Mapping[str, Any]
    lifecycle: Lifecycle
    document: Document

    @property
    def address(self) -> str:
        """Return ``Kind/name``."""
        return f"{self.kind.name}/{self.name}"

    @property
    def mark(self) -> Mark:
        """Return where the document begins."""
        return self.document.mark(())

    def place(self, field_path: str) -> Mark:
        """Return where a field stands that a difference names, or the nearest thing around it.

        What a component says about it is not what somebody wrote for this resource: then it is where that is used.
        """
        path: Path = ("spec",)
        for step in field_path.replace("[", ".[").split("."):
            key: str | int = step.strip("[]")
            if step.startswith("[") and str(key).isdigit():
                key = int(key)
            if (*path, key) not in self.document.values:
                break
            path = (*path, key)
        found = self.document.key_mark(path) if path != ("spec",) else self.mark
        return self.mark if found.file in self.document.moulds else found

    def needs(self) -> tuple[set[str], set[str]]:
        """Return the addresses that must exist before it can be created, and those that are needed later."""
        hard, soft = set(self.lifecycle.depends_on), set()
        for name, value in self.spec.items():
            known = self.kind.fields.get(name)
            found = {r.address for r in references(value)}
            if known is None or known.create:
                hard |= found
            else:
                soft |= found
        return hard, soft - hard


@dataclass(frozen=True)
class Limits:
    """The stack's policy."""

    prune: bool = False
    self_heal: bool = True
    max_deletes: int = 10
    max_replaces: int = 1


@dataclass(frozen=True)
class Stack:
    """One stack at one revision."""

    name: str
    region: str
    folder: str
    account: str = ""
    role: str = ""
    prefix: str = ""
    suffix: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    revision: str = ""

    def as_of(self, today: str) -> Stack:
        """Return the stack as it counts on a day (2026-12-31): what git says is the same, but entries expire."""
        then = {a: replace(r, lifecycle=r.lifecycle.as_of(today)) for a, r in self.resources.items()}
        return replace(self, resources=then)
