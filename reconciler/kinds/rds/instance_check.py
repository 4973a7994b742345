"""What is wrong with an instance as git has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...kind import Raw
from . import instance_birth
from .instance_birth import BIRTHS

LARGE = {"postgres": 400, "mysql": 400, "mariadb": 400, "oracle": 200}
"""GiB from which on the speed of a gp3 disk can be chosen."""
KEYS = ("kmsKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKMSKeyId")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY, MINUTES_A_WEEK = 1440, 10080
_DAILY = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d)$")
_WEEKLY = re.compile(r"^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$")
Faults = Iterator[tuple[str, str]]


def faults(spec: Raw) -> Faults:
    """Yield (path, message) for all of it."""
    yield from _identity(spec)
    yield from _disk(spec)
    interval = spec.get("monitoringInterval")
    if isinstance(interval, int) and interval and "monitoringRoleArn" not in spec:
        yield "monitoringInterval", "OS metrics need a role to send them. Set monitoringRoleArn"
    if "kmsKeyId" in spec and spec.get("storageEncrypted") is not True and not _copied(spec):
        yield "kmsKeyId", "a key needs an encrypted disk. Say storageEncrypted: true"
    for name in KEYS:
        if isinstance(spec.get(name), str) and "alias/" in spec[name]:
            yield name, "AWS shows the key behind an alias, never the alias. Name the key: by reference, id or ARN"
    if spec.get("multiAZ") is True and "availabilityZone" in spec:
        yield "availabilityZone", "a Multi-AZ instance has two zones, and AWS chooses both. Leave it out"
    if "performanceInsightsRetentionPeriod" in spec and spec.get("enablePerformanceInsights") is not True:
        yield "performanceInsightsRetentionPeriod", "it needs enablePerformanceInsights: true"
    if overlap(spec.get("preferredBackupWindow"), spec.get("preferredMaintenanceWindow")):
        yield "preferredBackupWindow", "it overlaps preferredMaintenanceWindow, which AWS refuses. Move one of the two"


def _copied(spec: Raw) -> bool:
    """Whether it begins with what another had; one that was a replica once began as one."""
    return any(name in spec for name in BIRTHS)


def _identity(spec: Raw) -> Faults:
    yield from instance_birth.faults(spec)
    managed = spec.get("manageMasterUserPassword") is True
    for name in ("engine", "masterUsername", *(() if managed else ("masterUserPassword",))):
        if name not in spec and not _copied(spec):
            yield name, "a new instance needs it. Add it"
    if managed and "masterUserPassword" in spec:
        yield "masterUserPassword", "RDS makes the password itself (manageMasterUserPassword). Keep one of the two"


def _disk(spec: Raw) -> Faults:
    size, most, kind = spec.get("allocatedStorage"), spec.get("maxAllocatedStorage"), spec.get("storageType")
    if size is None and not _copied(spec):
        yield "allocatedStorage", "a new instance needs it. Add it"
    if isinstance(size, int) and isinstance(most, int) and most < size:
        yield "maxAllocatedStorage", f"{most} is below allocatedStorage {size}. Raise it"
    if kind in ("io1", "io2") and "iops" not in spec:
        yield "iops", f"an {kind} disk needs it. Add it"
    large = next((gib for name, gib in LARGE.items() if str(spec.get("engine", "")).lower().startswith(name)), 0)
    for name in ("iops", "storageThroughput"):
        if kind == "gp3" and name in spec and isinstance(size, int) and size < large:
            yield name, f"below {large} GiB the speed of a gp3 disk is fixed. Leave it out, or allocate {large} GiB"
        if kind in ("gp2", "standard") and name in spec:
            yield name, f"the speed of a {kind} disk cannot be chosen. Leave it out, or take gp3"


def overlap(daily: Any, weekly: Any) -> bool:
    """Whether the daily window touches the weekly one on any day."""
    first, second = (_DAILY.match(str(daily)), _WEEKLY.match(str(weekly).lower()))
    if not first or not second or second[1] not in DAYS or second[4] not in DAYS:
        return False
    start, end = _minute(0, first[1], first[2]), _minute(0, first[3], first[4])
    since, until = (_minute(DAYS.index(second[i]), second[i + 1], second[i + 2]) for i in (1, 4))
    length, span = (end - start) % MINUTES_A_DAY, (until - since) % MINUTES_A_WEEK
    begins = [(since - start - day * MINUTES_A_DAY) % MINUTES_A_WEEK for day in range(7)]
    return any(begin < length or begin + span > MINUTES_A_WEEK for begin in begins)


def _minute(day: int, hour: str, minute: str) -> int:
    return day * MINUTES_A_DAY + int(hour) * 60 + int(minute)
