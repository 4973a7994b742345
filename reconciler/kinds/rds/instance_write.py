"""What a change to an instance takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...kind import Live, Raw, Wanted
from ...types import Version
from .instance_read import BY_OTHERS

DISK = ("allocatedStorage", "iops", "storageThroughput", "storageType")
TOGETHER = (
    DISK,
    ("monitoringInterval", "monitoringRoleArn"),
    ("databaseInsightsMode", "enablePerformanceInsights", "performanceInsightsRetentionPeriod"),
)
"""Fields of which AWS wants all in a call that names one."""
WITHOUT = ("failed", "incompatible-network", "incompatible-restore")
Encode = Callable[[Wanted, Iterable[str]], dict[str, Any]]


def modifications(want: Wanted, live: Live, changed: Iterable[str], encode: Encode) -> Iterator[dict[str, Any]]:
    """Yield the parameters of one call: the disk goes by itself, and last.

    Once it has changed, AWS takes no other change of it for hours, and refuses all that comes in the same call.
    A full disk goes first: AWS takes nothing else until it has grown.
    """
    names = set(changed)
    for group in TOGETHER:
        if names & set(group):
            names |= {name for name in group if name in want.spec}
    params = encode(want, sorted(names))
    storage = {name: params.pop(name) for name in DISK if name in params}
    if "allocatedStorage" in storage:
        storage["allocatedStorage"] = max(storage["allocatedStorage"], live.spec.get("allocatedStorage", 0))
    rest = fitting(params, want, live)
    full = live.raw.get("dbInstanceStatus") == "storage-full"
    if some := (storage or rest) if full else (rest or storage):
        yield {**some, "applyImmediately": want.get("applyImmediately", True)}


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
    running, then = str(live.raw.get("engineVersion", "")), params.get("engineVersion")
    if then is not None and Version.covers(then, running):
        # An upgrade that somebody has ordered is all that differs, and asking for what runs takes the order back.
        params["engineVersion"] = running
    elif then is not None and want.get("allowMajorVersionUpgrade"):
        params["allowMajorVersionUpgrade"] = True
    return params


def ahead(want: Wanted, live: Live) -> str:
    """Return that the engine is of another, newer major version than git says, for AWS never goes back; else nothing."""
    wanted, running = want.get("engineVersion"), str(live.raw.get("engineVersion", ""))
    if not isinstance(wanted, str) or not Version.older(wanted, running):
        return ""
    return (
        f"its engine is at {running}, ahead of git's {wanted}. AWS never goes back: write {running.partition('.')[0]}"
    )


def flushed(want: Wanted, live: Live) -> str:
    """Return that the next change carries out what waits for the maintenance window; empty if it does not."""
    waiting = any(v is not None for v in (live.raw.get("pendingModifiedValues") or {}).values())
    return "a change that is applied at once applies this too" if waiting and want.get("applyImmediately", True) else ""


def without_snapshot(raw: Raw) -> bool:
    """Whether AWS deletes the instance only without a last snapshot: a replica, a cluster's member, a broken one."""
    not_its_own = raw.get("readReplicaSourceDBInstanceIdentifier") or raw.get("dbClusterIdentifier")
    return bool(not_its_own) or raw.get("dbInstanceStatus") in WITHOUT


def promotion(want: Wanted, live: Live) -> dict[str, Any]:
    """Return the parameters that make a replica an instance of its own, which keeps its backups if it has any.

    AWS sets what it is not told to its defaults.
    """
    kept = {name: live.spec[name] for name in BY_OTHERS if live.spec.get(name)}
    return kept if live.raw.get("awsBackupRecoveryPointArn") else {**kept, **want.only(BY_OTHERS)}
