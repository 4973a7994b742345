"""What has to go: what git no longer names, and what a replacement has superseded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .desired.model import Stack
from .kind import Kind, Live, State
from .resolve import World
from .steps import Action, Step
from .types import Document, MapOf, Type
from .values import leaves

Identity = tuple[str, str]
SUPERSEDED = "superseded by its replacement"


def removals(stack: Stack, world: World, steps: Mapping[str, Step], *, destroy: bool = False) -> list[Step]:
    """Return a step for each object of ours that git does not name, or that its replacement has superseded.

    ``steps``: what happens to the resources that stay, by address; what is superseded goes when all of them are done.
    """
    going: dict[Identity, Live] = {}
    for address, lives in world.lives.items():
        gone = world.superseded(address) if address in steps else lives
        going |= {(live.kind, live.id): live for live in gone if live.kind not in world.unknown}
    found = []
    for identity, live in going.items():
        if live.state is State.DELETED:
            continue
        waits = {other.address for who, other in going.items() if who != identity and holds(world.kinds, other, live)}
        if live.address in steps:
            waits |= {a for a, s in steps.items() if a == live.address or live.address in _reach(s)}
        reason = (
            SUPERSEDED
            if live.address in steps
            else "the stack is to be destroyed"
            if destroy
            else "git no longer names it"
        )
        step = Step(live.address, Action.DELETE, world.kinds[live.kind], reason, "orphan", live=live)
        step = replace(step, needs=frozenset(waits), resource=stack.resources.get(live.address))
        if live.state is State.LEAVING:
            step = replace(step, action=Action.WAIT, reason=f"{live.id} is being deleted")
        elif world.unknown and not destroy:
            unread = ", ".join(sorted(world.unknown))
            step = replace(
                step, action=Action.UNKNOWN, reason=f"kept, because what may need it could not be read: {unread}"
            )
        found.append(step)
    return found


def holds(kinds: Mapping[str, Kind], one: Live, other: Live) -> bool:
    """Whether ``one`` stands on ``other`` and not the other way round as well."""
    return mentions(kinds[one.kind], one, other) and not mentions(kinds[other.kind], other, one)


def mentions(kind: Kind, one: Live, other: Live) -> bool:
    """Whether the fields of ``one`` name ``other``; a JSON document may name what does not exist."""
    names = {n for n in (other.id, other.arn, other.ref) if n}
    values = [v for n, v in one.spec.items() if n not in kind.fields or not _document(kind.fields[n].type)]
    return any(leaf in names for value in values for leaf in leaves(value) if isinstance(leaf, str))


def _document(told: Type) -> bool:
    return isinstance(told, Document) or (isinstance(told, MapOf) and _document(told.value))


def _reach(step: Step) -> set[str]:
    if step.resource is None:
        return set()
    hard, soft = step.resource.needs()
    return hard | soft
