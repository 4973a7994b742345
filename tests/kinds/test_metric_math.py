"""Alarms on several metrics: compared id by id, and checked before AWS says no more than that the list is invalid."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.errors import DesiredError
from tests.support import Lab, document, open_steps

STAT = {
    "metric": {"namespace": "App", "metricName": "Errors", "dimensions": {"Service": "api"}},
    "period": 60,
    "stat": "Sum",
}
ERRORS: dict[str, Any] = {"id": "errors", "metricStat": STAT, "returnData": False, "label": "Errors"}
REQUESTS = {
    "id": "requests",
    "metricStat": {**STAT, "metric": {**STAT["metric"], "metricName": "Requests"}},  # type: ignore[dict-item]
    "returnData": False,
    "accountId": "210987654321",
}
RATE = {"id": "rate", "expression": "100 * errors / requests", "label": "Rate", "period": 300}


def copied(value: Any) -> Any:
    """Equal parts that are one object would become anchors in YAML."""
    return json.loads(json.dumps(value))


def alarm(*queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = copied(queries)
    common = {"evaluationPeriods": 3, "comparisonOperator": "GreaterThanThreshold", "metrics": told}
    return document("Alarm", "rate", common | ({} if "thresholdMetricId" in more else {"threshold": 1}) | more)


def changed(lab: Lab, *queries: dict[str, Any]) -> list[str]:
    _, plan = lab.plan(lab.stack([alarm(*queries)]))
    return [d.path for step in plan.steps for d in step.differences]


def test_all_that_metrics_can_say_is_read_back(lab: Lab) -> None:
    _, left = lab.apply(lab.stack([alarm(RATE, ERRORS, REQUESTS)]))
    assert open_steps(left) == []
    found = {one["Id"]: one for one in lab.client("cloudwatch").describe_alarms()["MetricAlarms"][0]["Metrics"]}
    assert found["rate"]["Expression"] == "100 * errors / requests"
    assert (found["rate"]["Label"], found["rate"]["Period"], found["rate"]["ReturnData"]) == ("Rate", 300, True)
    assert (found["requests"]["AccountId"], found["requests"]["ReturnData"]) == ("210987654321", False)
    assert found["errors"]["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "Service", "Value": "api"}]


def test_their_order_is_nothing(lab: Lab) -> None:
    lab.apply(lab.stack([alarm(RATE, ERRORS, REQUESTS)]))
    assert changed(lab, REQUESTS, ERRORS, {**RATE, "returnData": True}) == []


@pytest.mark.parametrize(
    ("queries", "path"),
    [
        (({**RATE, "expression": "errors / requests"}, ERRORS, REQUESTS), "metrics[rate].expression"),
        (({**RATE, "label": "Other"}, ERRORS, REQUESTS), "metrics[rate].label"),
        (({**RATE, "period": 60}, ERRORS, REQUESTS), "metrics[rate].period"),
        ((RATE, ERRORS, {**REQUESTS, "accountId": "123456789012"}), "metrics[requests].accountId"),
        ((RATE, {**ERRORS, "metricStat": {**STAT, "stat": "p99"}}, REQUESTS), "metrics[errors].metricStat.stat"),
        (({**RATE, "returnData": False}, {**ERRORS, "returnData": True}, REQUESTS), "metrics[errors].returnData"),
        (({**RATE, "expression": "errors"}, ERRORS), "metrics[requests]"),
    ],
)
def test_a_change_is_told_by_id_and_made(lab: Lab, queries: tuple[dict[str, Any], ...], path: str) -> None:
    lab.apply(lab.stack([alarm(RATE, ERRORS, REQUESTS)]))
    assert path in changed(lab, *queries)
    _, left = lab.apply(lab.stack([alarm(*queries)]))
    assert open_steps(left) == []


BAND = {"id": "band", "expression": "ANOMALY_DETECTION_BAND(errors, 2)"}
SHOWN = {**ERRORS, "returnData": True}
BEYOND = {"comparisonOperator": "GreaterThanUpperThreshold", "thresholdMetricId": "band"}


@pytest.mark.parametrize(
    ("queries", "more", "said"),
    [
        ((RATE, SHOWN, REQUESTS), {}, "2 of them return data, but exactly one"),
        (({**RATE, "returnData": False}, ERRORS, REQUESTS), {}, "0 of them return data"),
        ((RATE, ERRORS), {}, '"requests" is not the id of a metric here. Ids: rate, errors'),
        ((RATE, ERRORS, REQUESTS, ERRORS), {}, '"errors" stands there twice'),
        (({**RATE, "id": "Rate"}, ERRORS, REQUESTS), {}, "metrics[0].id"),
        (({**RATE, "metricStat": STAT}, ERRORS, REQUESTS), {}, "either a metricStat or an expression"),
        (({**RATE, "expression": "SUM(SEARCH('{App} x', 'Sum', 60))"},), {}, "SEARCH has no place in an alarm"),
        ((BAND, ERRORS), BEYOND, "1 of them return data, but exactly two"),
        ((BAND, SHOWN), {**BEYOND, "thresholdMetricId": "other"}, '"other" is not the id'),
    ],
)
def test_a_mistake_is_found_offline(lab: Lab, queries: tuple[dict[str, Any], ...], more: Any, said: str) -> None:
    with pytest.raises(DesiredError) as found:
        lab.stack([alarm(*queries, **more)])
    assert said in str(found.value)


@pytest.mark.parametrize(
    "expression",
    [
        "IF(errors > 1e3 AND requests != 0, RATE(errors), FILL(METRICS('err'), 0))",
        'SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId',
        "errors/PERIOD(requests)*0.5",
    ],
)
def test_what_is_right_is_not_called_a_mistake(lab: Lab, expression: str) -> None:
    _, left = lab.apply(lab.stack([alarm({**RATE, "expression": expression}, ERRORS, REQUESTS)]))
    assert open_steps(left) == []


def test_a_band_and_its_metric_both_return_data(lab: Lab) -> None:
    _, left = lab.apply(lab.stack([alarm(BAND, SHOWN, **BEYOND)]))
    assert open_steps(left) == []
