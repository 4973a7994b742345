"""Whose is it? Tags of others, tags that cannot be read, tags that come with the creation, children nobody declared."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Faults
from reconciler.emulator.fixes.s3 import brand
from reconciler.kind import ADDRESS, Call, Wanted
from reconciler.kinds import KINDS
from reconciler.plan import make
from reconciler.report import exit_code
from reconciler.resolve import World
from reconciler.steps import Plan, Step
from tests.engine.small import FREE, POLICY, actions, balanced, but, change, group, network, run, topic
from tests.kinds import test_conformance as conformance
from tests.support import ACCOUNT, Lab, document, only, open_steps


def vpc(**tags: str) -> dict[str, Any]:
    return document("VPC", "net", {"cidrBlock": "10.0.0.0/16", "tags": tags})


def bucket(**tags: str) -> dict[str, Any]:
    return document("Bucket", "hard-files", {"tags": tags}, **FREE)


def tags_of(lab: Lab, vpc_id: str) -> dict[str, str]:
    found = lab.client("ec2").describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc_id]}])["Tags"]
    return {t["Key"]: t["Value"] for t in found}


def test_h17_tags_of_others_stay_and_are_no_drift(lab: Lab) -> None:
    stack = lab.stack([vpc(team="one")], tags={"environment": "test"}, policy=POLICY)
    world, _ = lab.apply(stack)
    mine = only(world, "VPC/net").id
    foreign = {"cost-centre": "42", "aws-controltower": "yes", "also": "one"}
    lab.client("ec2").create_tags(Resources=[mine], Tags=[{"Key": k, "Value": v} for k, v in foreign.items()])
    lab.aws.forget_wire()
    assert open_steps(lab.apply(stack)[1]) == []
    assert lab.boto_writes() == []

    lab.client("ec2").create_tags(Resources=[mine], Tags=[{"Key": "team", "Value": "other"}])
    assert change(run(lab, stack, "plan"), "VPC/net")["fields"][0]["path"] == "tags.team"
    lab.aws.forget_wire()
    assert open_steps(lab.apply(stack)[1]) == []
    (sent,) = (w.params["Tags"] for w in lab.aws.wire if w.writes)
    assert sent == [{"Key": "team", "Value": "one"}]
    assert tags_of(lab, mine).items() >= {**foreign, "team": "one", "environment": "test"}.items()


def test_h17_what_somebody_tagged_alike_is_no_difference(lab: Lab) -> None:
    world, _ = lab.apply(lab.stack([vpc()], policy=POLICY))
    lab.client("ec2").create_tags(Resources=[only(world, "VPC/net").id], Tags=[{"Key": "environment", "Value": "test"}])
    lab.aws.forget_wire()
    assert open_steps(lab.apply(lab.stack([vpc()], tags={"environment": "test"}, policy=POLICY))[1]) == []
    assert lab.boto_writes() == []


def test_h17_tags_that_aws_set_survive_where_a_call_replaces_all(lab: Lab) -> None:
    stack = lab.stack([bucket(team="one")], policy=POLICY)
    lab.apply(stack)
    s3, system = lab.client("s3"), {"aws:cloudformation:stack-name": "landing-zone"}
    brand(ACCOUNT, "hard-files", system)
    assert open_steps(lab.plan(stack)[1]) == []
    assert run(lab, lab.stack([bucket(team="two")], policy=POLICY))["result"] == "done"
    found = {t["Key"]: t["Value"] for t in s3.get_bucket_tagging(Bucket="hard-files")["TagSet"]}
    assert found.items() >= {**system, "team": "two", ADDRESS: "Bucket/hard-files"}.items()


def unread(lab: Lab, stack: Any, grant: str) -> None:
    """Nobody knows whose it is: one finding, which names the permission, and nothing is written."""
    lab.aws.forget_wire()
    for verb in ("plan", "apply"):
        report = run(lab, stack, verb)
        assert exit_code(report) == 1
        (told,) = report["changes"]
        assert (told["action"], told["cause"], told.get("fields", [])) == ("none", "unknown", [])
        assert f"Grant {grant}" in told["reason"]
    assert lab.boto_writes() == []


def test_h66_without_its_tags_nothing_is_known_and_nothing_is_done(lab: Lab) -> None:
    """Somebody's topic of that name, which the tag index has never heard of."""
    lab.client("sns").create_topic(Name="news")
    Faults(lab.aws).deny("sns:ListTagsForResource")
    unread(lab, lab.stack([topic("news", adopt=True)], policy=POLICY), "sns:ListTagsForResource")


