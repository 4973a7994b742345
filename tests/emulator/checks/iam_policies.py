"""IAM: customer managed policies."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks.base import TRUST, Aws, check, code
from tests.emulator.checks.iam import ALLOW


def policy(aws: Aws, **more: Any) -> str:
    made = aws.client("iam").create_policy(**({"PolicyName": "p", "PolicyDocument": ALLOW} | more))
    return str(made["Policy"]["Arn"])


@check("a policy's name is taken whatever its path and case")
def _(aws: Aws) -> bool:
    policy(aws)
    create = aws.client("iam").create_policy
    tried = {code(create, PolicyName=name, Path="/other/", PolicyDocument=ALLOW) for name in ("p", "P")}
    return tried == {"EntityAlreadyExists"}


@check("a policy has at most 6144 characters, white space aside")
def _(aws: Aws) -> bool:
    padded = json.dumps(json.loads(ALLOW), indent=3000)
    big = ALLOW.replace('"s3:*"', json.dumps([f"s3:Get{'x' * 50}{n}" for n in range(120)]))
    arn = policy(aws, PolicyDocument=padded)
    iam = aws.client("iam")
    tried = {
        code(iam.create_policy, PolicyName="q", PolicyDocument=big),
        code(iam.create_policy_version, PolicyArn=arn, PolicyDocument=big),
    }
    return tried == {"LimitExceeded"}


@check("a policy that bounds a role is used, and stays")
def _(aws: Aws) -> bool:
    iam, arn = aws.client("iam"), policy(aws)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=arn)
    used = iam.get_policy(PolicyArn=arn)["Policy"]
    holders = [role["RoleName"] for role in iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]]
    counts = (used["AttachmentCount"], used["PermissionsBoundaryUsageCount"])
    return (counts, holders, code(iam.delete_policy, PolicyArn=arn)) == ((0, 1), ["r"], "DeleteConflict")


@check("a listing of versions begins with the newest, without documents")
def _(aws: Aws) -> bool:
    iam, arn = aws.client("iam"), policy(aws)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW, SetAsDefault=True)
    found = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    told = [(v["VersionId"], v["IsDefaultVersion"], "Document" in v) for v in found]
    return told == [("v2", True, False), ("v1", False, False)]


@check("the index knows policies, in us-east-1")
def _(aws: Aws) -> bool:
    arn = policy(aws, Tags=[{"Key": "team", "Value": "one"}])

    def found(region: str) -> list[str]:
        index = aws.client("resourcegroupstaggingapi", region)
        return [
            one["ResourceARN"] for one in index.get_resources(TagFilters=[{"Key": "team"}])["ResourceTagMappingList"]
        ]

    return (found("us-east-1"), found("eu-west-1")) == ([arn], [])
