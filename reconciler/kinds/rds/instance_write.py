"""What a change to an instance takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...kind import Live, Raw, Wanted
from ...types import Version

DISK = ("allocatedStorage", "iops", "storageThroughput", "storageType")
TOGETHER = (
    DISK,
    ("monitoringInterval", "monitoringRoleArn"),
    ("databaseInsightsMode", "enablePerformanceInsights", "performanceInsightsRetentionPeriod"),
)
"""Fields of which AWS wants all in a call that names one."""
REPLICA = (
    "allocatedStorage", "autoMinorVersionUpgrade", "availabilityZone", "caCertificateIdentifier", "copyTagsToSnapshot",
    "databaseInsightsMode", "dbInstanceClass", "dbParameterGroupName", "dbSubnetGroupName", "dedicatedLogVolume",
    "deletionProtection", "enableCloudwatchLogsExports", "enableIAMDatabaseAuthentication",
    "enablePerformanceInsights", "iops", "kmsKeyId", "maxAllocatedStorage", "monitoringInterval", "monitoringRoleArn",
    "multiAZ", "networkType", "optionGroupName", "performanceInsightsKMSKeyId", "performanceInsightsRetentionPeriod",
    "port", "publiclyAccessible", "sourceDBInstanceIdentifier", "storageThroughput", "storageType",
    "vpcSecurityGroupIds",
)  # fmt: skip
"""What the call that makes a replica takes; the rest is set afterwards."""
WITHOUT = ("failed", "incompatible-network", "incompatible-restore")
Encode = Callable[[Wanted, Iterable[str]], dict[str, Any]]


def modifications(want: Wanted, live: Live, changed: Iterable[str], encode: Encode) -> Iterator[dict[str, Any]]:
    """Yield the parameters of each call: one, or two while the disk is being optimized and cannot change.

    The second would hold up the first for hours.
    """
    names = set(changed)
    for group in TOGETHER:
        if names & set(group):
            names |= {name for name in group if name in want.spec}
    params = encode(want, sorted(names))
    storage = {name: params.pop(name) for name in DISK if name in params}
    if "allocatedStorage" in storage:
        storage["allocatedStorage"] = max(storage["allocatedStorage"], live.spec.get("allocatedStorage", 0))
    if live.raw.get("dbInstanceStatus") != "storage-optimization":
        params, storage = {**storage, **params}, {}
    how = {"applyImmediately": want.get("applyImmediately", True)}
    yield from ({**some, **how} for some in (fitting(params, want, live), storage) if some)


def fitting(params: dict[str, Any], want: Wanted, live: Live) -> dict[str, Any]:
    """Return the parameters in the form of ModifyDBInstance, which has its own words for some."""
    if "port" in params:
        params["dbPortNumber"] = params.pop("port")
    if "enableCloudwatchLogsExports" in params:
        wanted = set(params.pop("enableCloudwatchLogsExports"))
        found = set(live.spec.get("enableCloudwatchLogsExports") or ())
        lists = {"enableLogTypes": sorted(wanted - found), "disableLogTypes": sorted(found - wanted)}
        params["cloudwatchLogsExportConfiguration"] = {k: v for k, v in lists.items() if v}
    if params.get("manageMasterUserPassword") is False and "masterUserPassword" in want.spec:
        params["masterUserPassword"] = want["masterUserPassword"]
    if "masterUserSecretKmsKeyId" in params:
        params["manageMasterUserPassword"] = True
    now, then = str(live.spec.get("engineVersion", "")), params.get("engineVersion")
    if then is not None and older(then, now):
        del params["engineVersion"]
    elif then is not None and want.get("allowMajorVersionUpgrade"):
        params["allowMajorVersionUpgrade"] = True
    return params


def older(one: str, other: str) -> bool:
    """Whether a version is below another; AWS never goes back."""
    first, second = ([int(n) if n.isdigit() else -1 for n in v.split(".")] for v in (one, other))
    return not Version.covers(one, other) and first < second


def without_snapshot(raw: Raw) -> bool:
    """Whether AWS can delete the instance only without a last snapshot: a replica, or one that is broken."""
    return bool(raw.get("readReplicaSourceDBInstanceIdentifier")) or raw.get("dbInstanceStatus") in WITHOUT
