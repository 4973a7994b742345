"""What an instance is, and is about to be."""

from __future__ import annotations

from typing import Any

from ...kind import SEALS, Finding, Live, Program, Raw, at, unpairs
from . import RDS

READY = frozenset({"available", "storage-optimization", "storage-initialization", "storage-config-upgrade"})
FAILED = frozenset({
    "failed", "inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable",
    "incompatible-create", "incompatible-credentials", "incompatible-network", "incompatible-option-group",
    "incompatible-parameters", "incompatible-restore", "insufficient-capacity", "restore-error", "storage-full",
    "stopped", "upgrade-failed",
})  # fmt: skip
BY_OTHERS = ("preferredBackupWindow", "backupRetentionPeriod")
"""What AWS Backup decides once it takes over."""
BY_CLUSTER = (
    "allocatedStorage", "backupRetentionPeriod", "copyTagsToSnapshot", "dbName", "dbSubnetGroupName",
    "deletionProtection", "enableCloudwatchLogsExports", "enableIAMDatabaseAuthentication", "engineVersion", "iops",
    "kmsKeyId", "manageMasterUserPassword", "masterUserPassword", "masterUserSecretKmsKeyId", "masterUsername",
    "maxAllocatedStorage", "multiAZ", "networkType", "port", "preferredBackupWindow", "storageEncrypted",
    "storageThroughput", "storageType", "vpcSecurityGroupIds",
)  # fmt: skip
"""What a cluster decides for its members."""
WAYS_OUT = {
    "storage-full": "Raise allocatedStorage, and maxAllocatedStorage so that AWS grows it by itself",
    "stopped": "Start it: aws rds start-db-instance --db-instance-identifier {}",
    "incompatible-parameters": "Correct its DBParameterGroup, apply, and reboot it",
    "incompatible-network": "Its subnets lack free addresses, or its DBSubnetGroup a zone: make room",
    "incompatible-option-group": "Correct its option group",
    "incompatible-restore": "Restore it from another moment or snapshot",
    "inaccessible-encryption-credentials": "Its Key is lost to it: restore it from a backup",
    "inaccessible-encryption-credentials-recoverable": "Enable its Key again, then start it",
    "insufficient-capacity": "AWS lacks instances of its class in the zone: choose another dbInstanceClass, or wait",
}
"""State → what to do."""
A_DAY = 1440
ALARMING = ("failed", "failure", "could not", "cannot", "unable", "incompatible", "insufficient", "not enough", "limit")


def observed(raw: Raw) -> dict[str, Any]:
    """Return the answer as fields have it, with what AWS has accepted but not done yet."""
    pending = {k: v for k, v in (raw.get("pendingModifiedValues") or {}).items() if v is not None}
    found = {**raw, **pending}
    logs, moved = set(raw.get("enabledCloudwatchLogsExports") or ()), pending.get("pendingCloudwatchLogsExports") or {}
    logs = (logs | set(moved.get("logTypesToEnable") or ())) - set(moved.get("logTypesToDisable") or ())
    groups = [g for g in raw.get("vpcSecurityGroups") or () if g.get("status") != "removing"]
    return {
        **found,
        "port": pending.get("port") or at(raw, "endpoint.port"),
        "maxAllocatedStorage": found.get("maxAllocatedStorage") or found.get("allocatedStorage"),
        "iops": found.get("iops") or 0,
        "storageThroughput": found.get("storageThroughput") or 0,
        "enabledCloudwatchLogsExports": sorted(logs),
        "vpcSecurityGroupIds": [g["vpcSecurityGroupId"] for g in groups],
        "dbSubnetGroupName": pending.get("dbSubnetGroupName") or at(raw, "dbSubnetGroup.dbSubnetGroupName"),
        "dbParameterGroupName": at(raw, "dbParameterGroups.0.dbParameterGroupName"),
        "optionGroupName": at(raw, "optionGroupMemberships.0.optionGroupName"),
        "manageMasterUserPassword": bool(at(raw, "masterUserSecret.secretArn")),
    }


def sealed(raw: Raw) -> dict[str, Any]:
    """Return what the password was made of: a tag remembers it, AWS never shows it."""
    seal = unpairs(raw.get("tagList")).get(SEALS)
    return {"masterUserPassword": seal} if seal else {}


def happening(raw: Raw) -> str:
    """Return the state unless all is well, and what waits for the maintenance window or for a reboot."""
    status = str(raw.get("dbInstanceStatus", ""))
    pending = sorted(raw.get("pendingModifiedValues") or {})
    told = [] if status == "available" else [status]
    if at(raw, "masterUserSecret.secretStatus") == "creating":
        told.append("the secret with its password is being made")
    if pending:
        window = raw.get("preferredMaintenanceWindow", "the maintenance window")
        told.append(f"pending until {window}: {', '.join(pending)}")
    groups = [g for g in raw.get("dbParameterGroups") or () if g.get("parameterApplyStatus") == "pending-reboot"]
    told += [f"settings of {group.get('dbParameterGroupName')} wait for a reboot" for group in groups]
    return "; ".join(told)


def incidents(live: Live, said: str) -> Program[Finding]:
    """Add the alarming events of the last day to what is known, and the way out of its state."""
    bad = yield from troubles(live.id, A_DAY)
    if not said:
        return Finding(notes=(f"in the last day, AWS said: {bad[-1]}",) if bad else ())
    way = WAYS_OUT.get(str(live.raw.get("dbInstanceStatus")), "")
    return Finding(ill=(". ".join(filter(None, ["; ".join(dict.fromkeys([said, *bad])), way.format(live.id)])),))


def troubles(name: str, minutes: int) -> Program[list[str]]:
    """Return the last alarming events of so many minutes."""
    answer = yield RDS.call("DescribeEvents", sourceIdentifier=name, sourceType="db-instance", duration=minutes)
    messages = [str(event.get("message", "")) for event in (answer or {}).get("events", ())]
    return list(dict.fromkeys(m for m in messages if any(word in m.lower() for word in ALARMING)))[-5:]


def by_others(raw: Raw) -> tuple[str, ...]:
    """Return the fields that somebody else decides: AWS Backup, once it has taken over, or a cluster."""
    taken = BY_OTHERS if raw.get("awsBackupRecoveryPointArn") else ()
    return (*taken, *(BY_CLUSTER if raw.get("dbClusterIdentifier") else ()))


def replication(raw: Raw) -> str:
    """Return why a replica does not follow its source; empty if it does."""
    bad = [info for info in raw.get("statusInfos") or () if info.get("normal") is False]
    return "; ".join(": ".join(filter(None, [f"{i['statusType']} {i['status']}", i.get("message")])) for i in bad)
