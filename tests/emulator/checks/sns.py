"""SNS: topics and subscriptions."""

from __future__ import annotations

from typing import Any

from reconciler.emulator.fixes.sns import confirm
from tests.emulator.checks.base import Aws, check, code


def topic(aws: Aws, **more: Any) -> str:
    return str(aws.client("sns").create_topic(Name="t", **more)["TopicArn"])


def listed(aws: Aws, arn: str) -> list[str]:
    found = aws.client("sns").list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    return [one["SubscriptionArn"] for one in found]


@check("an e-mail subscription waits for its person, and asking again makes no second one")
def _(aws: Aws) -> bool:
    arn, sns = topic(aws), aws.client("sns")
    told = [sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")["SubscriptionArn"] for _ in "12"]
    counted = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["SubscriptionsPending"]
    before = listed(aws, arn)
    confirm("123456789012", "us-east-1", "a@example.com")
    after = listed(aws, arn)[0].startswith("arn:")
    return told == ["pending confirmation"] * 2 and before == ["PendingConfirmation"] and counted == "1" and after


@check("a pending subscription cannot be removed, an address has to be one")
def _(aws: Aws) -> bool:
    arn, sns = topic(aws), aws.client("sns")
    bad = code(sns.subscribe, TopicArn=arn, Protocol="email", Endpoint="nobody")
    return (bad, code(sns.unsubscribe, SubscriptionArn="PendingConfirmation")) == (
        "InvalidParameter",
        "InvalidParameter",
    )


@check("creating a topic with other attributes or tags is refused")
def _(aws: Aws) -> bool:
    made = topic(aws, Attributes={"DisplayName": "x"}, Tags=[{"Key": "a", "Value": "b"}])
    same = topic(aws, Attributes={"DisplayName": "x"}, Tags=[{"Key": "a", "Value": "b"}])
    attributes = code(lambda: topic(aws, Attributes={"DisplayName": "y"}))
    tags = code(lambda: topic(aws, Tags=[{"Key": "a", "Value": "c"}]))
    return made == same and (attributes, tags) == ("InvalidParameter", "InvalidParameter")


@check("a topic keeps its tracing and its signature version")
def _(aws: Aws) -> bool:
    arn, sns = topic(aws), aws.client("sns")
    sns.set_topic_attributes(TopicArn=arn, AttributeName="TracingConfig", AttributeValue="Active")
    sns.set_topic_attributes(TopicArn=arn, AttributeName="SignatureVersion", AttributeValue="2")
    shown = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    return bool(shown.get("TracingConfig") == "Active" and shown.get("SignatureVersion") == "2")
