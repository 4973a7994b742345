"""Firewalls: one group, many spellings of a rule, other people's rules, and deletions that somebody stands in the way of."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from reconciler.steps import Action, Plan
from tests.engine.small import FREE, POLICY, Docs, but, database, run, served
from tests.support import Lab, document, only, open_steps

NET = document("VPC", "net", {"cidrBlock": "10.0.0.0/16"})


def group(name: str = "app", about: str = "the app", **sides: Any) -> dict[str, Any]:
    return document("SecurityGroup", name, {"vpcId": "${VPC/net}", "description": about, **sides}, **FREE)


def tcp(port: int, **peer: Any) -> dict[str, Any]:
    return {"ipProtocol": "tcp", "fromPort": port, "toPort": port, **(peer or {"cidrIp": "0.0.0.0/0"})}


def wire_rule(port: int, cidr: str = "10.9.0.0/16") -> list[dict[str, Any]]:
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}]


def deployed(lab: Lab, documents: Docs) -> Any:
    """Apply, and see that there is nothing left to do, now or when somebody looks again."""
    stack = lab.stack(documents, policy=POLICY)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    assert open_steps(lab.plan(stack)[1]) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    return world


def applied(lab: Lab, *documents: dict[str, Any]) -> Any:
    """The same in an otherwise empty network."""
    return deployed(lab, [NET, *documents])


def stored(lab: Lab, group_id: str) -> dict[str, Any]:
    return dict(lab.client("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0])


def ports(lab: Lab, group_id: str, side: str = "IpPermissions") -> list[int]:
    return sorted(p.get("FromPort", -1) for p in stored(lab, group_id)[side])


def writes(lab: Lab) -> list[str]:
    return [w.operation for w in lab.aws.wire if w.writes]


def step(plan: Plan, address: str) -> Any:
    return next(s for s in plan.steps if s.address == address)


def test_h11_two_groups_that_name_each_other_are_deleted(lab: Lab) -> None:
    applied(
        lab,
        group("a", ingress=[tcp(1, groupId="${SecurityGroup/b}")]),
        group("b", ingress=[tcp(1, groupId="${SecurityGroup/a}"), tcp(2, groupId="${SecurityGroup/b}")]),
    )
    world = applied(lab)
    assert not world.current("SecurityGroup/a")
    names = {g["GroupName"] for g in lab.client("ec2").describe_security_groups()["SecurityGroups"]}
    assert names == {"default"}


def test_h11_an_interface_of_somebody_else_is_named_at_once(lab: Lab) -> None:
    subnet = {"vpcId": "${VPC/net}", "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"}
    place = document("Subnet", "a", subnet)
    world = applied(lab, place, group())
    app, where = only(world, "SecurityGroup/app").id, only(world, "Subnet/a").id
    ec2 = lab.client("ec2")
    made = ec2.create_network_interface(SubnetId=where, Groups=[app], Description="bastion")["NetworkInterface"]
    began = lab.clock.now()
    report = run(lab, lab.stack([NET, place], policy=POLICY))
    assert report["result"] == "failed"
    (told,) = [c["reason"] for c in report["changes"] if c["address"] == "SecurityGroup/app"]
    assert made["NetworkInterfaceId"] in told
    assert "bastion" in told
    assert lab.clock.now() - began < 60
    assert writes(lab).count("DeleteSecurityGroup") == 1


def test_h11_a_group_of_somebody_else_that_refers_to_it_is_named_at_once(lab: Lab) -> None:
    world = applied(lab, group())
    app, ec2 = only(world, "SecurityGroup/app").id, lab.client("ec2")
    theirs = ec2.create_security_group(GroupName="theirs", Description="x", VpcId=only(world, "VPC/net").id)["GroupId"]
    pair = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": app}]}]
    ec2.authorize_security_group_ingress(GroupId=theirs, IpPermissions=pair)
    began = lab.clock.now()
    report = run(lab, lab.stack([NET], policy=POLICY))
    (told,) = [c["reason"] for c in report["changes"] if c["address"] == "SecurityGroup/app"]
    assert theirs in told
    assert lab.clock.now() - began < 60


def test_h11_a_security_group_is_replaced_under_its_users(lab: Lab) -> None:
    before = deployed(lab, served(guard="the app"))
    after = deployed(lab, served(guard="the application"))
    new = only(after, "SecurityGroup/app").id
    assert new != only(before, "SecurityGroup/app").id
    (balancer,) = lab.client("elbv2").describe_load_balancers()["LoadBalancers"]
    (service,) = lab.client("ecs").describe_services(cluster="main", services=["web"])["services"]
    assert balancer["SecurityGroups"] == [new]
    assert service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] == [new]
    found = lab.client("ec2").describe_security_groups()["SecurityGroups"]
    assert [g["GroupId"] for g in found if g["GroupName"] != "default"] == [new]


def test_h11_a_security_group_is_replaced_under_a_database(lab: Lab) -> None:
    before = deployed(lab, database())
    after = deployed(lab, but(database(), "SecurityGroup", {"description": "what keeps data"}))
    new = only(after, "SecurityGroup/db").id
    assert new != only(before, "SecurityGroup/db").id
    (instance,) = lab.client("rds").describe_db_instances()["DBInstances"]
    assert [g["VpcSecurityGroupId"] for g in instance["VpcSecurityGroups"]] == [new]
    assert only(after, "DBInstance/data").raw["dbiResourceId"] == only(before, "DBInstance/data").raw["dbiResourceId"]


def test_h12_no_rules_and_not_managed_and_a_list_are_three_things(lab: Lab) -> None:
    app = only(applied(lab, group(ingress=[tcp(80)])), "SecurityGroup/app").id
    lab.client("ec2").authorize_security_group_ingress(GroupId=app, IpPermissions=wire_rule(22))
    applied(lab, group())
    assert ports(lab, app) == [22, 80]
    applied(lab, group(ingress=[tcp(80)]))
    assert ports(lab, app) == [80]
    applied(lab, group(ingress=[]))
    assert ports(lab, app) == []


def test_h13_a_refused_addition_takes_nothing_away(lab: Lab) -> None:
    app = only(applied(lab, group(ingress=[tcp(80), tcp(81)])), "SecurityGroup/app").id
    faults = Faults(lab.aws)
    refusal = Fault(
        How.ERROR_BEFORE, "ec2:AuthorizeSecurityGroupIngress", times=None, code="InvalidParameterValue", status=400
    )
    faults.add(refusal)
    _, left = lab.apply(lab.stack([NET, group(ingress=[tcp(80), tcp(443)])], policy=POLICY))
    assert step(left, "SecurityGroup/app").action is Action.FAILED
    assert ports(lab, app) == [80, 81]
    faults.clear()
    lab.aws.forget_wire()
    applied(lab, group(ingress=[tcp(80), tcp(443)]))
    changes = [w for w in lab.aws.wire if w.writes and "SecurityGroupIngress" in w.operation]
    assert [w.operation for w in changes] == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
    assert [[p["FromPort"] for p in w.params["IpPermissions"]] for w in changes] == [[443], [81]]


def test_h13_one_rule_said_twice_is_sent_once(lab: Lab) -> None:
    twice = [
        tcp(80, cidrIp="10.1.0.0/16"),
        tcp(80, cidrIp="10.1.2.3/16"),
        tcp(80, ipRanges=[{"cidrIp": "10.1.0.0/16"}]),
    ]
    applied(lab, group(ingress=twice))
    (sent,) = [w.params["IpPermissions"] for w in lab.aws.wire if w.operation == "AuthorizeSecurityGroupIngress"]
    assert len(sent) == 1


SPELLINGS: dict[str, Docs] = {
    "host bits": [tcp(80, cidrIp="10.1.2.3/8")],
    "a protocol by its number": [{**tcp(80), "ipProtocol": "6"}],
    "everything": [{"ipProtocol": "-1", "cidrIp": "10.0.0.0/8"}],
    "everything by its name, with ports": [{"ipProtocol": "all", "fromPort": -1, "toPort": -1, "cidrIp": "10.0.0.0/8"}],
    "ping": [{"ipProtocol": "icmp", "fromPort": -1, "toPort": -1, "cidrIp": "10.0.0.0/8"}],
    "ping without types": [{"ipProtocol": "icmp", "cidrIp": "10.0.0.0/8"}],
    "itself": [tcp(80, groupId="${SecurityGroup/app}")],
    "several peers of a port": [tcp(80, ipRanges=[{"cidrIp": "10.0.0.0/8"}, {"cidrIp": "192.168.0.0/16", "description": "office"}])],
    "rules that AWS puts together": [tcp(80, cidrIp="10.0.0.0/8"), tcp(80, cidrIp="192.168.0.0/16")],
    "IPv6 in capitals": [tcp(80, cidrIpv6="2001:DB8::1/32")],
}  # fmt: skip


@pytest.mark.parametrize("ingress", SPELLINGS.values(), ids=SPELLINGS)
def test_h62_a_rule_is_the_same_however_it_is_written(lab: Lab, ingress: Docs) -> None:
    applied(lab, group(ingress=ingress))


def test_h62_a_description_changes_in_place(lab: Lab) -> None:
    app = only(applied(lab, group(ingress=[{**tcp(80), "description": "web"}])), "SecurityGroup/app").id
    lab.aws.forget_wire()
    applied(lab, group(ingress=[{**tcp(80), "description": "the web"}]))
    assert writes(lab) == ["UpdateSecurityGroupRuleDescriptionsIngress"]
    assert stored(lab, app)["IpPermissions"][0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0", "Description": "the web"}]


def test_h62_a_rule_that_somebody_made_meanwhile_is_made_ours(lab: Lab) -> None:
    """AWS calls it a duplicate whatever is written beside it; what it lacks is seen by looking again."""
    app = only(applied(lab, group(ingress=[])), "SecurityGroup/app").id
    wanted = {**tcp(80, cidrIp="10.9.0.0/16"), "description": "ours"}
    engine = lab.engine(lab.stack([NET, group(ingress=[wanted])], policy=POLICY))
    world, _ = engine.plan()
    lab.client("ec2").authorize_security_group_ingress(GroupId=app, IpPermissions=wire_rule(80))
    _, left = engine.reconcile(world)
    assert open_steps(left) == []
    assert stored(lab, app)["IpPermissions"][0]["IpRanges"] == [{"CidrIp": "10.9.0.0/16", "Description": "ours"}]


def test_h63_a_new_group_lets_everything_out_unless_git_says_otherwise(lab: Lab) -> None:
    out = "IpPermissionsEgress"
    app = only(applied(lab, group()), "SecurityGroup/app").id
    assert ports(lab, app, out) == [-1]
    applied(lab, group(egress=[]))
    assert ports(lab, app, out) == []
    applied(lab, group())
    assert ports(lab, app, out) == []
    applied(lab, group(egress=[tcp(443)]))
    assert ports(lab, app, out) == [443]


def test_h63_a_group_that_is_made_closed_is_closed(lab: Lab) -> None:
    app = only(applied(lab, group(egress=[])), "SecurityGroup/app").id
    assert ports(lab, app, "IpPermissionsEgress") == []
