"""What somebody changes behind the program's back, and what the program must say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from reconciler.report import Outcome, document
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.stacks.look import Look
from tests.support import Lab

DESIRED = Path(__file__).parents[2] / "desired"


class Drift(NamedTuple):
    """One change by boto3; values that are functions depend on what AWS made up."""

    what: str
    change: Callable[[Look], Any]
    read: Callable[[Look], Any]
    """What boto3 sees: not the same after the change, and the same again after it is healed."""
    address: str
    fields: Mapping[str, tuple[Any, Any]]
    """Path → what git declares, what AWS has."""
    action: str = "update"


def production() -> Stack:
    return load_stack(Folder(), str(DESIRED / "b2bcredit" / "production"))


def look_at(lab: Lab) -> Look:
    return Look(lab, "", "b2bcredit.example", "b2bcredit-production-files")


def reported(stack: Stack, planned: tuple[World, Plan], command: str = "plan") -> dict[str, Any]:
    """The report document on a plan."""
    return document(Outcome(command, stack, "123456789012", *planned))


def told(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a report says: "action address" → path → (declared, live)."""
    return {
        f"{change['action']} {change['address']}": {}
        if change["action"] == "create"
        else {f["path"]: (f["desired"], f["live"]) for f in change["fields"]}
        for change in report["changes"]
    }


def expected(drifts: Iterable[Drift], look: Look) -> dict[str, dict[str, Any]]:
    """What a report has to say of these drifts, and nothing else."""
    found: dict[str, dict[str, Any]] = {}
    for drift in drifts:
        fields = {resolved(path, look): resolved(pair, look) for path, pair in drift.fields.items()}
        found.setdefault(f"{drift.action} {drift.address}", {}).update(fields)
    return found


def resolved(value: Any, look: Look) -> Any:
    """The value, with what only AWS knows in place of the functions that read it."""
    if callable(value):
        return resolved(value(look), look)
    if isinstance(value, (list, tuple)):
        return type(value)(resolved(one, look) for one in value)
    if isinstance(value, dict):
        return {key: resolved(one, look) for key, one in value.items()}
    return value
