"""What EventBridge Scheduler refuses: expressions, windows, zones, roles and targets that make no sense."""

from __future__ import annotations

import datetime as dt
import json
import re
import zoneinfo
from typing import Final, NoReturn

from reconciler.emulator.fixes.agenda import Json, refuse
from reconciler.emulator.fixes.iam_spread import assumable

_FORM: Final = re.compile(r"^(cron|rate|at)\((.*)\)$")
_RATE: Final = re.compile(r"^[1-9]\d* (minute|hour|day)s?$")
_AT: Final = "%Y-%m-%dT%H:%M:%S"
_NAMES: Final = {
    3: ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    4: ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
}
_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_ALONE: Final = {2: re.compile(r"\?|L|LW|\d{1,2}W"), 4: re.compile(r"\?|L|\w{1,3}L|\w{1,3}#[1-5]")}
_UNIVERSAL: Final = re.compile(r"^arn:aws:scheduler:::aws-sdk:[a-z0-9-]+:([a-z][A-Za-z0-9]*)$")
_READS: Final = re.compile(r"^(get|describe|list)(?![a-z])")
_TASKS: Final = re.compile(r"^arn:aws:ecs:[^:]+:\d{12}:cluster/")


def invalid(message: str) -> NoReturn:
    """Refuse a request."""
    refuse("ValidationException", message)


def usable(told: Json, account: str) -> None:
    """Fail unless AWS would take the schedule."""
    if not _expression(told["ScheduleExpression"]):
        invalid(f"Invalid Schedule Expression {told['ScheduleExpression']}.")
    zone, known = told.get("ScheduleExpressionTimezone", "UTC"), zoneinfo.available_timezones()
    if known and zone not in known:
        invalid(f"The ScheduleExpressionTimezone {zone} is not valid.")
    window = told["FlexibleTimeWindow"]
    if window["Mode"] not in ("OFF", "FLEXIBLE"):
        invalid("FlexibleTimeWindow mode must be OFF or FLEXIBLE.")
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        invalid("MaximumWindowInMinutes is required for FLEXIBLE, and for that only.")
    if "StartDate" in told and "EndDate" in told and told["StartDate"] >= told["EndDate"]:
        invalid("The EndDate must come after the StartDate.")
    _target(told["Target"])
    _role(told["Target"]["RoleArn"], account)


def _expression(text: str) -> bool:
    form = _FORM.match(text)
    if form is None:
        return False
    if form[1] == "rate":
        return bool(_RATE.match(form[2]))
    if form[1] == "cron":
        return _cron(form[2].split())
    try:
        dt.datetime.strptime(form[2], _AT).replace(tzinfo=dt.UTC)
    except ValueError:
        return False
    return True


def _cron(fields: list[str]) -> bool:
    if len(fields) != len(_RANGES) or (fields[2] == "?") == (fields[4] == "?"):
        return False
    return all(_field(place, text) for place, text in enumerate(fields))


def _field(place: int, text: str) -> bool:
    alone = _ALONE.get(place)
    return bool(alone and alone.fullmatch(text)) or all(_item(place, item) for item in text.split(","))


def _item(place: int, text: str) -> bool:
    span, _, step = text.partition("/")
    least, most = _RANGES[place]
    names = _NAMES.get(place, ())
    numbers = [str(least + names.index(end)) if end in names else end for end in span.split("-")]
    inside = all(number.isdecimal() and least <= int(number) <= most for number in numbers)
    return (span == "*" or (inside and len(numbers) <= 2)) and (not step or step.isdecimal())  # noqa: PLR2004 — a range


def _target(target: Json) -> None:
    arn, tasks = target["Arn"], target.get("EcsParameters")
    if not re.match(r"^arn:aws[a-z-]*:[a-z0-9-]+:", arn):
        invalid(f"Provided Arn is not in correct format: {arn}")
    if arn.startswith("arn:aws:scheduler:::"):
        operation = _UNIVERSAL.match(arn)
        if operation is None or _READS.match(operation[1]):
            invalid(f"Invalid RequestJson provided. Reason: {arn} is not a supported API action.")
        _parameters(target.get("Input", "{}"))
    if bool(_TASKS.match(arn)) != (tasks is not None):
        invalid("EcsParameters are required for the target of type ECS, and for that only.")
    if tasks and tasks.get("LaunchType") and tasks.get("CapacityProviderStrategy"):
        invalid("LaunchType and CapacityProviderStrategy cannot both be specified.")
    if tasks and not re.match(r"^arn:aws:ecs:[^:]+:\d{12}:task-definition/", tasks["TaskDefinitionArn"]):
        invalid(f"TaskDefinitionArn {tasks['TaskDefinitionArn']} is not valid.")


def _parameters(text: str) -> None:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        invalid("Invalid RequestJson provided. Reason: Input is not a JSON object.")


def _role(arn: str, account: str) -> None:
    if not assumable(account, arn, "scheduler.amazonaws.com"):
        invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
