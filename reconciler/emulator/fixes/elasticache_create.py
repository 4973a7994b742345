"""CreateReplicationGroup: what AWS fills in, and the state until the group is available."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends

from reconciler.emulator.fixes import elasticache_check as check
from reconciler.emulator.fixes.agenda import Json, Moto, refuse
from reconciler.emulator.fixes.elasticache_engines import check_type, family_of, release
from reconciler.emulator.fixes.elasticache_groups import ParameterGroup, parameter_group, subnet_group
from reconciler.emulator.fixes.elasticache_nodes import ReplicationGroup, asked, subnets_of
from reconciler.emulator.fixes.rds_states import then

if TYPE_CHECKING:
    from reconciler.emulator.patch import Method

CREATING = 3.0
_DEFAULTS: Json = {
    "Port": 6379, "NetworkType": "ipv4", "IpDiscovery": "ipv4", "SnapshotRetentionLimit": 0, "SnapshotWindow": "05:00-06:00",
    "PreferredMaintenanceWindow": "sun:07:00-sun:08:00", "AutoMinorVersionUpgrade": True, "TransitEncryptionEnabled": False,
    "AutomaticFailoverEnabled": False, "MultiAZEnabled": False, "ReplicationGroupDescription": "",
}  # fmt: skip


def create(_original: Method, self: Moto) -> ActionResult:
    """Replace `create_replication_group` of moto's responses."""
    backend, wanted = self.elasticache_backend, asked(self)
    name = wanted["ReplicationGroupId"].lower()
    check.identifier(name)
    if name in backend.replication_groups:
        refuse("ReplicationGroupAlreadyExists", f"Replication group {name} already exists")
    group = _group(backend, name, wanted)
    backend.replication_groups[name] = group
    backend.tagging_service.tag_resource(group.arn, wanted.get("Tags") or [])

    def available() -> None:
        group.status = "available"
        told(backend, group, "Replication group is now available")

    then(group, "creating", CREATING, available)
    return ActionResult({"ReplicationGroup": group.shown()})


def told(backend: Moto, group: ReplicationGroup, message: str) -> None:
    """Remember an event."""
    events: list[Json] = backend.__dict__.setdefault("cache_events", [])
    one = {"SourceIdentifier": group.replication_group_id, "SourceType": "replication-group", "Message": message}
    events.append(one)


def _group(backend: Moto, name: str, wanted: Json) -> ReplicationGroup:
    engine = wanted.get("Engine", "redis").lower()
    found = release(engine, wanted.get("EngineVersion"))
    if not wanted.get("CacheNodeType"):
        check.invalid("CacheNodeType must be specified")
    check_type(wanted["CacheNodeType"])
    shards = int(wanted.get("NumNodeGroups") or 1)
    spread = shards > 1 or wanted.get("ClusterMode") == "enabled"
    parameters = _parameters(backend, wanted, found.family, spread=spread)
    clustered = parameters.value("cluster-enabled") == "yes"
    if spread and not clustered:
        check.conflict(
            f"The parameter group {parameters.name} does not enable cluster mode, which several shards need."
        )
    replicas = _replicas(wanted, clustered=clustered)
    check.either(backend, wanted, found.runs)
    settings = _settings(backend, wanted, engine)
    settings["CacheParameterGroupName"] = parameters.name
    settings["ClusterMode"] = wanted.get("ClusterMode") or ("enabled" if clustered else "disabled")
    automatic, zones = settings["AutomaticFailoverEnabled"], settings["MultiAZEnabled"]
    check.failover(automatic=automatic, zones=zones, clustered=clustered, standbys=replicas)
    placed = _placed(wanted, replicas + 1)
    group = ReplicationGroup(backend, name, settings, found.runs, clustered, _subnets(backend, settings))
    if password := wanted.get("AuthToken"):
        check.token(password, encrypted=settings["TransitEncryptionEnabled"])
        group.set_token(password, rotate=False)
    for number in range(shards):
        group.grow(f"{number + 1:04}", replicas + 1, placed)
    return group


def _parameters(backend: Moto, wanted: Json, family: str, *, spread: bool) -> ParameterGroup:
    default = f"default.{family}{'.cluster.on' if spread else ''}"
    group = parameter_group(backend, wanted.get("CacheParameterGroupName") or default)
    fitting(group, family)
    return group


def fitting(group: ParameterGroup, family: str) -> None:
    """Fail unless the parameter group is for this family."""
    if group.family != family:
        check.conflict(f"Expected a parameter group of family {family} but found one of family {group.family}")


