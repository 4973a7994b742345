"""Secrets Manager: versions, deletion, policies, rotation."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
OLD, NEW = "a" * 32, "b" * 32


def create(aws: Aws, **more: Any) -> Any:
    return aws.client("secretsmanager").create_secret(**({"Name": "x", "SecretString": "1"} | more))


def staged(aws: Aws) -> Any:
    """A secret whose new version is pending."""
    create(aws, ClientRequestToken=OLD)
    secrets = aws.client("secretsmanager")
    secrets.put_secret_value(SecretId="x", SecretString="2", ClientRequestToken=NEW, VersionStages=["AWSPENDING"])
    return secrets


def promote(secrets: Any) -> None:
    secrets.update_secret_version_stage(
        SecretId="x", VersionStage="AWSCURRENT", MoveToVersionId=NEW, RemoveFromVersionId=OLD
    )


@check("a promoted version is what a plain read returns")
def _(aws: Aws) -> bool:
    secrets = staged(aws)
    before = secrets.get_secret_value(SecretId="x")["SecretString"]
    promote(secrets)
    return (before, secrets.get_secret_value(SecretId="x")["SecretString"]) == ("1", "2")


@check("a name scheduled for deletion is taken, in AWS's words")
def _(aws: Aws) -> bool:
    create(aws)
    aws.client("secretsmanager").delete_secret(SecretId="x")
    return code(lambda: create(aws)) == "InvalidRequestException"


@check("a name deleted by force is free after a moment")
def _(aws: Aws) -> bool:
    create(aws)
    aws.client("secretsmanager").delete_secret(SecretId="x", ForceDeleteWithoutRecovery=True)
    at_once = code(lambda: create(aws))
    aws.advance(1)
    return (at_once, code(lambda: create(aws))) == ("InvalidRequestException", "")


@check("a deleted secret takes no value")
def _(aws: Aws) -> bool:
    create(aws)
    secrets = aws.client("secretsmanager")
    secrets.delete_secret(SecretId="x")
    return code(secrets.put_secret_value, SecretId="x", SecretString="2") == "InvalidRequestException"


@check("names are checked")
def _(aws: Aws) -> bool:
    return code(lambda: create(aws, Name="a b")) == "ValidationException"


@check("a resource policy has to be one, and not a public one where that is blocked")
def _(aws: Aws) -> bool:
    create(aws)
    put = aws.client("secretsmanager").put_resource_policy
    public = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
    broken = code(put, SecretId="x", ResourcePolicy="x")
    blocked = code(put, SecretId="x", ResourcePolicy=public, BlockPublicPolicy=True)
    return (broken, blocked) == ("MalformedPolicyDocumentException", "PublicPolicyException")


@check("rotation can be set after a promotion, and shows all its rules")
def _(aws: Aws) -> bool:
    secrets = staged(aws)
    rules = {"AutomaticallyAfterDays": 30, "Duration": "2h"}
    pending = code(secrets.rotate_secret, SecretId="x", RotationLambdaARN=FUNCTION, RotationRules=rules)
    promote(secrets)
    secrets.update_secret_version_stage(SecretId="x", VersionStage="AWSPENDING", RemoveFromVersionId=NEW)
    secrets.rotate_secret(SecretId="x", RotationLambdaARN=FUNCTION, RotationRules=rules)
    return pending == "InvalidRequestException" and secrets.describe_secret(SecretId="x")["RotationRules"] == rules


@check("a label moves only from where it is")
def _(aws: Aws) -> bool:
    secrets = staged(aws)
    move = {"SecretId": "x", "VersionStage": "AWSPENDING", "MoveToVersionId": OLD}
    return code(secrets.update_secret_version_stage, **move) == "InvalidParameterException"


@check("the description can be emptied")
def _(aws: Aws) -> bool:
    create(aws, Description="d")
    secrets = aws.client("secretsmanager")
    secrets.update_secret(SecretId="x", Description="")
    return "Description" not in secrets.describe_secret(SecretId="x")
