"""ModifyReplicationGroup and its neighbours: what changes at once, what takes a while, what waits for the window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from moto.core.responses import ActionResult

from reconciler.emulator.fixes import elasticache_check as check
from reconciler.emulator.fixes.agenda import Json, Moto, refuse
from reconciler.emulator.fixes.elasticache_create import fitting, told, upgraded
from reconciler.emulator.fixes.elasticache_engines import check_type, family_of
from reconciler.emulator.fixes.elasticache_groups import parameter_group
from reconciler.emulator.fixes.elasticache_nodes import ReplicationGroup, asked
from reconciler.emulator.fixes.rds_states import then

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.emulator.patch import Method

MODIFYING = 1.5
_HOW = {"ReplicationGroupId", "ApplyImmediately", "Action", "Version"}
_QUIET = {
    "ReplicationGroupDescription", "SnapshotRetentionLimit", "SnapshotWindow", "PreferredMaintenanceWindow",
    "AutoMinorVersionUpgrade", "NotificationTopicArn", "NotificationTopicStatus",
}  # fmt: skip
"""What changes in a moment, whatever is said about when."""
_SOON = (
    "AutomaticFailoverEnabled", "MultiAZEnabled", "ClusterMode", "IpDiscovery", "SecurityGroupIds", "LogDeliveryConfigurations",
)  # fmt: skip
_TRANSIT = ("TransitEncryptionEnabled", "TransitEncryptionMode")
_DOING = {"SET": "SETTING", "ROTATE": "ROTATING"}
_MODES = {"disabled": ("compatible",), "compatible": ("enabled", "disabled"), "enabled": ()}


def group_of(self: Moto, *, steady: bool = False) -> ReplicationGroup:
    """Return the group that the request names; `steady`: fail unless it is available."""
    name = str(self.params["ReplicationGroupId"]).lower()
    group = self.elasticache_backend.replication_groups.get(name)
    if group is None:
        refuse("ReplicationGroupNotFoundFault", f"ReplicationGroup {name} not found.")
    if steady and group.status != "available":
        refuse("InvalidReplicationGroupState", "Replication group must be in available state to modify.")
    found: ReplicationGroup = group
    return found


def modify(_original: Method, self: Moto) -> ActionResult:
    """Replace `modify_replication_group`."""
    group, wanted = group_of(self, steady=True), asked(self)
    changes = {name: value for name, value in wanted.items() if name not in _HOW}
    if not changes:
        check.conflict("No modifications were requested.")
    check.either(group.backend, changes, group.version)
    soon, later = _soon(group, changes), _later(group, changes)
    _at_once(group, {name: value for name, value in changes.items() if name in _QUIET})
    if str(wanted.get("ApplyImmediately", "false")).lower() == "true":
        soon |= {**group.waiting, **later}
    else:
        _wait(group, later)
    if soon:
        busy(group, partial(_apply, group, soon))
    return ActionResult({"ReplicationGroup": group.shown()})


def busy(group: ReplicationGroup, do: Callable[[], None]) -> None:
    """Have the group `modifying` for a while, then do it."""

    def done() -> None:
        do()
        group.status = "available"
        told(group.backend, group, "Replication group modification complete")

    then(group, "modifying", MODIFYING, done)


def _soon(group: ReplicationGroup, changes: Json) -> Json:
    """Return what takes effect after a moment, or fail."""
    own, soon = group.settings, {name: changes[name] for name in _SOON if name in changes}
    standbys = min(len(members) for members in group.shards.values()) - 1
    then = {**own, **soon}
    automatic, zones = bool(then["AutomaticFailoverEnabled"]), bool(then["MultiAZEnabled"])
    check.failover(automatic=automatic, zones=zones, clustered=group.clustered, standbys=standbys)
    if then["ClusterMode"] not in (own["ClusterMode"], *_MODES[own["ClusterMode"]]):
        check.conflict(f"Cluster mode cannot be changed from {own['ClusterMode']} to {then['ClusterMode']}.")
    if name := changes.get("CacheParameterGroupName"):
        soon["CacheParameterGroupName"] = parameter_group(group.backend, name).name
        if not {"Engine", "EngineVersion"} & set(changes):
            fitting(parameter_group(group.backend, name), family_of(own["Engine"], group.version))
    if ids := changes.get("SecurityGroupIds"):
        check.security_groups(group.backend, ids, group.subnets[0].vpc_id if group.subnets else None)
    if "LogDeliveryConfigurations" in soon:
        soon["LogDeliveryConfigurations"] = _delivered(own, soon["LogDeliveryConfigurations"])
    return soon


def _later(group: ReplicationGroup, changes: Json) -> Json:
    """Return what can wait for the window, as it will be carried out, or fail."""
    own, later = group.settings, _secured(group, changes)
    if name := changes.get("CacheNodeType"):
        check_type(name)
        later["CacheNodeType"] = name
    engine, version = str(changes.get("Engine") or own["Engine"]).lower(), changes.get("EngineVersion")
    same = engine == own["Engine"]
    if same and version:
        # Asking for what runs takes back an upgrade that waits.
        group.waiting = {name: value for name, value in group.waiting.items() if not name.startswith("Engine")}
    if not same or (version and not group.version.startswith(f"{version}.")):
        runs, chosen = upgraded(group, engine, version, changes.get("CacheParameterGroupName"))
        later |= {"Engine": engine, "EngineVersion": runs, "CacheParameterGroupName": chosen.name}
    return later


def _secured(group: ReplicationGroup, changes: Json) -> Json:
    own = group.settings
    found: Json = {name: changes[name] for name in _TRANSIT if name in changes}
    if found:
        check.transit(own, found, group.version)
    password, strategy = changes.get("AuthToken"), changes.get("AuthTokenUpdateStrategy")
    if password:
        check.token(password, encrypted=own["TransitEncryptionEnabled"])
        if strategy not in ("SET", "ROTATE"):
            check.conflict("AuthTokenUpdateStrategy must be specified with AuthToken.")
    if password or strategy == "DELETE":
        found["AuthToken"] = (password, strategy)
    return found


def _delivered(own: Json, changed: list[Json]) -> list[Json]:
    logs = {log["LogType"]: log for log in own.get("LogDeliveryConfigurations") or []}
    for log in changed:
        on = str(log.get("Enabled", "true")).lower() == "true"
        logs.pop(log["LogType"], None)
        logs |= {log["LogType"]: {k: v for k, v in log.items() if k != "Enabled"}} if on else {}
    return list(logs.values())


def _at_once(group: ReplicationGroup, changes: Json) -> None:
    group.topic_status = changes.pop("NotificationTopicStatus", group.topic_status)
    if window := changes.get("PreferredMaintenanceWindow"):
        changes["PreferredMaintenanceWindow"] = window.lower()
    for node in group.nodes():
        node.own = {name: value for name, value in node.own.items() if name not in changes}
    group.settings |= changes


def _wait(group: ReplicationGroup, later: Json) -> None:
    group.waiting |= later
    group.nodes_pending = {
        name: group.waiting[name] for name in ("CacheNodeType", "EngineVersion") if name in group.waiting
    }
    group.pending = {name: group.waiting[name] for name in _TRANSIT if name in group.waiting}
    _, strategy = group.waiting.get("AuthToken", ("", ""))
    if strategy in _DOING:
        group.pending["AuthTokenStatus"] = _DOING[strategy]


def _apply(group: ReplicationGroup, changes: Json) -> None:
    group.waiting = {name: value for name, value in group.waiting.items() if name not in changes}
    _wait(group, {})
    password, strategy = changes.pop("AuthToken", ("", ""))
    if password:
        group.set_token(password, rotate=strategy == "ROTATE")
    elif strategy:
        group.tokens = []
    if ids := changes.get("SecurityGroupIds"):
        group.regroup(ids)
    if "CacheParameterGroupName" in changes:
        group.parameter_status = "in-sync"
    group.version = changes.pop("EngineVersion", group.version)
    group.settings |= changes


def open_maintenance_window(backend: Moto) -> None:
    """Carry out what waits for the window."""
    for group in backend.replication_groups.values():
        if group.status == "available" and group.waiting:
            busy(group, partial(_apply, group, dict(group.waiting)))


def _count(self: Moto, group: ReplicationGroup) -> int:
    if str(self.params.get("ApplyImmediately", "false")).lower() != "true":
        check.invalid("ApplyImmediately must be true.")
    if self.params.get("NewReplicaCount") is None:
        check.conflict("NewReplicaCount or ReplicaConfiguration is required.")
    count = int(self.params["NewReplicaCount"])
    if not 0 <= count <= check.MOST_REPLICAS:
        check.invalid(f"Invalid number of replicas: {count}. Must be between 0 and {check.MOST_REPLICAS}.")
    if count == min(len(members) for members in group.shards.values()) - 1:
        refuse("NoOperationFault", "The operation was not performed because no changes were required.")
    return count


def increase(_original: Method, self: Moto) -> ActionResult:
    """Add `increase_replica_count`."""
    group = group_of(self, steady=True)
    count = _count(self, group)
    if count < max(len(members) for members in group.shards.values()) - 1:
        check.invalid("NewReplicaCount must be larger than the present number of replicas.")

    def done() -> None:
        for shard in group.shards:
            group.grow(shard, count + 1)

    busy(group, done)
    return ActionResult({"ReplicationGroup": group.shown()})


def decrease(_original: Method, self: Moto) -> ActionResult:
    """Add `decrease_replica_count`."""
    group, own = group_of(self, steady=True), group_of(self).settings
    count = _count(self, group)
    if count > min(len(members) for members in group.shards.values()) - 1:
        check.invalid("NewReplicaCount must be smaller than the present number of replicas.")
    if not count and (own["MultiAZEnabled"] or (own["AutomaticFailoverEnabled"] and not group.clustered)):
        check.conflict("A group with automatic failover or Multi-AZ needs at least one replica.")

    def done() -> None:
        for shard in group.shards:
            group.shrink(shard, count + 1)

    busy(group, done)
    return ActionResult({"ReplicationGroup": group.shown()})


def reshard(_original: Method, self: Moto) -> ActionResult:
    """Add `modify_replication_group_shard_configuration`."""
    group, wanted = group_of(self, steady=True), asked(self)
    count, there = int(wanted["NodeGroupCount"]), list(group.shards)
    if not group.clustered:
        check.conflict("Only a replication group with cluster mode enabled has several shards.")
    if count == len(there):
        refuse("NoOperationFault", "The operation was not performed because no changes were required.")
    kept = wanted.get("NodeGroupsToRetain") or [
        s for s in there if s not in (wanted.get("NodeGroupsToRemove") or there)
    ]
    if count < len(there) and (len(kept) != count or set(kept) - set(there)):
        check.conflict("NodeGroupsToRemove or NodeGroupsToRetain must say which shards remain.")
    size = max(len(members) for members in group.shards.values())

    def done() -> None:
        for shard in [s for s in there if s not in kept] if count < len(there) else []:
            group.shrink(shard, 0)
            del group.shards[shard]
        for number in range(1, count + 1) if count > len(there) else ():
            group.grow(f"{number:04}", size)

    busy(group, done)
    return ActionResult({"ReplicationGroup": group.shown()})
