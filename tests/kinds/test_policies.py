"""Managed policies: versions, and who holds on to them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.errors import DesiredError
from reconciler.events import Event, Failed
from reconciler.steps import Action
from tests.support import Lab, document, only, open_steps

PRUNING = {"prune": True, "maxDeletes": 9}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def allowing(*actions: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def policy(*actions: str) -> dict[str, Any]:
    return document("Policy", "shared", {"policyDocument": allowing(*actions)})


def role(**spec: Any) -> dict[str, Any]:
    return document("Role", "worker", {"assumeRolePolicyDocument": TRUST, **spec})


def arn(lab: Lab) -> str:
    (found,) = lab.client("iam").list_policies(Scope="Local")["Policies"]
    return str(found["Arn"])


def versions(lab: Lab) -> list[str]:
    return [v["VersionId"] for v in lab.client("iam").list_policy_versions(PolicyArn=arn(lab))["Versions"]]


def test_h64_the_oldest_version_makes_room_and_never_the_one_that_counts(lab: Lab) -> None:
    lab.apply(lab.stack([policy("s3:a1")]))
    iam = lab.client("iam")
    iam.create_policy_version(PolicyArn=arn(lab), PolicyDocument=json.dumps(allowing("s3:a1")))
    iam.set_default_policy_version(PolicyArn=arn(lab), VersionId="v1")
    for n in range(2, 7):
        _, left = lab.apply(lab.stack([policy(f"s3:a{n}")]))
        assert open_steps(left) == []
    assert versions(lab) == ["v7", "v6", "v5", "v4", "v3"]
    counting = iam.get_policy_version(PolicyArn=arn(lab), VersionId="v7")["PolicyVersion"]
    assert counting["IsDefaultVersion"]
    assert counting["Document"]["Statement"][0]["Action"] == ["s3:a6"]


def test_an_older_version_made_the_one_that_counts_is_drift(lab: Lab) -> None:
    lab.apply(lab.stack([policy("s3:a1")]))
    lab.apply(lab.stack([policy("s3:a2")]))
    lab.client("iam").set_default_policy_version(PolicyArn=arn(lab), VersionId="v1")
    _, plan = lab.plan(lab.stack([policy("s3:a2")]))
    assert [s.action for s in plan.steps] == [Action.UPDATE]


def test_h64_a_policy_that_others_hold_stays_whole_and_they_are_named(lab: Lab) -> None:
    lab.apply(lab.stack([policy("s3:a1")]))
    lab.apply(lab.stack([policy("s3:a2")]))
    iam = lab.client("iam")
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.attach_role_policy(RoleName="theirs", PolicyArn=arn(lab))
    iam.create_user(UserName="somebody")
    iam.attach_user_policy(UserName="somebody", PolicyArn=arn(lab))
    said: list[str] = []

    def emit(event: Event) -> None:
        said.extend([event.error] if isinstance(event, Failed) and event.final else [])

    lab.apply(lab.stack([role()], policy=PRUNING), emit=emit)
    assert len(said) == 1
    assert "is held by the role theirs, the user somebody" in said[0]
    assert versions(lab) == ["v2", "v1"]


def test_h64_a_policy_and_its_role_go_together(lab: Lab) -> None:
    """A role that stays lets go of it first, both as what is attached and as what bounds it."""
    both = role(managedPolicyArns=["${Policy/shared}"], permissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    lab.apply(lab.stack([policy("s3:a1"), both]))
    _, left = lab.apply(lab.stack([role(managedPolicyArns=[])], policy=PRUNING))
    assert open_steps(left) == []
    assert lab.client("iam").list_policies(Scope="Local")["Policies"] == []
    lab.apply(lab.stack([policy("s3:a1"), role(permissionsBoundary="${Policy/shared}")], policy=PRUNING))
    _, left = lab.destroy(lab.stack([policy("s3:a1"), role(permissionsBoundary="${Policy/shared}")]))
    assert open_steps(left) == []
    assert lab.client("iam").list_policies(Scope="Local")["Policies"] == []


def test_a_policy_is_read_without_reading_those_of_others(lab: Lab) -> None:
    iam = lab.client("iam")
    for n in range(3):
        iam.create_policy(PolicyName=f"theirs-{n}", PolicyDocument=json.dumps(allowing("s3:a")))
    world, _ = lab.apply(lab.stack([policy("s3:a1")]))
    assert only(world, "Policy/shared").ref.endswith(":policy/shared")
    lab.aws.forget_wire()
    lab.plan(lab.stack([policy("s3:a1")]))
    asked = [w.operation for w in lab.aws.wire if "Polic" in w.operation]
    assert asked == ["ListPolicies", "GetPolicyVersion"]


def test_a_policy_that_is_too_long_is_found_offline(lab: Lab) -> None:
    with pytest.raises(DesiredError, match="6144"):
        lab.stack([policy(*(f"s3:Get{'x' * 50}{n}" for n in range(120)))])
