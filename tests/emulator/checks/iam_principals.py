"""IAM: whom a policy means when it names a role."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks.base import TRUST, Aws, check, code


def trusting(arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def principal(document: Any) -> str:
    told = document if isinstance(document, dict) else json.loads(document)
    return str(told["Statement"][0]["Principal"]["AWS"])


@check("a policy that names a deleted role shows its id, also when there is another role of that name")
def _(aws: Aws) -> bool:
    iam, kms = aws.client("iam"), aws.client("kms")
    app = iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)["Role"]
    aws.advance(60)
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=trusting(app["Arn"]))
    statement = {"Effect": "Allow", "Principal": {"AWS": app["Arn"]}, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    key = kms.create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    iam.delete_role(RoleName="app")
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
    trusted = principal(iam.get_role(RoleName="other")["Role"]["AssumeRolePolicyDocument"])
    allowed = principal(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    return bool(trusted == allowed == app["RoleId"])


@check("a trust policy names only roles that exist")
def _(aws: Aws) -> bool:
    create = aws.client("iam").create_role
    nobody = "arn:aws:iam::123456789012:role/nobody"
    return code(create, RoleName="r", AssumeRolePolicyDocument=trusting(nobody)) == "MalformedPolicyDocument"
