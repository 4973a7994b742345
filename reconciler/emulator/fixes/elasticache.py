"""Amazon ElastiCache behaving like itself: replication groups with nodes that come, change and go in time."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.responses import ElastiCacheResponse

from reconciler.emulator.fixes import elasticache_groups
from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.elasticache_create import create
from reconciler.emulator.fixes.elasticache_groups import parameter_group, subnet_group
from reconciler.emulator.fixes.elasticache_modify import decrease, group_of, increase, modify, reshard
from reconciler.emulator.fixes.elasticache_nodes import Node, ReplicationGroup, asked, groups_of
from reconciler.emulator.fixes.rds_states import then
from reconciler.emulator.patch import Method, once

_DELETING = 1.0
_OF_A_NODE = {"SecurityGroupIds", "PreferredMaintenanceWindow", "CacheParameterGroupName", "NotificationTopicArn"}


def _describe(_original: Method, self: Moto) -> ActionResult:
    found = [group_of(self)] if self.params.get("ReplicationGroupId") else groups_of(self.elasticache_backend)
    return PaginatedResult({"ReplicationGroups": [group.shown() for group in found]})


def _delete(_original: Method, self: Moto) -> ActionResult:
    group, wanted = group_of(self), asked(self)
    backend = group.backend
    if group.status not in ("available", "create-failed"):
        refuse("InvalidReplicationGroupState", "Replication group is not in a valid state to be deleted.")
    if final := wanted.get("FinalSnapshotIdentifier"):
        backend.create_snapshot(final, group.replication_group_id, None, None, None)

    def gone() -> None:
        for shard in list(group.shards):
            group.shrink(shard, 0)
        backend.replication_groups.pop(group.replication_group_id, None)
        backend.tagging_service.delete_all_tags_for_resource(group.arn)

    then(group, "deleting", _DELETING, gone)
    return ActionResult({"ReplicationGroup": group.shown()})


def _members(backend: Moto) -> dict[str, tuple[ReplicationGroup, Node]]:
    return {node.id: (group, node) for group in groups_of(backend) for node in group.nodes()}


def _clusters(original: Method, self: Moto) -> Any:
    backend, name = self.elasticache_backend, str(self.params.get("CacheClusterId") or "").lower()
    members = _members(backend)
    if name in members:
        group, node = members[name]
        return ActionResult({"CacheClusters": [group.cluster(node)]})
    if name:
        return original(self)
    alone = str(self.params.get("ShowCacheClustersNotInReplicationGroups", "false")).lower() == "true"
    shown = [] if alone else [group.cluster(node) for group, node in members.values()]
    return PaginatedResult({"CacheClusters": [*backend.cache_clusters.values(), *shown]})


def _modify_cluster(_original: Method, self: Moto) -> ActionResult:
    backend, wanted = self.elasticache_backend, asked(self)
    name = wanted.pop("CacheClusterId").lower()
    if name not in _members(backend):
        refuse("CacheClusterNotFound", f"CacheCluster not found: {name}")
    group, node = _members(backend)[name]
    if group.status != "available":
        refuse("InvalidCacheClusterState", f"The cache cluster {name} is not in available state.")
    changes = {key: value for key, value in wanted.items() if key not in ("ApplyImmediately", "Action", "Version")}
    if strange := sorted(set(changes) - _OF_A_NODE):
        message = f"{', '.join(strange)} of a member of a replication group can only be modified with the group."
        refuse("InvalidParameterCombination", message)
    node.own |= changes
    return ActionResult({"CacheCluster": group.cluster(node)})


def _tagged(self: Moto) -> str:
    """Return the ARN that the request names, or fail: AWS looks at it first."""
    backend, arn = self.elasticache_backend, self.params["ResourceName"]
    kind, _, name = arn.removeprefix(f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:").partition(":")
    if kind == "replicationgroup":
        self.params["ReplicationGroupId"] = name
        if group_of(self).status != "available":
            message = "Cluster not in available state to perform tagging operations."
            refuse("InvalidReplicationGroupState", message)
    elif kind == "subnetgroup":
        subnet_group(backend, name)
    elif kind == "parametergroup":
        parameter_group(backend, name)
    elif kind not in ("cluster", "snapshot", "user"):
        refuse("InvalidARN", f"ARN {arn} is invalid.")
    return str(arn)


def _tags(self: Moto, arn: str) -> ActionResult:
    tags: list[Json] = self.elasticache_backend.tagging_service.list_tags_for_resource(arn)["Tags"]
    return ActionResult({"TagList": tags})


def _list_tags(_original: Method, self: Moto) -> ActionResult:
    return _tags(self, _tagged(self))


def _add_tags(original: Method, self: Moto) -> ActionResult:
    arn = _tagged(self)
    original(self)
    return _tags(self, arn)


def _remove_tags(original: Method, self: Moto) -> ActionResult:
    arn = _tagged(self)
    original(self)
    return _tags(self, arn)


def _events(_original: Method, self: Moto) -> ActionResult:
    named = self.params.get("SourceIdentifier")
    events = self.elasticache_backend.__dict__.get("cache_events", [])
    return PaginatedResult({"Events": [one for one in events if named in (None, one["SourceIdentifier"])]})


@once
def install() -> None:
    """Install every fix of the service."""
    elasticache_groups.install()
    replace_all(
        ElastiCacheResponse,
        {
            "create_replication_group": create,
            "describe_replication_groups": _describe,
            "modify_replication_group": modify,
            "delete_replication_group": _delete,
            "increase_replica_count": increase,
            "decrease_replica_count": decrease,
            "modify_replication_group_shard_configuration": reshard,
            "describe_cache_clusters": _clusters,
            "modify_cache_cluster": _modify_cluster,
            "list_tags_for_resource": _list_tags,
            "add_tags_to_resource": _add_tags,
            "remove_tags_from_resource": _remove_tags,
            "describe_events": _events,
        },
    )
