"""What has to go: what git no longer names, and what a replacement has superseded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .desired.model import Stack
from .kind import Kind, Live, State, Wanted
from .resolve import World
from .steps import Action, Step
from .types import Document, MapOf, Ref, Text, Type
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
        others = [other for who, other in going.items() if who != identity]
        waits = {o.address for o in others if holds(world.kinds, o, live) or _leans(stack, o, live)}
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
    return stands(kinds[one.kind], one, other) and not mentions(kinds[other.kind], other, one)


def stands(kind: Kind, one: Live, other: Live) -> bool:
    """Whether ``one`` names ``other``, or needs it without naming it."""
    return mentions(kind, one, other) or awaited(kind, one, other)


def awaited(kind: Kind, one: Live, other: Live) -> bool:
    """Whether ``other`` had to be there before ``one`` could be made: it goes after it as well."""
    mine, theirs = (Wanted(live.address, live.name, live.spec, live.tags or {}) for live in (one, other))
    return other.address in kind.waits_for(mine, {other.address: theirs})


def mentions(kind: Kind, one: Live, other: Live) -> bool:
    """Whether the fields of ``one`` name ``other``; a JSON document may name what does not exist.

    Names, unlike ids and ARNs, may be borne by objects of several kinds: they count where that kind is meant, and not in a
    field that is a text of its own, such as the name of a database inside an instance.
    """
    everywhere = {n for n in (other.id, other.arn, other.ref) if n and n != other.name}
    names = everywhere | {n for n in (other.id, other.ref) if n}
    # Nearly every two objects have nothing to do with each other, and every two are asked about.
    if names.isdisjoint(one.texts):
        return False
    for field, value in one.spec.items():
        told = kind.fields[field].type if field in kind.fields else None
        if field == kind.named or (told and _document(told)):
            continue
        meant = {*told.references()} if told else set()
        own = isinstance(told, Text) and not isinstance(told, Ref)
        wanted = names if other.kind in meant or not (meant or own) else everywhere
        if any(leaf in wanted for leaf in leaves(value) if isinstance(leaf, str)):
            return True
    return False


def _leans(stack: Stack, one: Live, other: Live) -> bool:
    """Whether git says that ``one`` depends on ``other``, whatever its fields say."""
    resource = stack.resources.get(one.address)
    return resource is not None and one.address != other.address and other.address in resource.needs()[0]


def _document(told: Type) -> bool:
    return isinstance(told, Document) or (isinstance(told, MapOf) and _document(told.value))


def _reach(step: Step) -> set[str]:
    if step.resource is None:
        return set()
    hard, soft = step.resource.needs()
    return hard | soft
