"""What a backup plan consists of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...kind import Raw
from ...types import Difference, Flag, Integer, MapOf, Ref, SetOf, Struct, Text
from ...values import unknown

NAME = r"^[A-Za-z0-9_.-]{1,50}$"
LIFECYCLE = Struct(
    {
        "moveToColdStorageAfterDays": Integer(1),
        "deleteAfterDays": Integer(1),
        "optInToArchiveForSupportedResources": Flag(),
    },
    docs={
        "moveToColdStorageAfterDays": "Days until it is moved to cold storage, where it stays for 90 at least.",
        "deleteAfterDays": "Days until it is deleted. Absent at creation: it is kept for ever.",
    },
)
COPY = Struct(
    {"destinationBackupVaultArn": Ref(kind="BackupVault"), "lifecycle": LIFECYCLE},
    required=("destinationBackupVaultArn",),
    docs={
        "destinationBackupVaultArn": "The vault's ARN: `${BackupVault/name:arn}`, or written out where the vault lies in "
        "another region, and so in another stack."
    },
)
RULE = Struct(
    {
        "ruleName": Text(pattern=NAME),
        "targetBackupVaultName": Ref(kind="BackupVault"),
        "scheduleExpression": Text(),
        "scheduleExpressionTimezone": Text(),
        "startWindowMinutes": Integer(60),
        "completionWindowMinutes": Integer(120),
        "lifecycle": LIFECYCLE,
        "recoveryPointTags": MapOf(),
        "copyActions": SetOf(COPY, by="destinationBackupVaultArn"),
        "enableContinuousBackup": Flag(),
    },
    required=("ruleName", "targetBackupVaultName"),
    docs={
        "scheduleExpression": "When, as `cron(minutes hours day-of-month month day-of-week year)`, hourly at most.",
        "startWindowMinutes": "Minutes in which a backup must have begun.",
        "completionWindowMinutes": "Minutes in which it must be done; an hour more than it may take to begin.",
        "copyActions": "Where else its recovery points go. `[]`: nowhere.",
        "enableContinuousBackup": "Whether every moment of the last 35 days at most can be restored. AWS Backup then "
        "decides on the backups of the databases that it is selected for.",
    },
    defaults={
        "scheduleExpression": "cron(0 5 ? * * *)",
        "scheduleExpressionTimezone": "Etc/UTC",
        "startWindowMinutes": 480,
        "completionWindowMinutes": 10080,
        "enableContinuousBackup": False,
    },
)
PLAN = Struct(
    {
        "backupPlanName": Text(pattern=NAME),
        "rules": SetOf(RULE, least=1, by="ruleName"),
        "advancedBackupSettings": SetOf(
            Struct(
                {"resourceType": Text(enum=("EC2", "S3")), "backupOptions": MapOf()},
                required=("resourceType", "backupOptions"),
            ),
            by="resourceType",
        ),
    },
    required=("rules",),
    docs={
        "backupPlanName": "Its name in AWS; the resource's, if it is absent.",
        "rules": "When backups are made, where they go and how long they are kept. Others are removed.",
        "advancedBackupSettings": "Options of single types of resources, e.g. `WindowsVSS: enabled` of EC2.",
    },
)
CONDITION = Struct(
    {"conditionKey": Text(), "conditionValue": Text()},
    required=("conditionKey", "conditionValue"),
    docs={"conditionKey": "`aws:ResourceTag/` and the name of a tag."},
)
TESTS = ("stringEquals", "stringNotEquals", "stringLike", "stringNotLike")
LISTS = ("resources", "notResources", "listOfTags")


def _whole(selection: Raw) -> dict[str, Any]:
    """Return a selection with all of its parts: it cannot be changed, so what git says of one is all of it."""
    conditions = {test: (selection.get("conditions") or {}).get(test) or [] for test in TESTS}
    return {**selection, **{part: selection.get(part) or [] for part in LISTS}, "conditions": conditions}


@dataclass(frozen=True)
class Selection(Struct):
    """What a plan backs up, as a whole."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """A part that git does not mention is empty."""
        if not unknown(want) and isinstance(have, dict):
            want, have = _whole(want), _whole(have)
        yield from super().diff(path, want, have)


SELECTION = Selection(
    {
        "selectionName": Text(pattern=NAME),
        "iamRoleArn": Ref(kind="Role"),
        "resources": SetOf(Text()),
        "notResources": SetOf(Text()),
        "listOfTags": SetOf(
            Struct(
                {
                    "conditionType": Text(enum=("STRINGEQUALS",)),
                    "conditionKey": Text(),
                    "conditionValue": Text(),
                },
                required=("conditionType", "conditionKey", "conditionValue"),
            )
        ),
        "conditions": Struct({test: SetOf(CONDITION) for test in TESTS}),
    },
    required=("selectionName", "iamRoleArn"),
    docs={
        "iamRoleArn": "The role that AWS Backup takes on to read and to write.",
        "resources": "ARNs, with `*` in them or not: `${DBInstance/name:arn}`.",
        "notResources": "ARNs that are left out.",
        "listOfTags": "Whatever has one of these tags.",
        "conditions": "Only what satisfies all of these.",
    },
)
SELECTIONS = SetOf(SELECTION, by="selectionName")
