"""CloudWatch: alarms on several metrics and on what expressions make of them."""

from __future__ import annotations

import re
from typing import Any, Final

from moto.cloudwatch.responses import CloudWatchResponse

from reconciler.emulator.fixes.agenda import Json, Moto, refuse
from reconciler.emulator.patch import Method, once, replaces

MOST: Final = 10
ID: Final = re.compile(r"^[a-z][a-zA-Z0-9_]*$")
ACCOUNT: Final = re.compile(r"^\d{12}$")
STATISTIC: Final = re.compile(
    r"^(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)\d+(\.\d+)?|(PR|TM|TC|TS|WM)\(.+\))$"
)
QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
USED: Final = re.compile(r"(?<![\w.])[a-z]\w*\b(?!\s*\()")
PERIODS: Final = (1, 5, 10, 20, 30)
MINUTE: Final = 60
BESIDE: Final = ("MetricName", "Namespace", "Dimensions", "Period", "Statistic", "ExtendedStatistic", "Unit")


def _refuse(message: str) -> None:
    refuse("ValidationError", message)


def _check_query(query: Json, ids: list[str]) -> None:
    stat, expression = query.get("MetricStat"), query.get("Expression")
    period = (stat or query).get("Period")
    wrong = (
        not ID.match(query.get("Id") or "")
        or bool(stat) == bool(expression)
        or (stat and not (stat.get("Metric") or {}).get("MetricName"))
        or (stat and not STATISTIC.match(str(stat.get("Stat"))))
        or (stat and not period)
        or (period and int(period) not in PERIODS and int(period) % MINUTE)
        or not ACCOUNT.match(query.get("AccountId") or "0" * 12)
    )
    if wrong:
        _refuse("Invalid metrics list")
    if expression and "SEARCH(" in expression.upper():
        _refuse("SEARCH is not supported on Metric Alarms.")
    if expression and not expression.upper().startswith("SELECT"):
        unknown = [word for word in USED.findall(QUOTED.sub("", expression)) if word not in ids]
        if unknown:
            _refuse(f"Invalid metrics list: the expression '{expression}' uses {unknown[0]}, which is not there")


def check(queries: list[Json], band: str | None) -> None:
    """Refuse a list of metrics of which no alarm can be made."""
    ids = [str(query.get("Id")) for query in queries]
    if len(queries) > MOST or len(set(ids)) < len(ids):
        _refuse("Invalid metrics list")
    for query in queries:
        _check_query(query, ids)
    given = sum(query.get("ReturnData") is not False for query in queries)
    if band and band not in ids:
        _refuse("Metrics list must contain exactly one metric matching the ThresholdMetricId parameter")
    if band and given != len(("metric", "band")):
        _refuse("Exactly two elements of the metrics list should return data.")
    if not band and given != 1:
        _refuse("Exactly one element of the metrics list should return data.")


def _put(original: Method, self: Moto) -> Any:
    queries = self._get_param("Metrics", [])
    if queries:
        for name in BESIDE:
            if self._get_param(name):
                _refuse(f"{name} should not be set if list of Metrics is set")
        check(queries, self._get_param("ThresholdMetricId"))
    answer = original(self)
    alarm = self.cloudwatch_backend.alarms[self._get_param("AlarmName")]
    for made, told in zip(alarm.metric_data_queries or (), queries, strict=True):
        made.account_id = told.get("AccountId")
        made.return_data = told.get("ReturnData") is not False
    return answer


@once
def install() -> None:
    """Make metric math behave as on AWS."""
    replaces(CloudWatchResponse, "put_metric_alarm")(_put)
