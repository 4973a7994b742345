"""ElastiCache: groups of nodes in time, their settings, and what they stand on."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code, network

TOKEN, OTHER = "first-token-of-many", "other-token-of-many"
WANTED = {
    "ReplicationGroupId": "Cache",
    "ReplicationGroupDescription": "sessions",
    "Engine": "redis",
    "EngineVersion": "7.0",
    "CacheNodeType": "cache.t3.micro",
    "NumCacheClusters": 2,
    "AutomaticFailoverEnabled": True,
    "CacheSubnetGroupName": "net",
    "CacheParameterGroupName": "tuned",
    "TransitEncryptionEnabled": True,
    "AuthToken": TOKEN,
    "PreferredMaintenanceWindow": "Sun:05:00-Sun:06:00",
    "Tags": [{"Key": "team", "Value": "app"}],
}
SHARDED = {
    "NumCacheClusters": None, "NumNodeGroups": 2, "ReplicasPerNodeGroup": 1, "CacheParameterGroupName": None,
}  # fmt: skip


def create(aws: Aws, **more: Any) -> Any:
    """A group with a subnet group and parameter groups of its own; None leaves a parameter out."""
    cache, net = aws.client("elasticache"), network(aws)
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="Net", CacheSubnetGroupDescription="net", SubnetIds=net.subnets
    )
    for name in ("tuned", "other"):
        cache.create_cache_parameter_group(
            CacheParameterGroupName=name, CacheParameterGroupFamily="redis7", Description="settings"
        )
    wanted = {name: value for name, value in {**WANTED, **more}.items() if value is not None}
    return cache.create_replication_group(**wanted)["ReplicationGroup"]


def available(aws: Aws, **more: Any) -> None:
    create(aws, **more)
    aws.advance(3.5)


def shown(aws: Aws) -> Any:
    return aws.client("elasticache").describe_replication_groups(ReplicationGroupId="cache")["ReplicationGroups"][0]


def nodes(aws: Aws) -> Any:
    return aws.client("elasticache").describe_cache_clusters(ShowCacheNodeInfo=True)["CacheClusters"]


def modify(aws: Aws, **changes: Any) -> str:
    now = {"ReplicationGroupId": "cache", "ApplyImmediately": True, **changes}
    return code(aws.client("elasticache").modify_replication_group, **now)


def modified(aws: Aws, **changes: Any) -> str:
    """Modify, and wait until it is done."""
    refused = modify(aws, **changes)
    aws.advance(2)
    return refused


@check("a group is created, with its name in lower case, and has endpoints once it is available")
def _(aws: Aws) -> bool:
    create(aws)
    first = shown(aws)
    aws.advance(3.5)
    after = shown(aws)
    return (
        (first["ReplicationGroupId"], first["Status"], after["Status"]) == ("cache", "creating", "available")
        and "NodeGroups" not in first
        and after["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6379
    )


@check("the nodes know version, groups and window, which the replication group does not tell")
def _(aws: Aws) -> bool:
    available(aws)
    found = nodes(aws)
    told = {
        (n["EngineVersion"], n["CacheSubnetGroupName"], n["PreferredMaintenanceWindow"], n["ReplicationGroupId"])
        for n in found
    }
    names = {n["CacheParameterGroup"]["CacheParameterGroupName"] for n in found}
    return (
        [n["CacheClusterId"] for n in found] == ["cache-001", "cache-002"] == shown(aws)["MemberClusters"]
        and told == {("7.0.7", "net", "sun:05:00-sun:06:00", "cache")}
        and names == {"tuned"}
        and all(len(n["SecurityGroups"]) == 1 for n in found)
    )


@check("a group that is not available takes no change, no deletion and no tags, nor does it tell them")
def _(aws: Aws) -> bool:
    arn, cache = create(aws)["ARN"], aws.client("elasticache")
    tried = [
        modify(aws, SnapshotRetentionLimit=1),
        code(cache.delete_replication_group, ReplicationGroupId="cache"),
        code(cache.add_tags_to_resource, ResourceName=arn, Tags=[{"Key": "a", "Value": "b"}]),
        code(cache.list_tags_for_resource, ResourceName=arn),
    ]
    aws.advance(3.5)
    return set(tried) == {"InvalidReplicationGroupState"} and modify(aws, SnapshotRetentionLimit=1) == ""


@check("a change that waits for the window shows on the nodes, and one that is applied at once carries it out")
def _(aws: Aws) -> bool:
    available(aws)
    modified(aws, CacheNodeType="cache.t3.medium", ApplyImmediately=False)
    pending, before = nodes(aws)[0]["PendingModifiedValues"], shown(aws)["CacheNodeType"]
    modified(aws, EngineVersion="7.1")
    after = nodes(aws)[0]
    return (
        (pending, before) == ({"CacheNodeType": "cache.t3.medium"}, "cache.t3.micro")
        and (after["CacheNodeType"], after["EngineVersion"]) == ("cache.t3.medium", "7.1.0")
        and after["PendingModifiedValues"] == {}
    )


@check("neither unknown nor older versions, nor exact ones, nor unknown node types are taken")
def _(aws: Aws) -> bool:
    available(aws)
    tried = [
        modify(aws, EngineVersion="6.2"),
        modify(aws, EngineVersion="7.0.4"),
        modify(aws, EngineVersion="9.9"),
        modify(aws, CacheNodeType="cache.t3.enormous"),
    ]
    return tried == ["InvalidParameterCombination"] * 3 + ["InvalidParameterValue"]


@check("windows, auto-upgrade, security groups and settings can be changed, and are seen afterwards")
def _(aws: Aws) -> bool:
    available(aws)
    ec2 = aws.client("ec2")
    vpc = next(v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"])
    other = ec2.create_security_group(GroupName="x", Description="x", VpcId=vpc)["GroupId"]
    modified(
        aws, SnapshotWindow="01:00-02:00", AutoMinorVersionUpgrade=False, SecurityGroupIds=[other],
        CacheParameterGroupName="other", PreferredMaintenanceWindow="Mon:05:00-Mon:06:00",
    )  # fmt: skip
    group, (node, _) = shown(aws), nodes(aws)
    held = ec2.delete_security_group
    return (
        (group["SnapshotWindow"], group["AutoMinorVersionUpgrade"]) == ("01:00-02:00", False)
        and [g["SecurityGroupId"] for g in node["SecurityGroups"]] == [other]
        and node["CacheParameterGroup"]["CacheParameterGroupName"] == "other"
        and node["PreferredMaintenanceWindow"] == "mon:05:00-mon:06:00"
        and code(held, GroupId=other) == "DependencyViolation"
    )


@check("replicas are added and removed, one change at a time, and failover needs one")
def _(aws: Aws) -> bool:
    available(aws)
    cache = aws.client("elasticache")
    how: dict[str, Any] = {"ReplicationGroupId": "cache", "ApplyImmediately": True}
    cache.increase_replica_count(NewReplicaCount=2, **how)
    meanwhile = code(cache.increase_replica_count, NewReplicaCount=3, **how)
    aws.advance(2)
    grown, same = len(nodes(aws)), code(cache.increase_replica_count, NewReplicaCount=2, **how)
    last = code(cache.decrease_replica_count, NewReplicaCount=0, **how)
    cache.decrease_replica_count(NewReplicaCount=1, **how)
    aws.advance(2)
    refusals = (meanwhile, same, last)
    return refusals == ("InvalidReplicationGroupState", "NoOperationFault", "InvalidParameterCombination") and (
        grown,
        len(nodes(aws)),
    ) == (3, 2)


@check("shards are added and removed, and the last ones only by name")
def _(aws: Aws) -> bool:
    available(aws, **SHARDED)
    cache = aws.client("elasticache")
    before = shown(aws)
    shape = cache.modify_replication_group_shard_configuration
    how: dict[str, Any] = {"ReplicationGroupId": "cache", "ApplyImmediately": True}
    shape(NodeGroupCount=3, **how)
    aws.advance(2)
    grown = len(shown(aws)["NodeGroups"])
    unnamed = code(shape, NodeGroupCount=1, **how)
    shape(NodeGroupCount=1, NodeGroupsToRetain=["0001"], **how)
    aws.advance(2)
    return (
        "ConfigurationEndpoint" in before
        and before["MemberClusters"][0] == "cache-0001-001"
        and (grown, unnamed) == (3, "InvalidParameterCombination")
        and [g["NodeGroupId"] for g in shown(aws)["NodeGroups"]] == ["0001"]
    )


@check("failover, zones and shards are refused where there is nothing to fail over to")
def _(aws: Aws) -> bool:
    tried = [
        code(lambda: create(aws, NumCacheClusters=1)),
        modify_alone(aws, MultiAZEnabled=True, AutomaticFailoverEnabled=False),
        modify_alone(aws, **SHARDED, AutomaticFailoverEnabled=False),
    ]
    return set(tried) == {"InvalidParameterCombination"}


def modify_alone(aws: Aws, **more: Any) -> str:
    wanted = {name: value for name, value in {**WANTED, **more}.items() if value is not None}
    return code(aws.client("elasticache").create_replication_group, **wanted)


@check("a password needs encryption and few characters, and a new one a strategy; its date tells that it was set")
def _(aws: Aws) -> bool:
    available(aws)
    before = shown(aws)
    tried = [
        modify(aws, AuthToken=OTHER),
        modify(aws, AuthToken="too short", AuthTokenUpdateStrategy="SET"),
        modify(aws, AuthToken='with/strange@letters"', AuthTokenUpdateStrategy="SET"),
        modify_alone(aws, ReplicationGroupId="plain", TransitEncryptionEnabled=False),
    ]
    modified(aws, AuthToken=OTHER, AuthTokenUpdateStrategy="ROTATE")
    after = shown(aws)
    return (
        tried == ["InvalidParameterCombination", *["InvalidParameterValue"] * 2, "InvalidParameterCombination"]
        and before["AuthTokenEnabled"]
        and after["AuthTokenLastModifiedDate"] > before["AuthTokenLastModifiedDate"]
    )


@check("encryption of connections is switched on by way of preferred, and off the same way")
def _(aws: Aws) -> bool:
    available(aws, TransitEncryptionEnabled=False, AuthToken=None)
    direct = modified(aws, TransitEncryptionEnabled=True, TransitEncryptionMode="required")
    steps = [modified(aws, TransitEncryptionEnabled=True, TransitEncryptionMode=m) for m in ("preferred", "required")]
    back = modified(aws, TransitEncryptionEnabled=False)
    found = shown(aws)
    return (
        (direct, back) == ("InvalidParameterCombination",) * 2
        and steps == ["", ""]
        and (
            found["TransitEncryptionEnabled"],
            found["TransitEncryptionMode"],
        )
        == (True, "required")
    )


@check("logs to a group that does not exist are an error of the delivery, not of the request")
def _(aws: Aws) -> bool:
    available(aws)
    log = {"LogType": "slow-log", "DestinationType": "cloudwatch-logs", "LogFormat": "json",
           "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "/cache"}}}  # fmt: skip
    modified(aws, LogDeliveryConfigurations=[log])
    lost = shown(aws)["LogDeliveryConfigurations"][0]["Status"]
    aws.client("logs").create_log_group(logGroupName="/cache")
    found = shown(aws)["LogDeliveryConfigurations"][0]["Status"]
    modified(aws, LogDeliveryConfigurations=[{"LogType": "slow-log", "Enabled": False}])
    return (lost, found, shown(aws)["LogDeliveryConfigurations"]) == ("error", "active", [])


@check("a group leaves a last snapshot, is deleting for a while, and then is gone with its interfaces")
def _(aws: Aws) -> bool:
    available(aws)
    cache, ec2 = aws.client("elasticache"), aws.client("ec2")
    held = len(ec2.describe_network_interfaces()["NetworkInterfaces"])
    cache.delete_replication_group(ReplicationGroupId="cache", FinalSnapshotIdentifier="last")
    during = shown(aws)
    again = code(cache.delete_replication_group, ReplicationGroupId="cache")
    aws.advance(1.5)
    gone = code(cache.describe_replication_groups, ReplicationGroupId="cache")
    left = len(ec2.describe_network_interfaces()["NetworkInterfaces"])
    return (
        (during["Status"], again, gone) == ("deleting", "InvalidReplicationGroupState", "ReplicationGroupNotFoundFault")
        and "MemberClusters" not in during
        and (held, left) == (2, 0)
        and cache.describe_snapshots(SnapshotName="last")["Snapshots"][0]["SnapshotName"] == "last"
    )


@check("from redis to valkey a group changes in place, and never back")
def _(aws: Aws) -> bool:
    available(aws)
    custom = modify(aws, Engine="valkey", EngineVersion="8.0")
    modified(aws, Engine="valkey", EngineVersion="8.0", CacheParameterGroupName="default.valkey8")
    (node, _), back = nodes(aws), modify(aws, Engine="redis", EngineVersion="7.1")
    return (custom, node["Engine"], node["EngineVersion"], back) == (
        "InvalidParameterCombination",
        "valkey",
        "8.0.1",
        "InvalidParameterCombination",
    )
