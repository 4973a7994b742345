"""One resource as it should be, one as it is, and what makes the two the same one: the ownership tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as data
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

from .calls import Raw, Tags
from .values import leaves


class State(Enum):
    """What an object is doing, whatever AWS calls it."""

    READY = "ready"
    PENDING = "pending"
    FAILED = "failed"
    LEAVING = "leaving"
    """On its way out, and still holding its name."""
    DELETED = "deleted"
    """Deleted, and can be restored."""


@dataclass(frozen=True)
class Wanted:
    """One resource as it should be: its spec with every reference resolved, its name in AWS, its tags."""

    address: str
    name: str
    spec: Raw
    tags: Tags
    token: str = ""
    """Derived from stack, address and content: what makes a repeated create the same create."""
    region: str = ""
    """The stack's region, for the few create calls that must repeat it."""
    rests: frozenset[str] = frozenset()
    """What AWS may call its state without anything being wrong, because something else of the stack brings that about."""

    def __getitem__(self, key: str) -> Any:
        return self.spec[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the field's value, or ``default`` where it is not managed."""
        return self.spec.get(key, default)

    def only(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of the named fields that are managed."""
        return {name: self.spec[name] for name in names if name in self.spec}


@dataclass(frozen=True)
class Live:
    """One object that exists in AWS, in the same terms as a desired resource."""

    kind: str
    id: str
    spec: Raw
    arn: str = ""
    name: str = ""
    key: str = ""
    """What makes it *the* one that a resource of git means (see ``Kind.key``)."""
    ref: str = ""
    """What others write down to mean this object: its id, its ARN or its name."""
    state: State = State.READY
    reason: str = ""
    """AWS's own words on why it is not ready, or not well."""
    tags: Tags | None = None
    """None: they could not be read, so nobody knows whose it is."""
    raw: Raw = data(default_factory=dict)
    used: Raw | None = None
    """The fields of what is in use in its stead: what git leaves to others is taken from there."""

    @property
    def address(self) -> str:
        """The address that its ownership tag names, or an empty string."""
        return (self.tags or {}).get(ADDRESS, "")

    @cached_property
    def texts(self) -> frozenset[str]:
        """Every text in its fields."""
        return frozenset(leaf for leaf in leaves(self.spec) if isinstance(leaf, str))

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True)
class Finding:
    """What a close look at an object found."""

    ill: tuple[str, ...] = ()
    """Why it does not do its work, each with what to do about it."""
    unseen: tuple[str, ...] = ()
    """What nobody could find out: it may be well, or not."""
    notes: tuple[str, ...] = ()
    """What is worth telling of it all the same."""

    def __add__(self, other: Finding) -> Finding:
        return Finding(self.ill + other.ill, self.unseen + other.unseen, self.notes + other.notes)


@dataclass(frozen=True)
class Sight:
    """What stands around an object that is looked at closely."""

    now: datetime
    wants: Mapping[str, Wanted] = data(default_factory=dict)
    """What git wants of the stack, by address."""
    lives: Callable[[str], Sequence[Live]] = lambda _kind: ()
    """The objects of a kind that the stack has."""


STACK, ADDRESS, COMMIT = "reconciler:stack", "reconciler:address", "reconciler:commit"
REPLACES, DELETION, SEALS = "reconciler:replaces", "reconciler:deletion", "reconciler:secrets"
IMPLIED = "reconciler:implied"
"""Stands beside ownership tags that nobody has written yet: something else about the object says whose it is."""


def written(tags: Tags | None) -> Tags:
    """Return the tags that the object really has."""
    found = tags or {}
    return {k: v for k, v in found.items() if k not in (IMPLIED, STACK, ADDRESS)} if IMPLIED in found else found


@dataclass(frozen=True)
class Ask:
    """What a kind is asked to look for."""

    stack: str
    account: str
    region: str
    keys: frozenset[str] = frozenset()
    """The keys (names in AWS, mostly) that git wants this kind to have."""
    fields: frozenset[str] = frozenset()
    """The fields that some resource of this kind manages: nothing else need be read."""
    index: Mapping[str, Tags] = data(default_factory=dict)
    """Tags by ARN, of all that the stack owns, as AWS's tag index has them."""
    doubted: frozenset[str] = frozenset()
    """ARNs that were written to since: the index may not know it yet."""
    shared: frozenset[str] = frozenset()
    """The keys of which somebody else owns a field (``lifecycle.ignore``)."""
    world: Callable[[str], Sequence[Live]] = lambda _kind: ()
    """The objects of a kind that was read before (``Kind.after``)."""

    def concerns(self, key: str, arn: str, tags: Tags | None) -> bool:
        """Whether the object is ours, or has a name that we want."""
        return key in self.keys or arn in self.index or (tags or {}).get(STACK) == self.stack
