"""Budgets and monitors of costs: few calls, nothing lost, and one monitor of all services in an account."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.naming import named
from reconciler.calls import Call
from reconciler.errors import Retry
from reconciler.kinds import KINDS
from reconciler.steps import Action
from tests.support import ACCOUNT, Lab, document, open_steps

ME, BOSS = ({"subscriptionType": "EMAIL", "address": f"{who}@example.com"} for who in ("me", "boss"))
SERVICES = {"monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"}
IMPACT = {"key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "values": ["100"], "matchOptions": ["GREATER_THAN_OR_EQUAL"]}
WIRED = {"Dimensions": {"Key": IMPACT["key"], "Values": ["100"], "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}}


def budget(**spec: Any) -> dict[str, Any]:
    told = {"budgetType": "COST", "timeUnit": "MONTHLY", "budgetLimit": {"amount": 100, "unit": "USD"}}
    return document("Budget", "monthly", {**told, **spec})


def alert(threshold: float, *who: dict[str, str]) -> dict[str, Any]:
    told = {"notificationType": "ACTUAL", "comparisonOperator": "GREATER_THAN", "threshold": threshold}
    return {**told, "subscribers": [dict(one) for one in who]}


def writes(lab: Lab, *documents: dict[str, Any]) -> list[str]:
    """What converging on the documents writes."""
    lab.aws.forget_wire()
    _, left = lab.apply(lab.stack(documents))
    assert open_steps(left) == []
    return [call.partition(":")[2] for call in lab.boto_writes()]


def live(lab: Lab) -> Any:
    client = lab.client("budgets")
    return client.describe_budget(AccountId=ACCOUNT, BudgetName="monthly", ShowFilterExpression=True)["Budget"]


def test_a_budget_is_made_with_its_alerts_in_one_call(lab: Lab) -> None:
    assert writes(lab, budget(notifications=[alert(80, ME)])) == ["CreateBudget"]
    assert live(lab)["BudgetLimit"] == {"Amount": "100.0", "Unit": "USD"}


@pytest.mark.parametrize(
    ("after", "calls"),
    [
        ([alert(50, ME), alert(90, ME, BOSS)], ["UpdateNotification"]),
        ([alert(50, BOSS), alert(80, ME, BOSS)], ["UpdateSubscriber"]),
        ([alert(50, ME, BOSS), alert(80, ME, BOSS)], ["CreateSubscriber"]),
        ([alert(50, ME), alert(80, BOSS)], ["DeleteSubscriber"]),
        ([alert(50, ME)], ["DeleteNotification"]),
        ([alert(50, ME), alert(80, ME, BOSS), alert(100, BOSS)], ["CreateNotification"]),
        ([alert(80.0, BOSS, ME), {**alert(50, ME), "thresholdType": "PERCENTAGE"}], []),
    ],
)
def test_only_what_differs_is_written(lab: Lab, after: list[Any], calls: list[str]) -> None:
    writes(lab, budget(notifications=[alert(50, ME), alert(80, ME, BOSS)]))
    assert writes(lab, budget(notifications=after)) == calls


def test_as_many_alerts_as_there_may_be_can_all_be_exchanged(lab: Lab) -> None:
    writes(lab, budget(notifications=[alert(n, ME) for n in range(1, 11)]))
    assert writes(lab, budget(notifications=[alert(n, BOSS) for n in range(11, 21)]))[0] == "DeleteNotification"


def test_an_update_leaves_alone_what_git_does_not_say(lab: Lab) -> None:
    writes(lab, budget(notifications=[alert(80, ME)]))
    now = {k: v for k, v in live(lab).items() if k not in ("CalculatedSpend", "LastUpdatedTime")}
    now |= {"CostFilters": {"Service": ["Amazon CloudFront"]}, "CostTypes": {**now["CostTypes"], "IncludeTax": False}}
    lab.client("budgets").update_budget(AccountId=ACCOUNT, NewBudget=now)
    assert writes(lab, budget(costTypes={"includeCredit": False}, timeUnit="QUARTERLY")) == ["UpdateBudget"]
    found = live(lab)
    assert found["CostFilters"] == now["CostFilters"]
    assert (found["CostTypes"]["IncludeTax"], found["CostTypes"]["IncludeCredit"]) == (False, False)
    assert found["TimePeriod"] == now["TimePeriod"]


def test_a_filter_that_somebody_set_survives(lab: Lab) -> None:
    expression = {"dimensions": {"key": "SERVICE", "values": ["Amazon CloudFront"]}}
    writes(lab, budget(filterExpression=expression, metrics=["UnblendedCost"]))
    assert writes(lab, budget(budgetLimit={"amount": 5, "unit": "USD"})) == ["UpdateBudget"]
    assert live(lab)["FilterExpression"]["Dimensions"]["Key"] == "SERVICE"


def test_an_amount_that_aws_sets_itself_is_not_sent_back(lab: Lab) -> None:
    spec = {"budgetType": "COST", "autoAdjustData": {"autoAdjustType": "FORECAST"}}
    writes(lab, document("Budget", "monthly", {**spec, "timeUnit": "MONTHLY"}))
    somebody = {"field": "autoAdjustData", "reason": "tried out by hand"}
    told = document("Budget", "monthly", {**spec, "timeUnit": "QUARTERLY"}, ignore=[somebody])
    assert writes(lab, told) == ["UpdateBudget"]
    assert live(lab)["AutoAdjustData"] == {"AutoAdjustType": "FORECAST"}


def test_a_budget_needs_an_amount() -> None:
    bare = {"budgetType": "COST", "timeUnit": "MONTHLY"}
    assert [path for path, _ in KINDS["Budget"].check(bare)] == ["budgetLimit"]


@pytest.mark.parametrize(
    ("name", "git", "aws"),
    [
        ("budgetLimit", {"amount": 40, "unit": "USD"}, {"amount": "40.0", "unit": "USD"}),
        ("costTypes", {"includeTax": True, "useBlended": False}, {"includeCredit": True}),
        ("costFilters", {"Service": ["b", "a"]}, {"Service": ["a", "b"]}),
        ("timePeriod", {"start": "2017-06-30T17:00:00Z"}, {"start": "2017-06-30T19:00:00+02:00", "end": "2087-06-15"}),
        ("filterExpression", {"dimensions": {"key": "AZ", "values": [2, 1]}},
         {"dimensions": {"key": "AZ", "values": ["1", "2"], "matchOptions": ["EQUALS"]}}),
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_drift(name: str, git: Any, aws: Any) -> None:
    kind = KINDS["Budget"].fields[name].type
    assert list(kind.diff(name, git, kind.decode(aws))) == []


def test_another_amount_is_drift() -> None:
    kind = KINDS["Budget"].fields["budgetLimit"].type
    found = kind.diff("budgetLimit", {"amount": 41, "unit": "USD"}, kind.decode({"amount": "40.0", "unit": "USD"}))
    assert [(d.path, d.live) for d in found] == [("budgetLimit.amount", 40)]


def test_a_second_stack_is_told_that_there_is_one_monitor_of_all_services(lab: Lab) -> None:
    lab.apply(lab.stack([document("AnomalyMonitor", "spend", SERVICES)], name="first"))
    _, plan = lab.plan(lab.stack([document("AnomalyMonitor", "money", SERVICES)], name="second"))
    (step,) = plan.steps
    assert step.action is Action.REFUSED
    assert "belongs to the stack first (AnomalyMonitor/spend)" in step.reason
    assert "an account has one" in step.reason


def test_the_monitor_that_aws_made_can_be_taken_over_whatever_its_name(lab: Lab) -> None:
    default = {"MonitorName": "Default-Services-Monitor", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    arn = lab.client("ce").create_anomaly_monitor(AnomalyMonitor=default)["MonitorArn"]
    one = document("AnomalyMonitor", "spend", {**SERVICES, "monitorName": "spend"})
    _, plan = lab.plan(lab.stack([one]))
    assert "adopt: true" in plan.steps[0].reason
    _, left = lab.apply(lab.stack([{**one, "lifecycle": {"adopt": True}}]))
    assert open_steps(left) == []
    (found,) = lab.client("ce").get_anomaly_monitors()["AnomalyMonitors"]
    assert (found["MonitorArn"], found["MonitorName"]) == (arn, "spend")


def test_a_subscription_to_another_monitor_as_well_only_lets_go(lab: Lab) -> None:
    lab.apply(lab.stack([document("AnomalyMonitor", "spend", {**SERVICES, "subscriptions": []})]))
    ce = lab.client("ce")
    ours = ce.get_anomaly_monitors()["AnomalyMonitors"][0]["MonitorArn"]
    custom = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [ACCOUNT]}}
    theirs = ce.create_anomaly_monitor(
        AnomalyMonitor={"MonitorName": "x", "MonitorType": "CUSTOM", "MonitorSpecification": custom}
    )["MonitorArn"]
    both = {
        "SubscriptionName": "s",
        "Frequency": "DAILY",
        "MonitorArnList": [ours, theirs],
        "ThresholdExpression": WIRED,
    }
    ce.create_anomaly_subscription(
        AnomalySubscription={**both, "Subscribers": [{"Type": "EMAIL", "Address": "a@example.com"}]}
    )
    lab.destroy(lab.stack([document("AnomalyMonitor", "spend", SERVICES)], policy={"prune": True}))
    (left,) = ce.get_anomaly_subscriptions()["AnomalySubscriptions"]
    assert left["MonitorArnList"] == [theirs]


def subscription(**more: Any) -> dict[str, Any]:
    told = {"subscriptionName": "s", "frequency": "DAILY", "thresholdExpression": {"dimensions": IMPACT}}
    return {**told, "subscribers": [{"type": "EMAIL", "address": "a@example.com"}], **more}


@pytest.mark.parametrize(
    ("kind", "spec", "path"),
    [
        ("Budget", {"autoAdjustData": {}}, "autoAdjustData"),
        ("Budget", {"filterExpression": {}, "costTypes": {}}, "filterExpression"),
        ("Budget", {"budgetType": "USAGE", "costTypes": {}}, "costTypes"),
        ("Budget", {"notifications": [alert(80, ME), alert(80.0, BOSS)]}, "notifications[1]"),
        ("Budget", {"notifications": [alert(80, *[{"subscriptionType": "SNS"}] * 2)]}, "notifications[0].subscribers"),
        ("Budget", {"filterExpression": {"and": [{"tags": {"key": "a"}}]}}, "filterExpression.and"),
        ("Budget", {"filterExpression": {"not": {"tags": {"Key": "a"}}}}, "filterExpression.not.tags.Key"),
        ("Budget", {"filterExpression": {"tags": {}, "dimensions": {}}}, "filterExpression"),
        ("AnomalyMonitor", {"monitorDimension": None, "monitorType": "CUSTOM"}, "monitorDimension"),
        ("AnomalyMonitor", {"monitorSpecification": {"tags": {"key": "a"}}}, "monitorSpecification"),
        ("AnomalyMonitor", {"monitorDimension": "TAG"}, "monitorSpecification"),
        ("AnomalyMonitor", {"subscriptions": [subscription(frequency="IMMEDIATE")]}, "subscriptions[0].subscribers[0].type"),
        ("AnomalyMonitor", {"subscriptions": [subscription()] * 2}, "subscriptions[1].subscriptionName"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_aws_says_it(kind: str, spec: dict[str, Any], path: str) -> None:
    good = {"Budget": budget()["spec"], "AnomalyMonitor": SERVICES}[kind]
    assert path in [where for where, _ in KINDS[kind].check({**good, **spec})]
    assert list(KINDS[kind].check(good)) == []


def test_two_monitors_of_all_services_in_one_stack_are_one_too_many() -> None:
    found = list(KINDS["AnomalyMonitor"].check_among({"a": SERVICES, "b": SERVICES, "c": {"monitorType": "CUSTOM"}}))
    assert [(name, path) for name, path, _ in found] == [("b", "monitorDimension")]


@pytest.mark.parametrize(
    ("call", "code", "lost"),
    [
        ("ce:GetAnomalyMonitors", "LimitExceededException", False),
        ("scheduler:CreateSchedule", "ConflictException", True),
    ],
)
def test_codes_that_mean_something_else_elsewhere(call: str, code: str, lost: bool) -> None:
    service, _, operation = call.partition(":")
    error = named(Call(service, operation), code, "", "")
    assert isinstance(error, Retry)
    assert error.lost is lost
    assert code in str(error)
