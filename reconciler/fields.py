"""What a kind says of one field of its ``spec``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .types import Type


@dataclass(frozen=True)
class Field:
    """One field of a kind's ``spec``.

    ``create`` and ``update``: it travels in the kind's create and update call. A field that neither the update call
    nor a writer covers cannot change in place: the object is replaced.
    """

    type: Type
    doc: str
    required: bool = False
    create: bool = True
    update: bool = True
    default: str = ""
    path: str = ""
    """Where the response has it (dots between steps), if not under its own name."""
    impact: str = "none"
    """What a change does to the running system: none, rolling, reboot, failover."""
    compared: bool = True
    """Whether AWS can have another value; what only says how something is done, or begins, never differs."""
    implied: Any = None
    """The value that is wanted although nobody wrote it down."""
    called: str = ""
    """Its name in YAML, where the class needs that name for something else."""


def field(kind: Type, doc: str, **more: Any) -> Any:
    """A field that the create call sets and the update call, if the kind has one, changes."""
    return Field(kind, doc, **more)


def fixed(kind: Type, doc: str, **more: Any) -> Any:
    """A field set once, at creation."""
    return Field(kind, doc, update=False, **more)


def later(kind: Type, doc: str, **more: Any) -> Any:
    """A field that the create call does not know: its writer sets it afterwards."""
    return Field(kind, doc, create=False, update=False, **more)
