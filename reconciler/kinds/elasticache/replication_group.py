"""ReplicationGroup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...kind import (
    SEALS,
    Api,
    Ask,
    Calls,
    Kind,
    Live,
    Program,
    Raw,
    State,
    Tags,
    Wanted,
    field,
    fixed,
    later,
    pairs,
    writes,
)
from ...types import Difference, Flag, Integer, ListOf, Ref, SetOf, Struct, Text, Version, WriteOnly
from . import CACHE, TAGS
from .group_check import faults, password_faults
from .group_read import A_DAY, FAILED, happening, observed, restless, sealed, stamp, troubles, unwell, whole
from .group_write import COUNTS, ahead, final_snapshot, flushed, growing, modifications

LOG = Struct({
    "logType": Text(enum=("slow-log", "engine-log")),
    "destinationType": Text(enum=("cloudwatch-logs", "kinesis-firehose")),
    "destinationDetails": Struct({
        "cloudWatchLogsDetails": Struct({"logGroup": Ref(kind="LogGroup")}, required=("logGroup",)),
        "kinesisFirehoseDetails": Struct({"deliveryStream": Text()}, required=("deliveryStream",)),
    }),
    "logFormat": Text(enum=("text", "json")),
}, required=("logType", "destinationType", "destinationDetails", "logFormat"))  # fmt: skip


class ReplicationGroup(Kind):
    """A Redis or Valkey cache: a primary node with its replicas, or several shards of these."""

    service = CACHE
    api = Api(
        "DescribeReplicationGroups", "replicationGroups", "replicationGroupId", arn="arn",
        create="CreateReplicationGroup", update="ModifyReplicationGroup", delete="DeleteReplicationGroup",
        status="status", ready=frozenset({"available"}), failed=FAILED, leaving=frozenset({"deleting"}),
        missing=("ReplicationGroupNotFoundFault",),
    )  # fmt: skip
    named, name_limit, arn_like = "replicationGroupId", 40, ":replicationgroup:"
    holds_data, tags_first, deadline = True, True, 3600
    attributes = {
        "primaryEndpointAddress": "nodeGroups.0.primaryEndpoint.address",
        "readerEndpointAddress": "nodeGroups.0.readerEndpoint.address",
        "configurationEndpointAddress": "configurationEndpoint.address",
        "port": "port", "memberClusters": "memberClusters", "arn": "arn",
    }  # fmt: skip
    left_out = (
        "Users and user groups, global groups, data tiering, slots chosen by hand and making a group of a snapshot or of "
        "a single node: none is used here."
    )

    replicationGroupId = fixed(
        Text(fold=True, pattern=r"^[A-Za-z](-?[A-Za-z0-9])*$", length=(1, 40)),
        "Its name in AWS, which keeps it in lower case.",
    )
    replicationGroupDescription = field(Text(), "What it is for.", required=True, path="description")
    engine = field(Text(enum=("redis", "valkey")), "What runs. From redis to valkey it changes in place, never back.")
    engineVersion = field(
        Version(),
        "Major and minor version, e.g. `7.1`; newer ones of the major one are in sync.",
        impact="failover",
    )
    cacheNodeType = field(
        Text(pattern=r"^(cache\.[a-z0-9.-]+|.*\$\{.*)$"), "The size of its nodes.", required=True, impact="failover"
    )
    numCacheClusters = field(
        Integer(1, 6), "Nodes of a group without shards, the primary one among them.", update=False, default="1"
    )
    numNodeGroups = field(Integer(1, 500), "Shards. A change moves keys between them.", update=False, default="1")
    replicasPerNodeGroup = field(Integer(0, 5), "Replicas of each shard.", update=False)
    clusterMode = field(
        Text(enum=("enabled", "disabled", "compatible")), "Whether keys are spread over shards.", default="disabled"
    )
    preferredCacheClusterAZs = fixed(
        ListOf(Text()), "The zones of its first nodes, the primary's first.", compared=False
    )
    automaticFailoverEnabled = field(Flag(), "Whether a replica takes over when the primary fails.", default="false")
    multiAZEnabled = field(Flag(), "Whether replicas lie in other zones than the primary.", default="false")
    cacheSubnetGroupName = fixed(Ref(kind="CacheSubnetGroup", fold=True), "Where it may lie.")
    securityGroupIds = field(SetOf(Ref(kind="SecurityGroup")), "What may reach it.")
    cacheParameterGroupName = field(Ref(kind="CacheParameterGroup", fold=True), "Its settings.")
    networkType = fixed(Text(enum=("ipv4", "ipv6", "dual_stack")), "Which addresses it has.", default="ipv4")
    ipDiscovery = field(Text(enum=("ipv4", "ipv6")), "Which addresses its names lead to.", default="ipv4")
    port = fixed(Integer(1024, 65535), "Where it listens.", default="6379")
    atRestEncryptionEnabled = fixed(Flag(), "Whether what it writes to disk is encrypted.", default="the engine's")
    kmsKeyId = fixed(Ref(kind="Key", last=True), "The key that encrypts it.", default="AWS's own")
    transitEncryptionEnabled = field(Flag(), "Whether connections are encrypted.", default="false")
    transitEncryptionMode = field(
        Text(enum=("preferred", "required")), "Whether connections without encryption are refused.", default="required"
    )
    authToken = field(
        WriteOnly(), "The password of all clients, from a Secret; a new one is set when the secret changes."
    )
    authTokenUpdateStrategy = later(
        Text(enum=("ROTATE", "SET")), "How: ROTATE lets the old one in as well until the next change, SET does not.",
        default="ROTATE", compared=False,
    )  # fmt: skip
    snapshotRetentionLimit = field(Integer(0, 35), "Days that snapshots are kept; 0: none are made.", default="0")
    snapshotWindow = field(Text(pattern=r"^\d\d:\d\d-\d\d:\d\d$"), "When snapshots are made (UTC).")
    preferredMaintenanceWindow = field(
        Text(fold=True, pattern=r"^[A-Za-z]{3}:\d\d:\d\d-[A-Za-z]{3}:\d\d:\d\d$"), "When AWS maintains it (UTC)."
    )
    autoMinorVersionUpgrade = field(Flag(), "Whether AWS may upgrade it in the maintenance window.", default="true")
    notificationTopicArn = field(Ref(kind="Topic"), "The topic that hears of its events; `''`: none does.")
    logDeliveryConfigurations = field(SetOf(LOG, by="logType"), "Where its slow log and its engine log go.")
    applyImmediately = later(
        Flag(), "Whether changes wait for the maintenance window: then false.", default="true", compared=False
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS keeps names in lower case."""
        return want.name.lower()

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Add the nodes, which alone know half of what they were made with: one call for those of all groups."""
        groups = yield from super().listing(ask)
        if not any(ask.concerns(self.key_of(g), self.arn_of(g, ask), None) for g in groups):
            return groups
        answer = yield self.call("DescribeCacheClusters", showCacheNodeInfo=True)
        return [whole(group, (answer or {}).get("cacheClusters", ())) for group in groups]

    def live(self, raw: Raw, ask: Ask) -> Program[Live]:
        """Believe the tag index while the group changes: AWS itself tells no tags then."""
        known = ask.index.get(self.arn_of(raw, ask)) if self.state(raw) is not State.READY else None
        return (yield from super().live({**raw, "tagList": pairs(known)} if known else raw, ask))

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Take for done what AWS has accepted and will do in the maintenance window."""
        return super().decode(observed(raw))

    def reason(self, raw: Raw) -> str:
        """Return the state unless it is available, and what waits for a window or a reboot."""
        return happening(raw)

    def health(self, live: Live) -> str:
        """A group is as well as its nodes, and as its logs."""
        return "; ".join(filter(None, (super().health(live), unwell(live.raw))))

    def inspect(self, live: Live) -> Program[str]:
        """A group is as well as each of its nodes; the events of the last day tell why one is not."""
        said = "; ".join(filter(None, [self.health(live), restless(live.raw)]))
        bad = (yield from troubles(live.id, A_DAY)) if said else []
        return "; ".join(filter(None, [said, *bad]))

    def setback(self, live: Live, minutes: int) -> Program[str]:
        """Read the events: AWS accepts changes and gives them up later."""
        return "; ".join((yield from troubles(live.id, minutes)))

    def note(self, want: Wanted, live: Live) -> str:
        """Return what waits for a window or a reboot, and that AWS has gone on to a version which git does not name."""
        return "; ".join(filter(None, [ahead(want, live), live.reason, flushed(want, live)]))

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Compare the password by what it was made of, which a tag remembers."""
        found = super().diff(want, replace(live, spec={**live.spec, **sealed(live)}))
        yield from (d for d in found if d.path != "engineVersion" or not ahead(want, live))

    def encode(self, want: Wanted, names: Iterable[str]) -> dict[str, Any]:
        """An empty text is no topic."""
        return {name: value for name, value in super().encode(want, names).items() if value != ""}

    def tag(self, live: Live, tags: Tags) -> Calls:
        """Remember beside the new password's origin when the old one was set: until AWS has another date, it is valid."""
        told = dict(tags)
        if SEALS in told and sealed(live).get("authToken") != told[SEALS]:
            told[SEALS] = f"{told[SEALS]} {stamp(live.raw)}"
        new = {name: value for name, value in told.items() if (live.tags or {}).get(name) != value}
        yield from super().tag(live, new) if new else ()

    def write(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Grow first, for failover needs a second node; of what AWS refuses while it is busy, the rest comes later."""
        first = [name for name in COUNTS if name in changed and growing(name, want, live)]
        yield from super().write(want, live, first)
        yield from super().write(want, live, [name for name in changed if name not in first])

    def update(self, want: Wanted, live: Live, changed: Iterable[str]) -> Calls:
        """Send what changed, with what AWS demands beside it."""
        for params in modifications(want, live, changed, self.encode):
            yield self.call("ModifyReplicationGroup", replicationGroupId=live.id, **params)

    @writes("numCacheClusters", "replicasPerNodeGroup")
    def set_replicas(self, want: Wanted, live: Live) -> Calls:
        """Add or remove replicas of every shard."""
        name = "replicasPerNodeGroup" if "replicasPerNodeGroup" in want.spec else "numCacheClusters"
        count = want[name] if name == "replicasPerNodeGroup" else want[name] - 1
        operation = "IncreaseReplicaCount" if growing(name, want, live) else "DecreaseReplicaCount"
        yield self.call(operation, replicationGroupId=live.id, newReplicaCount=count, applyImmediately=True)

    @writes("numNodeGroups")
    def set_shards(self, want: Wanted, live: Live) -> Calls:
        """Add shards, or move the keys of the last ones to the others and remove them."""
        count, shards = want["numNodeGroups"], [g["nodeGroupId"] for g in live.raw.get("nodeGroups") or ()]
        kept = None if growing("numNodeGroups", want, live) else shards[:count]
        yield self.call(
            "ModifyReplicationGroupShardConfiguration", replicationGroupId=live.id, nodeGroupCount=count,
            nodeGroupsToRetain=kept, applyImmediately=True,
        )  # fmt: skip

    def delete(self, live: Live) -> Calls:
        """Leave a last snapshot, whose name is this group's alone."""
        kept = final_snapshot(live)
        missing = self.api.missing
        yield self.call(
            "DeleteReplicationGroup", missing=missing, replicationGroupId=live.id, finalSnapshotIdentifier=kept
        )

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        yield from faults(spec)

    def check_between(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
        """AWS takes few characters in a password, and a Secret that makes one up can be told so."""
        yield from password_faults(want.get("authToken"), siblings)
