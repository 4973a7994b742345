"""CloudWatch: alarms on metric math."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code

STAT = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
HIDDEN = {"Id": "m1", "MetricStat": STAT, "ReturnData": False}
WANTED = {"AlarmName": "a", "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}


def put(aws: Aws, *queries: dict[str, Any], **more: Any) -> str:
    return code(aws.client("cloudwatch").put_metric_alarm, **(WANTED | more), Metrics=list(queries))


def sums(expression: str, **more: Any) -> dict[str, Any]:
    return {"Id": "e1", "Expression": expression} | more


@check("the metrics of an alarm read back whole")
def _(aws: Aws) -> bool:
    told = [sums("m1 * 2", Label="Twice", Period=300), HIDDEN | {"AccountId": "210987654321", "Label": "Once"}]
    refused = put(aws, *told)
    found = aws.client("cloudwatch").describe_alarms()["MetricAlarms"][0]["Metrics"]
    keys = ("Id", "Expression", "Label", "Period", "ReturnData", "AccountId")
    short = [{k: one[k] for k in keys if k in one} for one in found]
    wanted = [told[0] | {"ReturnData": True}, {k: told[1][k] for k in keys if k in told[1]}]
    return not refused and short == wanted


@check("exactly one metric of an alarm returns data, or two with a band")
def _(aws: Aws) -> bool:
    shown = {**HIDDEN, "ReturnData": True}
    band, beyond = sums("ANOMALY_DETECTION_BAND(m1, 2)"), {"ThresholdMetricId": "e1"}
    tried = (
        put(aws, HIDDEN, sums("m1", ReturnData=False)),
        put(aws, shown, sums("m1")),
        put(aws, HIDDEN, band, **beyond),
        put(aws, shown, sums("m1", ReturnData=False), ThresholdMetricId="none"),
    )
    return set(tried) == {"ValidationError"} and not put(aws, shown, band, **beyond)


@check("an expression uses what is there, under ids of the right form")
def _(aws: Aws) -> bool:
    tried = (
        put(aws, HIDDEN, sums("m1 + m2")),
        put(aws, HIDDEN | {"Id": "M1"}, sums("1")),
        put(aws, HIDDEN, HIDDEN, sums("m1")),
        put(aws, HIDDEN, sums("m1", MetricStat=STAT)),
        put(aws, HIDDEN, sums("SEARCH('{n} m', 'Sum', 60)")),
        put(aws, HIDDEN | {"MetricStat": STAT | {"Stat": "Mean"}}, sums("m1")),
    )
    good = put(aws, HIDDEN, sums('IF(m1 > 1e3, RATE(m1), FILL(METRICS("x"), 0))'))
    return (set(tried), good) == ({"ValidationError"}, "")


@check("an alarm on several metrics has none of its own")
def _(aws: Aws) -> bool:
    return put(aws, HIDDEN, sums("m1"), MetricName="m") == put(aws, HIDDEN, sums("m1"), Period=60) == "ValidationError"
