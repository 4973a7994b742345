"""CloudWatch behaving like itself."""

from __future__ import annotations

import json
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from reconciler.emulator.fixes.agenda import Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

_KINDS = {"metric", "text", "log", "alarm", "explorer", "custom"}


def _invalid_body(path: str, message: str) -> None:
    found = [{"DataPath": path, "Message": message}]
    refuse("InvalidParameterInput", "The dashboard body is invalid", dashboardValidationMessages=found)


def _put_alarm(original: Method, self: Moto, name: str, **wanted: Any) -> Moto:
    before = self.alarms.get(name)
    queries = wanted.get("metric_data_queries")
    if not queries and not wanted.get("rule"):
        if not wanted.get("metric_name") or not wanted.get("namespace"):
            refuse("ValidationError", "MetricName and Namespace are required when Metrics is not specified")
        if not wanted.get("statistic") and not wanted.get("extended_statistic"):
            refuse("ValidationError", "Must specify either Statistic or ExtendedStatistic")
        if not wanted.get("period"):
            refuse("ValidationError", "Period must not be null")
    if before is not None:
        wanted["tags"] = None
    alarm = original(self, name=name, **wanted)
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    else:
        for kept in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history"):
            setattr(alarm, kept, getattr(before, kept))
    return alarm


def _delete_alarms(original: Method, self: Moto, names: list[str]) -> None:
    for name in names:
        if alarm := self.alarms.get(name):
            self.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
    original(self, names)


def _put_dashboard(original: Method, self: Moto) -> Any:
    try:
        body = json.loads(self._get_param("DashboardBody"))
    except ValueError:
        _invalid_body("/", "The field DashboardBody must be a valid JSON object")
    if not isinstance(body, dict) or not isinstance(body.get("widgets"), list):
        _invalid_body("/widgets", "Should have required property 'widgets'")
    for number, widget in enumerate(body["widgets"]):
        if widget.get("type") not in _KINDS:
            _invalid_body(f"/widgets/{number}/type", f"Should be one of {sorted(_KINDS)}")
        if widget["type"] != "custom" and "properties" not in widget:
            _invalid_body(f"/widgets/{number}", "Should have required property 'properties'")
    name = self._get_param("DashboardName")
    new = name not in self.cloudwatch_backend.dashboards
    answer = original(self)
    if new and (tags := self._get_param("Tags")):
        backend = self.cloudwatch_backend
        backend.tagger.tag_resource(backend.dashboards[name].arn, [dict(tag) for tag in tags])
    return answer


def _delete_dashboards(original: Method, self: Moto, names: list[str]) -> Any:
    arns = [self.dashboards[name].arn for name in names if name in self.dashboards]
    problem = original(self, names)
    if problem is None:
        for arn in arns:
            self.tagger.delete_all_tags_for_resource(arn)
    return problem


def _known(backend: Moto, arn: str) -> None:
    alarms = [alarm.alarm_arn for alarm in backend.alarms.values()]
    boards = [board.arn for board in backend.dashboards.values()]
    if arn not in [*alarms, *boards] and ":insight-rule/" not in arn:
        refuse("ResourceNotFoundException", "Unknown", ResourceType="Alarm", ResourceId=arn)


def _tag(_original: Method, self: Moto, arn: str, tags: dict[str, str]) -> None:
    _known(self, arn)
    self.tagger.tag_resource(arn, self.tagger.convert_dict_to_tags_input(tags))


def _untag(_original: Method, self: Moto, arn: str, keys: list[str]) -> None:
    _known(self, arn)
    self.tagger.untag_resource_using_names(arn, keys)


def _tags(original: Method, self: Moto, arn: str) -> Any:
    _known(self, arn)
    return original(self, arn)


@once
def install() -> None:
    """Make alarms and dashboards behave as on AWS."""
    replace_all(
        CloudWatchBackend,
        {
            "delete_alarms": _delete_alarms,
            "delete_dashboards": _delete_dashboards,
            "list_tags_for_resource": _tags,
            "put_metric_alarm": _put_alarm,
            "tag_resource": _tag,
            "untag_resource": _untag,
        },
    )
    replaces(CloudWatchResponse, "put_dashboard")(_put_dashboard)
