"""What AWS says, and what it does not say: too busy, not yet, half of it, or nothing because nobody may know."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from reconciler.emulator.hide import Hide
from reconciler.report import exit_code
from tests.engine.small import POLICY, Docs, actions, change, group, killed, network, run, topic
from tests.support import Lab, document, only, open_steps

SCP = (
    "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: logs:DescribeLogGroups"
    " with an explicit deny in a service control policy"
)
SILENT = [
    ("AccessDeniedException", 400, SCP),
    ("ThrottlingException", 400, "Rate exceeded"),
    ("ServiceUnavailableException", 503, "try again"),
    ("InvalidParameterException", 400, "nobody has heard of this"),
]


@pytest.fixture(autouse=True)
def no_pauses(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Botocore waits between its attempts; here, that costs no time."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lab.clock.sleep))


@pytest.mark.parametrize(("code", "status", "message"), SILENT, ids=[code for code, *_ in SILENT])
def test_h67_no_answer_is_never_absence(lab: Lab, code: str, status: int, message: str) -> None:
    """Neither made again nor pruned, and nothing that may stand on it goes either."""
    kept, gone, other = group("app"), group("old", deletion="delete"), topic("news")
    run(lab, lab.stack([kept, gone, other, topic("loose")], policy=POLICY))
    fault = Fault(How.ERROR_BEFORE, "logs:DescribeLogGroups", times=None, code=code, status=status, message=message)
    faults = Faults(lab.aws)
    faults.add(fault)
    lab.aws.forget_wire()
    stack = lab.stack([kept, other], policy=POLICY)
    report = run(lab, stack)
    assert exit_code(report) == 1
    assert actions(report)["LogGroup/app"] == "none"
    assert change(report, "LogGroup/app")["cause"] == "unknown"
    assert lab.boto_writes() == []
    faults.clear()
    assert run(lab, stack)["result"] == "done"
    assert {w for w in lab.boto_writes() if "Delete" in w} == {"logs:DeleteLogGroup", "sns:DeleteTopic"}


def test_h18_a_throttled_read_is_unknown_and_told(lab: Lab) -> None:
    stack = lab.stack([group("app"), topic("news")], policy=POLICY)
    run(lab, stack)
    Faults(lab.aws).throttle("logs:DescribeLogGroups", times=None)
    lab.aws.forget_wire()
    report = run(lab, stack, "plan")
    told = change(report, "LogGroup/app")
    assert (told["action"], told["cause"], report["summary"]["inSync"]) == ("none", "unknown", 1)
    assert "patience" in told["reason"]
    assert len([w for w in lab.aws.wire if w.operation == "DescribeLogGroups"]) < 10


def crowd(count: int) -> Docs:
    """A network with so many groups, each with as many rules."""
    rules = [{"ipProtocol": "tcp", "fromPort": p, "toPort": p, "cidrIp": "10.0.0.0/8"} for p in range(1, count + 1)]
    spec = {"vpcId": "${VPC/net}", "description": "one of many"}
    return [
        *network(),
        *(document("SecurityGroup", f"g{i}", {**spec, "ingress": [dict(r) for r in rules]}) for i in range(count)),
        *(group(f"app{i}") for i in range(count)),
        *(topic(f"news{i}") for i in range(count)),
    ]


def test_h18_looking_costs_the_same_however_much_there_is(lab: Lab) -> None:
    reads = []
    for count in (2, 12):
        stack = lab.stack(crowd(count), policy=POLICY)
        assert open_steps(lab.apply(stack)[1]) == []
        lab.aws.forget_wire()
        assert open_steps(lab.plan(stack)[1]) == []
        reads.append(sorted(w.key for w in lab.aws.wire))
    assert reads[0] == reads[1]


@pytest.mark.parametrize("reads", [1, 6])
def test_h19_what_was_just_made_and_is_not_seen_is_not_made_again(lab: Lab, reads: int) -> None:
    hide = Hide(lab.aws, reads)
    stack = lab.stack([*network(), topic("news"), group("app")], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    lab.aws.layers.remove(hide)
    counts = [w.operation for w in lab.aws.wire if w.operation.startswith("Create") and w.status == 200]
    assert sorted(counts) == sorted([
        "CreateVpc", "CreateSubnet", "CreateSubnet", "CreateInternetGateway", "CreateRouteTable", "CreateRoute",
        "CreateTopic", "CreateLogGroup",
    ])  # fmt: skip
    assert len(own_vpcs(lab)) == 1


def own_vpcs(lab: Lab) -> list[str]:
    found = lab.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    return [v["VpcId"] for v in found]


def test_h19_what_is_gone_later_is_made_again(lab: Lab) -> None:
    stack = lab.stack([document("VPC", "net", {"cidrBlock": "10.0.0.0/16"})], policy=POLICY)
    world, _ = lab.apply(stack)
    lab.client("ec2").delete_vpc(VpcId=only(world, "VPC/net").id)
    assert change(run(lab, stack), "VPC/net")["action"] == "create"
    assert len(own_vpcs(lab)) == 1


def gateway() -> Docs:
    nat = {"subnetId": "${Subnet/a}", "allocationId": "${EIP/out}"}
    return [*network(), document("EIP", "out", {}), document("NatGateway", "out", nat)]


@pytest.mark.parametrize("after", range(0, 12, 2))
def test_h20_a_run_that_dies_anywhere_leaves_nothing_twice(lab: Lab, after: int) -> None:
    """What it made is found by the tags that it was born with."""
    stack = lab.stack(gateway(), policy=POLICY)
    assert killed(lab, stack, after)
    assert run(lab, stack)["result"] == "done"
    assert counted(lab) == {"VPC": 1, "EIP": 1, "NAT": 1, "IGW": 1}


@pytest.mark.parametrize("operation", ["CreateVpc", "AllocateAddress", "CreateNatGateway", "CreateInternetGateway"])
def test_h20_an_answer_that_is_lost_makes_no_second_one(lab: Lab, operation: str) -> None:
    Faults(lab.aws).add(Fault(How.DROP_AFTER, f"ec2:{operation}"))
    assert run(lab, lab.stack(gateway(), policy=POLICY))["result"] == "done"
    assert counted(lab) == {"VPC": 1, "EIP": 1, "NAT": 1, "IGW": 1}


def counted(lab: Lab) -> dict[str, int]:
    ec2 = lab.client("ec2")
    vpcs = own_vpcs(lab)
    gates = ec2.describe_internet_gateways()["InternetGateways"]
    return {
        "VPC": len(vpcs),
        "EIP": len(ec2.describe_addresses()["Addresses"]),
        "NAT": len(ec2.describe_nat_gateways()["NatGateways"]),
        "IGW": len([g for g in gates if not g["Attachments"] or g["Attachments"][0]["VpcId"] in vpcs]),
    }


def test_h71_what_a_cluster_shows_only_on_demand_is_compared(lab: Lab) -> None:
    spec: dict[str, Any] = {
        "settings": {"containerInsights": "enabled"},
        "configuration": {"executeCommandConfiguration": {"logging": "NONE"}},
        "tags": {"team": "one"},
    }
    stack = lab.stack([document("ECSCluster", "main", spec)], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    assert open_steps(lab.plan(stack)[1]) == []
    ecs = lab.client("ecs")
    (bare,) = ecs.describe_clusters(clusters=["main"])["clusters"]
    assert not {"settings", "configuration", "tags"} & {name for name, value in bare.items() if value}
    ecs.update_cluster(
        cluster="main", settings=[{"name": "containerInsights", "value": "disabled"}],
        configuration={"executeCommandConfiguration": {"logging": "DEFAULT"}},
    )  # fmt: skip
    ecs.tag_resource(resourceArn=bare["clusterArn"], tags=[{"key": "team", "value": "two"}])
    told = {(f["path"], f["live"]) for f in change(run(lab, stack, "plan"), "ECSCluster/main")["fields"]}
    assert told == {
        ("settings.containerInsights", "disabled"),
        ("configuration.executeCommandConfiguration.logging", "DEFAULT"),
        ("tags.team", "two"),
    }
    assert open_steps(lab.apply(stack)[1]) == []
