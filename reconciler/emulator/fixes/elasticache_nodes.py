"""A replication group with its shards and nodes, and how AWS shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from moto.ec2.models import ec2_backends

from reconciler.emulator.fixes import eni
from reconciler.emulator.fixes.agenda import Json, Moto, after, loaded, now

if TYPE_CHECKING:
    from collections.abc import Iterator

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_APPLYING = 0.3
_ALIKE = (
    "AtRestEncryptionEnabled", "AutoMinorVersionUpgrade", "CacheNodeType", "IpDiscovery", "NetworkType", "SnapshotRetentionLimit",
    "SnapshotWindow", "TransitEncryptionEnabled",
)  # fmt: skip
"""What groups and nodes show alike."""


def moment() -> datetime:
    """Return the virtual time as a date."""
    return _EPOCH + timedelta(seconds=now())


def asked(self: Moto) -> Json:
    """Return what a request says."""
    return {name: value for name, value in self.params.items() if value is not None}


def arn_of(backend: Moto, kind: str, name: str) -> str:
    """Return an ARN as ElastiCache spells it."""
    return f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:{kind}:{name}"


def groups_of(backend: Moto) -> list[ReplicationGroup]:
    """List the replication groups that exist."""
    return list(backend.replication_groups.values())


@dataclass
class Node:
    """One node; `own`: where it differs from its group."""

    id: str
    zone: str
    subnet: str
    own: Json = field(default_factory=dict)


@dataclass
class ReplicationGroup:
    """A replication group; `settings` are those of the request that made it, as changed since."""

    backend: Moto
    replication_group_id: str
    settings: Json
    version: str
    clustered: bool
    subnets: list[Moto]
    status: str = "creating"
    shards: dict[str, list[Node]] = field(default_factory=dict)
    pending: Json = field(default_factory=dict)
    nodes_pending: Json = field(default_factory=dict)
    waiting: Json = field(default_factory=dict)
    parameter_status: str = "in-sync"
    topic_status: str = "active"
    tokens: list[str] = field(default_factory=list)
    token_date: datetime | None = None
    born: datetime = field(default_factory=moment)

    @property
    def arn(self) -> str:
        """Return its ARN."""
        return arn_of(self.backend, "replicationgroup", self.replication_group_id)

    @property
    def node_groups(self) -> list[str]:
        """Return the shards' ids: moto's snapshots count them."""
        return list(self.shards)

    def nodes(self) -> Iterator[Node]:
        """Give every node."""
        return (node for members in self.shards.values() for node in members)

    def grow(self, shard: str, count: int, zones: list[str] | None = None) -> None:
        """Add nodes to a shard until it has so many: each in another zone, if there is one, and with an interface."""
        members = self.shards.setdefault(shard, [])
        account, region = self.backend.account_id, self.backend.region_name
        prefix = f"{self.replication_group_id}-{shard}" if self.clustered else self.replication_group_id
        taken = {node.id for node in members}
        free = (f"{prefix}-{n:03}" for n in range(1, 100) if f"{prefix}-{n:03}" not in taken)
        while len(members) < count:
            at = len(members)
            there = [s for s in self.subnets if zones and s.availability_zone == zones[at % len(zones)]] or self.subnets
            subnet = there[at % len(there)]
            node = Node(next(free), subnet.availability_zone, subnet.id)
            members.append(node)
            groups = self.settings["SecurityGroupIds"]
            eni.hold(account, region, self._owner(node), subnet.id, groups, f"ElastiCache {node.id}")

    def shrink(self, shard: str, count: int) -> None:
        """Remove a shard's last nodes until it has so many."""
        members = self.shards[shard]
        for node in members[count:]:
            eni.release(self.backend.account_id, self.backend.region_name, self._owner(node))
        self.shards[shard] = members[:count]

    def regroup(self, groups: list[str]) -> None:
        """Give the nodes other security groups."""
        self.settings["SecurityGroupIds"] = groups
        for node in self.nodes():
            node.own.pop("SecurityGroupIds", None)
            eni.regroup(self.backend.account_id, self.backend.region_name, self._owner(node), groups)

    def _owner(self, node: Node) -> str:
        return f"elasticache:{node.id}:{self.born.isoformat()}"

    def set_token(self, token: str, *, rotate: bool) -> None:
        """Let this password in; with `rotate`, the one before as well."""
        self.tokens = [*self.tokens[-1:], token] if rotate else [token]
        least = self.token_date + timedelta(seconds=1) if self.token_date else moment()
        self.token_date = max(least, moment())

    def parameters_set(self, *, static: bool) -> None:
        """Take note of changed parameters: some wait for a reboot."""
        if static:
            self.parameter_status = "pending-reboot"
        elif self.parameter_status == "in-sync":
            self.parameter_status = "applying"
            after(_APPLYING, partial(setattr, self, "parameter_status", "in-sync"))

    def logs(self) -> list[Json]:
        """Return where logs go to; to a log group that does not exist, none goes."""
        return [{**log, **self._delivery(log)} for log in self.settings.get("LogDeliveryConfigurations") or []]

    def _delivery(self, log: Json) -> Json:
        name = (log.get("DestinationDetails") or {}).get("CloudWatchLogsDetails", {}).get("LogGroup")
        models = loaded("moto.logs.models")
        known = models.logs_backends[self.backend.account_id][self.backend.region_name].groups if models else {}
        if log["DestinationType"] == "cloudwatch-logs" and name not in known:
            return {"Status": "error", "Message": f"Destination log group {name} does not exist"}
        return {"Status": "active"}

    def shown(self) -> Json:
        """Return it as DescribeReplicationGroups does; there are no nodes to see while it comes or goes."""
        own = self.settings
        gone = {} if self.status == "deleting" else {"MemberClusters": [node.id for node in self.nodes()]}
        there = self._topology() if self.status not in ("creating", "deleting") else {}
        return {
            "ReplicationGroupId": self.replication_group_id,
            "Description": own["ReplicationGroupDescription"],
            "GlobalReplicationGroupInfo": {},
            "Status": self.status,
            "PendingModifiedValues": self.pending,
            "AutomaticFailover": "enabled" if own.get("AutomaticFailoverEnabled") else "disabled",
            "MultiAZ": "enabled" if own.get("MultiAZEnabled") else "disabled",
            "ClusterEnabled": self.clustered,
            "ClusterMode": own["ClusterMode"],
            "AuthTokenEnabled": bool(self.tokens),
            "AuthTokenLastModifiedDate": self.token_date,
            "TransitEncryptionMode": own["TransitEncryptionMode"] if own["TransitEncryptionEnabled"] else None,
            "KmsKeyId": own.get("KmsKeyId"),
            "ARN": self.arn,
            "LogDeliveryConfigurations": self.logs(),
            "ReplicationGroupCreateTime": self.born,
            "DataTiering": "disabled",
            "Engine": own["Engine"],
            **{name: own[name] for name in _ALIKE},
            **gone,
            **there,
        }

    @property
    def domain(self) -> str:
        """Return what the names of its endpoints end in."""
        return f"{self.replication_group_id}.{self.born:%H%M%S}.use1.cache.amazonaws.com"

    def _topology(self) -> Json:
        port = self.settings["Port"]
        groups = [self._shard(n, shard, members) for n, (shard, members) in enumerate(self.shards.items())]
        if self.clustered:
            return {
                "NodeGroups": groups,
                "ConfigurationEndpoint": {"Address": f"clustercfg.{self.domain}", "Port": port},
            }
        return {"NodeGroups": groups}

    def _shard(self, number: int, shard: str, members: list[Node]) -> Json:
        port, slots = self.settings["Port"], 16384 // len(self.shards)
        last = 16383 if number == len(self.shards) - 1 else (number + 1) * slots - 1
        ends = {
            "PrimaryEndpoint": {"Address": f"master.{self.domain}", "Port": port},
            "ReaderEndpoint": {"Address": f"replica.{self.domain}", "Port": port},
        }
        shown = []
        for node in members:
            one = {"CacheClusterId": node.id, "CacheNodeId": "0001", "PreferredAvailabilityZone": node.zone}
            role = "primary" if node is members[0] else "replica"
            read = {"ReadEndpoint": {"Address": f"{node.id}.{self.domain}", "Port": port}, "CurrentRole": role}
            shown.append(one if self.clustered else {**one, **read})
        more = {"Slots": f"{number * slots}-{last}"} if self.clustered else ends
        return {"NodeGroupId": shard, "Status": self.status, "NodeGroupMembers": shown, **more}

    def cluster(self, node: Node) -> Json:
        """Return a node as DescribeCacheClusters does."""
        own = {**self.settings, **node.own}
        topic = own.get("NotificationTopicArn")
        return {
            "CacheClusterId": node.id,
            "ReplicationGroupId": self.replication_group_id,
            "Engine": own["Engine"],
            "EngineVersion": self.version,
            "CacheClusterStatus": self.status,
            "NumCacheNodes": 1,
            "PreferredAvailabilityZone": node.zone,
            "CacheClusterCreateTime": self.born,
            "PreferredMaintenanceWindow": own["PreferredMaintenanceWindow"],
            "PendingModifiedValues": self.nodes_pending,
            "NotificationConfiguration": {"TopicArn": topic, "TopicStatus": self.topic_status} if topic else None,
            "CacheParameterGroup": {
                "CacheParameterGroupName": own["CacheParameterGroupName"],
                "ParameterApplyStatus": self.parameter_status,
                "CacheNodeIdsToReboot": [],
            },
            "CacheSubnetGroupName": own["CacheSubnetGroupName"],
            "CacheNodes": [
                {"CacheNodeId": "0001", "CacheNodeStatus": self.status, "CustomerAvailabilityZone": node.zone}
            ],
            "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in own["SecurityGroupIds"]],
            "AuthTokenEnabled": bool(self.tokens),
            "ARN": arn_of(self.backend, "cluster", node.id),
            "ReplicationGroupLogDeliveryEnabled": bool(own.get("LogDeliveryConfigurations")),
            **{name: own[name] for name in _ALIKE},
        }


def subnets_of(backend: Moto, ids: list[str]) -> list[Moto]:
    """Return EC2's subnets."""
    ec2: Moto = ec2_backends[backend.account_id][backend.region_name]
    return [ec2.get_subnet(one) for one in ids]
