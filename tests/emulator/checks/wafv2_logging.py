"""WAF: where web ACLs log to."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.wafv2 import create

BOTH = {
    "Behavior": "DROP",
    "Requirement": "MEETS_ALL",
    "Conditions": [{"ActionCondition": {"Action": "ALLOW"}, "LabelNameCondition": {"LabelName": "a"}}],
}
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:"


def put(aws: Aws, arn: str, *places: str, **more: Any) -> str:
    told = {"ResourceArn": arn, "LogDestinationConfigs": list(places), **more}
    return code(aws.client("wafv2").put_logging_configuration, LoggingConfiguration=told)


@check("a web ACL logs to one place, whose name begins as it must, and which exists")
def _(aws: Aws) -> bool:
    arn = create(aws)["ARN"]
    aws.client("logs").create_log_group(logGroupName="aws-waf-logs-a")
    tried = [
        put(aws, arn, f"{LOGS}other"),
        put(aws, arn, f"{LOGS}aws-waf-logs-b"),
        put(aws, f"{arn}x", f"{LOGS}aws-waf-logs-a"),
        put(aws, arn, f"{LOGS}aws-waf-logs-a", LoggingFilter={"DefaultBehavior": "KEEP", "Filters": [BOTH]}),
        put(aws, arn, f"{LOGS}aws-waf-logs-a"),
    ]
    return tried == [
        "WAFInvalidParameterException",
        "WAFLogDestinationPermissionIssueException",
        "WAFNonexistentItemException",
        "WAFInvalidParameterException",
        "",
    ]


@check("the log of a web ACL for CloudFront ends with the ACL")
def _(aws: Aws) -> bool:
    made, waf = create(aws, scope="CLOUDFRONT"), aws.client("wafv2")
    aws.client("logs").create_log_group(logGroupName="aws-waf-logs-a")
    put(aws, made["ARN"], f"{LOGS}aws-waf-logs-a")
    there = code(waf.get_logging_configuration, ResourceArn=made["ARN"])
    waf.delete_web_acl(Name="a", Scope="CLOUDFRONT", Id=made["Id"], LockToken=made["LockToken"])
    return (there, code(waf.get_logging_configuration, ResourceArn=made["ARN"])) == ("", "WAFNonexistentItemException")
