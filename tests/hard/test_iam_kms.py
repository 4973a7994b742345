"""IAM and KMS: policies in other words, principals that were made anew, owners of attachments, names that outlive keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.events import Failed
from reconciler.kinds import KINDS
from reconciler.steps import Action
from tests.engine.small import FREE, POLICY, Docs, served, without
from tests.support import Lab, document, only, open_steps

ECS = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
READ = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"],
}
ROOT = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:*", "Resource": "*"}
PULL = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
LOOK = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def statements(*told: Any) -> dict[str, Any]:
    # A copy: what stands in YAML twice would become an anchor, which is refused.
    return dict(json.loads(json.dumps({"Version": "2012-10-17", "Statement": told})))


def role(name: str = "app", trust: Any = None, **spec: Any) -> dict[str, Any]:
    return document("Role", name, {"assumeRolePolicyDocument": trust or statements(ECS), **spec}, **FREE)


def key(**spec: Any) -> dict[str, Any]:
    return document("Key", "data", {"alias": "alias/data", **spec}, **FREE)


def converged(lab: Lab, *documents: dict[str, Any]) -> Any:
    stack = lab.stack(documents, policy=POLICY)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    assert open_steps(lab.plan(stack)[1]) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    return world


def writes(lab: Lab) -> list[str]:
    return [w.operation for w in lab.aws.wire if w.writes]


def step(lab: Lab, stack: Any, address: str) -> Any:
    return next(s for s in lab.plan(stack)[1].steps if s.address == address)


def test_h44_the_same_policy_in_other_words_is_no_drift(lab: Lab) -> None:
    documents = [
        role(policies={"read": statements(READ)}),
        key(policy=statements(ROOT, {**ROOT, "Sid": "Two", "Action": ["kms:Encrypt", "kms:Decrypt"]})),
    ]
    world = converged(lab, *documents)
    turned = {**READ, "Sid": "", "Resource": READ["Resource"][::-1], "Action": ["S3:ListBucket", "s3:GetObject"]}
    lab.client("iam").put_role_policy(RoleName="app", PolicyName="read", PolicyDocument=json.dumps(statements(turned)))
    root = {**ROOT, "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}, "Action": ["kms:*"]}
    both = statements({**root, "Sid": "Two", "Action": ["kms:Decrypt", "kms:Encrypt"]}, root)
    lab.client("kms").put_key_policy(KeyId=only(world, "Key/data").id, PolicyName="default", Policy=json.dumps(both))
    lab.aws.forget_wire()
    converged(lab, *documents)
    assert writes(lab) == []


def test_h44_a_principal_that_was_deleted_and_made_again_is_drift(lab: Lab) -> None:
    """AWS shows the id of the role that is gone; its successor has the same name and may do nothing."""
    allowed = {"Effect": "Allow", "Principal": {"AWS": "${Role/app:arn}"}, "Action": "sts:AssumeRole"}
    use = {**ROOT, "Sid": "Use", "Principal": {"AWS": "${Role/app:arn}"}, "Action": "kms:Decrypt"}
    documents = [role(), role("other", statements(allowed)), key(policy=statements(ROOT, use))]
    world = converged(lab, *documents)
    lab.client("iam").delete_role(RoleName="app")
    converged(lab, *documents)
    shown = lab.client("iam").get_role(RoleName="other")["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"]["AWS"] == only(world, "Role/app").arn
    policy = lab.client("kms").get_key_policy(KeyId=only(world, "Key/data").id, PolicyName="default")["Policy"]
    assert "AROA" not in policy
    assert only(world, "Role/app").arn in policy


def test_h51_an_alias_outlives_its_key_and_brings_it_back(lab: Lab) -> None:
    first = only(converged(lab, key()), "Key/data").id
    converged(lab, document("Topic", "other", {}))
    kms = lab.client("kms")
    assert kms.describe_key(KeyId="alias/data")["KeyMetadata"]["KeyState"] == "PendingDeletion"
    stack = lab.stack([key()], policy=POLICY)
    assert step(lab, stack, "Key/data").action is Action.RESTORE
    assert only(converged(lab, key()), "Key/data").id == first
    assert kms.describe_key(KeyId=first)["KeyMetadata"]["KeyState"] == "Enabled"


def foreign_alias(lab: Lab) -> str:
    kms = lab.client("kms")
    theirs = str(kms.create_key(Description="theirs")["KeyMetadata"]["KeyId"])
    kms.create_alias(AliasName="alias/data", TargetKeyId=theirs)
    return theirs


def holder(lab: Lab) -> str:
    return str(lab.client("kms").describe_key(KeyId="alias/data")["KeyMetadata"]["KeyId"])


def test_h51_an_alias_of_somebody_else_is_a_conflict(lab: Lab) -> None:
    theirs = foreign_alias(lab)
    lab.aws.forget_wire()
    _, left = lab.apply(lab.stack([key()], policy=POLICY))
    (refused,) = left.steps
    assert (refused.action, theirs in refused.reason, "adopt" in refused.reason) == (Action.REFUSED, True, True)
    assert writes(lab) == []


class Rival:
    """Somebody who takes the alias at the moment when our key has been made, and does not have it yet."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.key = lab, ""
        lab.aws.layers.append(self)

    def before(self, call: Any) -> None:
        if call.key == "kms:CreateAlias" and not self.key:
            self.key = "soon"
            self.key = foreign_alias(self.lab)

    def after(self, call: Any, answer: Any) -> Any:
        del call
        return answer


