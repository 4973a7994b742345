"""Budgets: what is filled in, what is refused, notifications, subscribers and tags."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code

ACCOUNT = "123456789012"
ARN = f"arn:aws:budgets::{ACCOUNT}:budget/b"
ALERT = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
ME = {"SubscriptionType": "EMAIL", "Address": "me@example.com"}
YOU = {"SubscriptionType": "EMAIL", "Address": "you@example.com"}
BAD, ABSENT, TWICE, FULL = (
    "InvalidParameterException", "NotFoundException", "DuplicateRecordException", "CreationLimitExceededException",
)  # fmt: skip


def whole(**more: Any) -> dict[str, Any]:
    limit = {"BudgetLimit": {"Amount": "100", "Unit": "USD"}}
    return {"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", **limit, **more}


def made(aws: Aws, *alerts: dict[str, Any], **more: Any) -> Any:
    client = aws.client("budgets")
    told = [{"Notification": alert, "Subscribers": [ME]} for alert in alerts]
    tags = more.pop("ResourceTags", [])
    client.create_budget(AccountId=ACCOUNT, Budget=whole(**more), NotificationsWithSubscribers=told, ResourceTags=tags)
    return client


@check("amounts become decimals, costs that nobody mentions count")
def _(aws: Aws) -> bool:
    found = made(aws, CostTypes={"IncludeTax": False}).describe_budgets(AccountId=ACCOUNT)["Budgets"][0]
    counted = found["CostTypes"]
    return found["BudgetLimit"]["Amount"] == "100.0" and (counted["IncludeTax"], counted["IncludeCredit"]) == (
        False,
        True,
    )


@check("one amount, and one way to say what counts")
def _(aws: Aws) -> bool:
    create = aws.client("budgets").create_budget
    adjusted = {"AutoAdjustData": {"AutoAdjustType": "FORECAST"}}
    new = {"FilterExpression": {"Dimensions": {"Key": "AZ", "Values": ["a"]}}}
    bad = (adjusted, {**new, "CostFilters": {"Region": ["x"]}}, {"BudgetLimit": {"Amount": "0", "Unit": "USD"}})
    alone = {k: v for k, v in whole(**adjusted).items() if k != "BudgetLimit"}
    refused = {code(create, AccountId=ACCOUNT, Budget=whole(**more)) for more in bad}
    return (refused, code(create, AccountId=ACCOUNT, Budget=alone)) == ({BAD}, "")


@check("filters show on demand only")
def _(aws: Aws) -> bool:
    client = made(aws, FilterExpression={"Dimensions": {"Key": "AZ", "Values": ["a"]}}, Metrics=["UnblendedCost"])
    plain, full = (
        client.describe_budget(AccountId=ACCOUNT, BudgetName="b", ShowFilterExpression=show)["Budget"]
        for show in (False, True)
    )
    return "FilterExpression" not in plain and "FilterExpression" in full and "CostTypes" not in full


@check("an update replaces everything but the notifications")
def _(aws: Aws) -> bool:
    client = made(aws, ALERT, CostFilters={"Region": ["us-east-1"]})
    client.update_budget(AccountId=ACCOUNT, NewBudget=whole(TimeUnit="DAILY"))
    found = client.describe_budget(AccountId=ACCOUNT, BudgetName="b")["Budget"]
    told = client.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName="b")["Notifications"]
    absent = code(client.update_budget, AccountId=ACCOUNT, NewBudget=whole(BudgetName="x"))
    return found["TimeUnit"] == "DAILY" and "CostFilters" not in found and len(told) == 1 and absent == ABSENT


@check("notifications have a type of threshold and a state, exist once, and ten of them are enough")
def _(aws: Aws) -> bool:
    client = made(aws, ALERT)
    place = {"AccountId": ACCOUNT, "BudgetName": "b"}
    (found,) = client.describe_notifications_for_budget(**place)["Notifications"]
    twice = code(
        client.create_notification, **place, Notification={**ALERT, "ThresholdType": "PERCENTAGE"}, Subscribers=[ME]
    )
    more = [{**ALERT, "Threshold": float(n)} for n in range(1, 11)]
    codes = [code(client.create_notification, **place, Notification=one, Subscribers=[ME]) for one in more]
    shown = (found["ThresholdType"], found["NotificationState"])
    return shown == ("PERCENTAGE", "OK") and twice == TWICE and codes == [""] * 9 + [FULL]


@check("a notification that moves keeps its subscribers; what is not there cannot move or go")
def _(aws: Aws) -> bool:
    client, place = made(aws, ALERT), {"AccountId": ACCOUNT, "BudgetName": "b"}
    new = {**ALERT, "Threshold": 90.0}
    client.update_notification(**place, OldNotification=ALERT, NewNotification=new)
    kept = client.describe_subscribers_for_notification(**place, Notification=new)["Subscribers"]
    again = code(client.update_notification, **place, OldNotification=ALERT, NewNotification=new)
    return kept == [ME] and (again, code(client.delete_notification, **place, Notification=ALERT)) == (ABSENT, ABSENT)


@check("subscribers exist once, are addresses, and the last takes the notification along")
def _(aws: Aws) -> bool:
    client = made(aws, ALERT)
    place = {"AccountId": ACCOUNT, "BudgetName": "b", "Notification": ALERT}
    nobody = {"SubscriptionType": "EMAIL", "Address": "nobody"}
    codes = [code(client.create_subscriber, **place, Subscriber=s) for s in (ME, YOU, nobody)]
    swapped = code(client.update_subscriber, **place, OldSubscriber=YOU, NewSubscriber=ME)
    for one in (ME, YOU):
        client.delete_subscriber(**place, Subscriber=one)
    left = client.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName="b")["Notifications"]
    return (codes, swapped, left) == ([TWICE, "", BAD], TWICE, [])


@check("tags come with the budget, and belong to one that exists")
def _(aws: Aws) -> bool:
    client = made(aws, ResourceTags=[{"Key": "a", "Value": "b"}])
    client.tag_resource(ResourceARN=ARN, ResourceTags=[{"Key": "c", "Value": "d"}])
    told = {t["Key"]: t["Value"] for t in client.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"]}
    filters = [{"Key": "a", "Values": ["b"]}]
    found = aws.client("resourcegroupstaggingapi").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    absent = code(client.list_tags_for_resource, ResourceARN=f"{ARN}x")
    return told == {"a": "b", "c": "d"} and [one["ResourceARN"] for one in found] == [ARN] and absent == ABSENT


@check("budgets come in pages, and only to their own account")
def _(aws: Aws) -> bool:
    client = made(aws)
    client.create_budget(AccountId=ACCOUNT, Budget=whole(BudgetName="c"))
    pages = client.get_paginator("describe_budgets").paginate(AccountId=ACCOUNT, PaginationConfig={"PageSize": 1})
    names = [[one["BudgetName"] for one in page["Budgets"]] for page in pages]
    return (
        names == [["b"], ["c"]] and code(client.describe_budgets, AccountId="210987654321") == "AccessDeniedException"
    )
