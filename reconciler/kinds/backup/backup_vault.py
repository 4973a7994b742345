"""BackupVault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...policies import POLICY, faults
from ...types import Difference, Ref, SetOf, Struct, Text
from . import BACKUP, GONE, TAGS

EVENTS = (
    "BACKUP_JOB_STARTED", "BACKUP_JOB_COMPLETED", "BACKUP_JOB_SUCCESSFUL", "BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED",
    "RESTORE_JOB_STARTED", "RESTORE_JOB_COMPLETED", "RESTORE_JOB_SUCCESSFUL", "RESTORE_JOB_FAILED", "COPY_JOB_STARTED",
    "COPY_JOB_SUCCESSFUL", "COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED", "BACKUP_PLAN_CREATED", "BACKUP_PLAN_MODIFIED",
    "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED", "CONTINUOUS_BACKUP_INTERRUPTED",
    "RECOVERY_POINT_INDEX_COMPLETED", "RECOVERY_POINT_INDEX_DELETED", "RECOVERY_POINT_INDEXING_FAILED",
)  # fmt: skip


@dataclass(frozen=True)
class Notifications(Struct):
    """Who is told of what; nothing at all means nobody."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare part by part, unless nobody is to be told."""
        if want:
            yield from super().diff(path, want, have or None)
        elif have:
            yield Difference(path, want, have)


NOTIFICATIONS = Notifications(
    {"snsTopicArn": Ref(kind="Topic"), "backupVaultEvents": SetOf(Text(enum=EVENTS), least=1)},
    docs={"snsTopicArn": "The topic, whose policy lets backup.amazonaws.com publish.", "backupVaultEvents": "Of what."},
)


class BackupVault(Kind):
    """Where AWS Backup keeps its recovery points."""

    service = BACKUP
    arn_like = ":backup-vault:"
    api = Api(
        "ListBackupVaults", "backupVaultList", "backupVaultName", "backupVaultArn", create="CreateBackupVault",
        delete="DeleteBackupVault", tag_type="backupVaultTags", missing=GONE, token="creatorRequestId",
    )  # fmt: skip
    named = "backupVaultName"
    name_limit = 50
    holds_data = True
    # Plans, and copies from other regions, name it literally: a second name beside the first would be in nobody's.
    coexists = False
    attributes = {"backupVaultName": "backupVaultName", "backupVaultArn": "backupVaultArn", "arn": "backupVaultArn"}
    left_out = (
        "The lock, which nobody can take off once its time of grace is over: that is not for a program to put on. "
        "Logically air-gapped vaults are another kind."
    )

    backupVaultName = fixed(
        Text(pattern=r"^[A-Za-z0-9_-]{2,50}$"), "Its name in AWS. Capital letters count.", default="the resource's name"
    )
    encryptionKeyArn = fixed(
        Ref(kind="Key", last=True), "The key that encrypts what has no encryption of its own.", default="AWS's own"
    )
    accessPolicy = later(POLICY, "Who may use it, beside the account. `{}`: nobody.")
    notifications = later(NOTIFICATIONS, "Who is told of what. `{}`: nobody.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the satellites that somebody manages; each is a call."""
        found: dict[str, Any] = {"accessPolicy": {}, "notifications": {}}
        name = raw["backupVaultName"]
        if "accessPolicy" in ask.fields:
            answer = yield self.call("GetBackupVaultAccessPolicy", backupVaultName=name, missing=GONE)
            found["accessPolicy"] = (answer or {}).get("policy", {})
        if "notifications" in ask.fields:
            answer = yield self.call("GetBackupVaultNotifications", backupVaultName=name, missing=GONE)
            found["notifications"] = answer or {}
        return found

    @writes("accessPolicy")
    def set_policy(self, want: Wanted, live: Live) -> Calls:
        if want["accessPolicy"]:
            policy = POLICY.encode(want["accessPolicy"])
            yield self.call("PutBackupVaultAccessPolicy", backupVaultName=live.id, policy=policy)
        else:
            yield self.call("DeleteBackupVaultAccessPolicy", backupVaultName=live.id, missing=GONE)

    @writes("notifications")
    def set_notifications(self, want: Wanted, live: Live) -> Calls:
        if want["notifications"]:
            told = {**(live.spec.get("notifications") or {}), **NOTIFICATIONS.encode(want["notifications"])}
            yield self.call("PutBackupVaultNotifications", backupVaultName=live.id, **told)
        else:
            yield self.call("DeleteBackupVaultNotifications", backupVaultName=live.id, missing=GONE)

    def protected(self, live: Live) -> str:
        """AWS deletes empty vaults only."""
        points = live.raw.get("numberOfRecoveryPoints") or 0
        way = "Delete them, or let them expire, if nobody will ever need them"
        return f"it holds {points} recovery points. {way}" if points else ""

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Notifications need both of their parts; the policy must be such that AWS takes it."""
        yield from ((f"accessPolicy{p}", message) for p, message in faults(spec.get("accessPolicy"), principal=True))
        told = spec.get("notifications") or {}
        for name in NOTIFICATIONS.parts if told else ():
            if name not in told:
                yield "notifications", f"it needs {name}, too. Add it, or write `{{}}` for none"
