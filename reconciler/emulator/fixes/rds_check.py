"""What CreateDBInstance and ModifyDBInstance refuse."""

from __future__ import annotations

import re

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends

from reconciler.emulator.fixes import iam_spread, rds_own, rds_windows
from reconciler.emulator.fixes.agenda import Json, Moto, refuse
from reconciler.emulator.fixes.rds_engines import check_class, engine_of, major_of, ordinal
from reconciler.emulator.fixes.rds_groups import check_family, group_of

_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 8, 128
_FREE_GP3, _LEAST_STORAGE, _LEAST_PROVISIONED, _MOST_STORAGE = 400, 20, 100, 65536
_STORAGE_TYPES = {"standard", "gp2", "gp3", "io1", "io2"}
_MOST_RETENTION = 35


def _invalid(message: str) -> None:
    refuse("InvalidParameterValue", message)


def _conflict(message: str) -> None:
    refuse("InvalidParameterCombination", message)


def password(value: str) -> None:
    """Fail for a master password RDS does not take."""
    prefix = "The parameter MasterUserPassword is not a valid password"
    if len(value) < _SHORTEST_PASSWORD:
        _invalid(f"{prefix} because it is shorter than {_SHORTEST_PASSWORD} characters.")
    if len(value) > _LONGEST_PASSWORD:
        _invalid(f"{prefix} because it is longer than {_LONGEST_PASSWORD} characters.")
    if re.search(r"[/@\" ]|[^\x20-\x7e]", value):
        _invalid(f"{prefix}. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.")


def storage(engine: str, kind: str, size: int, iops: int | None, throughput: int | None) -> None:
    """Fail for a combination of storage type, size (GiB), IOPS and throughput that does not exist."""
    if kind not in _STORAGE_TYPES:
        _invalid(f"Invalid storage type: {kind}")
    least = _LEAST_PROVISIONED if kind in ("io1", "io2") else 5 if kind == "standard" else _LEAST_STORAGE
    if not least <= size <= _MOST_STORAGE:
        _invalid(f"Invalid storage size for engine name {engine} and storage type {kind}: {size}")
    if kind in ("io1", "io2") and not iops:
        _conflict(f"You must specify an iops value when the storage type is {kind}.")
    if kind == "gp3" and size < _FREE_GP3 and (iops or throughput):
        _conflict(
            f"You can't specify IOPS or storage throughput for engine {engine} and a storage size less than "
            f"{_FREE_GP3}."
        )
    if kind in ("gp2", "standard") and (iops or throughput):
        _conflict(f"You can't specify IOPS or storage throughput for storage type {kind}.")


def security_groups(account: str, region: str, ids: list[str], vpc: str | None) -> None:
    """Fail for unknown security groups, or those of another network than the subnet group's."""
    ec2: Moto = ec2_backends[account][region]
    for group_id in ids:
        group = ec2.get_security_group_from_id(group_id)
        if group is None:
            _invalid(f"Invalid security group , groupId= {group_id}, groupName=.")
        elif vpc and group.vpc_id != vpc:
            _conflict(
                "The DB instance and EC2 security group are in different VPCs. "
                f"The DB instance is in {vpc} and the EC2 security group is in {group.vpc_id}"
            )


def log_types(engine: str, version: str, names: list[str]) -> None:
    """Fail for log types the engine does not export."""
    unknown = [name for name in names if name not in engine_of(engine).logs]
    if unknown:
        _conflict(
            f"You cannot use the log types '{', '.join(unknown)}' with engine version {engine} {version}. "
            "For supported log types, see the documentation."
        )


def key_arn(account: str, region: str, reference: str) -> str:
    """Return the ARN of the KMS key an id, alias or ARN names; it must be enabled."""
    kms: Moto = kms_backends[account][region]
    try:
        key = kms.describe_key(kms.any_id_to_key_id(reference))
    except KeyError:
        key = None
    if key is None or key.key_state != "Enabled":
        refuse(
            "KMSKeyNotAccessibleFault",
            f"The specified KMS key [{reference}] does not exist, is not enabled or you do not have permissions to "
            "access it.",
        )
    arn: str = key.arn
    return arn


def created(backend: Moto, wanted: Json, version: str) -> None:
    """Fail where AWS would refuse to create this instance."""
    engine = wanted["Engine"].lower()
    check_class(wanted["DBInstanceClass"], engine)
    _master(wanted, engine)
    name = wanted.get("DBName")
    if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name):
        _invalid("DBName must begin with a letter and contain only alphanumeric characters.")
    kind = wanted.get("StorageType") or ("io1" if wanted.get("Iops") else "gp2")
    storage(engine, kind, int(wanted.get("AllocatedStorage") or 0), wanted.get("Iops"), wanted.get("StorageThroughput"))
    vpc = None
    if wanted.get("DBSubnetGroupName"):
        vpc = backend.describe_db_subnet_groups(wanted["DBSubnetGroupName"])[0].vpc_id
    around(backend, wanted, (engine, version), vpc)


def placed(backend: Moto, wanted: Json, origin: Moto, vpc: str | None) -> None:
    """Fail where AWS would refuse to make a copy of another instance like this."""
    check_class(wanted["DBInstanceClass"], origin.engine)
    around(backend, wanted, (origin.engine, origin.engine_version), vpc)


