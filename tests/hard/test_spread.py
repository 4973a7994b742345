"""What is new in IAM is not known everywhere at once: whoever names it in a policy is refused for a few seconds."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.report import exit_code
from tests.engine.small import POLICY, change, database, run
from tests.support import Lab, document

ROLE = "${Role/reader:arn}"


def trust(service: str) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [allow]}}


def reads(action: str, resource: str, role: str = ROLE) -> dict[str, Any]:
    root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "*"}
    allow = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": action}
    return {"Version": "2012-10-17", "Statement": [{**one, "Resource": resource} for one in (root, allow)]}


NAMING = {
    "CreateKey": document("Key", "data", {"policy": reads("kms:Decrypt", "*")}),
    "PutBucketPolicy": document("Bucket", "some-files", {"policy": reads("s3:GetObject", "arn:aws:s3:::some-files/*")}),
    "PutResourcePolicy": document(
        "Secret", "key", {"value": "external", "resourcePolicy": reads("secretsmanager:GetSecretValue", "*")}
    ),
}


@pytest.mark.parametrize("operation", list(NAMING))
def test_h09_a_policy_that_names_a_new_role_is_sent_again(operation: str, lab: Lab) -> None:
    role = document("Role", "reader", trust("ec2.amazonaws.com"))
    report = run(lab, lab.stack([role, NAMING[operation]], policy=POLICY))
    assert report["result"] == "done"
    tried = [w.status for w in lab.aws.wire if w.operation == operation]
    assert tried[0] == 400
    assert [one for one in tried if one < 300] == tried[-1:]


@pytest.mark.parametrize("operation", list(NAMING))
def test_h09_a_policy_that_names_nobody_fails_at_once(operation: str, lab: Lab) -> None:
    one = NAMING[operation]
    policy = "resourcePolicy" if "resourcePolicy" in one["spec"] else "policy"
    told = {**one["spec"][policy]}
    nobody = "arn:aws:iam::123456789012:role/nobody"
    told["Statement"] = [
        {**s, "Principal": {"AWS": nobody}} if s["Principal"] == {"AWS": ROLE} else s for s in told["Statement"]
    ]
    begin = lab.clock.now()
    report = run(lab, lab.stack([{**one, "spec": {**one["spec"], policy: told}}], policy=POLICY))
    assert exit_code(report) == 1
    address = f"{one['kind']}/{one['metadata']['name']}"
    assert "principal" in change(report, address)["reason"]
    assert len([w for w in lab.aws.wire if w.operation == operation]) == 1
    assert lab.clock.now() - begin < 60


def test_h09_a_database_waits_for_the_role_that_sends_its_metrics(lab: Lab) -> None:
    run(lab, lab.stack(database(), policy=POLICY))
    lab.aws.forget_wire()
    watched = {"monitoringInterval": 60, "monitoringRoleArn": "${Role/metrics:arn}"}
    documents = [*database(**watched), document("Role", "metrics", trust("monitoring.rds.amazonaws.com"))]
    assert run(lab, lab.stack(documents, policy=POLICY))["result"] == "done"
    tried = [w.status for w in lab.aws.wire if w.operation == "ModifyDBInstance"]
    assert (tried[0], tried[-1], tried.count(200)) == (400, 200, 1)
