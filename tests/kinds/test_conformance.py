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


def documents(kind: str, step: str) -> list[dict[str, Any]]:
    """The documents of a data file; all of them may be deleted and replaced, for these objects hold nothing of worth."""
    found = list(yaml.safe_load_all((DATA / kind / f"{step}.yaml").read_text()))
    return [{**d, "lifecycle": {"deletion": "delete", "replacement": "allow", **d.get("lifecycle", {})}} for d in found]


def address(kind: str) -> str:
    first = documents(kind, "create")[0]
    return f"{first['kind']}/{first['metadata']['name']}"


def converge(lab: Lab, kind: str, step: str) -> str:
    """Apply a data file, twice; return the id of the object under test."""
    stack = lab.stack(documents(kind, step), policy={"prune": True, "maxReplaces": 9, "maxDeletes": 99})
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
    return only(world, address(kind)).id


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_data(kind: str) -> None:
    assert (DATA / kind / "create.yaml").exists()
    assert documents(kind, "create")[0]["kind"] == kind


@pytest.mark.parametrize("kind", list(KINDS))
def test_lifecycle(kind: str, lab: Lab) -> None:
    """Create, read back equal, update in place, replace, notice a deletion, leave nothing."""
    identity = converge(lab, kind, "create")
    if (DATA / kind / "update.yaml").exists():
        updated = converge(lab, kind, "update")
        assert updated == identity or KINDS[kind].renews
        identity = updated
    if (DATA / kind / "replace.yaml").exists():
        replaced = converge(lab, kind, "replace")
        # Objects that AWS knows by name keep their identity where the name stays.
        assert replaced != identity or not KINDS[kind].coexists
    notice_deletion(lab, kind)
    leave_nothing(lab, kind)


def notice_deletion(lab: Lab, kind: str) -> None:
    last = (
        "replace"
        if (DATA / kind / "replace.yaml").exists()
        else "update"
        if (DATA / kind / "update.yaml").exists()
        else "create"
    )
    stack = lab.stack(documents(kind, last), policy={"prune": True, "maxReplaces": 9, "maxDeletes": 99})
    engine = lab.engine(stack)
    world, _ = engine.plan()
    live = only(world, address(kind))
    if KINDS[kind].protected(live):
        return
    try:
        engine.aws.run(KINDS[kind].delete(live))
    except Wait:
        return  # Others stand on it: nobody can delete it behind our back either.
    lab.clock.sleep(60)
    _, plan = lab.plan(stack)
    step = next(s for s in plan.steps if s.address == address(kind))
    assert step.action in (Action.CREATE, Action.RESTORE, Action.UPDATE, Action.WAIT), step.action
    _, left = lab.apply(stack)
    assert open_steps(left) == []


def leave_nothing(lab: Lab, kind: str) -> None:
    last = (
        "replace"
        if (DATA / kind / "replace.yaml").exists()
        else "update"
        if (DATA / kind / "update.yaml").exists()
        else "create"
    )
    stack = lab.stack(documents(kind, last), policy={"prune": True})
    world, left = lab.destroy(stack)
    assert open_steps(left) == []
    rest = [live for lives in world.lives.values() for live in lives if live.state is not State.DELETED]
    assert rest == []
    assert not lab.aws.blunders(), lab.aws.crashes
