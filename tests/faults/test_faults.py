"""AWS is busy, unwell, forbidding, or gone for a while."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.desired import Stack, load_stack
from reconciler.emulator.faults import Fault, Faults, How
from reconciler.emulator.pages import Pages
from reconciler.files import Folder
from reconciler.kind import Live
from reconciler.resolve import World
from reconciler.steps import Action, Plan, Step
from tests.faults.census import Figures, figures, learn
from tests.faults.crash import CrashLab
from tests.faults.throttle import Storm
from tests.kinds import test_conformance as conformance
from tests.support import open_steps, told

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests/faults/stacks/small"
SERVICES = ("ec2", "rds", "ecs", "elbv2", "secretsmanager", "resourcegroupstaggingapi")
READS = {
    "VPC": "ec2:DescribeVpcs", "Subnet": "ec2:DescribeSubnets", "SecurityGroup": "ec2:DescribeSecurityGroups",
    "DBInstance": "rds:DescribeDBInstances", "LoadBalancer": "elbv2:DescribeLoadBalancers",
    "TargetGroup": "elbv2:DescribeTargetGroups", "ECSService": "ecs:DescribeServices", "Secret": "secretsmanager:ListSecrets",
}  # fmt: skip


def small() -> Stack:
    return load_stack(Folder(), str(SMALL))


def actions(plan: Plan) -> dict[str, set[str]]:
    """action → kinds."""
    return {a: {s.kind.name for s in plan.steps if s.action == a} for a in {s.action for s in plan.steps}}


def reach(step: Step, plan: Plan) -> list[Step]:
    """The step and all that must be settled before it."""
    found, todo = {step.address: step}, [step]
    while todo:
        more = [s for s in plan.steps if s.address in todo[-1].needs and s.address not in found]
        todo.pop()
        found |= {s.address: s for s in more}
        todo += more
    return list(found.values())


def calm(lab: CrashLab) -> tuple[int, Figures, Figures]:
    """Apply twice in peace: how many calls it takes, and what there is then."""
    found = []
    for _ in "12":
        lab.aws.reset()
        world, left = lab.apply(small())
        assert open_steps(left) == []
        calls = len(lab.aws.wire)
        found.append(figures(lab, world))
    lab.aws.reset()
    lab.aws.forget_wire()
    return calls, found[0], found[1]


@pytest.mark.parametrize("probability", [0.3, 0.7])
def test_h18_a_storm_of_throttling_passes(probability: float, lab: CrashLab) -> None:
    calls, *two = calm(lab)
    Storm(lab.aws, probability)
    lab.forget_clients()
    world, left = lab.apply(small())
    assert open_steps(left) == []
    through = [w for w in lab.aws.wire if not w.injected]
    assert len(through) <= 3 * calls
    assert len(lab.aws.wire) <= 3 * calls / (1 - probability)
    lab.aws.layers.clear()
    assert learn(*two).differences(figures(lab, world)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_one_service_down_holds_up_only_what_needs_it(service: str, lab: CrashLab) -> None:
    _, *two = calm(lab)
    faults = Faults(lab.aws)
    faults.down(service)
    lab.forget_clients()
    world, left = lab.apply(small())
    assert world.unknown
    for step in left.steps:
        held = any(needed.kind.service.name == service for needed in reach(step, left))
        assert (step.action is not Action.NONE) == held, told(step)
    assert not [w for w in lab.aws.wire if w.writes and w.operation.startswith("Delete")]
    faults.clear()
    world, left = lab.apply(small())
    assert open_steps(left) == []
    assert learn(*two).differences(figures(lab, world)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_judged_that_cannot_be_seen(service: str, lab: CrashLab) -> None:
    """On a settled account, with prune on and a resource less in git: nothing made, changed or deleted blindly."""
    lab.apply(small())
    stack = small()
    less = replace(stack, resources={a: r for a, r in stack.resources.items() if a != "Secret/small/url"})
    assert actions(lab.plan(less)[1])[Action.DELETE] == {"Secret"}
    faults = Faults(lab.aws)
    faults.down(service)
    lab.forget_clients()
    lab.aws.forget_wire()
    world, left = lab.apply(less)
    assert world.unknown
    assert set(actions(left)) <= {Action.NONE, Action.UNKNOWN}
    assert lab.boto_writes() == []


@pytest.mark.parametrize("kind", list(READS))
def test_a_denied_read_is_not_absence(kind: str, lab: CrashLab) -> None:
    lab.apply(small())
    Faults(lab.aws).deny(READS[kind])
    lab.aws.forget_wire()
    world, left = lab.apply(small())
    assert kind in world.unknown
    assert kind in actions(left)[Action.UNKNOWN]
    assert set(actions(left)) <= {Action.NONE, Action.UNKNOWN}
    assert lab.boto_writes() == []


def test_half_a_list_is_no_list(lab: CrashLab) -> None:
    lab.apply(small())
    Faults(lab.aws).add(Fault(How.DENY, "ec2:DescribeSecurityGroups", skip=1, times=None))
    Pages(lab.aws, 1)
    lab.aws.forget_wire()
    world, left = lab.apply(small())
    assert "SecurityGroup" in world.unknown
    assert set(actions(left)) <= {Action.NONE, Action.UNKNOWN}
    assert lab.boto_writes() == []


@pytest.mark.parametrize("kind", list(READS))
def test_a_denied_read_stops_no_other_kind(kind: str, lab: CrashLab) -> None:
    """On an empty account: what does not need the kind is made, the kind itself is not."""
    Faults(lab.aws).deny(READS[kind])
    _, left = lab.apply(small())
    assert kind in actions(left)[Action.UNKNOWN]
    assert Action.NONE in actions(left)
    assert not [w for w in lab.boto_writes() if w.endswith(f":Create{kind}")]


def test_a_poisoned_resource_is_reported_alone(lab: CrashLab) -> None:
    Faults(lab.aws).add(Fault(How.ERROR_BEFORE, "ecs:CreateCluster", times=None, code="ValidationError", status=400))
    _, left = lab.apply(small())
    assert actions(left)[Action.FAILED] == {"ECSCluster"}
    assert actions(left)[Action.CREATE] == {"ECSService"}
    assert [w for w in lab.boto_writes() if w == "ecs:CreateCluster"] == ["ecs:CreateCluster"]


@pytest.mark.parametrize("how", [How.ERROR_BEFORE, How.ERROR_AFTER, How.DROP_BEFORE])
def test_every_seventh_write_fails_in_another_way(how: How, lab: CrashLab) -> None:
    _, *two = calm(lab)
    faults = Faults(lab.aws)
    for number in range(0, 100, 7):
        faults.add(Fault(how, skip=number, writes_only=True))
    world, left = lab.apply(small())
    assert open_steps(left) == []
    lab.aws.layers.clear()
    assert learn(*two).differences(figures(lab, world)) == []


def test_credentials_expire_and_are_renewed(lab: CrashLab) -> None:
    calls, *two = calm(lab)
    for skip in (1, calls // 3, calls * 2 // 3):
        lab.aws.reset()
        faults = Faults(lab.aws)
        expired = {"code": "ExpiredTokenException", "status": 400, "times": None}
        faults.add(Fault(How.ERROR_BEFORE, skip=skip, **expired))  # type: ignore[arg-type]
        _, left = lab.apply(small())
        assert {s.action for s in left.steps} & {Action.UNKNOWN, Action.FAILED}
        assert len([w for w in lab.aws.wire if w.injected]) < 60
        faults.clear()
        world, left = lab.apply(small())
        assert open_steps(left) == []
        assert learn(*two).differences(figures(lab, world)) == []


def test_idle_runs_write_nothing(lab: CrashLab) -> None:
    world, _ = lab.apply(small())
    before = figures(lab, world)
    lab.aws.forget_wire()
    for _ in range(3):
        _, left = lab.apply(small())
        assert open_steps(left) == []
    assert lab.boto_writes() == []
    assert figures(lab, world) == before


def test_the_same_again_after_its_deletion_is_another_object(lab: CrashLab) -> None:
    """AWS answers a token that it has seen with what it made then, even if that is gone."""
    stack = lab.stack(conformance.documents("NatGateway", "create"))
    ids = []
    for _ in "123":
        world, left = lab.apply(stack)
        assert open_steps(left) == []
        ids += [live.id for live in nat(world)]
        lab.destroy(stack)
    world, _ = lab.apply(stack)
    ec2 = lab.client("ec2")
    ec2.delete_nat_gateway(NatGatewayId=nat(world)[0].id)
    lab.clock.sleep(60)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    ids += [live.id for live in nat(world)]
    assert len(set(ids)) == len(ids) == 4


def nat(world: World) -> list[Live]:
    return [live for lives in world.lives.values() for live in lives if live.kind == "NatGateway"]
