"""KMS: keys in their states, aliases, policies, rotation."""

from __future__ import annotations

import json

from tests.emulator.checks.base import Aws, check, code


def key(aws: Aws) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


@check("rotation has a period")
def _(aws: Aws) -> bool:
    kms, arn = aws.client("kms"), key(aws)
    kms.enable_key_rotation(KeyId=arn, RotationPeriodInDays=180)
    first = kms.get_key_rotation_status(KeyId=arn).get("RotationPeriodInDays")
    kms.disable_key_rotation(KeyId=arn)
    return first == 180 and kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"] is False


@check("a disabled key encrypts nothing")
def _(aws: Aws) -> bool:
    kms, arn = aws.client("kms"), key(aws)
    kms.disable_key(KeyId=arn)
    disabled = code(kms.encrypt, KeyId=arn, Plaintext=b"x")
    kms.enable_key(KeyId=arn)
    return (disabled, code(kms.encrypt, KeyId=arn, Plaintext=b"x")) == ("DisabledException", "")


@check("a key pending deletion takes neither aliases nor changes, until the deletion is cancelled")
def _(aws: Aws) -> bool:
    kms, arn = aws.client("kms"), key(aws)
    early = code(kms.cancel_key_deletion, KeyId=arn)
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    alias = code(kms.create_alias, AliasName="alias/a", TargetKeyId=arn)
    change = code(kms.update_key_description, KeyId=arn, Description="x")
    again = code(kms.schedule_key_deletion, KeyId=arn)
    kms.cancel_key_deletion(KeyId=arn)
    state = kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
    return {early, alias, change, again} == {"KMSInvalidStateException"} and state == "Disabled"


@check("a key policy has to be one and must not lock everybody out")
def _(aws: Aws) -> bool:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}
    locked = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    create = aws.client("kms").create_key
    tried = {code(create, Policy="x"), code(create, Policy=locked)}
    return tried == {"MalformedPolicyDocumentException"}


@check("the policy's name may be left out")
def _(aws: Aws) -> bool:
    return "Policy" in aws.client("kms").get_key_policy(KeyId=key(aws))
