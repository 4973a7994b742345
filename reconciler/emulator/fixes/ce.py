"""Cost Explorer's anomaly detection, which moto has not: monitors, subscriptions and their tags."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, Final

from moto.ce.responses import CostExplorerResponse

from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.paging import page
from reconciler.emulator.patch import Method, once

CHANNELS: Final = {"IMMEDIATE": "SNS", "DAILY": "EMAIL", "WEEKLY": "EMAIL"}
IMPACT: Final = ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE")
BY_KEY: Final = {"TAG": "Tags", "COST_CATEGORY": "CostCategories"}
DAY: Final = "2026-01-01T00:00:00Z"
_ADDRESS: Final = {
    "EMAIL": re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    "SNS": re.compile(r"^arn:aws:sns:[^:]+:\d{12}:\S+$"),
}


def invalid(message: str) -> None:
    """Refuse a parameter."""
    refuse("ValidationException", message)


def store(backend: Moto, kind: str) -> dict[str, Json]:
    """Return what the account has of a kind, by ARN; it is forgotten with the backend."""
    rows: dict[str, Json] = backend.__dict__.setdefault(f"our_{kind}", {})
    return rows


def _body(self: Moto) -> Json:
    told: Json = json.loads(self.body)
    return told


def _find(self: Moto, kind: str, arn: str) -> Json:
    found = store(self.ce_backend, kind).get(arn)
    if found is None:
        name = "Monitor" if kind == "anomalymonitor" else "Subscription"
        refuse(f"Unknown{name}Exception", f"The {name.lower()} {arn} does not exist.")
    return found


def _keep(self: Moto, kind: str, row: Json, member: str) -> str:
    arn = f"arn:aws:ce::{self.current_account}:{kind}/{uuid.uuid4()}"
    store(self.ce_backend, kind)[arn] = {**row, member: arn}
    self.ce_backend.tag_resource(arn, _body(self).get("ResourceTags") or [])
    return json.dumps({member: arn})


def _specified(monitor: Json) -> None:
    kind, dimension, told = (monitor.get(n) for n in ("MonitorType", "MonitorDimension", "MonitorSpecification"))
    if (kind == "DIMENSIONAL") != (dimension is not None):
        invalid("MonitorDimension is required for DIMENSIONAL monitors, and for these only")
    if (told is not None) != (kind == "CUSTOM" or dimension in BY_KEY):
        invalid(
            "MonitorSpecification is required for CUSTOM monitors and for dimensions with a key, and for these only"
        )
    if told is not None and len(told) != 1:
        invalid("Expression must have exactly one root")
    if dimension in BY_KEY and BY_KEY[dimension] not in (told or {}):
        invalid(f"MonitorSpecification must name the key of {dimension}")


def _create_monitor(_original: Method, self: Moto) -> str:
    monitor = _body(self)["AnomalyMonitor"]
    _specified(monitor)
    others = store(self.ce_backend, "anomalymonitor").values()
    if monitor.get("MonitorDimension") == "SERVICE" and any(o.get("MonitorDimension") == "SERVICE" for o in others):
        invalid("Limit exceeded on dimensional spend monitor creation")
    dates = dict.fromkeys(("CreationDate", "LastUpdatedDate", "LastEvaluatedDate"), DAY)
    return _keep(self, "anomalymonitor", {**monitor, **dates, "DimensionalValueCount": 0}, "MonitorArn")


def _update_monitor(_original: Method, self: Moto) -> str:
    told = _body(self)
    _find(self, "anomalymonitor", told["MonitorArn"]).update(told)
    return json.dumps({"MonitorArn": told["MonitorArn"]})


def _delete_monitor(_original: Method, self: Moto) -> str:
    """Subscriptions stay, without it."""
    arn = _body(self)["MonitorArn"]
    _find(self, "anomalymonitor", arn)
    del store(self.ce_backend, "anomalymonitor")[arn]
    for one in store(self.ce_backend, "anomalysubscription").values():
        one["MonitorArnList"] = [monitor for monitor in one["MonitorArnList"] if monitor != arn]
    return "{}"


def _paged(self: Moto, rows: list[Json], member: str) -> str:
    told = _body(self)
    some, token = page(rows, told.get("NextPageToken"), told.get("MaxResults"), 50)
    return json.dumps({member: some, "NextPageToken": token})


def _get_monitors(_original: Method, self: Moto) -> str:
    arns = _body(self).get("MonitorArnList") or list(store(self.ce_backend, "anomalymonitor"))
    return _paged(self, [_find(self, "anomalymonitor", arn) for arn in arns], "AnomalyMonitors")


def _get_subscriptions(_original: Method, self: Moto) -> str:
    told = _body(self)
    arns = told.get("SubscriptionArnList") or list(store(self.ce_backend, "anomalysubscription"))
    rows = [_find(self, "anomalysubscription", arn) for arn in arns]
    if "MonitorArn" in told:
        _find(self, "anomalymonitor", told["MonitorArn"])
        rows = [row for row in rows if told["MonitorArn"] in row["MonitorArnList"]]
    return _paged(self, rows, "AnomalySubscriptions")


def _subscribed(self: Moto, told: Json) -> Json:
    """Check a subscription, and show it as AWS does."""
    if ("Threshold" in told) == ("ThresholdExpression" in told):
        invalid("One of Threshold and ThresholdExpression is required, and not both")
    if "ThresholdExpression" in told:
        _threshold(told["ThresholdExpression"])
    if not told["Subscribers"]:
        invalid("At least one subscriber is required")
    for one in told["Subscribers"]:
        if one["Type"] != CHANNELS[told["Frequency"]]:
            invalid(f"{told['Frequency']} frequency is only supported with {CHANNELS[told['Frequency']]} subscribers")
        if not _ADDRESS[one["Type"]].match(one["Address"]):
            invalid(f"{one['Address']} is not a valid {one['Type']} address")
    for arn in told["MonitorArnList"]:
        _find(self, "anomalymonitor", arn)
    shown = [{**one, "Status": "CONFIRMED"} for one in told["Subscribers"]]
    return {**told, "Subscribers": shown, "AccountId": self.current_account}


def _threshold(expression: Json) -> None:
    joined = expression.get("And") or expression.get("Or") or []
    for one in joined:
        _threshold(one)
    if joined and len(expression) == 1:
        return
    inner = expression.get("Dimensions", {})
    if len(expression) != 1 or inner.get("Key") not in IMPACT:
        invalid(f"ThresholdExpression supports And, Or, and the dimensions {', '.join(IMPACT)}")
    if inner.get("MatchOptions") != ["GREATER_THAN_OR_EQUAL"] or not all(map(_number, inner.get("Values", [None]))):
        invalid("ThresholdExpression requires the match option GREATER_THAN_OR_EQUAL and a number")


def _number(value: Any) -> bool:
    return isinstance(value, str) and bool(re.match(r"^\d+(\.\d+)?$", value))


def _create_subscription(_original: Method, self: Moto) -> str:
    row = _subscribed(self, _body(self)["AnomalySubscription"])
    return _keep(self, "anomalysubscription", row, "SubscriptionArn")


def _update_subscription(_original: Method, self: Moto) -> str:
    told = _body(self)
    found = _find(self, "anomalysubscription", told["SubscriptionArn"])
    rival = {"Threshold": "ThresholdExpression", "ThresholdExpression": "Threshold"}
    kept = {k: v for k, v in found.items() if k not in {rival[n] for n in rival if n in told}}
    found.update(_subscribed(self, {**kept, **told}))
    return json.dumps({"SubscriptionArn": told["SubscriptionArn"]})


def _delete_subscription(_original: Method, self: Moto) -> str:
    arn = _body(self)["SubscriptionArn"]
    _find(self, "anomalysubscription", arn)
    del store(self.ce_backend, "anomalysubscription")[arn]
    return "{}"


def _of_something(original: Method, self: Moto) -> Any:
    """Tags belong to something that exists."""
    arn, backend = _body(self)["ResourceArn"], self.ce_backend
    known = (store(backend, "anomalymonitor"), store(backend, "anomalysubscription"), backend.cost_categories)
    if not any(arn in rows for rows in known):
        refuse("ResourceNotFoundException", f"The resource {arn} does not exist.", ResourceName=arn)
    return original(self)


@once
def install() -> None:
    """Give Cost Explorer its anomaly detection."""
    replace_all(
        CostExplorerResponse,
        {
            "create_anomaly_monitor": _create_monitor,
            "update_anomaly_monitor": _update_monitor,
            "delete_anomaly_monitor": _delete_monitor,
            "get_anomaly_monitors": _get_monitors,
            "create_anomaly_subscription": _create_subscription,
            "update_anomaly_subscription": _update_subscription,
            "delete_anomaly_subscription": _delete_subscription,
            "get_anomaly_subscriptions": _get_subscriptions,
            "list_tags_for_resource": _of_something,
            "tag_resource": _of_something,
            "untag_resource": _of_something,
        },
    )
