"""What a plan may do. Pure: a plan goes in, and comes out with steps refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .desired.model import Stack
from .kind import ADDRESS, DELETION
from .removal import SUPERSEDED, stands
from .steps import Action, Plan, Step


def allow(plan: Plan, stack: Stack, *, destroy: bool = False, targets: Iterable[str] = ()) -> Plan:
    """Return the plan with every step refused that a guard forbids."""
    steps = [_guarded(s, stack, destroy=destroy) for s in plan.steps]
    steps = _retained(steps)
    if not destroy:
        steps = _limited(steps, Action.DELETE, stack.limits.max_deletes, "maxDeletes")
        steps = _limited(steps, Action.REPLACE, stack.limits.max_replaces, "maxReplaces")
    return replace(plan, steps=tuple(_targeted(_taken(steps), frozenset(targets))))


def _guarded(step: Step, stack: Stack, *, destroy: bool) -> Step:
    if step.action is Action.DELETE:
        return _deletion(step, stack, destroy=destroy)
    if step.action is Action.REPLACE:
        return _replacement(step)
    return step


def _deletion(step: Step, stack: Stack, *, destroy: bool) -> Step:
    live = step.live
    assert live is not None  # noqa: S101 — only what exists can be deleted
    if step.reason == SUPERSEDED:
        return step
    told = step.resource.lifecycle.deletion if step.resource else None
    deletion = told or (live.tags or {}).get(DELETION) or ("retain" if step.kind.holds_data else "delete")
    if deletion == "retain":
        why = "it holds data" if step.kind.holds_data else "git says so"
        return _kept(step, f"kept, because {why}. To delete it, apply it once with `lifecycle: {{deletion: delete}}`")
    if not destroy and not stack.limits.prune:
        return _kept(step, "kept, because the stack's policy has no `prune: true`")
    if not destroy and not stack.resources:
        return step.refused(
            "kept, because the stack names no resource at all. Use `reconciler destroy` if that is meant"
        )
    if protection := step.kind.protected(live):
        return step.refused(protection)
    return step


def _replacement(step: Step) -> Step:
    lifecycle = step.resource.lifecycle if step.resource else None
    allowed = lifecycle.replacement if lifecycle else None
    if allowed == "refuse" or (allowed is None and step.kind.holds_data):
        why = "it holds data" if allowed is None else "git says so"
        return step.refused(
            f"{step.reason}, and it must not be replaced because {why}. Undo the change, or write `lifecycle: {{replacement: allow}}`"
        )
    if step.live is not None and not step.beside and (protection := step.kind.protected(step.live)):
        return step.refused(protection)
    return step


def _retained(steps: list[Step]) -> list[Step]:
    """What a kept object stands on is kept with it."""
    while True:
        kept = [
            s
            for s in steps
            if s.action is Action.KEEP or (s.action is Action.REFUSED and s.instead_of is Action.DELETE)
        ]
        again = [_stands(s, kept) for s in steps]
        if again == steps:
            return steps
        steps = again


def _stands(step: Step, kept: list[Step]) -> Step:
    if step.action is not Action.DELETE or step.live is None:
        return step
    on_it = next((k for k in kept if k.live and stands(k.kind, k.live, step.live)), None)
    return _kept(step, f"kept, because {on_it.address} stands on it") if on_it else step


def _kept(step: Step, reason: str) -> Step:
    return replace(step, action=Action.KEEP, instead_of=step.action, reason=reason)


def _limited(steps: list[Step], action: Action, most: int, name: str) -> list[Step]:
    """A number that nobody expected is a mistake until somebody says otherwise."""
    chosen = [s for s in steps if s.action is action and s.reason != SUPERSEDED]
    if len(chosen) <= most:
        return steps
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(s.kind.name for s in chosen).items()))
    said = f"{len(chosen)} resources would be {action.value}d at once ({kinds}), and the stack's policy allows {most}. Raise `policy.{name}` if that is meant"
    return [s.refused(said) if s in chosen else s for s in steps]


def _taken(steps: list[Step]) -> list[Step]:
    """Nothing is made under a name that another address of the stack has: AWS could only refuse it."""
    named = [(s, (s.kind.name, s.live.key)) for s in steps if s.live and s.live.key]
    held = {key: s for s, key in named if s.action in (Action.NONE, Action.KEEP, Action.REFUSED)}
    going = {key: s for s, key in named if s.cause == "orphan" and s.action in (Action.DELETE, Action.WAIT)}
    return [_after(_renamed(s, held), going) if s.action is Action.CREATE else s for s in steps]


def _after(step: Step, going: Mapping[tuple[str, str], Step]) -> Step:
    """What takes over a name waits until that is free."""
    before = going.get((step.kind.name, step.kind.key(step.want))) if step.want else None
    return replace(step, needs=step.needs | {before.address}) if before else step


def _renamed(step: Step, held: Mapping[tuple[str, str], Step]) -> Step:
    holder = held.get((step.kind.name, step.kind.key(step.want))) if step.want else None
    if holder is None or holder.live is None:
        return step
    said = f"{holder.live.id} has this name and is {holder.address}. If it was renamed in git, set its tag {ADDRESS} to {step.address}; or choose another name"
    return replace(step, cause="conflict", differences=()).refused(said)


def _targeted(steps: list[Step], targets: frozenset[str]) -> list[Step]:
    """Leave the targets and what they need."""
    if not targets:
        return steps
    by_address = {s.address: s for s in steps}
    wanted, todo = set(), list(targets)
    while todo:
        address = todo.pop()
        if address not in wanted:
            wanted.add(address)
            todo += by_address[address].needs if address in by_address else ()
    return [s for s in steps if s.address in wanted]
