"""What RDS does to an instance without being asked, and what it says of it in its events."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, NamedTuple

from moto.core.responses import ActionResult
from moto.rds.models import rds_backends
from moto.rds.responses import RDSResponse

from reconciler.emulator import clock
from reconciler.emulator.fixes.agenda import Json, Moto, refuse
from reconciler.emulator.fixes.rds_states import OPTIMIZING, available, then, wire
from reconciler.emulator.patch import Method, once, replaces

COOLDOWN = 6 * 3600.0
"""Seconds after a change of the disk in which AWS takes no other one."""
_MINUTES, _MINUTE = 60, 60.0
_BACKUP = {"BackupRetentionPeriod": "backup retention period", "PreferredBackupWindow": "preferred backup window"}


class Event(NamedTuple):
    """One event, as DescribeEvents shows it, and when it happened by the emulator's clock."""

    source_identifier: str
    source_type: str
    source_arn: str
    message: str
    event_categories: list[str]
    date: dt.datetime
    at: float


def note(database: Moto, message: str, *categories: str) -> None:
    """Have the instance's events say something."""
    name, now = database.db_instance_identifier, dt.datetime.now(dt.UTC)
    database.backend.events.append(
        Event(name, "db-instance", database.arn, message, list(categories), now, clock.now())
    )


def instance(account: str, region: str, name: str) -> Moto:
    """Return an instance, for a test that lets something happen to it."""
    return rds_backends[account][region].databases[name]


def grow(database: Moto, gib: int) -> None:
    """Let storage autoscaling make the disk that large; AWS takes its time to optimize it."""
    database.allocated_storage = gib
    resized(database)
    note(database, f"Allocated storage was increased to {gib} GiB by storage autoscaling.", "notification")


def resized(database: Moto) -> None:
    """The disk has changed: it is optimized, and cannot change again for hours."""
    database.resized_at = clock.now()
    then(database, "storage-optimization", OPTIMIZING, partial(available, database))


def upgrade(database: Moto, version: str) -> None:
    """Let AWS upgrade the engine, as it does in a maintenance window."""
    database.engine_version = version
    note(database, f"Database instance patched to {version}.", "maintenance")


def take_over(database: Moto) -> None:
    """Let a plan of AWS Backup take over the instance's backups."""
    vault = f"arn:aws:backup:{database.backend.region_name}:{database.backend.account_id}:recovery-point"
    database.aws_backup_recovery_point_arn = f"{vault}:continuous:{database.dbi_resource_id.lower()}-0"
    database.backup_retention_period, database.preferred_backup_window = 30, "05:00-06:00"


def fail_changes(database: Moto, message: str) -> None:
    """Let AWS accept the instance's changes from now on, and give them up later, with this event; empty: no longer."""
    database.hopeless = message


def given_up(database: Moto) -> bool:
    """Whether the change that is due comes to nothing: the instance stays as it was, and an event says why."""
    if getattr(database, "hopeless", ""):
        database.pending_modified_values = {}
        available(database)
        note(database, database.hopeless, "failure")
    return bool(getattr(database, "hopeless", ""))


def check_disk(database: Moto, wanted: Json) -> None:
    """Fail for a change of the disk at a time, or in a form, that AWS does not take."""
    if "Iops" in wanted and "AllocatedStorage" not in wanted:
        refuse("InvalidParameterCombination", "You must specify AllocatedStorage when you modify Iops.")
    if not clock.passed(getattr(database, "resized_at", float("-inf")), COOLDOWN):
        refuse(
            "InvalidParameterCombination",
            "You can't currently modify the storage of this DB instance because the previous storage change is being "
            "optimized.",
        )


def check_backups(database: Moto, wanted: Json) -> None:
    """Fail for what AWS Backup decides, once it has taken over."""
    named = [words for name, words in _BACKUP.items() if wanted.get(name) is not None]
    if named and getattr(database, "aws_backup_recovery_point_arn", None):
        refuse("InvalidParameterCombination", f"The {named[0]} can't be modified, because AWS Backup manages it.")


def _events(_original: Method, self: Moto) -> Any:
    wanted = wire(self.params) if self.params else {}
    name, kind = wanted.get("SourceIdentifier"), wanted.get("SourceType")
    if name and not kind:
        refuse("InvalidParameterCombination", "Cannot specify source identifier without source type")
    span = int(wanted.get("Duration") or _MINUTES) * _MINUTE
    found = [
        event
        for event in self.backend.events
        if name in (None, event.source_identifier)
        and kind in (None, event.source_type)
        and clock.now() - getattr(event, "at", clock.now()) <= span
    ]
    return ActionResult({"Events": [e._asdict() if isinstance(e, Event) else e for e in found]})


@once
def install() -> None:
    """Show events of the time that is asked for."""
    replaces(RDSResponse, "describe_events")(_events)
