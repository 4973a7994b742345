"""CloudWatch Logs: metric filters behaving like themselves."""

from __future__ import annotations

import json
import re
from typing import Final

from moto.core.utils import unix_time_millis, utcnow
from moto.logs.models import LogGroup, LogsBackend, logs_backends
from moto.logs.responses import LogsResponse

from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

MOST: Final = 100
"""Filters that a log group can have."""
DIMENSIONS: Final = 3
PAGE: Final = 50
VALUE: Final = re.compile(r"^(-?\d+(\.\d+)?|\$[\w.\[\]\"@-]+)$")
CLOSING: Final = {"{": "}", "[": "]"}


def _invalid(message: str) -> None:
    refuse("InvalidParameterException", message)


def _group(backend: Moto, name: str) -> None:
    if name not in backend.groups:
        refuse("ResourceNotFoundException", "The specified log group does not exist.")


def _check_pattern(pattern: str) -> None:
    bare = pattern.strip()
    if bare[:1] in CLOSING and not bare.endswith(CLOSING[bare[0]]):
        _invalid("Invalid filter pattern")


def _check_metric(pattern: str, metric: Json) -> None:
    for name in ("metricName", "metricNamespace"):
        if not re.match(r"^[^:*$]{1,255}$", metric.get(name) or ""):
            _invalid(f"Value at 'metricTransformations.1.member.{name}' failed to satisfy constraint")
    if not VALUE.match(metric.get("metricValue") or ""):
        _invalid("Invalid metric transformation: the metric value must be a number or a field of the event")
    dimensions = metric.get("dimensions") or {}
    if dimensions and metric.get("defaultValue") is not None:
        _invalid("Invalid metric transformation: dimensions and default value are mutually exclusive properties")
    if len(dimensions) > DIMENSIONS:
        _invalid(f"Invalid metric transformation: at most {DIMENSIONS} dimensions")
    if dimensions and pattern.strip()[:1] not in CLOSING:
        _invalid("The specified filter pattern does not support dimensions")
    if any(not str(value).startswith("$") for value in dimensions.values()):
        _invalid("Invalid metric transformation: the value of a dimension must be a field of the event")


def _put(_original: Method, self: Moto, name: str, pattern: str, log_group_name: str, metrics: list[Json]) -> None:
    """One name is one filter: putting it again changes it."""
    _group(self, log_group_name)
    _check_pattern(pattern)
    for metric in metrics:
        _check_metric(pattern, metric)
    known = self.filters.metric_filters
    of_group = [one for one in known if one["logGroupName"] == log_group_name]
    before = next((one for one in of_group if one["filterName"] == name), None)
    if before is None and len(of_group) >= MOST:
        refuse("LimitExceededException", "Resource limit exceeded.")
    if before is not None:
        known.remove(before)
    told = {"filterName": name, "filterPattern": pattern, "logGroupName": log_group_name}
    made = before["creationTime"] if before else int(unix_time_millis(utcnow()))
    metrics = [{k: v for k, v in metric.items() if v not in (None, {})} for metric in metrics]
    known.append({**told, "metricTransformations": metrics, "creationTime": made, "applyOnTransformedLogs": False})


def _describe(original: Method, self: Moto) -> str:
    group, limit = self._get_param("logGroupName"), self._get_param("limit") or PAGE
    if group:
        _group(self.logs_backend, group)
    start = int(self._get_param("nextToken") or 0)
    found = sorted(
        json.loads(original(self))["metricFilters"], key=lambda one: (one["logGroupName"], one["filterName"])
    )
    rest = {"nextToken": str(start + limit)} if len(found) > start + limit else {}
    return json.dumps({"metricFilters": found[start : start + limit], **rest})


def _delete(original: Method, self: Moto, filter_name: str, log_group_name: str) -> None:
    _group(self, log_group_name)
    if not self.filters.get_matching_filters(filter_name, log_group_name):
        refuse("ResourceNotFoundException", "The specified metric filter does not exist.")
    original(self, filter_name, log_group_name)


def _counted(original: Method, self: Moto) -> Json:
    backend: Moto = logs_backends[self.account_id][self.region]
    return {**original(self), "metricFilterCount": len(backend.filters.get_matching_filters(log_group_name=self.name))}


@once
def install() -> None:
    """Make metric filters behave as on AWS."""
    replace_all(LogsBackend, {"put_metric_filter": _put, "delete_metric_filter": _delete})
    replaces(LogsResponse, "describe_metric_filters")(_describe)
    replaces(LogGroup, "to_describe_dict")(_counted)
