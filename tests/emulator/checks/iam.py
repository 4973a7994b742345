"""IAM: roles and policies."""

from __future__ import annotations

import json

from tests.emulator.checks.base import TRUST, Aws, check, code

OWNED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


@check("AWS's own policies exist, and no others of their kind")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    attached = code(iam.attach_role_policy, RoleName="r", PolicyArn=OWNED)
    unknown = code(iam.attach_role_policy, RoleName="r", PolicyArn="arn:aws:iam::aws:policy/None")
    return attached == "" and unknown == "NoSuchEntity"


@check("a trust policy is read")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    wrong = ["no json", "{}", ALLOW, '{"Version": "2024-01-01", "Statement": []}']
    codes = {code(iam.create_role, RoleName="r", AssumeRolePolicyDocument=document) for document in wrong}
    return codes == {"MalformedPolicyDocument"}


@check("attaching a policy twice attaches it once")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    arn = iam.create_policy(PolicyName="p", PolicyDocument=ALLOW)["Policy"]["Arn"]
    for _turn in "12":
        iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    return bool(iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1)


@check("an attached policy stays")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    arn = iam.create_policy(PolicyName="p", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    return code(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"


@check("a policy with several versions stays")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW, SetAsDefault=True)
    return code(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"


@check("a permissions boundary must exist")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    boundary = "arn:aws:iam::123456789012:policy/none"
    return code(iam.put_role_permissions_boundary, RoleName="r", PermissionsBoundary=boundary) == "NoSuchEntity"


@check("a role's name and the size of its trust policy have limits")
def _(aws: Aws) -> bool:
    create = aws.client("iam").create_role
    padded = json.loads(TRUST)
    padded["Statement"] *= 30
    name = code(create, RoleName="a b", AssumeRolePolicyDocument=TRUST)
    size = code(create, RoleName="r", AssumeRolePolicyDocument=json.dumps(padded))
    return (name, size) == ("ValidationError", "LimitExceeded")


@check("an identity provider's audiences can be changed")
def _(aws: Aws) -> bool:
    iam = aws.client("iam")
    made = iam.create_open_id_connect_provider(
        Url="https://ci.example.com", ClientIDList=["a"], ThumbprintList=["0" * 40]
    )
    arn = made["OpenIDConnectProviderArn"]
    added = code(iam.add_client_id_to_open_id_connect_provider, OpenIDConnectProviderArn=arn, ClientID="b")
    removed = code(iam.remove_client_id_from_open_id_connect_provider, OpenIDConnectProviderArn=arn, ClientID="a")
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
    return (added, removed, found) == ("", "", ["b"])
