"""Who moved: git, AWS, or both, since a resource was last applied. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .desired.model import Resource, Stack
from .expressions import references
from .kind import Wanted, at
from .steps import Step
from .types import Difference

REASONS = {
    "drift": "changed outside git",
    "pending": "git moved on",
    "conflict": "changed in git and outside git",
    "unknown": "differs from git",
}


class Before(NamedTuple):
    """What git wanted of one resource when it was last applied."""

    want: Wanted
    remade: frozenset[str]
    """Addresses of which git has wanted another object since: what refers to them changes with them."""


def remade(stack: Stack, then: Mapping[str, Wanted], wants: Mapping[str, Wanted]) -> frozenset[str]:
    """Return the addresses of which git does not want the same object as ``then``."""
    found: set[str] = set()
    while True:
        left = [r for a, r in stack.resources.items() if a in then and a not in found]
        more = {r.address for r in left if _another(r, then[r.address], wants[r.address], found)}
        if not more:
            return frozenset(found)
        found |= more


def _another(resource: Resource, then: Wanted, want: Wanted, found: set[str]) -> bool:
    """Whether the two cannot be one object in AWS."""
    kind = resource.kind
    names = {n for n in {*then.spec, *want.spec} - {"tags"} if n not in kind.fields or kind.fields[n].compared}
    deciding = [n for n in names if kind.renews or not kind.changes_in_place(n)]
    inside = any(at(then.spec, path) != at(want.spec, path) for path in kind.frozen)
    return bool(inside or (kind.named and then.name != want.name)) or any(
        then.get(n) != want.get(n) or _refers(resource, n, found) for n in deciding
    )


def _refers(resource: Resource | None, name: str, addresses: Iterable[str]) -> bool:
    return resource is not None and any(r.address in addresses for r in references(resource.spec.get(name)))


def caused(step: Step, before: Before | None, differences: Iterable[Difference]) -> Step:
    """Return the step with the cause of each field, if the last applied revision is known.

    ``differences``: where AWS is not what git wanted before.
    """
    if before is None:
        return replace(step, cause="unknown", reason=step.reason or REASONS["unknown"])
    then = {d.path: d.desired for d in differences}
    follows = {n for n in step.fields if _refers(step.resource, n, before.remade)}
    causes = {d.path: _cause(d, then, follows=top(d.path) in follows) for d in step.differences}
    worst = next(c for c in ("conflict", "drift", "pending") if c in causes.values())
    bases = {d.path: _base(d, then, before.want) for d in step.differences}
    return replace(step, causes=causes, cause=worst, bases=bases, reason=step.reason or REASONS[worst])


def _cause(difference: Difference, then: Mapping[str, Any], *, follows: bool) -> str:
    """AWS had what git said then: git moved. Git says what it said then: AWS moved. Neither: both did.

    ``follows``: git says what it said then, and means another object.
    """
    if difference.path not in then:
        return "pending"
    if then[difference.path] != difference.desired:
        return "conflict"
    return "pending" if follows else "drift"


def _base(difference: Difference, then: Mapping[str, Any], before: Wanted) -> Any:
    managed = top(difference.path) in before.spec or difference.path.removeprefix("tags.") in before.tags
    return then.get(difference.path, difference.live if managed else None)


def top(path: str) -> str:
    """Return the field of the spec that a path begins with."""
    return path.partition(".")[0].partition("[")[0]
