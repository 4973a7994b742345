"""What is wrong with a backup plan as git has it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...expressions import Reference, Template
from ...kind import Raw
from .plan_types import RULE

COLD, CONTINUOUS, HOUR = 90, 35, 60
"""Days that cold storage costs at least, days that continuous backups are kept at most, minutes."""
CRON = re.compile(r"^cron\(([^()]*)\)$")
FIELDS = ("minutes", "hours", "day of month", "month", "day of week", "year")
PART = re.compile(r"^[0-9A-Za-z,*/?#-]+$")
SELECTING = ("resources", "listOfTags", "conditions")
Faults = Iterator[tuple[str, str]]


def faults(spec: Raw) -> Faults:
    """Yield (path, message) for all of it."""
    rules = (spec.get("backupPlan") or {}).get("rules") or ()
    yield from _twice("backupPlan.rules", "ruleName", rules)
    for i, rule in enumerate(rules):
        yield from _rule(f"backupPlan.rules[{i}]", rule)
    selections = spec.get("selections") or ()
    yield from _twice("selections", "selectionName", selections)
    for i, selection in enumerate(selections):
        if not any(selection.get(name) for name in SELECTING):
            yield f"selections[{i}]", f"it selects nothing. Give one of {', '.join(SELECTING)}"


def _twice(path: str, name: str, items: Any) -> Faults:
    for told, times in Counter(str(item.get(name)) for item in items).items():
        if times > 1:
            yield path, f'"{told}" is the {name} of {times} of them. Name them differently'


def _rule(path: str, rule: Raw) -> Faults:
    schedule = rule.get("scheduleExpression")
    if isinstance(schedule, str) and (said := cron_fault(schedule)):
        yield f"{path}.scheduleExpression", said
    begin, end = (rule.get(n, RULE.defaults[n]) for n in ("startWindowMinutes", "completionWindowMinutes"))
    if isinstance(begin, int) and isinstance(end, int) and end < begin + HOUR:
        said = f"{end} is not an hour more than startWindowMinutes, which is {begin}. Raise it"
        yield f"{path}.completionWindowMinutes", said
    yield from _lifecycle(f"{path}.lifecycle", rule.get("lifecycle") or {})
    for i, copy in enumerate(rule.get("copyActions") or ()):
        if not _whole_name(copy.get("destinationBackupVaultArn")):
            said = "a copy needs the whole ARN of its vault. Write ${BackupVault/…:arn}, or arn:aws:backup:…"
            yield f"{path}.copyActions[{i}].destinationBackupVaultArn", said
        yield from _lifecycle(f"{path}.copyActions[{i}].lifecycle", copy.get("lifecycle") or {})
    if rule.get("enableContinuousBackup") is True:
        days = (rule.get("lifecycle") or {}).get("deleteAfterDays")
        if days is None or (isinstance(days, int) and days > CONTINUOUS):
            yield f"{path}.lifecycle", f"continuous backups are kept for 1 to {CONTINUOUS} days. Set deleteAfterDays"
        if "moveToColdStorageAfterDays" in (rule.get("lifecycle") or {}):
            yield f"{path}.lifecycle", "continuous backups cannot be cold. Leave moveToColdStorageAfterDays out"


def _whole_name(value: Any) -> bool:
    """Whether a value is an ARN, or can become one."""
    first = value.parts[0] if isinstance(value, Template) else value
    if isinstance(first, Reference):
        return first.kind != "BackupVault" or first.attribute in ("arn", "backupVaultArn")
    return not isinstance(first, str) or first.startswith("arn:")


def _lifecycle(path: str, lifecycle: Raw) -> Faults:
    cold, end = lifecycle.get("moveToColdStorageAfterDays"), lifecycle.get("deleteAfterDays")
    if isinstance(cold, int) and isinstance(end, int) and end < cold + COLD:
        said = f"what is moved to cold storage after {cold} days stays there for {COLD}. Write {cold + COLD} or more"
        yield f"{path}.deleteAfterDays", said


def cron_fault(text: str) -> str:
    """Return what is wrong with the schedule of a backup; empty if nothing is."""
    found = CRON.match(text)
    if not found:
        return f'"{text}" is no schedule. Write it like cron(0 5 ? * * *)'
    parts = found[1].split()
    if len(parts) != len(FIELDS):
        return f"it has {len(parts)} parts, and needs {len(FIELDS)}: {', '.join(FIELDS)}"
    if bad := next((part for part in parts if not PART.match(part)), ""):
        return f'"{bad}" means nothing here'
    if (parts[2] == "?") == (parts[4] == "?"):
        return "one of day of month and day of week, and not both, must be `?`"
    if not parts[0].isdigit() or int(parts[0]) >= HOUR:
        return "backups are made once an hour at most: the minutes are one number from 0 to 59"
    return ""
