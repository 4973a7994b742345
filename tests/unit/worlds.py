"""Small kinds, resources and worlds, made by hand, for the tests of plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from reconciler.desired.model import Lifecycle, Limits, Resource, Stack
from reconciler.desired.yaml import Document, Mark, Path
from reconciler.expressions import parse
from reconciler.kind import (
    ADDRESS,
    COMMIT,
    STACK,
    Api,
    Calls,
    Kind,
    Live,
    Service,
    State,
    Wanted,
    field,
    fixed,
    later,
    writes,
)
from reconciler.plan import make
from reconciler.policy import allow
from reconciler.resolve import World
from reconciler.steps import Plan, Step
from reconciler.types import Integer, MapOf, Ref, SetOf, Text

SHOP = Service(
    "shop", tag=lambda _l, _t: [], create_tags=lambda _k, tags: {"tags": tags}, read_tags=lambda raw: raw.get("tags")
)


class Thing(Kind):
    """Something with a name, a size, a parent and peers."""

    service = SHOP
    api = Api("ListThings", "things", "thingId", create="CreateThing", update="UpdateThing", delete="DeleteThing")
    named = "thingName"
    name_limit = 20
    attributes: ClassVar[Mapping[str, str]] = {"endpoint": "endpoint", "secret": "secret"}

    thingName = fixed(Text(), "Its name.")  # noqa: N815 — as AWS spells it
    size = field(Integer(), "How large it is.", impact="reboot")
    count = field(Integer(), "How many.", impact="rolling")
    colour = fixed(Text(), "Cannot change.")
    parent = fixed(Ref(kind="Thing|Store|Solo"), "What it stands on.")
    peers = later(SetOf(Ref(kind="Thing")), "Whom it knows.")
    uses = field(Ref(kind="Edition"), "The edition that it runs.")
    environment = field(MapOf(), "What it is told.")
    tags = field(MapOf(), "Tags.")

    @writes("peers")
    def set_peers(self, want: Wanted, live: Live) -> Calls:
        yield self.call("SetPeers", thingId=live.id, peers=want["peers"])


class Store(Thing):
    """A thing that holds data."""

    holds_data = True

    def protected(self, live: Live) -> str:
        return "it is locked. Unlock it" if live.raw.get("locked") else ""


class Solo(Thing):
    """A thing beside which its replacement cannot stand."""

    coexists = False

    def protected(self, live: Live) -> str:
        return "it is locked. Unlock it" if live.raw.get("locked") else ""


class Edition(Thing):
    """A thing that every change makes anew."""

    renews = True


KINDS: dict[str, Kind] = {kind.__name__: kind() for kind in (Thing, Store, Solo, Edition)}


def resource(address: str, lifecycle: Lifecycle | None = None, **spec: Any) -> Resource:
    """A resource whose texts may hold expressions."""
    kind, _, name = address.partition("/")
    told = {k: _parsed(v) for k, v in spec.items()}
    places: dict[Path, Mark] = {
        (): Mark("all.yaml", 1, 1),
        **{("spec", n): Mark("all.yaml", 7 + i, 9) for i, n in enumerate(told)},
    }
    keys: dict[Path, Mark] = {("spec", n): Mark("all.yaml", 7 + i, 3) for i, n in enumerate(told)}
    return Resource(KINDS[kind], name, told, lifecycle or Lifecycle(), Document({}, places, keys))


def _parsed(value: Any) -> Any:
    if isinstance(value, str):
        return parse(value)
    if isinstance(value, dict):
        return {k: _parsed(v) for k, v in value.items()}
    return [_parsed(v) for v in value] if isinstance(value, list) else value


def stack(*resources: Resource, **more: Any) -> Stack:
    """A stack called ``shop`` at revision ``new``."""
    limits = Limits(**{"prune": True, **more.pop("limits", {})})
    named = {r.address: r for r in resources}
    return Stack(
        "shop", "eu-west-1", "shop", limits=limits, resources=named, revision=more.pop("revision", "new"), **more
    )


def live(
    address: str, identity: str = "", *, state: State = State.READY, tags: Mapping[str, str] | None = None, **spec: Any
) -> Live:
    """An object of the stack that has just these values, and a name of its own."""
    kind, _, name = address.partition("/")
    identity = identity or f"id-{name}"
    owned = {STACK: "shop", ADDRESS: address, COMMIT: "old", **(tags or {})}
    raw: dict[str, Any] = {k: spec.pop(k) for k in ("endpoint", "secret", "locked") if k in spec}
    reason = spec.pop("reason", "")
    called = spec.pop("thingName", name)
    return Live(
        kind,
        identity,
        {"thingName": called, **spec},
        f"arn:{identity}",
        called,
        called,
        identity,
        state,
        reason,
        owned,
        raw,
    )


def foreign(address: str, *, tags: Mapping[str, str] | None, **spec: Any) -> World:
    """A world with one object that is not the stack's."""
    made = replace(live(address, **spec), tags=tags)
    return World(foreign={made.kind: {made.key: made}}, kinds=KINDS)


def world(*lives: Live, **more: Any) -> World:
    """A world that has these objects."""
    found: dict[str, tuple[Live, ...]] = {}
    for one in lives:
        found[one.address] = (*found.get(one.address, ()), one)
    return World(lives=found, kinds=KINDS, **more)


def plan(wanted: Stack, found: World, bases: Mapping[str, Mapping[str, Any]] | None = None, **more: Any) -> Plan:
    """The plan, before any guard."""
    told = {a: stack(resource(a, **spec)) for a, spec in bases.items()} if bases else None
    return make(wanted, found, told, **more)


def step(made: Plan, address: str) -> Step:
    """The one step of an address."""
    (found,) = (s for s in made.steps if s.address == address)
    return found


def actions(made: Plan) -> dict[str, str]:
    """What happens, by address."""
    return {s.address: s.action.value for s in made.steps}


def guarded(wanted: Stack, found: World, **more: Any) -> Plan:
    """The plan after the guards."""
    destroy = more.get("destroy", False)
    return allow(make(wanted, found, destroy=destroy), wanted, **more)


def ready(made: Plan) -> set[str]:
    """The addresses that can be worked on now."""
    return {s.address for s in made.ready}
