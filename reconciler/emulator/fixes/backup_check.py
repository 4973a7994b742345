"""What AWS Backup refuses in plans and selections."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.fixes.agenda import Json, refuse

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,50}")
_VAULT: Final = re.compile(r"[A-Za-z0-9_-]{2,50}")
_CRON: Final = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_HOUR, _COLD, _CONTINUOUS = 60, 90, 35
DEFAULTS: Final[Json] = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "ScheduleExpressionTimezone": "Etc/UTC",
    "StartWindowMinutes": 480,
    "CompletionWindowMinutes": 10080,
    "EnableContinuousBackup": False,
}


def invalid(message: str) -> NoReturn:
    """Fail the request for a value that it has."""
    refuse("InvalidParameterValueException", message)


def vault_name(name: str) -> None:
    """Fail for a name that no vault can have."""
    if not _VAULT.fullmatch(name):
        invalid(f"Invalid backup vault name: {name}")


def plan(wanted: Json) -> None:
    """Fail for a plan that AWS does not take."""
    rules = wanted.get("Rules") or []
    if not rules:
        invalid("A backup plan needs at least one rule.")
    names = [rule["RuleName"] for rule in rules]
    if len(set(names)) < len(names):
        invalid("Rule names must be unique within a backup plan.")
    for rule in rules:
        _rule({**DEFAULTS, **rule})


def _rule(rule: Json) -> None:
    if not _NAME.fullmatch(rule["RuleName"]):
        invalid(f"Invalid rule name: {rule['RuleName']}")
    vault_name(rule["TargetBackupVaultName"])
    cron = _CRON.fullmatch(rule["ScheduleExpression"])
    if not cron or (cron[3] == "?") == (cron[5] == "?"):
        invalid(f"Invalid cron expression: {rule['ScheduleExpression']}")
    if not cron[1].isdigit() or int(cron[1]) >= _HOUR:
        invalid("Backup frequency must be at least one hour.")
    if rule["StartWindowMinutes"] < _HOUR:
        invalid("StartWindowMinutes must be at least 60.")
    if rule["CompletionWindowMinutes"] < rule["StartWindowMinutes"] + _HOUR:
        invalid("CompletionWindowMinutes must be at least 60 minutes greater than StartWindowMinutes.")
    _kept(rule)


def _kept(rule: Json) -> None:
    told = rule.get("Lifecycle") or {}
    for lifecycle in (told, *(copy.get("Lifecycle") or {} for copy in rule.get("CopyActions") or [])):
        cold, end = lifecycle.get("MoveToColdStorageAfterDays"), lifecycle.get("DeleteAfterDays")
        if cold and end and end < cold + _COLD:
            invalid("DeleteAfterDays must be at least 90 days greater than MoveToColdStorageAfterDays.")
    if rule["EnableContinuousBackup"]:
        if not 1 <= (told.get("DeleteAfterDays") or 0) <= _CONTINUOUS:
            invalid("Continuous backups need a retention of 1 to 35 days.")
        if told.get("MoveToColdStorageAfterDays"):
            invalid("Continuous backups cannot be moved to cold storage.")


def selection(wanted: Json, account: str) -> None:
    """Fail for a selection that AWS does not take."""
    if not _NAME.fullmatch(wanted["SelectionName"]):
        invalid(f"Invalid selection name: {wanted['SelectionName']}")
    if not iam_spread.assumable(account, wanted["IamRoleArn"], "backup.amazonaws.com"):
        invalid(f"IAM Role {wanted['IamRoleArn']} cannot be assumed by AWS Backup")
    if not any(wanted.get(name) for name in ("Resources", "ListOfTags", "Conditions")):
        invalid("A selection must name resources, tags or conditions.")
    bad = [arn for arn in wanted.get("Resources") or [] if arn != "*" and not arn.startswith("arn:")]
    if bad:
        invalid(f"Invalid resource ARN: {bad[0]}")
