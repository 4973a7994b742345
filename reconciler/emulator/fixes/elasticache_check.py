"""What ElastiCache refuses when a replication group is made or changed."""

from __future__ import annotations

import re

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends

from reconciler.emulator.fixes.agenda import Json, Moto, loaded, refuse
from reconciler.emulator.fixes.elasticache_engines import ordinal

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR, _DAY, _WEEK = 60, 24 * 60, 7 * 24 * 60
_TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")
MOST_NODES, MOST_REPLICAS, _MOST_RETENTION = 6, 5, 35
_LOGS_SINCE = {"slow-log": (6, 0), "engine-log": (6, 2)}
_TLS_SINCE = (7, 0, 5)


def invalid(message: str) -> None:
    """Refuse a value."""
    refuse("InvalidParameterValue", message)


def conflict(message: str) -> None:
    """Refuse a combination of values."""
    refuse("InvalidParameterCombination", message)


def identifier(name: str) -> None:
    """Fail for a name that a group cannot have."""
    if not re.fullmatch(r"[a-z](-?[a-z0-9]){0,39}", name) or len(name) > 40:  # noqa: PLR2004 - AWS's longest
        invalid(f"The parameter ReplicationGroupId is not a valid identifier: {name}")


def token(value: str, *, encrypted: bool) -> None:
    """Fail for a password that AWS does not take, or where nothing hides it on its way."""
    if not encrypted:
        conflict("The AUTH token can only be used with in-transit encryption.")
    if not _TOKEN.fullmatch(value):
        invalid(
            "Invalid AuthToken provided. It must have 16 to 128 printable characters; of those that are neither letters "
            "nor digits, only !&#$^<>- are taken."
        )


def security_groups(backend: Moto, ids: list[str], vpc: str | None) -> None:
    """Fail for unknown security groups, or those of another network than the subnet group's."""
    ec2: Moto = ec2_backends[backend.account_id][backend.region_name]
    for one in ids:
        group = ec2.get_security_group_from_id(one)
        if group is None or (vpc and group.vpc_id != vpc):
            invalid(f"Some security group Ids are not valid: {one}")


def key(backend: Moto, reference: str) -> str:
    """Return the ARN of an enabled KMS key."""
    kms: Moto = kms_backends[backend.account_id][backend.region_name]
    try:
        found = kms.describe_key(kms.any_id_to_key_id(reference))
    except KeyError:
        found = None
    if found is None or found.key_state != "Enabled":
        invalid(f"The KMS key {reference} does not exist, is not enabled or you do not have permissions to access it.")
    arn: str = found.arn
    return arn


def topic(backend: Moto, arn: str) -> None:
    """Fail for a topic that does not exist."""
    models = loaded("moto.sns.models")
    known = models.sns_backends[backend.account_id][backend.region_name].topics if models else {}
    if arn not in known:
        invalid(f"Topic ARN does not exist: {arn}")


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def windows(snapshot: str | None, maintenance: str | None) -> None:
    """Fail for malformed or short windows."""
    clock = r"(?:[01]\d|2[0-3]):[0-5]\d"
    daily = re.fullmatch(rf"({clock})-({clock})", snapshot or "")
    if snapshot and (not daily or (_minute(daily[2]) - _minute(daily[1])) % _DAY < _HOUR):
        invalid(f"Invalid snapshot window: {snapshot}. It must be hh24:mi-hh24:mi (UTC) and at least 60 minutes long.")
    days = "|".join(_DAYS)
    weekly = re.fullmatch(rf"({days}):({clock})-({days}):({clock})", (maintenance or "").lower())
    if maintenance and not weekly:
        invalid(f"Invalid maintenance window: {maintenance}. It must be ddd:hh24:mi-ddd:hh24:mi (UTC).")
    if weekly:
        start, end = (_DAYS.index(weekly[i]) * _DAY + _minute(weekly[i + 1]) for i in (1, 3))
        if not _HOUR <= (end - start) % _WEEK <= _DAY:
            invalid("The maintenance window must be between 60 minutes and 24 hours.")


def either(backend: Moto, wanted: Json, version: str) -> None:
    """Fail for values that neither a creation nor a change may have."""
    retention = wanted.get("SnapshotRetentionLimit")
    if retention is not None and not 0 <= int(retention) <= _MOST_RETENTION:
        invalid(f"Invalid SnapshotRetentionLimit: {retention}. Must be between 0 and {_MOST_RETENTION}.")
    windows(wanted.get("SnapshotWindow"), wanted.get("PreferredMaintenanceWindow"))
    if wanted.get("NotificationTopicArn"):
        topic(backend, wanted["NotificationTopicArn"])
    for log in wanted.get("LogDeliveryConfigurations") or []:
        on = str(log.get("Enabled", "true")).lower() == "true"
        since = _LOGS_SINCE.get(log.get("LogType"), (0,))
        if on and not all(log.get(name) for name in ("DestinationType", "DestinationDetails", "LogFormat")):
            conflict(f"The log delivery configuration of {log.get('LogType')} is incomplete.")
        if on and ordinal(version) < since:
            conflict(f"{log['LogType']} is not supported for engine version {version}.")


def failover(*, automatic: bool, zones: bool, clustered: bool, standbys: int) -> None:
    """Fail for a failover without anything to fail over to."""
    if zones and not automatic:
        conflict("Multi-AZ can only be enabled with automatic failover.")
    if clustered and not automatic:
        conflict("Redis with cluster mode enabled cannot be used with auto failover turned off.")
    if not clustered and automatic and not standbys:
        conflict("When using automatic failover, there must be at least 2 cache clusters in the replication group.")
    if zones and not standbys:
        conflict("Multi-AZ needs at least one replica per node group.")


def transit(before: Json, wanted: Json, version: str) -> None:
    """Fail for a change of encryption that leaves out the step between."""
    on, mode = before["TransitEncryptionEnabled"], before.get("TransitEncryptionMode")
    then, other = wanted.get("TransitEncryptionEnabled", on), wanted.get("TransitEncryptionMode")
    if (then != on or (other and other != mode)) and ordinal(version) < _TLS_SINCE:
        conflict("In-transit encryption can only be modified for engine version 7.0.5 and later.")
    if then and not on and other != "preferred":
        conflict("To enable in-transit encryption, the transit encryption mode must be preferred first.")
    if on and not then and mode != "preferred":
        conflict("To disable in-transit encryption, the transit encryption mode must be preferred first.")
    if other and not then:
        conflict("A transit encryption mode needs in-transit encryption.")