def test_h51_an_alias_that_exists_already_is_not_taken_for_ours(lab: Lab) -> None:
    rival = Rival(lab)
    for _run in "12":
        _, left = lab.apply(lab.stack([key()], policy=POLICY))
        assert open_steps(left) != []
        assert rival.key == holder(lab)
    lab.destroy(lab.stack([key()], policy=POLICY))
    assert rival.key == holder(lab)
    assert lab.client("kms").describe_key(KeyId=rival.key)["KeyMetadata"]["KeyState"] == "Enabled"


def test_h64_a_role_goes_with_all_that_hangs_on_it(lab: Lab) -> None:
    """Also with what others have hung on it since."""
    bound: dict[str, Any] = {
        "permissionsBoundary": LOOK,
        "managedPolicyArns": [PULL],
        "policies": {"read": statements(READ)},
    }
    converged(lab, role(**bound))
    iam = lab.client("iam")
    iam.create_instance_profile(InstanceProfileName="theirs")
    iam.add_role_to_instance_profile(InstanceProfileName="theirs", RoleName="app")
    iam.attach_role_policy(RoleName="app", PolicyArn=LOOK)
    iam.put_role_policy(RoleName="app", PolicyName="extra", PolicyDocument=json.dumps(statements(READ)))
    lab.aws.forget_wire()
    _, left = lab.destroy(lab.stack([role(**bound)], policy=POLICY))
    assert open_steps(left) == []
    assert [r for r in iam.list_roles()["Roles"] if r["RoleName"] == "app"] == []
    assert [w.operation for w in lab.aws.wire if w.writes and w.status >= 400] == []
    assert iam.get_instance_profile(InstanceProfileName="theirs")["InstanceProfile"]["Roles"] == []


def test_h64_a_policy_makes_room_for_its_versions_and_goes_with_all_of_them(lab: Lab) -> None:
    def policy(i: int) -> Docs:
        rights = statements({**READ, "Resource": f"arn:aws:s3:::{i}"})
        shared = document("Policy", "shared", {"policyDocument": rights}, **FREE)
        return [shared, role(managedPolicyArns=["${Policy/shared}"])]

    for i in range(7):
        converged(lab, *policy(i))
    _, left = lab.destroy(lab.stack(policy(6), policy=POLICY))
    assert open_steps(left) == []
    assert lab.client("iam").list_policies(Scope="Local")["Policies"] == []


def test_h65_no_list_of_attachments_leaves_those_of_others_alone(lab: Lab) -> None:
    """What git does not mention is not managed; a list is the whole list."""
    iam = lab.client("iam")
    world = converged(lab, role())
    iam.attach_role_policy(RoleName="app", PolicyArn=LOOK)
    converged(lab, role())
    assert attached(lab) == {LOOK}
    converged(lab, role(managedPolicyArns=[PULL]))
    assert attached(lab) == {PULL}
    assert KINDS["Role"].changes_in_place("managedPolicyArns")
    assert only(world, "Role/app").id == "app"


def attached(lab: Lab) -> set[str]:
    found = lab.client("iam").list_attached_role_policies(RoleName="app")["AttachedPolicies"]
    return {one["PolicyArn"] for one in found}


def scaled(**service: Any) -> Docs:
    """A service whose number of tasks is scaled."""
    target = {
        "serviceNamespace": "ecs", "resourceId": "service/${ECSCluster/main}/${ECSService/web}",
        "scalableDimension": "ecs:service:DesiredCount", "minCapacity": 1, "maxCapacity": 3,
        "scalingPolicies": [{
            "policyName": "cpu", "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 70, "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
        }],
    }  # fmt: skip
    documents = [{**d, "lifecycle": FREE} if d["kind"] == "ECSService" else d for d in served()]
    for one in documents:
        if one["kind"] == "ECSService":
            one["spec"] = {**one["spec"], **service}
    return [*documents, document("ScalableTarget", "web", target, **FREE)]


def registered(lab: Lab) -> tuple[int, int]:
    scaling = lab.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    return len(targets), len(scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"])


@pytest.mark.parametrize("how", ["replaced by git", "deleted by somebody"])
def test_h45_a_target_vanishes_with_its_service_and_is_registered_again_in_the_same_run(lab: Lab, how: str) -> None:
    converged(lab, *scaled())
    assert registered(lab) == (1, 1)
    if how == "deleted by somebody":
        lab.client("ecs").delete_service(cluster="main", service="web", force=True)
        lab.clock.sleep(600)
        assert registered(lab) == (0, 0)
        converged(lab, *scaled())
    else:
        lab.aws.forget_wire()
        converged(lab, *scaled(schedulingStrategy="REPLICA", enableECSManagedTags=True, serviceName="anew"))
        assert {"DeleteService", "RegisterScalableTarget", "PutScalingPolicy"} <= set(writes(lab))
    assert registered(lab) == (1, 1)


def test_h45_a_target_that_went_with_its_service_is_a_deleted_one(lab: Lab) -> None:
    """It goes after the plan was made, so that we try to delete what is no more."""
    documents = scaled()
    converged(lab, *documents)
    events: list[object] = []
    rest = lab.stack(without(documents, "ECSService/web", "ScalableTarget/web"), policy=POLICY)
    engine = lab.engine(rest, events.append)
    world, _ = engine.plan()
    lab.client("ecs").delete_service(cluster="main", service="web", force=True)
    lab.aws.forget_wire()
    _, left = engine.reconcile(world)
    assert open_steps(left) == []
    assert "DeregisterScalableTarget" in writes(lab)
    assert [e for e in events if isinstance(e, Failed)] == []
    assert registered(lab) == (0, 0)