def test_h66_an_object_of_ours_whose_tags_cannot_be_read_is_left_alone(lab: Lab) -> None:
    """The tag index does not agree with git, and the object itself may not be asked."""
    run(lab, lab.stack([topic("news")], policy=POLICY))
    Faults(lab.aws).deny("sns:ListTagsForResource")
    unread(lab, lab.stack([topic("news")], tags={"team": "two"}, policy=POLICY), "sns:ListTagsForResource")


def test_h66_tags_that_may_not_be_written_are_a_failure(lab: Lab) -> None:
    lab.client("logs").create_log_group(logGroupName="app")
    Faults(lab.aws).deny("logs:TagResource")
    report = run(lab, lab.stack([group("app", adopt=True)], policy=POLICY))
    assert exit_code(report) == 1
    told = change(report, "LogGroup/app")
    assert told["failed"] is True
    assert "Grant logs:TagResource" in told["reason"]


AFTERWARDS = {"HealthCheck"}
"""AWS takes no tags in the call that makes it: until they follow, what it was called by says whose it is."""


def made(kind: str, lab: Lab) -> list[Call]:
    """The calls that would make the object under test, as they would be sent on an empty account."""
    stack = lab.stack(conformance.documents(kind, "create"))
    plan: Plan = make(stack, World(kinds=KINDS))
    (step,) = (s for s in plan.steps if s.address == conformance.address(kind))
    return list(_calls(step, step.want))


def _calls(step: Step, want: Wanted | None) -> Any:
    assert want is not None
    program = step.kind.create(want)
    answer: Any = None
    while True:
        try:
            call = program.send(answer)
        except StopIteration:
            return
        yield call
        answer = {}


@pytest.mark.parametrize("kind", list(KINDS))
def test_h68_whose_it_is_stands_in_the_call_that_makes_it(kind: str, lab: Lab) -> None:
    first = next(call for call in made(kind, lab) if call.writes)
    assert ("reconciler:" in str(first.params)) == (kind not in AFTERWARDS), first


def test_h81_what_lets_somebody_in_is_told_though_nobody_manages_it(lab: Lab) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    guard = document("SecurityGroup", "guard", {"vpcId": "${VPC/net}", "description": "the door"})
    stack = lab.stack([*network(), guard, document("Role", "app", role)], policy=POLICY)
    report = run(lab, stack)
    assert (report["result"], report["unmanaged"]) == ("done", [])
    group_id = only(lab.plan(stack)[0], "SecurityGroup/guard").id
    open_door(lab, group_id)
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    lab.client("iam").attach_role_policy(RoleName="app", PolicyArn=admin)
    lab.aws.forget_wire()
    report = run(lab, stack)
    assert report["result"] == "done"
    assert {(u["parent"], u["what"]) for u in report["unmanaged"]} == {
        ("SecurityGroup/guard", "ingress[tcp 5432 with 0.0.0.0/0]"),
        ("Role/app", f"managedPolicyArns: {admin}"),
    }
    assert lab.boto_writes() == []


def open_door(lab: Lab, group_id: str) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    lab.client("ec2").authorize_security_group_ingress(GroupId=group_id, IpPermissions=[rule])


def test_h81_what_somebody_else_owns_on_purpose_is_not_told(lab: Lab) -> None:
    spec = {"vpcId": "${VPC/net}", "description": "the door", "ingress": []}
    theirs = [{"field": "ingress", "reason": "the bastion's own"}]
    stack = lab.stack([*network(), document("SecurityGroup", "guard", spec, ignore=theirs)], policy=POLICY)
    world, _ = lab.apply(stack)
    open_door(lab, only(world, "SecurityGroup/guard").id)
    report = run(lab, stack, "plan")
    assert (report["result"], report["unmanaged"]) == ("in-sync", [])


def test_h81_a_rule_that_nobody_declared_is_drift_where_git_manages_them(lab: Lab) -> None:
    rules = [{"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIp": "10.0.0.0/8"}]
    stack = lab.stack(but(balanced(), "SecurityGroup", {"ingress": rules}), policy=POLICY)
    world, _ = lab.apply(stack)
    open_door(lab, only(world, "SecurityGroup/app").id)
    elb, listener = lab.client("elbv2"), only(world, "Listener/http").id
    away = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    paths = [{"Field": "path-pattern", "Values": ["/away"]}]
    elb.create_rule(ListenerArn=listener, Priority=5, Conditions=paths, Actions=away)
    assert actions(run(lab, stack, "plan")) == {"SecurityGroup/app": "update", "Listener/http": "update"}
    assert open_steps(lab.apply(stack)[1]) == []
    assert [r["IsDefault"] for r in elb.describe_rules(ListenerArn=listener)["Rules"]] == [True]
