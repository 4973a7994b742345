"""WAF: web ACLs, what they are made of and what they protect."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code, network
from tests.emulator.checks.cloudfront import create as distribution

SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}


def managed(name: str, priority: int = 1) -> dict[str, Any]:
    group = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}
    return {
        "Name": name,
        "Priority": priority,
        "Statement": group,
        "OverrideAction": {"None": {}},
        "VisibilityConfig": SEEN,
    }


def create(aws: Aws, *rules: dict[str, Any], scope: str = "REGIONAL", region: str = "us-east-1") -> Any:
    return aws.client("wafv2", region).create_web_acl(
        Name="a", Scope=scope, DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=list(rules)
    )["Summary"]


def delete(aws: Aws, made: Any, scope: str = "REGIONAL") -> str:
    waf = aws.client("wafv2")
    return code(waf.delete_web_acl, Name="a", Scope=scope, Id=made["Id"], LockToken=made["LockToken"])


def balancer(aws: Aws) -> str:
    made = aws.client("elbv2").create_load_balancer(Name="lb", Subnets=network(aws).subnets)
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


@check("a second web ACL of a name is refused in AWS's words")
def _(aws: Aws) -> bool:
    create(aws)
    return code(lambda: create(aws)) == "WAFDuplicateItemException"


@check("the scope CLOUDFRONT exists in one region only")
def _(aws: Aws) -> bool:
    return code(lambda: create(aws, scope="CLOUDFRONT", region="eu-west-1")) == "WAFInvalidParameterException"


@check("a managed group has to exist, names and priorities are unique")
def _(aws: Aws) -> bool:
    common = managed("AWSManagedRulesCommonRuleSet")
    tried = {code(lambda: create(aws, managed("None"))), code(lambda: create(aws, common, common | {"Name": "other"}))}
    return tried == {"WAFInvalidParameterException"}


@check("capacity is the sum of the rules'")
def _(aws: Aws) -> bool:
    made = create(aws, managed("AWSManagedRulesCommonRuleSet"), managed("AWSManagedRulesSQLiRuleSet", 2))
    found = aws.client("wafv2").get_web_acl(Name="a", Scope="REGIONAL", Id=made["Id"])["WebACL"]
    return bool(found["Capacity"] == 900)


@check("an update without rules removes them")
def _(aws: Aws) -> bool:
    made, waf = create(aws, managed("AWSManagedRulesSQLiRuleSet")), aws.client("wafv2")
    where = {"Name": "a", "Scope": "REGIONAL", "Id": made["Id"]}
    waf.update_web_acl(
        **where, DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=[], LockToken=made["LockToken"]
    )
    return bool(waf.get_web_acl(**where)["WebACL"]["Rules"] == [])


@check("a load balancer is protected once, is listed, and keeps the web ACL")
def _(aws: Aws) -> bool:
    made, arn, waf = create(aws), balancer(aws), aws.client("wafv2")
    unknown = code(waf.associate_web_acl, WebACLArn=made["ARN"], ResourceArn=f"{arn}x")
    for _ in range(2):
        waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=arn)
    listed = waf.list_resources_for_web_acl(WebACLArn=made["ARN"])["ResourceArns"]
    used = delete(aws, made)
    waf.disassociate_web_acl(ResourceArn=arn)
    return (unknown, listed, used, delete(aws, made)) == (
        "WAFNonexistentItemException",
        [arn],
        "WAFAssociatedItemException",
        "",
    )


@check("a distribution keeps its web ACL")
def _(aws: Aws) -> bool:
    made = create(aws, scope="CLOUDFRONT")
    distribution(aws, WebACLId=made["ARN"])
    return delete(aws, made, "CLOUDFRONT") == "WAFAssociatedItemException"


@check("an address set in use stays, and its name is taken")
def _(aws: Aws) -> bool:
    waf = aws.client("wafv2")
    wanted = {"Name": "i", "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["192.0.2.0/24"]}
    made = waf.create_ip_set(**wanted)["Summary"]
    again = code(waf.create_ip_set, **wanted)
    refer = {"IPSetReferenceStatement": {"ARN": made["ARN"]}}
    create(aws, {"Name": "r", "Priority": 1, "Statement": refer, "Action": {"Block": {}}, "VisibilityConfig": SEEN})
    used = code(waf.delete_ip_set, Name="i", Scope="REGIONAL", Id=made["Id"], LockToken=made["LockToken"])
    return (again, used) == ("WAFDuplicateItemException", "WAFAssociatedItemException")
