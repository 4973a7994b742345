"""Desired × world → steps. Pure: the same inputs give the same plan, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .causes import Before, caused, remade, top
from .desired.model import Resource, Stack
from .expressions import references
from .kind import ADDRESS, COMMIT, REPLACES, SEALS, STACK, Kind, Live, State, Wanted, at, written
from .overlay import overlaid
from .removal import removals
from .resolve import Resolver, World
from .steps import Action, Plan, Step
from .types import Difference
from .values import unknown
from .wants import SUFFIX, spelling, wants_of

Bases = Mapping[str, Stack]
"""The stack as it was when each address was last applied."""


def make(
    stack: Stack,
    world: World,
    bases: Bases | None = None,
    *,
    destroy: bool = False,
    staying: frozenset[str] = frozenset(),
) -> Plan:
    """Return what has to happen so that AWS is what the stack says, or so that nothing of the stack is left.

    ``staying``: addresses whose objects remain the same ones whatever git says, because a guard forbids the change.
    """
    if destroy:
        return Plan(tuple(removals(stack, world, {}, destroy=True)), {})
    renewing: frozenset[str] = frozenset()
    adopted: dict[str, tuple[Live, ...]] = {}
    while True:
        resolver = Resolver(replace(world, lives={**world.lives, **adopted}), renewing)
        wants = wants_of(stack, resolver)
        then = {id(old): wants_of(old, resolver) for old in (bases or {}).values()}
        moved = {key: remade(stack, old, wants) for key, old in then.items()}
        before = {a: Before(then[id(o)][a], moved[id(o)]) for a, o in (bases or {}).items() if a in o.resources}
        steps = [_veiled(_step(r, wants, world, before.get(a)), world) for a, r in stack.resources.items()]
        steps = _held(steps)
        again = renewing | {s.address for s in steps if _renewed(s)} - staying
        taken = {s.address: (s.live,) for s in steps if s.action is Action.ADOPT and s.live}
        if taken.keys() - adopted.keys():
            # Nothing is renewed that only seemed so because it refers to these.
            renewing, adopted = frozenset(), {**adopted, **taken}
        elif again == renewing:
            break
        else:
            renewing = again
    return Plan((*steps, *removals(stack, world, {s.address: s for s in steps})), wants)


def _held(steps: list[Step]) -> list[Step]:
    """What cannot start yet is not tried: a start that fails may never be tried again by itself."""
    by_address = {s.address: s for s in steps}
    lacks = {s.address: [*_lacks(s, by_address)] for s in steps if s.changes and s.kind.starts_with}
    waiting = {lack.address: lack for found in lacks.values() for lack in found}
    for address, found in lacks.items():
        if found:
            reason = "; ".join(f"{lack.address} {lack.reason}" for lack in found)
            waiting[address] = replace(by_address[address], action=Action.WAIT, reason=reason)
    return [waiting.get(s.address, s) for s in steps]


def _lacks(step: Step, by_address: Mapping[str, Step]) -> Iterable[Step]:
    """Yield what is not well, and has to be before what the step is about can start."""
    for near in step.needs & by_address.keys() if step.kind.starts_with else ():
        for far in sorted(by_address[near].needs & by_address.keys()):
            if by_address[far].kind.name in step.kind.starts_with and (lack := _unwell(by_address[far])):
                yield lack


def _unwell(step: Step) -> Step | None:
    said = step.kind.health(step.live) if step.live and step.action is Action.NONE else ""
    return replace(step, action=Action.WAIT, reason=said) if said else None


def _renewed(step: Step) -> bool:
    return step.action is Action.REPLACE or (step.action is Action.UPDATE and step.kind.renews)


def _step(resource: Resource, wants: Mapping[str, Wanted], world: World, before: Before | None) -> Step:
    address, kind, want = resource.address, resource.kind, wants[resource.address]
    blank = Step(address, Action.NONE, kind, want=want, resource=resource, needs=_needs(resource, wants))
    if kind.name in world.unknown:
        return replace(blank, action=Action.UNKNOWN, cause="unknown", reason=world.unknown[kind.name])
    current = world.current(address)
    if len(current) > 1:
        both = " and ".join(live.id for live in current)
        said = f"two objects carry this address: {both}. Delete one, or take the tag {ADDRESS} off it"
        return replace(blank, live=current[0], cause="conflict").refused(said)
    if not current:
        return _absent(blank, world)
    step = replace(blank, live=current[0])
    if current[0].tags is None:
        return replace(
            step, action=Action.UNKNOWN, cause="unknown", reason="its tags cannot be read, so nobody knows whose it is"
        )
    return _present(step, current[0], before)


def _veiled(step: Step, world: World) -> Step:
    """What refers to something that could not be read cannot be judged: nobody knows what it should be."""
    if step.live is None or step.want is None or step.resource is None or not world.unknown:
        return step
    blind = [name for name in step.fields if unknown(step.want.get(name))]
    addresses = {r.address for name in blind for r in references(step.resource.spec.get(name))}
    hidden = sorted(a for a in addresses if a.partition("/")[0] in world.unknown)
    if not hidden or step.action is Action.WAIT:
        return step
    reason = f"it refers to {', '.join(hidden)}, which could not be read"
    return replace(step, action=Action.UNKNOWN, cause="unknown", reason=reason, differences=())


def _absent(step: Step, world: World) -> Step:
    want = step.want
    assert want is not None  # noqa: S101 — every step of a resource has one
    there = world.foreign.get(step.kind.name, {}).get(step.kind.key(want)) if step.kind.key(want) else None
    if there is None:
        return replace(step, action=Action.CREATE, cause="missing", reason="does not exist", differences=_all(want))
    if there.state is State.LEAVING:
        return replace(
            step, action=Action.WAIT, cause="missing", reason=f"{there.id} is being deleted and still holds the name"
        )
    return _foreign(replace(step, live=there, cause="conflict"), want, there)


def _foreign(step: Step, want: Wanted, there: Live) -> Step:
    owner = (there.tags or {}).get(STACK, "")
    if there.tags is None:
        # Some services tell no tags of what they are changing: that passes.
        action = Action.WAIT if there.state is State.PENDING else Action.UNKNOWN
        return replace(step, action=action, cause="unknown", reason=f"{there.id} exists, and its tags cannot be read")
    if owner and owner != want.tags[STACK]:
        return step.refused(
            f"{there.id} exists and belongs to the stack {owner} ({there.address}). {step.kind.elsewhere}"
        )
    if there.state is State.DELETED:
        until = f" ({there.reason})" if there.reason else ""
        return step.refused(
            f"{there.id} is not ours, and is scheduled for deletion{until}: until then its name is taken. Choose another name, or restore it and take it over"
        )
    differences = tuple(_differences(step, want, there))
    frozen = [d.path for d in differences if not step.kind.can_follow(d)]
    mark = step.resource.mark if step.resource else None
    if step.resource is None or not step.resource.lifecycle.adopt:
        where = f" in the document at {mark.file}:{mark.line}" if mark else ""
        return step.refused(
            f"{there.id} exists but carries no owner tags. To take it over, write `lifecycle: {{adopt: true}}`{where}; or choose another name"
        )
    if frozen:
        return replace(step, differences=differences).refused(
            f"{there.id} cannot be taken over: {', '.join(frozen)} cannot change in place. Declare what it has"
        )
    return replace(
        step,
        action=Action.ADOPT,
        reason=f"{there.id} exists without owner tags; git takes it over",
        differences=differences,
    )


def _present(step: Step, live: Live, before: Before | None) -> Step:
    assert step.want is not None  # noqa: S101 — every step of a resource has one
    want = _respecting(step.resource, step.want, live)
    if want.rests and at(live.raw, step.kind.api.status) in want.rests:
        live = replace(live, state=State.READY)
    step = replace(step, want=want, live=live)
    if live.state is State.DELETED:
        return replace(step, action=Action.RESTORE, cause="drift", reason=f"{live.id} is scheduled for deletion")
    if live.state is State.LEAVING:
        return replace(step, action=Action.WAIT, cause="missing", reason=f"{live.id} is being deleted", live=live)
    differences = tuple(_differences(step, want, live))
    if live.state is State.PENDING:
        urgent = tuple(d for d in differences if top(d.path) in step.kind.while_pending and not unknown(d.desired))
        if not urgent:
            return replace(step, action=Action.WAIT, reason=live.reason or "not ready yet", differences=differences)
        return _caused(replace(step, action=Action.UPDATE, differences=urgent), live, before)
    if not differences and (said := step.kind.given_up(want, live)):
        return replace(step, action=Action.FAILED, reason=said)
    if live.state is State.FAILED and not differences:
        return replace(step, action=Action.FAILED, reason=live.reason or "AWS reports it as failed")
    if not differences:
        return step
    fixed = {d.path for d in differences if not step.kind.can_follow(d)}
    frozen = sorted({path if path in step.kind.frozen else top(path) for path in fixed})
    action = Action.REPLACE if frozen else Action.UPDATE
    failed = f"; AWS says: {live.reason}" if live.state is State.FAILED and live.reason else ""
    reason = f"{', '.join(frozen)} cannot change in place{failed}" if frozen else ""
    changed = replace(step, action=action, reason=reason, differences=differences)
    noted = step.kind.note(want, live) if action is Action.UPDATE else ""
    told = step.resource.spec if step.resource else {}
    refers = frozenset(r.address for name in changed.fields for r in references(told.get(name)))
    changed = _caused(replace(changed, refers=refers - {step.address}), live, before)
    return replace(changed, reason=f"{changed.reason}; {noted}" if noted else changed.reason)


def _respecting(resource: Resource | None, want: Wanted, live: Live) -> Wanted:
    """What somebody else owns inside a field stays as it is when the rest of the field is written."""
    spec = dict(want.spec)
    for ignore in resource.lifecycle.ignore if resource else ():
        field = top(ignore.field)
        if field in spec:
            spec |= overlaid({field: spec[field]}, live.spec, ignore.field)
    return replace(want, spec=spec)


def _caused(step: Step, live: Live, before: Before | None) -> Step:
    found = [*step.kind.diff(before.want, live), *_tags(before.want, live)] if before else []
    return caused(step, before, found)


def _differences(step: Step, want: Wanted, live: Live) -> Iterable[Difference]:
    ignore = step.resource.lifecycle.ignore if step.resource else ()
    named = step.kind.named if isinstance(want.get(step.kind.named), str) else ""
    told = [d for d in step.kind.diff(want, live) if not named or d.path != named]
    found = [*_named(step.kind, want, live), *told, *_tags(want, live)]
    return [d for d in found if not any(i.covers(d.path) for i in ignore)]


def _named(kind: Kind, want: Wanted, live: Live) -> Iterable[Difference]:
    """A name of git's is what AWS has, or what we derived from it for a replacement."""
    same = spelling(kind)
    name, stem = same(live.name), same(want.name[: kind.name_limit - SUFFIX]) + "-"
    ours = REPLACES in (live.tags or {}) and name.startswith(stem) and len(name) == len(stem) + SUFFIX - 1
    if kind.named and name != same(want.name) and not ours:
        yield Difference(kind.named, want.name, live.name)


def _tags(want: Wanted, live: Live) -> Iterable[Difference]:
    """Only what we set counts: others may add tags of their own."""
    have = written(live.tags)
    for key, value in want.tags.items():
        if key not in (COMMIT, SEALS, REPLACES) and have.get(key) != value:
            yield Difference(f"tags.{key}", value, have.get(key))


def _all(want: Wanted) -> tuple[Difference, ...]:
    return tuple(Difference(name, value, None) for name, value in want.spec.items())


def _needs(resource: Resource, wants: Mapping[str, Wanted]) -> frozenset[str]:
    hard, _soft = resource.needs()
    return frozenset(hard | set(resource.kind.waits_for(wants[resource.address], wants)) & wants.keys()) - {
        resource.address
    }
