"""What a report says of the health of each resource."""

from __future__ import annotations

from reconciler.kind import Finding
from reconciler.report import EXIT, exit_code
from reconciler.report.text import render
from tests.unit.test_report import A, B, report
from tests.unit.worlds import live, resource, stack, world


def test_status_tells_each_resource() -> None:
    wanted = stack(resource(A), resource(B), resource("Thing/c", size=1))
    found = {A: Finding(notes=("of yesterday",)), B: Finding(ill=("no targets",), notes=("of today",))}
    told = report(wanted, world(live(A), live(B), live("Thing/c", size=2)), "status", health=found)
    assert told["resources"] == [
        {"address": A, "sync": "in-sync", "health": "healthy", "reason": "of yesterday"},
        {"address": B, "sync": "in-sync", "health": "unhealthy", "reason": "no targets"},
        {"address": "Thing/c", "sync": "out-of-sync", "health": "missing", "reason": "size"},
    ]
    assert (
        report(stack(resource(A)), world(live(A)), "status", health={A: Finding(ill=("ill",))})["result"] == "changes"
    )
    assert report(stack(resource(A)), world(live(A)), "status", health={A: Finding()})["result"] == "in-sync"


def test_what_nobody_could_look_at_is_neither_well_nor_ill() -> None:
    found = {A: Finding(unseen=("iam says no",))}
    told = report(stack(resource(A)), world(live(A)), "status", health=found)
    assert told["resources"] == [{"address": A, "sync": "in-sync", "health": "unknown", "reason": "iam says no"}]
    assert f"? {A}" in render(told)
    assert "Not well: 0 of 1 resources, and 1 of which nobody can tell. The lines above say why." in render(told)
    assert "✗" not in render(told)
    assert exit_code(told) == EXIT["changes"]


def test_an_ill_one_that_differs_from_git_says_both() -> None:
    found = {A: Finding(ill=("no targets",))}
    told = report(stack(resource(A, size=1)), world(live(A, size=2)), "status", health=found)
    assert told["resources"][0]["reason"] == "no targets; not as git says: size"
    assert "Not well: 1 of 1 resources. `reconciler plan` shows what `apply` would change." in render(told)
