"""Whether what exists does its work, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from .errors import AwsError
from .kind import Finding, Live, Program, Sight
from .observe import Reader
from .steps import Action, Plan, Step

T = TypeVar("T")
WORKERS = 8


def examine(plan: Plan, aws: Reader, now: datetime | None = None) -> dict[str, Finding]:
    """Return, by address, what a close look at each object finds. What does not exist is not in it."""
    kinds: dict[str, list[Step]] = {}
    for step in plan.steps:
        if step.live is not None and step.action not in (Action.REFUSED, Action.UNKNOWN):
            kinds.setdefault(step.kind.name, []).append(step)
    sight = Sight(now or datetime.now(UTC), plan.wants, lambda kind: _lives(plan, kind))
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda steps: _each(steps, aws, sight), kinds.values()))
    return {address: finding for one in found for address, finding in one.items()}


def _lives(plan: Plan, kind: str) -> Sequence[Live]:
    return [step.live for step in plan.steps if step.live is not None and step.live.kind == kind]


def _each(steps: Sequence[Step], aws: Reader, sight: Sight) -> Mapping[str, Finding]:
    """Look at the objects of one kind: what AWS has told of one of them is not asked again for the next."""
    memory: dict[str, Any] = {}
    return {step.address: _of(step, aws, sight, memory) for step in steps}


def _of(step: Step, aws: Reader, sight: Sight, memory: dict[str, Any]) -> Finding:
    assert step.live is not None  # noqa: S101 — only what exists is examined
    found = Finding()
    for look in step.kind.looks(step.live, sight):
        try:
            found += aws.run(remembered(look, memory))
        except AwsError as error:
            found += Finding(unseen=(f"unknown: {error}",))
    return found


def remembered(program: Program[T], memory: dict[str, Any]) -> Program[T]:
    """Drive a program, and let only those calls out whose answers nobody has yet."""
    try:
        call = next(program)
        while True:
            key = repr(call)
            if key not in memory:
                memory[key] = yield call
            call = program.send(memory[key])
    except StopIteration as end:
        result: T = end.value
        return result
