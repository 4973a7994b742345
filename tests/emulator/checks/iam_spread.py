"""IAM: what is new is not known everywhere at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.emulator.checks.base import TRUST, Aws, check, code
from tests.emulator.checks.ecs import app, register, serving
from tests.emulator.checks.rds import available, modify


def role(aws: Aws, name: str, trust: str = TRUST) -> str:
    return str(aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"])


@check("a new role can be passed on after a moment, and assumed after another")
def _(aws: Aws) -> bool:
    made = app(aws)
    new = role(aws, "new")
    at_once = code(lambda: register(aws, new, family="g"))
    aws.advance(1)
    register(aws, new, family="g")
    soon = code(aws.client("ecs").create_service, **serving(made, taskDefinition="g"))
    aws.advance(2)
    later = code(aws.client("ecs").create_service, **serving(made, taskDefinition="g"))
    return (at_once, soon, later) == ("AccessDeniedException", "ClientException", "")


@check("a policy cannot name a new role at once, nor one that does not exist")
def _(aws: Aws) -> bool:
    nobody, new = "arn:aws:iam::123456789012:role/nobody", role(aws, "new")

    def tried(principal: str) -> tuple[str, str, str]:
        root = "arn:aws:iam::123456789012:root"
        allow = {"Effect": "Allow", "Principal": {"AWS": [root, principal]}, "Action": "*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        secret, bucket = aws.client("secretsmanager"), aws.client("s3")
        return (
            code(aws.client("kms").create_key, Policy=policy),
            code(
                bucket.put_bucket_policy,
                Bucket="some-bucket",
                Policy=policy.replace('"*"}', '"arn:aws:s3:::some-bucket"}'),
            ),
            code(secret.put_resource_policy, SecretId="x", ResourcePolicy=policy),
        )

    aws.client("s3").create_bucket(Bucket="some-bucket")
    aws.client("secretsmanager").create_secret(Name="x", SecretString="1")
    refused = ("MalformedPolicyDocumentException", "MalformedPolicy", "MalformedPolicyDocumentException")
    at_once = tried(new)
    aws.advance(3)
    return (at_once, tried(nobody), tried(new)) == (refused, refused, ("", "", ""))


@check("OS metrics need a role that the monitoring service can assume")
def _(aws: Aws) -> bool:
    available(aws)
    trust = TRUST.replace("ecs-tasks", "monitoring.rds")

    def tried(arn: str) -> str:
        return code(lambda: modify(aws, MonitoringInterval=60, MonitoringRoleArn=arn))

    wrong, new = tried(role(aws, "wrong")), role(aws, "metrics", trust)
    at_once = tried(new)
    aws.advance(3)
    return (wrong, at_once, tried(new)) == ("InvalidParameterValue", "InvalidParameterValue", "")


@check("a role is as old as the clock says by which everything ages")
def _(aws: Aws) -> bool:
    role(aws, "old")
    aws.advance(3600)
    made = aws.client("iam").get_role(RoleName="old")["Role"]["CreateDate"]
    return bool(datetime.now(UTC) - made > timedelta(minutes=50))
