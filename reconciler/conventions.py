"""What the kinds of one AWS service share, and the regular part of one kind, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from .calls import Call, Calls, Program, Raw, Tags
from .objects import Live


@dataclass(frozen=True)
class Service:
    """The conventions that the kinds of one AWS service share."""

    name: str
    tag: Callable[[Live, Tags], Iterable[Call] | Calls]
    """The calls that set these tags; a program, where they must be read first."""
    create_tags: Callable[[str, Tags], dict[str, Any]]
    """(tag type, tags) → the parameters by which a create call sets them."""
    read_tags: Callable[[Raw], Tags | None]
    """Tags as a listing shows them; None where it does not."""
    ask_tags: Callable[[str], Program[Tags | None]] | None = None
    """ARN → the resource's own word on its tags, for services whose listings leave them out."""

    def call(
        self, operation: str, /, *, missing: tuple[str, ...] = (), region: str = "", token: str = "", **params: Any
    ) -> Call:
        """Return the call; parameters that are None are left out."""
        return Call(self.name, operation, {k: v for k, v in params.items() if v is not None}, missing, region, token)


@dataclass(frozen=True)
class Api:
    """The regular part of a kind, as data. Whatever is irregular is a method instead."""

    read: str = ""
    """The operation that lists the objects."""
    items: str = ""
    """Where its answer has them."""
    id: str = ""
    """The field of a listed object, and parameter of update and delete, that identifies it."""
    arn: str = ""
    ref: str = ""
    """The field that others mean by a reference, if not the id."""
    create: str = ""
    update: str = ""
    delete: str = ""
    params: Raw = data(default_factory=dict)
    """Constant parameters of the listing."""
    tag_type: str = ""
    """What EC2 calls the kind in tag specifications."""
    missing: tuple[str, ...] = ()
    """The error codes that mean the object does not exist."""
    status: str = ""
    """Where a listed object says what it is doing."""
    ready: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    """Tombstones: listed, but there no longer."""
    token: str = ""
    """The create call's idempotency-token parameter."""
