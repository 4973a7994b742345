"""Anomaly detection of Cost Explorer."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code

SERVICES = {"MonitorName": "s", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
ACCOUNTS = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["123456789012"]}}
CUSTOM = {"MonitorName": "c", "MonitorType": "CUSTOM", "MonitorSpecification": ACCOUNTS}
IMPACT = {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "Values": ["100"], "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}
ME = {"Type": "EMAIL", "Address": "me@example.com"}
BAD = "ValidationException"


def monitor(aws: Aws, told: dict[str, Any], **more: Any) -> str:
    return str(aws.client("ce").create_anomaly_monitor(AnomalyMonitor=told, **more)["MonitorArn"])


def subscription(*monitors: str, **more: Any) -> dict[str, Any]:
    told = {"SubscriptionName": "s", "Frequency": "DAILY", "Subscribers": [ME], "MonitorArnList": list(monitors)}
    return {**told, "ThresholdExpression": {"Dimensions": IMPACT}, **more}


@check("there is one monitor of all services, and any number of others")
def _(aws: Aws) -> bool:
    create = aws.client("ce").create_anomaly_monitor
    codes = [code(create, AnomalyMonitor=told) for told in (SERVICES, {**SERVICES, "MonitorName": "x"}, CUSTOM, CUSTOM)]
    return codes == ["", BAD, "", ""]


@check("a monitor has either a dimension or a specification")
def _(aws: Aws) -> bool:
    create = aws.client("ce").create_anomaly_monitor
    bare = {k: v for k, v in CUSTOM.items() if k != "MonitorSpecification"}
    two = {**CUSTOM, "MonitorSpecification": {**ACCOUNTS, "Tags": {"Key": "a"}}}
    bad = (bare, {**SERVICES, "MonitorSpecification": ACCOUNTS}, {**CUSTOM, "MonitorDimension": "SERVICE"}, two)
    return {code(create, AnomalyMonitor=told) for told in bad} == {BAD}


@check("a monitor can be renamed and deleted if it is there")
def _(aws: Aws) -> bool:
    ce, arn = aws.client("ce"), monitor(aws, CUSTOM)
    ce.update_anomaly_monitor(MonitorArn=arn, MonitorName="n")
    (found,) = ce.get_anomaly_monitors(MonitorArnList=[arn])["AnomalyMonitors"]
    ce.delete_anomaly_monitor(MonitorArn=arn)
    codes = {code(call, MonitorArn=arn) for call in (ce.update_anomaly_monitor, ce.delete_anomaly_monitor)}
    return bool(found["MonitorName"] == "n" and codes == {"UnknownMonitorException"})


@check("the frequency decides the channel, and a threshold is an impact")
def _(aws: Aws) -> bool:
    create, arn = aws.client("ce").create_anomaly_subscription, monitor(aws, CUSTOM)
    both = {"Threshold": 5.0}
    bad: tuple[dict[str, Any], ...] = (
        {"Frequency": "IMMEDIATE"},
        both,
        {"ThresholdExpression": ACCOUNTS},
        {"Subscribers": []},
    )
    codes = {code(create, AnomalySubscription=subscription(arn, **more)) for more in bad}
    nowhere = code(create, AnomalySubscription=subscription(f"{arn[:-1]}_"))
    return (codes, nowhere) == ({BAD}, "UnknownMonitorException")


@check("subscriptions are found by their monitor, and stay when it goes")
def _(aws: Aws) -> bool:
    ce, arn, other = aws.client("ce"), monitor(aws, CUSTOM), monitor(aws, CUSTOM)
    ce.create_anomaly_subscription(AnomalySubscription=subscription(arn, other))
    ce.create_anomaly_subscription(AnomalySubscription=subscription(other))
    found = ce.get_anomaly_subscriptions(MonitorArn=arn)["AnomalySubscriptions"]
    ce.delete_anomaly_monitor(MonitorArn=arn)
    left = ce.get_anomaly_subscriptions()["AnomalySubscriptions"]
    return len(found) == 1 and [one["MonitorArnList"] for one in left] == [[other], [other]]


@check("a subscription changes part by part")
def _(aws: Aws) -> bool:
    ce, arn = aws.client("ce"), monitor(aws, CUSTOM)
    made = ce.create_anomaly_subscription(AnomalySubscription=subscription(arn))["SubscriptionArn"]
    ce.update_anomaly_subscription(SubscriptionArn=made, Frequency="WEEKLY")
    (found,) = ce.get_anomaly_subscriptions(SubscriptionArnList=[made])["AnomalySubscriptions"]
    ce.delete_anomaly_subscription(SubscriptionArn=made)
    gone = code(ce.delete_anomaly_subscription, SubscriptionArn=made)
    shown = (found["Frequency"], found["Subscribers"][0]["Status"], gone)
    return shown == ("WEEKLY", "CONFIRMED", "UnknownSubscriptionException")


@check("tags come with the monitor, and belong to something that exists")
def _(aws: Aws) -> bool:
    ce, arn = aws.client("ce"), monitor(aws, CUSTOM, ResourceTags=[{"Key": "a", "Value": "b"}])
    told = ce.list_tags_for_resource(ResourceArn=arn)["ResourceTags"]
    filters = [{"Key": "a", "Values": ["b"]}]
    found = aws.client("resourcegroupstaggingapi").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    absent = code(ce.list_tags_for_resource, ResourceArn=f"{arn[:-1]}_")
    return told == [{"Key": "a", "Value": "b"}] and [r["ResourceARN"] for r in found] == [arn] and bool(absent)


@check("monitors come in pages")
def _(aws: Aws) -> bool:
    arns = [monitor(aws, CUSTOM) for _ in "123"]
    pages = aws.client("ce").get_paginator("get_anomaly_monitors").paginate(PaginationConfig={"PageSize": 2})
    return [[one["MonitorArn"] for one in page["AnomalyMonitors"]] for page in pages] == [arns[:2], arns[2:]]
