"""What a group is, and is about to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...kind import SEALS, Live, Program, Raw, at
from . import CACHE

FAILED = frozenset({"create-failed"})
BROKEN = frozenset({"incompatible-network", "restore-failed"})
"""What a node says that will not recover by itself."""
WORKING = ("available", "snapshotting")
ON = frozenset({"enabled", "enabling"})
A_DAY = 1440
ALARMING = ("failed", "failure", "could not", "cannot", "unable", "incompatible", "insufficient", "not enough", "limit")


def whole(group: Raw, nodes: Iterable[Raw]) -> Raw:
    """Return the group with its nodes and its port, which stands elsewhere when there are shards."""
    mine = [node for node in nodes if node.get("replicationGroupId") == group["replicationGroupId"]]
    port = at(group, "configurationEndpoint.port") or at(group, "nodeGroups.0.primaryEndpoint.port")
    return {**group, "nodes": mine, "port": port}


def observed(raw: Raw) -> dict[str, Any]:
    """Return the answer as fields have it, with what AWS has accepted but not done yet."""
    pending = {k: v for k, v in (raw.get("pendingModifiedValues") or {}).items() if v is not None}
    nodes, shards = raw.get("nodes") or (), raw.get("nodeGroups") or ()
    replicas = [len(shard.get("nodeGroupMembers") or ()) - 1 for shard in shards]
    topic = _common(nodes, "notificationConfiguration") or {}
    return {
        **raw,
        **pending,
        "engine": raw.get("engine") or _common(nodes, "engine"),
        "engineVersion": _soon(nodes, "engineVersion"),
        "cacheNodeType": _soon(nodes, "cacheNodeType") or raw.get("cacheNodeType"),
        "numCacheClusters": len(raw.get("memberClusters") or ()) or None,
        "numNodeGroups": len(shards) or None,
        "replicasPerNodeGroup": _odd(replicas),
        "automaticFailoverEnabled": (pending.get("automaticFailoverStatus") or raw.get("automaticFailover")) in ON,
        "multiAZEnabled": raw.get("multiAZ") in ON,
        "cacheSubnetGroupName": _common(nodes, "cacheSubnetGroupName"),
        "cacheParameterGroupName": at(_common(nodes, "cacheParameterGroup") or {}, "cacheParameterGroupName"),
        "securityGroupIds": _odd([_groups(node) for node in nodes]),
        "preferredMaintenanceWindow": _common(nodes, "preferredMaintenanceWindow"),
        "notificationTopicArn": topic.get("topicArn", "") if topic.get("topicStatus") != "inactive" else "",
        "logDeliveryConfigurations": list(_logs(raw, pending)),
    }


def _odd(values: Sequence[Any]) -> Any:
    """Return the value that all nodes have; if they do not agree, one that the first has not."""
    return next((value for value in values if value != values[0]), values[0] if values else None)


def _common(nodes: Sequence[Raw], name: str) -> Any:
    return _odd([node.get(name) for node in nodes])


def _soon(nodes: Sequence[Raw], name: str) -> Any:
    return _odd([at(node, f"pendingModifiedValues.{name}") or node.get(name) for node in nodes])


def _groups(node: Raw) -> list[str]:
    return sorted(g["securityGroupId"] for g in node.get("securityGroups") or () if g.get("status") != "removing")


def _logs(raw: Raw, pending: Raw) -> Iterable[Raw]:
    coming = {log["logType"]: log for log in pending.get("logDeliveryConfigurations") or ()}
    there = {
        log["logType"]: log for log in raw.get("logDeliveryConfigurations") or () if log.get("status") != "disabling"
    }
    return {**there, **coming}.values()


def stamp(raw: Raw) -> str:
    """Return when the password was set, as a tag can hold it."""
    when = raw.get("authTokenLastModifiedDate")
    return "never" if when is None else str(when).replace(" ", "T")


def sealed(live: Live) -> dict[str, Any]:
    """Return what the password was made of, if AWS has that password.

    A tag remembers it. It is written before the password, for AWS takes no tags while it sets one; so it also says when
    the password before was set, and counts only once AWS has another date.
    """
    seal, _, before = (live.tags or {}).get(SEALS, "").partition(" ")
    valid = bool(live.raw.get("authTokenEnabled")) and stamp(live.raw) != before
    return {"authToken": seal} if seal and valid else {}


def happening(raw: Raw) -> str:
    """Return the state unless all is well, and what waits for the maintenance window or for a reboot."""
    status = str(raw.get("status", ""))
    nodes = raw.get("nodes") or ()
    told = [] if status == "available" else [status]
    if names := waiting(raw):
        window = _common(nodes, "preferredMaintenanceWindow") or "the maintenance window"
        told.append(f"pending until {window}: {', '.join(names)}")
    groups = [node.get("cacheParameterGroup") or {} for node in nodes]
    old = {str(g.get("cacheParameterGroupName")) for g in groups if g.get("parameterApplyStatus") == "pending-reboot"}
    return "; ".join([*told, *(f"settings of {name} wait for a reboot" for name in sorted(old))])


def waiting(raw: Raw) -> list[str]:
    """Return what AWS has accepted and not done yet."""
    ones = (raw, *(raw.get("nodes") or ()))
    return sorted(
        {k for one in ones for k, v in (one.get("pendingModifiedValues") or {}).items() if v not in (None, [], {})}
    )


def unwell(raw: Raw) -> str:
    """Return which nodes do not work, and which log does not arrive."""
    nodes = [f"{n['cacheClusterId']} is {n['cacheClusterStatus']}" for n in raw.get("nodes") or () if _broken(n)]
    logs = [log for log in raw.get("logDeliveryConfigurations") or () if log.get("status") == "error"]
    return "; ".join([*nodes, *(f"the {log['logType']} is not delivered: {log.get('message', '')}" for log in logs)])


def restless(raw: Raw) -> str:
    """Return which nodes and shards of an available group are not; a replica's place is taken by AWS itself."""
    if raw.get("status") != "available":
        return ""
    nodes = [(n["cacheClusterId"], n.get("cacheClusterStatus")) for n in raw.get("nodes") or () if not _broken(n)]
    shards = [(f"shard {shard.get('nodeGroupId')}", shard.get("status")) for shard in raw.get("nodeGroups") or ()]
    busy = [f"{name} is {status}" for name, status in (*nodes, *shards) if status not in (None, *WORKING)]
    return f"{'; '.join(busy)}. Wait; if it stays so, the events of the group tell why" if busy else ""


def _broken(node: Raw) -> bool:
    return node.get("cacheClusterStatus") in BROKEN


def troubles(name: str, minutes: int) -> Program[list[str]]:
    """Return the last alarming events of so many minutes."""
    answer = yield CACHE.call("DescribeEvents", sourceIdentifier=name, sourceType="replication-group", duration=minutes)
    messages = [str(event.get("message", "")) for event in (answer or {}).get("events", ())]
    return list(dict.fromkeys(m for m in messages if any(word in m.lower() for word in ALARMING)))[-5:]
