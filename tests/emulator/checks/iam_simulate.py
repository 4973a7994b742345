"""IAM: the policy simulator."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks.base import TRUST, Aws, check, code

READ, SECRET = "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/a-AbCdEf"


def allow(resource: Any = SECRET, action: Any = READ, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def decided(aws: Aws, *statements: dict[str, Any], boundary: Any = None, **asked: Any) -> dict[str, Any]:
    """What the simulator says of a role with these statements."""
    iam = aws.client("iam")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)
    if boundary:
        document = json.dumps({"Version": "2012-10-17", "Statement": [boundary]})
        arn = iam.create_policy(PolicyName="b", PolicyDocument=document)["Policy"]["Arn"]
        iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=arn)
    told = {"PolicySourceArn": role["Arn"], "ActionNames": [READ], "ResourceArns": [SECRET], **asked}
    return dict(iam.simulate_principal_policy(**told)["EvaluationResults"][0])


@check("who is allowed nothing is denied implicitly")
def _(aws: Aws) -> bool:
    return bool(decided(aws)["EvalDecision"] == "implicitDeny")


@check("an action is allowed whatever its case, and by wildcards")
def _(aws: Aws) -> bool:
    told = decided(aws, allow("arn:aws:secretsmanager:*:*:secret:shop/?-*", "secretsmanager:getsecret*"))
    return (told["EvalDecision"], told["EvalResourceName"]) == ("allowed", SECRET)


@check("resources are compared with their case")
def _(aws: Aws) -> bool:
    return bool(decided(aws, allow(SECRET.replace("shop", "SHOP")))["EvalDecision"] == "implicitDeny")


@check("a deny outdoes an allow")
def _(aws: Aws) -> bool:
    return bool(decided(aws, allow("*", "*"), {**allow(), "Effect": "Deny"})["EvalDecision"] == "explicitDeny")


@check("a condition does not hold of a request without its key, and the key is named")
def _(aws: Aws) -> bool:
    told = decided(aws, allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))
    return (told["EvalDecision"], told["MissingContextValues"]) == ("implicitDeny", ["aws:SourceVpce"])


@check("a boundary must allow it, too")
def _(aws: Aws) -> bool:
    told = decided(aws, allow(), boundary=allow("*", "s3:*"))
    detail = told["PermissionsBoundaryDecisionDetail"]
    return (told["EvalDecision"], detail) == ("implicitDeny", {"AllowedByPermissionsBoundary": False})


@check("AWS's own policies count")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    iam.create_role(RoleName="q", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="q", PolicyArn="arn:aws:iam::aws:policy/SecretsManagerReadWrite")
    arn = iam.get_role(RoleName="q")["Role"]["Arn"]
    return bool(decided(aws, PolicySourceArn=arn)["EvalDecision"] == "allowed")


@check("a role that is not there cannot be simulated")
def _(aws: Aws) -> bool:
    ask = aws.client("iam").simulate_principal_policy
    return code(ask, PolicySourceArn="arn:aws:iam::123456789012:role/none", ActionNames=[READ]) == "NoSuchEntity"
