"""CloudWatch: alarms and dashboards."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks.base import Aws, check, code

WANTED = {
    "AlarmName": "a",
    "Namespace": "n",
    "MetricName": "m",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Statistic": "Sum",
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
BODY = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "x"}}]})
TAGS = [{"Key": "a", "Value": "b"}]


def alarm(aws: Aws, **more: Any) -> Any:
    aws.client("cloudwatch").put_metric_alarm(**(WANTED | more))
    return aws.client("cloudwatch").describe_alarms()["MetricAlarms"][0]


@check("a new alarm has no data; a changed one keeps its state and its tags")
def _(aws: Aws) -> bool:
    cloudwatch = aws.client("cloudwatch")
    made = alarm(aws, Tags=TAGS)
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")
    changed = alarm(aws, Threshold=2.0, Tags=[{"Key": "c", "Value": "d"}])
    tags = cloudwatch.list_tags_for_resource(ResourceARN=made["AlarmArn"])["Tags"]
    return (made["StateValue"], changed["StateValue"], tags) == ("INSUFFICIENT_DATA", "ALARM", TAGS)


@check("an alarm needs a statistic and a metric")
def _(aws: Aws) -> bool:
    put = aws.client("cloudwatch").put_metric_alarm
    tried = {
        code(put, **{k: v for k, v in WANTED.items() if k != left}) for left in ("Statistic", "MetricName", "Period")
    }
    return tried == {"ValidationError"}


@check("a dashboard's body has widgets")
def _(aws: Aws) -> bool:
    put = aws.client("cloudwatch").put_dashboard
    bodies = ("{}", '{"widgets": [{"type": "none"}]}', '{"widgets": [{"type": "text"}]}')
    tried = {code(put, DashboardName="d", DashboardBody=body) for body in bodies}
    return tried == {"InvalidParameterInput"} and not code(put, DashboardName="d", DashboardBody=BODY)


@check("dashboards have tags")
def _(aws: Aws) -> bool:
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_dashboard(DashboardName="d", DashboardBody=BODY, Tags=TAGS)
    arn = cloudwatch.get_dashboard(DashboardName="d")["DashboardArn"]
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "c", "Value": "d"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["a"])
    return bool(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "c", "Value": "d"}])


@check("the tags of what is not there are not found")
def _(aws: Aws) -> bool:
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:none"
    return code(aws.client("cloudwatch").list_tags_for_resource, ResourceARN=arn) == "ResourceNotFoundException"


@check("a deleted alarm's tags are gone when the name comes back")
def _(aws: Aws) -> bool:
    cloudwatch = aws.client("cloudwatch")
    alarm(aws, Tags=TAGS)
    cloudwatch.delete_alarms(AlarmNames=["a"])
    again = alarm(aws)["AlarmArn"]
    return bool(cloudwatch.list_tags_for_resource(ResourceARN=again)["Tags"] == [])
