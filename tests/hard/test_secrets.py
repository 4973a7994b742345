"""Secrets: names that are still taken, values that others change."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from reconciler.report import exit_code
from tests.engine.small import FREE, POLICY, actions, but, change, run, served
from tests.support import Lab, document, open_steps

GENERATED = {"value": {"generate": {"length": 32}}}


def secret(name: str = "app/key", value: dict[str, Any] | None = None, **lifecycle: Any) -> dict[str, Any]:
    return document("Secret", name, value or GENERATED, **lifecycle)


def there(lab: Lab) -> dict[str, Any]:
    (found,) = lab.client("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
    return dict(found)


def value(lab: Lab) -> str:
    return str(lab.client("secretsmanager").get_secret_value(SecretId="app/key")["SecretString"])


def test_h07_a_secret_of_ours_that_waits_for_its_deletion_is_restored(lab: Lab) -> None:
    stack = lab.stack([secret("app/key", GENERATED, **FREE)], policy=POLICY)
    run(lab, stack)
    arn, before = there(lab)["ARN"], value(lab)
    assert open_steps(lab.destroy(stack)[1]) == []
    assert "DeletedDate" in there(lab)
    lab.aws.forget_wire()
    report = run(lab, stack)
    assert (report["result"], actions(report)) == ("done", {"Secret/app/key": "restore"})
    assert "secretsmanager:CreateSecret" not in lab.boto_writes()
    assert (there(lab)["ARN"], value(lab)) == (arn, before)
    assert "DeletedDate" not in there(lab)


@pytest.mark.parametrize("adopt", [False, True])
def test_h07_a_strangers_name_that_waits_for_its_deletion_stops_with_the_date(adopt: bool, lab: Lab) -> None:
    secrets = lab.client("secretsmanager")
    secrets.create_secret(Name="app/key", SecretString="theirs")
    secrets.delete_secret(SecretId="app/key", RecoveryWindowInDays=7)
    lab.aws.forget_wire()
    report = run(lab, lab.stack([secret(adopt=adopt)], policy=POLICY))
    assert exit_code(report) == 3
    reason = change(report, "Secret/app/key")["reason"]
    assert f"{there(lab)['DeletedDate']:%Y-%m-%d}" in reason
    assert "restore" in reason
    assert lab.boto_writes() == []


def test_h07_a_name_that_was_deleted_by_force_is_taken_again_after_a_moment(lab: Lab) -> None:
    stack = lab.stack([secret()], policy=POLICY)
    run(lab, stack)
    lab.client("secretsmanager").delete_secret(SecretId="app/key", ForceDeleteWithoutRecovery=True)
    lab.aws.forget_wire()
    begin = lab.clock.now()
    assert run(lab, stack)["result"] == "done"
    tried = [w.status for w in lab.aws.wire if w.operation == "CreateSecret"]
    assert tried[0] == 400
    assert tried[-1] == 200
    assert lab.clock.now() - begin < 60


def test_h07_a_deletion_can_always_be_taken_back(lab: Lab) -> None:
    stack = lab.stack([secret("app/key", GENERATED, **FREE)], policy=POLICY)
    run(lab, stack)
    lab.destroy(stack)
    (told,) = (w.params for w in lab.aws.wire if w.operation == "DeleteSecret")
    assert told["RecoveryWindowInDays"] == 30
    assert "ForceDeleteWithoutRecovery" not in told


@pytest.mark.parametrize("source", [GENERATED, {"value": "external"}], ids=["generated", "external"])
def test_h40_a_value_that_others_change_stays_theirs(source: dict[str, Any], lab: Lab) -> None:
    stack = lab.stack([secret(value=source)], policy=POLICY)
    run(lab, stack)
    secrets = lab.client("secretsmanager")
    for turn in range(4):
        secrets.put_secret_value(SecretId="app/key", SecretString=f"rotated-{turn}")
        lab.aws.forget_wire()
        assert run(lab, stack)["changes"] == []
        assert lab.boto_writes() == []
        assert value(lab) == f"rotated-{turn}"


def test_h40_the_stages_of_a_rotation_are_no_drift(lab: Lab) -> None:
    stack = lab.stack([secret()], policy=POLICY)
    run(lab, stack)
    secrets = lab.client("secretsmanager")
    secrets.put_secret_value(SecretId="app/key", SecretString="next", VersionStages=["AWSPENDING"])
    assert run(lab, stack, "plan")["result"] == "in-sync"
    versions = there(lab)["SecretVersionsToStages"]
    (new,) = (v for v, stages in versions.items() if "AWSPENDING" in stages)
    (old,) = (v for v, stages in versions.items() if "AWSCURRENT" in stages)
    secrets.update_secret_version_stage(
        SecretId="app/key", VersionStage="AWSCURRENT", MoveToVersionId=new, RemoveFromVersionId=old
    )
    lab.aws.forget_wire()
    assert run(lab, stack)["changes"] == []
    assert lab.boto_writes() == []
    assert value(lab) == "next"


def test_h41_a_name_that_looks_like_the_end_of_an_arn_is_refused_offline(lab: Lab) -> None:
    with pytest.raises(DesiredError, match="hyphen and six characters"):
        lab.stack([secret("key", {**GENERATED, "name": "app-AbCdEf"})])


def test_h41_a_name_that_ends_like_an_arn_is_told_from_its_namesake(lab: Lab) -> None:
    """AWS takes the second for the first one's partial ARN; whole ARNs are never confused."""
    external = {"value": "external"}
    stack = lab.stack([secret("app", external), secret("app-secret", external)], policy=POLICY)
    for verb in ("apply", "plan"):
        run(lab, stack, verb)
    assert run(lab, stack, "plan")["result"] == "in-sync"
    found = lab.client("secretsmanager").list_secrets()["SecretList"]
    assert sorted(one["Name"] for one in found) == ["app", "app-secret"]


def test_h41_no_task_is_started_before_its_secret_has_a_value(lab: Lab) -> None:
    """ECS gives a rollout up whose tasks cannot start, and never tries it again by itself."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    secrets = {"KEY": "${Secret/app/key:arn}"}
    container = {"name": "web", "image": "nginx:1", "portMappings": [{"containerPort": 80}], "secrets": secrets}
    task = {"executionRoleArn": "${Role/start}", "containerDefinitions": [container]}
    role = document("Role", "start", {"assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}})
    documents = [*but(served(), "TaskDefinition", task), role, secret("app/key", {"value": "external"})]
    stack = lab.stack(documents, policy=POLICY)
    report = run(lab, stack)
    assert (report["result"], exit_code(report)) == ("unsettled", 4)
    assert "Secret/app/key has no value yet" in change(report, "ECSService/web")["reason"]
    assert "ecs:CreateService" not in lab.boto_writes()
    assert lab.client("elbv2").describe_load_balancers()["LoadBalancers"] != []
    lab.client("secretsmanager").put_secret_value(SecretId="app/key", SecretString="x")
    assert run(lab, stack)["result"] == "done"
    assert "ecs:CreateService" in lab.boto_writes()
    assert run(lab, stack, "plan")["result"] == "in-sync"
