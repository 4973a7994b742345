"""RDS instances made of others: read replicas, and instances restored from snapshots or to a point in time."""

from __future__ import annotations

import copy
from functools import partial

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.rds.models import DBInstance, rds_backends
from moto.rds.responses import RDSResponse

from reconciler.emulator.fixes import rds_check, rds_create, rds_states
from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once

_DATA = ("engine", "engine_version", "master_username", "db_name", "license_model", "storage_encrypted")
_SHAPE = ("db_instance_class", "allocated_storage", "port")
_REPLICA = (*_DATA, *_SHAPE, "auto_minor_version_upgrade", "preferred_maintenance_window", "preferred_backup_window")
_RESTORED = (*_DATA, *_SHAPE, "backup_retention_period", "preferred_backup_window")
"""moto's attributes that a copy has from its origin, unless the request says otherwise."""
_MOST_REPLICAS = 15


def _named(backend: Moto, identifier: str) -> Moto:
    """Return an instance by its name, or by its ARN wherever it lies."""
    if identifier.startswith("arn:"):
        backend = rds_backends[backend.account_id][identifier.split(":")[3]]
    return backend.describe_db_instances(identifier.rpartition(":")[2].lower())[0]


def _replicate(_original: Method, self: Moto) -> ActionResult:
    wanted, backend = rds_states.wire(self.params), self.backend
    named = wanted["SourceDBInstanceIdentifier"]
    source = _named(backend, named)
    near = source.region == self.region
    if near and not named.startswith("arn:") and wanted.get("DBSubnetGroupName"):
        refuse(
            "DBSubnetGroupNotAllowedFault",
            "The DbSubnetGroupName should not be specified for read replicas that are created in the same region as "
            "the master",
        )
    if not near and not named.startswith("arn:"):
        refuse("DBInstanceNotFound", f"DBInstance {named} not found.")
    if source.status not in ("available", "storage-optimization"):
        refuse("InvalidDBInstanceState", f"DB instance {source.resource_id} is not in available state.")
    if not source.backup_retention_period:
        refuse("InvalidDBInstanceState", "Automated backups are not enabled for this database instance.")
    if len(source.replicas) >= _MOST_REPLICAS:
        refuse("InstanceQuotaExceeded", f"The instance has {_MOST_REPLICAS} read replicas already.")
    if not near and source.storage_encrypted and not wanted.get("KmsKeyId"):
        refuse("InvalidParameterCombination", "Cannot create a replica in another region without a key of that region.")
    inherited = {name: getattr(source, name) for name in _REPLICA}
    if near:
        inherited["db_parameter_group_name"] = source.db_parameter_group_name
    if near and getattr(source, "db_subnet_group", None):
        inherited["db_subnet_group_name"] = source.db_subnet_group.name
    replica = _made(self, source, inherited | {"backup_retention_period": 0})
    replica.source_db_instance_identifier = source.resource_id if near else source.db_instance_arn
    replica.is_replica = True
    source.replicas = [*source.replicas, replica.resource_id if near else replica.db_instance_arn]
    # A replica starts from a snapshot of its source.
    rds_states.then(source, "backing-up", rds_states.BACKING_UP, partial(rds_states.available, source))
    return ActionResult({"DBInstance": replica})


def _from_snapshot(_original: Method, self: Moto) -> ActionResult:
    identifier = self.params["DBSnapshotIdentifier"].rpartition(":")[2]
    found = self.backend.database_snapshots
    if identifier not in found:
        refuse("DBSnapshotNotFound", f"DBSnapshot not found: {identifier}")
    snapshot = found[identifier]
    origin = copy.copy(snapshot.database)
    origin.allocated_storage = snapshot.allocated_storage
    return ActionResult({"DBInstance": _restored(self, origin)})


def _to_moment(_original: Method, self: Moto) -> ActionResult:
    wanted = rds_states.wire(self.params)
    if bool(wanted.get("RestoreTime")) == bool(wanted.get("UseLatestRestorableTime")):
        refuse("InvalidParameterCombination", "Specify either RestoreTime or UseLatestRestorableTime, and not both.")
    if not wanted.get("SourceDBInstanceIdentifier"):
        refuse("DBInstanceAutomatedBackupNotFound", "There are no automated backups of that instance.")
    source = _named(self.backend, wanted["SourceDBInstanceIdentifier"])
    if not source.backup_retention_period:
        refuse("PointInTimeRestoreNotEnabled", f"Automated backups are not enabled for {source.resource_id}.")
    self.params["DBInstanceIdentifier"] = wanted["TargetDBInstanceIdentifier"]
    return ActionResult({"DBInstance": _restored(self, source)})


