"""A run's outcome → one document (``schemas/report.json``), which every format is made from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .. import API_VERSION
from ..desired.model import Resource, Stack
from ..kind import Finding, Live
from ..perform import operations
from ..resolve import Resolver, World
from ..steps import Action, Plan, Step
from ..values import Unknown
from .mask import cleaned, pair

COUNTED = ("create", "update", "replace", "delete", "wait", "refused", "failed", "unknown")
EXIT = {"in-sync": 0, "done": 0, "changes": 2, "drift": 2, "refused": 3, "failed": 1, "unsettled": 4}
WORST = (1, 3, 4, 2, 0)
"""Exit codes of several stacks, the worst first."""


@dataclass(frozen=True)
class Outcome:
    """What a command found and did on one stack."""

    command: str
    stack: Stack
    account: str
    world: World
    plan: Plan
    """Before anything was done."""
    left: Plan | None = None
    """After: what is still to be done. None: nothing was tried."""
    done: Mapping[str, tuple[Step, tuple[str, ...]]] = field(default_factory=dict)
    """address → the first step that was taken on it, and all operations that were called."""
    calls: Mapping[tuple[str, bool], int] = field(default_factory=dict)
    seconds: float = 0.0
    health: Mapping[str, Finding] | None = None
    """address → what a close look found; None: nobody looked."""


def document(outcome: Outcome) -> dict[str, Any]:
    """Return the report."""
    outcome = replace(outcome, plan=departed(outcome.plan)) if outcome.command == "drift" else outcome
    steps = _steps(outcome)
    actions = Counter(_counted(s) for s in steps)
    left = outcome.left or outcome.plan
    summary = {name: actions.get(name, 0) for name in COUNTED}
    summary["inSync"] = sum(s.action is Action.NONE for s in left.steps)
    reads, writes = (sum(n for (_, w), n in outcome.calls.items() if w is kind) for kind in (False, True))
    status = {} if outcome.health is None else {"resources": [_resource(s, outcome.health) for s in outcome.plan.steps]}
    return {
        "apiVersion": API_VERSION, "kind": "Report", "command": outcome.command, "stack": outcome.stack.name,
        "account": outcome.account, "region": outcome.stack.region, "revision": outcome.stack.revision,
        "result": _result(outcome), "summary": summary, "changes": [_change(s, outcome) for s in steps],
        "unmanaged": _unmanaged(outcome.stack, outcome.world), "expired": _expired(outcome.stack), "outputs": outputs(outcome.stack, outcome.world),
        "calls": {"read": reads, "write": writes, "byOperation": {op: n for (op, _), n in sorted(outcome.calls.items())}},
        "seconds": round(outcome.seconds, 2), **status,
    }  # fmt: skip


def _resource(step: Step, health: Mapping[str, Finding]) -> dict[str, str]:
    sync = {Action.NONE: "in-sync", Action.KEEP: "kept", Action.UNKNOWN: "unknown", Action.CREATE: "missing"}.get(
        step.action, "out-of-sync"
    )
    found = health.get(step.address)
    state = "missing" if found is None else "unhealthy" if found.ill else "unknown" if found.unseen else "healthy"
    return {"address": step.address, "sync": sync, "health": state, "reason": cleaned(_told(step, found or Finding()))}


def _told(step: Step, found: Finding) -> str:
    """Return what is wrong with it, where it differs from git, and else what is worth telling."""
    if wrong := [*found.ill, *found.unseen]:
        return "; ".join([*wrong, *([f"not as git says: {_why(step)}"] if step.action is Action.UPDATE else [])])
    if step.action is not Action.NONE:
        return _why(step)
    note = step.kind.note(step.want, step.live) if step.want and step.live else ""
    return "; ".join(dict.fromkeys(filter(None, [note, *found.notes])))


def _why(step: Step) -> str:
    """Return the fields that differ, as many as fit on a line; else what the step says for itself."""
    if step.action is not Action.UPDATE:
        return step.reason
    paths = list(dict.fromkeys(d.path for d in step.differences))
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")  # noqa: PLR2004 — fits a line


def exit_code(report: Mapping[str, Any]) -> int:
    """Return the exit code of one report."""
    return EXIT[report["result"]]


def _steps(outcome: Outcome) -> list[Step]:
    """Return what is worth telling: what was done, else what is to be done, each address once."""
    if outcome.left is None:
        return [s for s in outcome.plan.steps if s.action is not Action.NONE]
    left = {s.address: s for s in outcome.left.steps if s.action is not Action.NONE}
    done = {a: s for a, (s, _) in outcome.done.items()}
    return [*(_ended(s, left.get(a)) for a, s in done.items()), *(s for a, s in left.items() if a not in done)]


def _ended(done: Step, left: Step | None) -> Step:
    """Return what was done, or what came of it; with the reason why it is not ready."""
    if left is None or left.action not in (Action.FAILED, Action.REFUSED, Action.WAIT):
        return done
    return replace(done, reason=left.reason or done.reason) if left.action is Action.WAIT else left


def departed(plan: Plan) -> Plan:
    """Return the plan without what only git has moved: there, AWS is still what was last applied."""
    return replace(plan, steps=tuple(map(_departed, plan.steps)))


def _departed(step: Step) -> Step:
    left = tuple(d for d in step.differences if step.causes.get(d.path) != "pending")
    action = Action.NONE if step.cause == "pending" else step.action
    return replace(step, action=action, differences=left)


def _counted(step: Step) -> str:
    return "update" if step.action in (Action.RESTORE, Action.ADOPT) else step.action.value


def _result(outcome: Outcome) -> str:
    plan = outcome.left or outcome.plan
    found = {s.action for s in plan.steps}
    broken = [s for s in plan.steps if s.action is Action.FAILED and not (outcome.left and _settling(s))]
    # Who only looks has not failed where an object has.
    if (broken and outcome.health is None) or Action.UNKNOWN in found or outcome.world.unknown:
        return "failed"
    if Action.REFUSED in found:
        return "refused"
    open_ = found - {Action.NONE, Action.KEEP}
    if outcome.left is not None:
        return "unsettled" if open_ else "done"
    unwell = any(found.ill or found.unseen for found in (outcome.health or {}).values())
    return ("drift" if outcome.command == "drift" else "changes") if open_ or unwell else "in-sync"


def _settling(step: Step) -> bool:
    """Whether AWS took what it was asked for, and only did not become what it should."""
    return not step.instead_of or "does not settle" in step.reason or "not ready after" in step.reason


def _change(step: Step, outcome: Outcome) -> dict[str, Any]:
    called = outcome.done[step.address][1] if step.address in outcome.done else ()
    mark = (
        step.resource.place(step.differences[0].path if step.differences and step.action is not Action.CREATE else "")
        if step.resource
        else None
    )
    action = {Action.UNKNOWN: "none", Action.KEEP: "none", Action.FAILED: (step.instead_of or Action.NONE).value}.get(
        step.action, step.action.value
    )
    told: dict[str, Any] = {
        "address": step.address,
        "action": action,
        "cause": step.cause or "unknown",
        "reason": cleaned(step.reason),
        "impact": impact(step),
    }
    if step.action is Action.FAILED:
        told["failed"] = True
    elif step.address in outcome.done:
        told["done"] = True
    if mark:
        told["source"] = {"file": mark.file, "line": mark.line}
    told["fields"] = [_field(step, d.path, d.desired, d.live) for d in step.differences]
    told["calls"] = list(called or (operations(step) if step.changes else ()))
    return told


def _field(step: Step, path: str, desired: Any, live: Any) -> dict[str, Any]:
    want, have = pair(path, desired, live)
    base = {"base": pair(path, step.bases[path], None)[0]} if path in step.bases else {}
    return {
        "path": path,
        "desired": want,
        "live": have,
        **base,
        "cause": step.causes.get(path, "missing" if step.action is Action.CREATE else "unknown"),
    }


def impact(step: Step) -> str:
    """Return what a step does to the running system."""
    action = step.action if step.action is Action.KEEP else step.instead_of or step.action
    if action is Action.REPLACE:
        return "data loss" if step.kind.holds_data else "replace"
    if action is Action.DELETE:
        return "data loss" if step.kind.holds_data else "none"
    order = ("none", "rolling", "reboot", "failover")
    felt = [step.kind.fields[f].impact for f in step.fields if f in step.kind.fields] if action is Action.UPDATE else []
    return max(felt, key=order.index, default="none")


def _unmanaged(stack: Stack, world: World) -> list[dict[str, str]]:
    """Return what nobody declared: what lets somebody in, and then the rest."""
    ours = [(address, live) for address in world.lives for live in world.current(address)]
    doors = [(a, what) for a, live in ours if a in stack.resources for what in _doors(stack.resources[a], live)]
    rest = [(a, what) for a, live in ours for what in world.kinds[live.kind].unmanaged(live)]
    return [{"parent": address, "what": what} for address, what in (*doors, *rest)]


def _doors(resource: Resource, live: Live) -> Iterator[str]:
    """Yield what AWS has in fields that let somebody in, where git leaves them alone."""
    for name in resource.kind.exposes:
        found = live.spec.get(name)
        if name not in resource.spec and found:
            for difference in resource.kind.fields[name].type.diff(name, type(found)(), found):
                listed = difference.live if isinstance(difference.live, list) else ()
                yield f"{difference.path}: {', '.join(map(str, listed))}" if listed else difference.path


def _expired(stack: Stack) -> list[dict[str, str]]:
    return [
        {"address": address, "field": entry.field, "until": entry.until, "reason": entry.reason}
        for address, resource in stack.resources.items() for entry in resource.lifecycle.expired
    ]  # fmt: skip


def outputs(stack: Stack, world: World) -> dict[str, Any]:
    """Return the stack's outputs as far as they exist."""
    resolver = Resolver(world)
    found = {name: resolver.value(value) for name, value in stack.outputs.items()}
    return {name: None if isinstance(value, Unknown) else cleaned(value, name) for name, value in found.items()}
