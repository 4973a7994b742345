"""Scheduled actions of Application Auto Scaling: refused if they make no sense, and gone with their target."""

from __future__ import annotations

import re
from typing import Any, NoReturn
from zoneinfo import available_timezones

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend

from reconciler.emulator.fixes.agenda import Moto, refuse
from reconciler.emulator.patch import Method, once, replaces

_AT = r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)"
_RATE = r"rate\([1-9]\d* (minute|minutes|hour|hours|day|days)\)"
_CRON = r"cron\(\S+ \S+ \S+ \S+ \S+ \S+\)"
_SCHEDULE = re.compile(f"{_AT}|{_RATE}|{_CRON}")


def _invalid(message: str) -> NoReturn:
    refuse("ValidationException", message)


def _where(action: Moto) -> tuple[str, str, str]:
    return action.service_namespace, action.resource_id, action.scalable_dimension


def forget(backend: Moto, namespace: str, resource: str, dimension: str) -> None:
    """Drop the actions of a target that goes."""
    gone = (namespace, resource, dimension)
    backend.scheduled_actions = [one for one in backend.scheduled_actions if _where(one) != gone]


def _put(original: Method, self: Moto, **wanted: Any) -> None:
    where = wanted["service_namespace"], wanted["resource_id"], wanted["scalable_dimension"]
    known = [a for a in self.scheduled_actions if _where(a) == where]
    fresh = all(a.scheduled_action_name != wanted["scheduled_action_name"] for a in known)
    if wanted["resource_id"] not in self.targets.get(wanted["scalable_dimension"], {}):
        refuse(
            "ObjectNotFoundException",
            f"No scalable target registered for service namespace: {where[0]}, resource ID: {where[1]}, scalable "
            f"dimension: {where[2]}",
        )
    if not _SCHEDULE.fullmatch(wanted.get("schedule") or ("" if fresh else "rate(1 day)")):
        _invalid(f"Schedule expression is not valid: {wanted.get('schedule')}")
    if wanted.get("timezone") and wanted["timezone"] not in available_timezones():
        _invalid(f"Timezone is not valid: {wanted['timezone']}")
    action = wanted.get("scalable_target_action") or {}
    least, most = action.get("MinCapacity"), action.get("MaxCapacity")
    if fresh and least is None and most is None:
        _invalid("At least one of MinCapacity and MaxCapacity is required in ScalableTargetAction.")
    if least is not None and most is not None and least > most:
        _invalid("Maximum capacity cannot be less than minimum capacity")
    original(self, **wanted)


def _delete(original: Method, self: Moto, **wanted: Any) -> None:
    where = wanted["service_namespace"], wanted["resource_id"], wanted["scalable_dimension"]
    names = [a.scheduled_action_name for a in self.scheduled_actions if _where(a) == where]
    if wanted["scheduled_action_name"] not in names:
        refuse("ObjectNotFoundException", f"No scheduled action found for resource ID: {where[1]}")
    original(self, **wanted)


@once
def install() -> None:
    """Make scheduled actions behave as on AWS."""
    replaces(ApplicationAutoscalingBackend, "put_scheduled_action")(_put)
    replaces(ApplicationAutoscalingBackend, "delete_scheduled_action")(_delete)