def _replicas(wanted: Json, *, clustered: bool) -> int:
    nodes, replicas = wanted.get("NumCacheClusters"), wanted.get("ReplicasPerNodeGroup")
    if nodes is not None and (clustered or replicas is not None):
        check.conflict("NumCacheClusters cannot be combined with NumNodeGroups or ReplicasPerNodeGroup.")
    found = int(replicas) if replicas is not None else int(nodes or 1) - 1
    if not 0 <= found <= check.MOST_REPLICAS:
        check.invalid(f"Invalid number of replicas: {found}. Must be between 0 and {check.MOST_REPLICAS}.")
    return found


def _placed(wanted: Json, count: int) -> list[str] | None:
    zones: list[str] | None = wanted.get("PreferredCacheClusterAZs") or None
    if zones and len(zones) != count:
        check.conflict("The number of PreferredCacheClusterAZs must be the number of cache clusters.")
    return zones


def _settings(backend: Moto, wanted: Json, engine: str) -> Json:
    settings = {**_DEFAULTS, **wanted, "Engine": engine}
    settings = {
        name: value for name, value in settings.items() if name not in ("AuthToken", "Tags", "Action", "Version")
    }
    settings["PreferredMaintenanceWindow"] = settings["PreferredMaintenanceWindow"].lower()
    settings.setdefault("AtRestEncryptionEnabled", engine == "valkey")
    settings.setdefault("TransitEncryptionMode", "required")
    if wanted.get("TransitEncryptionMode") and not settings["TransitEncryptionEnabled"]:
        check.conflict("A transit encryption mode needs in-transit encryption.")
    if reference := wanted.get("KmsKeyId"):
        if not settings["AtRestEncryptionEnabled"]:
            check.conflict("KmsKeyId needs encryption at rest.")
        settings["KmsKeyId"] = check.key(backend, reference)
    ec2: Moto = ec2_backends[backend.account_id][backend.region_name]
    if name := wanted.get("CacheSubnetGroupName"):
        group = subnet_group(backend, name)
        settings["CacheSubnetGroupName"], vpc = name.lower(), group.vpc_id
    else:
        settings["CacheSubnetGroupName"], vpc = "default", ec2.get_default_vpc().id
    check.security_groups(backend, wanted.get("SecurityGroupIds") or [], vpc)
    settings["SecurityGroupIds"] = wanted.get("SecurityGroupIds") or [ec2.get_default_security_group(vpc).id]
    return settings


def _subnets(backend: Moto, settings: Json) -> list[Moto]:
    name = settings["CacheSubnetGroupName"]
    ec2: Moto = ec2_backends[backend.account_id][backend.region_name]
    if name in backend.cache_subnet_groups:
        found = subnets_of(backend, backend.cache_subnet_groups[name].subnet_ids)
    else:
        found = [subnet for subnet in ec2.describe_subnets() if subnet.vpc_id == ec2.get_default_vpc().id]
    by_zone = {subnet.availability_zone: subnet for subnet in reversed(found)}
    if settings["MultiAZEnabled"] and len(by_zone) < 2:  # noqa: PLR2004 - a standby needs a zone of its own
        check.conflict("Multi-AZ needs a cache subnet group with subnets in at least two Availability Zones.")
    return [by_zone[zone] for zone in sorted(by_zone)]


def upgraded(
    group: ReplicationGroup, engine: str, version: str | None, parameters: str | None
) -> tuple[str, ParameterGroup]:
    """Return the version and the parameter group of a change of engine or version, or fail."""
    before = group.settings["Engine"]
    found = release(engine, version)
    lower = [int(n) for n in found.runs.split(".")] < [int(n) for n in group.version.split(".")]
    if lower or (before, engine) == ("valkey", "redis"):
        check.conflict(f"Cannot modify {before} {group.version} to {engine} {found.runs}: it cannot be downgraded.")
    current = group.settings["CacheParameterGroupName"]
    same = family_of(before, group.version) == found.family
    if not same and not parameters and not current.startswith("default."):
        check.conflict(f"A parameter group of family {found.family} must be specified: {current} is a custom one.")
    suffix = ".cluster.on" if group.clustered else ""
    name = parameters or (current if same else f"default.{found.family}{suffix}")
    chosen = parameter_group(group.backend, name)
    fitting(chosen, found.family)
    return found.runs, chosen