def around(backend: Moto, wanted: Json, engine_version: tuple[str, str], vpc: str | None) -> None:
    """Fail for neighbours of an instance that do not exist, or do not fit it."""
    engine, version = engine_version
    security_groups(backend.account_id, backend.region_name, wanted.get("VpcSecurityGroupIds") or [], vpc)
    if wanted.get("DBParameterGroupName"):
        check_family(group_of(backend, wanted["DBParameterGroupName"]), engine, version)
    log_types(engine, version, wanted.get("EnableCloudwatchLogsExports") or [])
    for name in ("KmsKeyId", "PerformanceInsightsKMSKeyId"):
        if wanted.get(name):
            key_arn(backend.account_id, backend.region_name, wanted[name])
    both(backend, wanted)


def _master(wanted: Json, engine: str) -> None:
    if not wanted.get("ManageMasterUserPassword"):
        if not wanted.get("MasterUserPassword"):
            _invalid("The parameter MasterUserPassword must be provided and must not be blank.")
        password(wanted["MasterUserPassword"])
    elif wanted.get("MasterUserPassword"):
        _conflict("You can't specify MasterUserPassword when ManageMasterUserPassword is true.")
    user = wanted.get("MasterUsername") or ""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", user):
        _invalid("The parameter MasterUsername must be provided and must begin with a letter.")
    if user.lower() in engine_of(engine).reserved_users:
        _invalid(f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")


def both(backend: Moto, wanted: Json) -> None:
    """Fail for values neither a creation nor a change may have."""
    role = wanted.get("MonitoringRoleArn")
    if role and not iam_spread.assumable(backend.account_id, role, "monitoring.rds.amazonaws.com"):
        _invalid("IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING")
    if not 0 <= int(wanted.get("BackupRetentionPeriod") or 0) <= _MOST_RETENTION:
        _invalid(f"Invalid backup retention period: {wanted['BackupRetentionPeriod']}. Must be between 0 and 35.")
    retention = wanted.get("PerformanceInsightsRetentionPeriod")
    if retention and not (retention in (7, 731) or retention % 31 == 0):
        _invalid(
            "Invalid Performance Insights retention period. Valid values are: [7, 31, 62, ... 713, 731], "
            f"got {retention}"
        )
    rds_windows.check(wanted.get("PreferredMaintenanceWindow"), wanted.get("PreferredBackupWindow"))


def modified(database: Moto, wanted: Json) -> None:
    """Fail where AWS would refuse these changes to the instance."""
    backend, engine = database.backend, database.engine
    if wanted.get("DBInstanceClass"):
        check_class(wanted["DBInstanceClass"], engine)
    if wanted.get("MasterUserPassword"):
        password(wanted["MasterUserPassword"])
    if any(wanted.get(key) is not None for key in ("AllocatedStorage", "StorageType", "Iops", "StorageThroughput")):
        _storage_change(database, wanted)
    rds_own.check_backups(database, wanted)
    most = wanted.get("MaxAllocatedStorage")
    if most and int(most) < int(wanted.get("AllocatedStorage") or database.allocated_storage):
        _conflict(f"Invalid max storage size for engine name {engine} and storage type {database.storage_type}: {most}")
    vpc = getattr(getattr(database, "db_subnet_group", None), "vpc_id", None)
    security_groups(backend.account_id, backend.region_name, wanted.get("VpcSecurityGroupIds") or [], vpc)
    _upgrade(database, wanted)
    changed = wanted.get("CloudwatchLogsExportConfiguration") or {}
    log_types(engine, database.engine_version, changed.get("EnableLogTypes") or [])
    both(backend, wanted)
    windows = (
        ("PreferredMaintenanceWindow", "preferred_maintenance_window"),
        ("PreferredBackupWindow", "preferred_backup_window"),
    )
    if any(wanted.get(wire) for wire, _ in windows):
        rds_windows.check(*(wanted.get(wire) or getattr(database, attribute) for wire, attribute in windows))


def _storage_change(database: Moto, wanted: Json) -> None:
    size = int(wanted.get("AllocatedStorage") or database.allocated_storage)
    if size < database.allocated_storage:
        _conflict(
            f"Invalid storage size for engine name {database.engine} and storage type {database.storage_type}: {size}. "
            f"The allocated storage can't be reduced below {database.allocated_storage}."
        )
    rds_own.check_disk(database, wanted)
    storage(
        database.engine,
        wanted.get("StorageType") or database.storage_type,
        size,
        wanted.get("Iops"),
        wanted.get("StorageThroughput"),
    )


def _upgrade(database: Moto, wanted: Json) -> None:
    engine, now, target = database.engine, database.engine_version, str(wanted.get("EngineVersion") or "")
    group = wanted.get("DBParameterGroupName")
    if target and ordinal(target) < ordinal(now):
        _conflict(f"Cannot upgrade {engine} from {now} to {target}")
    major = bool(target) and major_of(engine, target) != major_of(engine, now)
    if major and not wanted.get("AllowMajorVersionUpgrade"):
        _conflict("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
    current = database.db_parameter_groups()[0].name
    if major and not group and not current.startswith("default."):
        _conflict(
            f"The current DB instance parameter group {current} is custom. You must explicitly specify a new DB "
            "parameter group, either default or custom, for the engine version upgrade."
        )
    if group:
        check_family(group_of(database.backend, group), engine, target or now)
