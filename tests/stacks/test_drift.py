"""Whatever somebody changes behind git's back is found, named, healed, and then left in peace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.stacks.b2bcredit import CLUSTER, SERVICE
from tests.stacks.drift import Drift, expected, look_at, production, reported, told
from tests.stacks.drift_network import EDGE, NETWORK
from tests.stacks.drift_service import RUNNING, STORED, update_service
from tests.support import Lab, open_steps

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "report.json").read_text())


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Production, applied once."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("drift"), patch)
        assert open_steps(lab.apply(production())[1]) == []
        yield lab


@pytest.fixture
def settled(applied: Lab) -> Iterator[Lab]:
    """Production as git says, also for whoever comes after a test that failed in the middle."""
    applied.aws.forget_wire()
    yield applied
    if applied.boto_writes():
        applied.apply(production())


@pytest.mark.parametrize("drifts", [NETWORK, EDGE, RUNNING, STORED], ids=["network", "edge", "running", "stored"])
def test_every_drift_is_named_healed_and_gone(settled: Lab, drifts: tuple[Drift, ...]) -> None:
    stack = production()
    before = {d.what: d.read(look_at(settled)) for d in drifts}
    for drift in drifts:
        drift.change(look_at(settled))
    changed = {d.what: d.read(look_at(settled)) for d in drifts}
    assert [what for what in before if changed[what] == before[what]] == []

    written = settled.boto_writes()
    report = reported(stack, settled.plan(stack))
    assert settled.boto_writes() == written
    assert told(report) == expected(drifts, look_at(settled))
    assert {c["cause"] for c in report["changes"] if c["action"] == "update"} == {"unknown"}
    assert report["result"] == "changes"
    jsonschema.validate(report, SCHEMA)

    assert open_steps(settled.apply(stack)[1]) == []
    assert {d.what: d.read(look_at(settled)) for d in drifts} == before
    settled.aws.forget_wire()
    assert open_steps(settled.plan(stack)[1]) == []
    assert open_steps(settled.apply(stack)[1]) == []
    assert settled.boto_writes() == []
    assert not settled.aws.blunders(), settled.aws.crashes


@pytest.mark.parametrize(("tasks", "healed"), [(15, 10), (0, 2)])
def test_more_or_fewer_tasks_than_autoscaling_may_have_are_drift(settled: Lab, tasks: int, healed: int) -> None:
    stack = production()
    update_service(look_at(settled), desiredCount=tasks)
    report = reported(stack, settled.plan(stack))
    assert told(report) == {f"update ECSService/{SERVICE}": {"desiredCount": (healed, tasks)}}
    assert open_steps(settled.apply(stack)[1]) == []
    assert look_at(settled).service(CLUSTER, SERVICE)["desiredCount"] == healed
    settled.aws.forget_wire()
    assert open_steps(settled.apply(stack)[1]) == []
    assert settled.boto_writes() == []


@pytest.mark.parametrize("tasks", [2, 7, 10])
def test_what_autoscaling_decided_is_no_drift(settled: Lab, tasks: int) -> None:
    stack = production()
    update_service(look_at(settled), desiredCount=tasks)
    settled.clock.sleep(600)
    assert open_steps(settled.plan(stack)[1]) == []
    assert open_steps(settled.apply(stack)[1]) == []
    assert settled.boto_writes() == ["ecs:UpdateService"]
    assert look_at(settled).service(CLUSTER, SERVICE)["desiredCount"] == tasks
    settled.aws.forget_wire()
