"""CloudWatch Logs: groups, metric filters, query definitions."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks import rds as databases
from tests.emulator.checks.base import Aws, check, code

METRIC = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]


def key(aws: Aws, *services: str) -> str:
    principals: list[dict[str, Any]] = [{"AWS": "arn:aws:iam::123456789012:root"}]
    principals += [{"Service": service} for service in services]
    statements = [{"Effect": "Allow", "Principal": one, "Action": "kms:*", "Resource": "*"} for one in principals]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return str(aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


def group(aws: Aws) -> Any:
    return aws.client("logs").describe_log_groups(logGroupNamePrefix="/a")["logGroups"][0]


@check("only certain numbers of days are kept")
def _(aws: Aws) -> bool:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/a")
    wrong = code(logs.put_retention_policy, logGroupName="/a", retentionInDays=31)
    return (wrong, code(logs.put_retention_policy, logGroupName="/a", retentionInDays=30)) == (
        "InvalidParameterException",
        "",
    )


@check("a key can be given and taken, if its policy knows the logs")
def _(aws: Aws) -> bool:
    logs, closed, open_ = aws.client("logs"), key(aws), key(aws, "logs.us-east-1.amazonaws.com")
    refused = code(logs.create_log_group, logGroupName="/a", kmsKeyId=closed)
    logs.create_log_group(logGroupName="/a")
    logs.associate_kms_key(logGroupName="/a", kmsKeyId=open_)
    given = group(aws).get("kmsKeyId")
    logs.disassociate_kms_key(logGroupName="/a")
    return refused == "InvalidParameterException" and given == open_ and "kmsKeyId" not in group(aws)


@check("tags are the same by either form of the ARN")
def _(aws: Aws) -> bool:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/a", tags={"a": "b"})
    found = group(aws)
    logs.tag_resource(resourceArn=found["arn"], tags={"c": "d"})
    both = logs.list_tags_for_resource(resourceArn=found["logGroupArn"])["tags"]
    gone = code(logs.list_tags_for_resource, resourceArn=f"{found['logGroupArn']}x")
    return both == {"a": "b", "c": "d"} and gone == "ResourceNotFoundException"


@check("a log group has a class")
def _(aws: Aws) -> bool:
    aws.client("logs").create_log_group(logGroupName="/a", logGroupClass="INFREQUENT_ACCESS")
    return bool(group(aws).get("logGroupClass") == "INFREQUENT_ACCESS")


@check("a metric filter needs its log group and goes with it")
def _(aws: Aws) -> bool:
    logs = aws.client("logs")
    wanted = {"logGroupName": "/a", "filterName": "f", "filterPattern": "", "metricTransformations": METRIC}
    without = code(logs.put_metric_filter, **wanted)
    logs.create_log_group(logGroupName="/a")
    logs.put_metric_filter(**wanted)
    logs.delete_log_group(logGroupName="/a")
    return without == "ResourceNotFoundException" and not logs.describe_metric_filters()["metricFilters"]


@check("query definitions are kept, changed and deleted")
def _(aws: Aws) -> bool:
    logs = aws.client("logs")
    number = logs.put_query_definition(name="q", queryString="fields 1")["queryDefinitionId"]
    logs.put_query_definition(name="q", queryString="fields 2", queryDefinitionId=number)
    found = logs.describe_query_definitions(queryDefinitionNamePrefix="q")["queryDefinitions"]
    logs.delete_query_definition(queryDefinitionId=number)
    again = code(logs.delete_query_definition, queryDefinitionId=number)
    return [one["queryString"] for one in found] == ["fields 2"] and again == "ResourceNotFoundException"


@check("a database makes the group that it writes to, and again if somebody deletes it")
def _(aws: Aws) -> bool:
    databases.available(aws, EnableCloudwatchLogsExports=["postgresql"])
    logs, name = aws.client("logs"), "/aws/rds/instance/db/postgresql"

    def shown() -> list[str]:
        return [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]

    first = shown()
    logs.delete_log_group(logGroupName=name)
    return first == shown() == [name] and not code(logs.put_retention_policy, logGroupName=name, retentionInDays=7)