def _restored(self: Moto, origin: Moto) -> Moto:
    wanted = rds_states.wire(self.params)
    if int(wanted.get("AllocatedStorage") or origin.allocated_storage) < origin.allocated_storage:
        refuse(
            "InvalidParameterValue",
            "The allocated storage size can't be less than the source snapshot or backup size.",
        )
    # Who names no tags gets those of the instance that was backed up.
    tags = wanted.get("Tags") or [dict(tag) for tag in origin.tags]
    return _made(self, origin, {name: getattr(origin, name) for name in _RESTORED} | {"tags": tags})


def _made(self: Moto, origin: Moto, inherited: Json) -> Moto:
    """Make an instance with what the request says, what it inherits, and AWS's defaults for the rest."""
    wanted, backend = rds_states.wire(self.params), self.backend
    name = wanted["DBInstanceIdentifier"].lower()
    if name in backend.databases:
        refuse("DBInstanceAlreadyExists", "DB instance already exists")
    disk = {"StorageType": wanted.get("StorageType") or ("io1" if wanted.get("Iops") else "gp3")}
    size = int(wanted.get("AllocatedStorage") or inherited["allocated_storage"])
    rds_check.storage(origin.engine, disk["StorageType"], size, wanted.get("Iops"), wanted.get("StorageThroughput"))
    key = {"KmsKeyId": wanted.get("KmsKeyId") or origin.kms_key_id} if origin.storage_encrypted else {}
    wanted = {**wanted, **disk, **key}
    group = str(wanted.get("DBSubnetGroupName") or inherited.get("db_subnet_group_name") or "").lower()
    vpc = backend.describe_db_subnet_groups(group)[0].vpc_id if group else None
    rds_check.placed(backend, {"DBInstanceClass": origin.db_instance_class, **wanted}, origin, vpc)
    props = {**inherited, **_snake(self.params), "storage_type": disk["StorageType"], "db_instance_identifier": name}
    props["db_subnet_group_name"] = group or None
    if vpc and not wanted.get("VpcSecurityGroupIds"):
        ec2: Moto = ec2_backends[self.current_account][self.region]
        props["vpc_security_group_ids"] = [ec2.get_default_security_group(vpc).id]
    for identity in ("source_db_instance_identifier", "target_db_instance_identifier", "manage_master_user_password"):
        props.pop(identity, None)
    database = backend.create_db_instance(props)
    rds_create.complete(database, wanted)
    rds_create.begin(database)
    return database


def _snake(params: Moto) -> Json:
    return {name: value for name, value in dict(params).items() if value is not None}


def _promote(_original: Method, self: Moto) -> ActionResult:
    wanted = rds_states.wire(self.params)
    database = self.backend.describe_db_instances(wanted["DBInstanceIdentifier"])[0]
    if database.status != "available":
        refuse("InvalidDBInstanceState", "Database instance is not in available state.")
    if not database.is_replica:
        refuse("InvalidDBInstanceState", f"DB instance {database.resource_id} is not a read replica.")
    rds_check.both(self.backend, wanted)
    unlink(database)
    database.backup_retention_period = int(wanted.get("BackupRetentionPeriod", 1))
    database.preferred_backup_window = wanted.get("PreferredBackupWindow") or database.preferred_backup_window
    done = partial(rds_create.backed_up, database)
    rds_states.then(database, "modifying", rds_states.MODIFYING, done)
    return ActionResult({"DBInstance": database})


def unlink(database: Moto) -> None:
    """Cut a replica off from its source, and the replicas of an instance off from it."""
    if database.is_replica:
        source = _named(database.backend, database.source_db_instance_identifier)
        gone = (database.resource_id, database.db_instance_arn)
        source.replicas = [name for name in source.replicas if name not in gone]
    database.is_replica, database.source_db_instance_identifier = False, None


def abandon(database: Moto) -> None:
    """Let the replicas of an instance that is being deleted stand on their own."""
    for name in database.replicas:
        replica = _named(database.backend, name)
        replica.is_replica, replica.source_db_instance_identifier = False, None
    database.replicas = []


def _status_infos(self: Moto) -> list[Json]:
    if not self.is_replica or self.status == "creating":
        return []
    state = getattr(self, "replication", "replicating")
    more = {} if state == "replicating" else {"Message": f"replication is {state}"}
    return [{"StatusType": "read replication", "Status": state, "Normal": state == "replicating", **more}]


@once
def install() -> None:
    """Make copies behave as on AWS."""
    replace_all(
        RDSResponse,
        {
            "create_db_instance_read_replica": _replicate,
            "restore_db_instance_from_db_snapshot": _from_snapshot,
            "restore_db_instance_to_point_in_time": _to_moment,
            "promote_read_replica": _promote,
        },
    )
    instance: Moto = DBInstance
    instance.status_infos = property(_status_infos)
