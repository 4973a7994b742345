"""What every kind must do, run from its data files: a new kind is tested by writing down what it should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.errors import Wait
from reconciler.kind import State
from reconciler.kinds import KINDS
from reconciler.report import Outcome, document
from reconciler.steps import Action
from tests.support import Lab, only, open_steps

DATA = Path(__file__).parent / "data"
REPORT = Draft202012Validator(json.loads((Path(__file__).parents[2] / "schemas" / "report.json").read_text()))
CASES = [*KINDS, *sorted(f"{f.parents[1].name}/{f.parent.name}" for f in DATA.glob("*/*/create.yaml"))]
"""Every kind, and the variants in folders below a kind's own data."""


def documents(case: str, step: str) -> list[dict[str, Any]]:
    """The documents of a data file; all of them may be deleted and replaced, for these objects hold nothing of worth."""
    found = list(yaml.safe_load_all((DATA / case / f"{step}.yaml").read_text()))
    return [{**d, "lifecycle": {"deletion": "delete", "replacement": "allow", **d.get("lifecycle", {})}} for d in found]


def address(case: str) -> str:
    first = documents(case, "create")[0]
    return f"{first['kind']}/{first['metadata']['name']}"


def converge(lab: Lab, case: str, step: str) -> str:
    """Apply a data file, twice; return the id of the object under test."""
    stack = lab.stack(documents(case, step), policy={"prune": True, "maxReplaces": 9, "maxDeletes": 99})
    # What is only planned, with half of it not known yet, can be told as well.
    found, plan = lab.plan(stack)
    REPORT.validate(json.loads(json.dumps(document(Outcome("plan", stack, "123456789012", found, plan)))))
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    lab.aws.forget_wire()
    _, again = lab.apply(stack)
    assert open_steps(again) == []
    assert lab.boto_writes() == []
    assert not lab.aws.blunders(), lab.aws.crashes
    return only(world, address(case)).id


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_data(kind: str) -> None:
    assert (DATA / kind / "create.yaml").exists()
    assert documents(kind, "create")[0]["kind"] == kind


@pytest.mark.parametrize("case", CASES)
def test_lifecycle(case: str, lab: Lab) -> None:
    """Create, read back equal, update in place, replace, notice a deletion, leave nothing."""
    kind = KINDS[case.partition("/")[0]]
    identity = converge(lab, case, "create")
    if (DATA / case / "update.yaml").exists():
        updated = converge(lab, case, "update")
        assert updated == identity or kind.renews
        identity = updated
    if (DATA / case / "replace.yaml").exists():
        replaced = converge(lab, case, "replace")
        # Objects that AWS knows by name keep their identity where the name stays.
        assert replaced != identity or not kind.coexists
    notice_deletion(lab, case)
    leave_nothing(lab, case)


def last_of(case: str) -> str:
    return next(step for step in ("replace", "update", "create") if (DATA / case / f"{step}.yaml").exists())


def notice_deletion(lab: Lab, case: str) -> None:
    kind = KINDS[case.partition("/")[0]]
    stack = lab.stack(documents(case, last_of(case)), policy={"prune": True, "maxReplaces": 9, "maxDeletes": 99})
    engine = lab.engine(stack)
    world, _ = engine.plan()
    live = only(world, address(case))
    if kind.protected(live):
        return
    try:
        engine.aws.run(kind.delete(live))
    except Wait:
        return  # Others stand on it: nobody can delete it behind our back either.
    lab.clock.sleep(60)
    _, plan = lab.plan(stack)
    step = next(s for s in plan.steps if s.address == address(case))
    assert step.action in (Action.CREATE, Action.RESTORE, Action.UPDATE, Action.WAIT), step.action
    _, left = lab.apply(stack)
    assert open_steps(left) == []


def leave_nothing(lab: Lab, case: str) -> None:
    stack = lab.stack(documents(case, last_of(case)), policy={"prune": True})
    world, left = lab.destroy(stack)
    assert open_steps(left) == []
    rest = [live for lives in world.lives.values() for live in lives if live.state is not State.DELETED]
    assert rest == []
    assert not lab.aws.blunders(), lab.aws.crashes
