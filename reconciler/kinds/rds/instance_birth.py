"""How an instance comes to be: empty, as a replica, from a snapshot, or as another one was at some moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...expressions import Reference, Template
from ...kind import SEALS, Raw, Tags, Wanted
from ...types import Difference, Flag, Moment, Ref, Struct, Text
from ...values import unknown

SOURCE, SNAPSHOT, MOMENT = "sourceDBInstanceIdentifier", "dbSnapshotIdentifier", "restoreToPointInTime"
BIRTHS = (SOURCE, SNAPSHOT, MOMENT)
COPIED = (
    "autoMinorVersionUpgrade", "availabilityZone", "caCertificateIdentifier", "copyTagsToSnapshot", "dbInstanceClass",
    "dbParameterGroupName", "dbSubnetGroupName", "dedicatedLogVolume", "deletionProtection",
    "enableCloudwatchLogsExports", "enableIAMDatabaseAuthentication", "iops", "multiAZ", "networkType",
    "optionGroupName", "port", "publiclyAccessible", "storageThroughput", "storageType", "vpcSecurityGroupIds",
)  # fmt: skip
"""What every call that copies takes, but for the size of the disk: smaller than what is copied is refused, and a disk
that grew by itself is larger than git says."""
REPLICA = (
    *COPIED, SOURCE, "databaseInsightsMode", "enablePerformanceInsights", "kmsKeyId", "maxAllocatedStorage",
    "monitoringInterval", "monitoringRoleArn", "performanceInsightsKMSKeyId", "performanceInsightsRetentionPeriod",
)  # fmt: skip
RESTORED = (
    *COPIED, "backupRetentionPeriod", "engine", "engineLifecycleSupport", "licenseModel", "preferredBackupWindow",
)  # fmt: skip
INHERITED = ("dbName", "kmsKeyId", "masterUsername", "storageEncrypted")
"""What a restored instance has from where it was restored, however often it is made anew."""
THEIRS = ("engine", "dbName", "masterUsername", "masterUserPassword", "manageMasterUserPassword")
"""What a replica has from its source, and nobody can change on it."""
Encode = Callable[[Wanted, Iterable[str]], dict[str, Any]]


@dataclass(frozen=True)
class Source(Ref):
    """An instance: its name, or its ARN, which it must be where it lies in another region."""

    kind: str = "DBInstance"

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """AWS answers with a name where it was told an ARN, if both lie in one region."""
        if not want and not have:
            return
        whole = [str(side).lower() for side in (want, have)]
        same = whole if all(side.startswith("arn:") for side in whole) else [side.rpartition(":")[2] for side in whole]
        if unknown(want) or not want or not have or same[0] != same[1]:
            yield Difference(path, want, have)


POINT_IN_TIME = Struct(
    {
        "sourceDBInstanceIdentifier": Source(),
        "sourceDbiResourceId": Text(),
        "sourceDBInstanceAutomatedBackupsArn": Text(),
        "restoreTime": Moment(),
        "useLatestRestorableTime": Flag(),
    },
    docs={
        "sourceDBInstanceIdentifier": "The instance, while it exists.",
        "sourceDbiResourceId": "The `dbiResourceId` of an instance that was deleted and left its backups.",
        "sourceDBInstanceAutomatedBackupsArn": "Backups that were copied here from another region.",
        "restoreTime": "The moment (UTC), e.g. `2026-03-01T04:30:00Z`.",
        "useLatestRestorableTime": "The last moment there is, some five minutes ago.",
    },
)
ORIGINS, MOMENTS = tuple(POINT_IN_TIME.parts)[:3], tuple(POINT_IN_TIME.parts)[3:]


def birth(want: Wanted, fields: Iterable[str], encode: Encode) -> tuple[str, dict[str, Any]]:
    """Return the operation that makes it, and its parameters; what that does not take is set afterwards."""
    named = {"dbInstanceIdentifier": want.name}
    if want.get(SOURCE):
        return "CreateDBInstanceReadReplica", {**named, **encode(want, REPLICA)}
    if SNAPSHOT in want.spec:
        return "RestoreDBInstanceFromDBSnapshot", {**named, **encode(want, (*RESTORED, SNAPSHOT))}
    if MOMENT in want.spec:
        moment = POINT_IN_TIME.encode(want[MOMENT])
        told = {"targetDBInstanceIdentifier": want.name, **encode(want, (*RESTORED, "maxAllocatedStorage"))}
        return "RestoreDBInstanceToPointInTime", {**told, **moment}
    return "CreateDBInstance", {**named, **encode(want, (n for n in fields if n not in BIRTHS))}


def restored(want: Wanted) -> bool:
    """Whether it began as something that had a first user, a key and a password already."""
    return SNAPSHOT in want.spec or MOMENT in want.spec


def inherited(want: Wanted, differences: Iterable[Difference]) -> str:
    """Return where git and what was restored disagree, which making it anew would not change; empty if they do not."""
    found = [f"{d.path} is {d.live}" for d in differences if restored(want) and d.path in INHERITED]
    return f"from where it was restored, whatever git says: {', '.join(found)}" if found else ""


def labels(want: Wanted) -> Tags:
    """Return the tags that it is born with: a restored one has its old password, whatever git says."""
    return {k: v for k, v in want.tags.items() if k != SEALS} if restored(want) else want.tags


def faults(spec: Raw) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what is wrong with how it is to begin."""
    told = [name for name in BIRTHS if spec.get(name)]
    for name in told[1:]:
        yield name, f"it begins as {told[0]} says already. Keep one of the two"
    for name in THEIRS if spec.get(SOURCE) else ():
        if name in spec:
            yield name, "a replica has what its source has. Leave it out"
    if spec.get(SOURCE) and "dbSubnetGroupName" in spec and not elsewhere(spec[SOURCE]):
        said = (
            "a replica lies where its source does. Leave it out, or name the source by its ARN (`${DBInstance/…:arn}`)"
        )
        yield "dbSubnetGroupName", said
    for names, example in ((ORIGINS, ORIGINS[0]), (MOMENTS, "useLatestRestorableTime: true")):
        given = [name for name in names if spec.get(MOMENT, {}).get(name)]
        if MOMENT in spec and not given:
            yield MOMENT, f"it needs one of {', '.join(names)}. Add it, e.g. {example}"
        for name in given[1:]:
            yield f"{MOMENT}.{name}", f"{given[0]} says it already. Keep one of the two"


def elsewhere(source: Any) -> bool:
    """Whether the source is named by its ARN, as one in another region or network must be."""
    if isinstance(source, Template):
        first = source.parts[0]
        return first.attribute == "arn" if isinstance(first, Reference) else str(first).startswith("arn:")
    return str(source).startswith("arn:")


def among(specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, path, message) for sources that make no backups, of which AWS makes neither replica nor copy."""
    for name, spec in specs.items():
        for told in (spec.get(SOURCE), spec.get(MOMENT, {}).get(SOURCE)):
            source = _sibling(told)
            # A replica makes none unless it is told to.
            days = specs.get(source, {}).get("backupRetentionPeriod", 0 if specs.get(source, {}).get(SOURCE) else 1)
            if source in specs and days == 0:
                said = f"{name} is made of it, for which it must make backups. Set it to a day at least"
                yield source, "backupRetentionPeriod" if "backupRetentionPeriod" in specs[source] else "", said


def _sibling(value: Any) -> str:
    """Return the name of the resource that a value refers to; empty if it is no reference."""
    found = value.references if isinstance(value, Template) else ()
    return found[0].name if found else ""
