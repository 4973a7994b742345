"""What an instance is, and is about to be."""

from __future__ import annotations

from typing import Any

from ...kind import SEALS, Program, Raw, at, unpairs
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
HOW = ("applyImmediately", "allowMajorVersionUpgrade")
"""How changes are made, not what there is."""
ALARMING = ("fail", "could not", "cannot", "unable", "incompatible", "insufficient", "not enough", "limit")


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
    if pending:
        window = raw.get("preferredMaintenanceWindow", "the maintenance window")
        told.append(f"pending until {window}: {', '.join(pending)}")
    groups = [g for g in raw.get("dbParameterGroups") or () if g.get("parameterApplyStatus") == "pending-reboot"]
    told += [f"settings of {group.get('dbParameterGroupName')} wait for a reboot" for group in groups]
    return "; ".join(told)


def incidents(name: str, said: str) -> Program[str]:
    """Add the alarming events of the last day to what is known."""
    answer = yield RDS.call("DescribeEvents", sourceIdentifier=name, sourceType="db-instance", duration=1440)
    messages = [str(event.get("message", "")) for event in (answer or {}).get("events", ())]
    bad = [m for m in messages if any(word in m.lower() for word in ALARMING)] if said else []
    return "; ".join(dict.fromkeys([*filter(None, [said]), *bad[-5:]]))
