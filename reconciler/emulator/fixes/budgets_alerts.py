"""Notifications of budgets and their subscribers: each once, so many and no more."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from reconciler.emulator.fixes.agenda import Json, Moto, refuse
from reconciler.emulator.fixes.paging import page

Alerts = list[Json]
"""A budget's notifications, each ``{"Notification": …, "Subscribers": […]}``."""
MOST: Final = 10
MOST_OF: Final = {"EMAIL": 10, "SNS": 1}
IDENTITY: Final = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
_ADDRESS: Final = {
    "EMAIL": re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    "SNS": re.compile(r"^arn:aws:sns:[^:]+:\d{12}:\S+$"),
}
_LIMIT: Final = "CreationLimitExceededException"


def alerts(told: Alerts) -> Alerts:
    """Check the notifications that a budget begins with."""
    made: Alerts = []
    for one in told:
        _add(made, one["Notification"], one["Subscribers"])
    return made


def _same(notification: Json) -> tuple[Any, ...]:
    told = {"ThresholdType": "PERCENTAGE", **notification}
    return tuple(float(told[n]) if n == "Threshold" else told[n] for n in IDENTITY)


def _add(found: Alerts, notification: Json, subscribers: Alerts) -> None:
    _unused(found, notification)
    if len(found) >= MOST:
        refuse(_LIMIT, f"Unable to create notification - a budget has at most {MOST}.")
    row: Json = {"Notification": _whole(notification), "Subscribers": []}
    for subscriber in subscribers:
        _subscribe(row, subscriber)
    found.append(row)


def _whole(notification: Json) -> Json:
    told = dict(zip(IDENTITY, _same(notification), strict=True))
    if told["Threshold"] <= 0:
        refuse("InvalidParameterException", "Unable to create notification - the threshold should be greater than 0.")
    return {**told, "NotificationState": "OK"}


def _unused(found: Alerts, notification: Json) -> None:
    if any(_same(row["Notification"]) == _same(notification) for row in found):
        refuse("DuplicateRecordException", "Unable to create notification - the notification already exists.")


def _row(budget: Moto, notification: Json) -> Json:
    row: Json | None = next((row for row in budget.alerts if _same(row["Notification"]) == _same(notification)), None)
    if row is None:
        refuse("NotFoundException", "Unable to find notification - the notification doesn't exist.")
    return row


def _subscribe(row: Json, subscriber: Json) -> None:
    kind, listed = subscriber["SubscriptionType"], row["Subscribers"]
    if not _ADDRESS[kind].match(subscriber["Address"]):
        refuse(
            "InvalidParameterException", f"Unable to create subscriber - {subscriber['Address']} is no {kind} address."
        )
    if subscriber in listed:
        refuse("DuplicateRecordException", "Unable to create subscriber - the subscriber already exists.")
    if sum(one["SubscriptionType"] == kind for one in listed) >= MOST_OF[kind]:
        refuse(_LIMIT, f"Unable to create subscriber - a notification has at most {MOST_OF[kind]} of type {kind}.")
    listed.append(subscriber)


def _unsubscribe(row: Json, subscriber: Json) -> None:
    if subscriber not in row["Subscribers"]:
        refuse("NotFoundException", "Unable to find subscriber - the subscriber doesn't exist.")
    row["Subscribers"].remove(subscriber)


def _create(self: Moto, budget: Moto) -> str:
    _add(budget.alerts, self._get_param("Notification"), self._get_param("Subscribers"))
    return "{}"


def _update(self: Moto, budget: Moto) -> str:
    row, new = _row(budget, self._get_param("OldNotification")), self._get_param("NewNotification")
    _unused([other for other in budget.alerts if other is not row], new)
    row["Notification"] = _whole(new)
    return "{}"


def _delete(self: Moto, budget: Moto) -> str:
    budget.alerts.remove(_row(budget, self._get_param("Notification")))
    return "{}"


def _describe(self: Moto, budget: Moto) -> str:
    rows = [row["Notification"] for row in budget.alerts]
    some, token = page(rows, self._get_param("NextToken"), self._get_param("MaxResults"), 100)
    return json.dumps({"Notifications": some, "NextToken": token})


def _create_subscriber(self: Moto, budget: Moto) -> str:
    _subscribe(_row(budget, self._get_param("Notification")), self._get_param("Subscriber"))
    return "{}"


def _update_subscriber(self: Moto, budget: Moto) -> str:
    row, old = _row(budget, self._get_param("Notification")), self._get_param("OldSubscriber")
    _unsubscribe(row, old)
    try:
        _subscribe(row, self._get_param("NewSubscriber"))
    except Exception:
        row["Subscribers"].append(old)
        raise
    return "{}"


def _delete_subscriber(self: Moto, budget: Moto) -> str:
    """The last subscriber takes the notification along."""
    row = _row(budget, self._get_param("Notification"))
    _unsubscribe(row, self._get_param("Subscriber"))
    if not row["Subscribers"]:
        budget.alerts.remove(row)
    return "{}"


def _describe_subscribers(self: Moto, budget: Moto) -> str:
    rows = _row(budget, self._get_param("Notification"))["Subscribers"]
    some, token = page(rows, self._get_param("NextToken"), self._get_param("MaxResults"), 100)
    return json.dumps({"Subscribers": some, "NextToken": token})


ALERTS: Final = {
    "create_notification": _create,
    "update_notification": _update,
    "delete_notification": _delete,
    "describe_notifications_for_budget": _describe,
    "create_subscriber": _create_subscriber,
    "update_subscriber": _update_subscriber,
    "delete_subscriber": _delete_subscriber,
    "describe_subscribers_for_notification": _describe_subscribers,
}
"""Operation → what it answers, given the request and its budget."""
