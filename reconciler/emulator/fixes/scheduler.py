"""EventBridge Scheduler: expressions are read, targets are looked at, an update replaces everything."""

from __future__ import annotations

import json
from typing import Any, Final

from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.scheduler.models import Schedule as MotoSchedule
from moto.scheduler.responses import EventBridgeSchedulerResponse

from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.scheduler_check import invalid, usable
from reconciler.emulator.patch import Method, once, replaces

RETRY: Final = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
_FIELDS: Final = (
    "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target", "Description", "State",
    "StartDate", "EndDate", "KmsKeyArn", "ActionAfterCompletion",
)  # fmt: skip


def _name(self: Moto) -> str:
    return str(self.uri.split("?")[0].split("/")[-1])


def _whole(told: Json) -> Json:
    target = {**told["Target"], "RetryPolicy": {**RETRY, **told["Target"].get("RetryPolicy", {})}}
    if "EcsParameters" in target:
        target["EcsParameters"] = {"TaskCount": 1, **target["EcsParameters"]}
    usual = {"ScheduleExpressionTimezone": "UTC", "State": "ENABLED", "ActionAfterCompletion": "NONE"}
    return {**usual, **told, "Target": target}


def _told(self: Moto) -> Json:
    """Return the request's schedule, checked and complete."""
    body = json.loads(self.body)
    told = {name: body[name] for name in _FIELDS if body.get(name) is not None}
    usable(told, self.current_account)
    return _whole(told)


def _create(original: Method, self: Moto) -> str:
    body, name, backend = json.loads(self.body), _name(self), self.scheduler_backend
    group, token = backend.get_schedule_group(body.get("GroupName")), body.get("ClientToken")
    told = _told(self)
    there = group.schedules.get(name)
    if there is not None and token and there.token == token and there.told == told:
        return json.dumps({"ScheduleArn": there.arn})
    # moto forgets that it was told a parameter that it does not know.
    answer = str(original(self)) if there is None else ""
    if there is not None:
        refuse("ConflictException", f"Schedule {name} already exists.")
    made = group.schedules[name]
    made.token, made.told = token, told
    return answer


def _update(_original: Method, self: Moto) -> str:
    """What the request does not mention goes back to its default."""
    body, backend = json.loads(self.body), self.scheduler_backend
    found = backend.get_schedule(body.get("GroupName"), _name(self))
    found.told = _told(self)
    return json.dumps({"ScheduleArn": found.arn})


def _shown(original: Method, self: Moto, *, short: bool = False) -> Json:
    told = {**original(self), **dict.fromkeys(_FIELDS), **self.told}
    if not short:
        return {k: v for k, v in told.items() if v is not None}
    listed = ("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate")
    return {**{k: told[k] for k in listed}, "Target": {"Arn": told["Target"]["Arn"]}}


def _list(original: Method, self: Moto) -> Any:
    group = (self.querystring.get("ScheduleGroup") or [None])[0]
    self.scheduler_backend.get_schedule_group(group)
    return original(self)


def _create_group(original: Method, self: Moto, name: str, tags: Any) -> Moto:
    if name in self.schedule_groups:
        refuse("ConflictException", f"Schedule group {name} already exists.")
    return original(self, name, tags or [])


def _delete_group(original: Method, self: Moto, name: str | None) -> None:
    self.get_schedule_group(name)
    if name in (None, "default"):
        invalid("The default schedule group cannot be deleted.")
    original(self, name)


@once
def install() -> None:
    """Make schedules behave as on AWS."""
    replace_all(
        EventBridgeSchedulerResponse, {"create_schedule": _create, "update_schedule": _update, "list_schedules": _list}
    )
    replace_all(
        EventBridgeSchedulerBackend, {"create_schedule_group": _create_group, "delete_schedule_group": _delete_group}
    )
    replaces(MotoSchedule, "to_dict")(_shown)
