"""RDS instances in time: creating, modifying, deleting; changes that wait for the maintenance window."""

from __future__ import annotations

from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.rds import models
from moto.rds.models import DBInstance, DBInstanceClustered, rds_backends
from moto.rds.responses import RDSResponse

from reconciler.emulator.fixes import eni, rds_check, rds_copies, rds_create, rds_engines, rds_own
from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.rds_groups import group_of, parameter_status
from reconciler.emulator.fixes.rds_states import (
    DELETING,
    MODIFYING,
    REBOOTING,
    available,
    owner,
    standby,
    then,
    wire,
)
from reconciler.emulator.patch import Method, once, replaces

_DEFERRED: dict[str, tuple[str, str]] = {
    "AllocatedStorage": ("AllocatedStorage", "allocated_storage"),
    "BackupRetentionPeriod": ("BackupRetentionPeriod", "backup_retention_period"),
    "CACertificateIdentifier": ("CACertificateIdentifier", "ca_certificate_identifier"),
    "DBInstanceClass": ("DBInstanceClass", "db_instance_class"),
    "EnableIAMDatabaseAuthentication": ("IAMDatabaseAuthenticationEnabled", "enable_iam_database_authentication"),
    "EngineVersion": ("EngineVersion", "engine_version"),
    "Iops": ("Iops", "iops"),
    "LicenseModel": ("LicenseModel", "license_model"),
    "MultiAZ": ("MultiAZ", "multi_az"),
    "NewDBInstanceIdentifier": ("DBInstanceIdentifier", "db_instance_identifier"),
    "StorageThroughput": ("StorageThroughput", "storage_throughput"),
    "StorageType": ("StorageType", "storage_type"),
}
"""Fields that wait for the window unless told otherwise: the name among the pending values, moto's attribute."""

_STORAGE = {"AllocatedStorage", "Iops", "StorageThroughput", "StorageType"}
_NOT_CHANGES = {"DBInstanceIdentifier", "ApplyImmediately", "AllowMajorVersionUpgrade", "Action", "Version"}


def _apply_pending(database: Moto) -> None:
    """Let the pending values become the instance's own."""
    if rds_own.given_up(database):
        return
    pending, database.pending_modified_values = database.pending_modified_values, {}
    attributes = dict(_DEFERRED.values())
    for name, value in pending.items():
        if name == "DBInstanceIdentifier":
            database.backend.databases.pop(database.db_instance_identifier)
            database.backend.databases[value] = database
        setattr(database, attributes[name], value)
    if "EngineVersion" in pending and database.db_parameter_group_name:
        group = group_of(database.backend, database.db_parameter_group_name)
        if group.name.startswith("default."):
            database.db_parameter_group_name = None
    standby(database)
    if _STORAGE & set(pending):
        rds_own.resized(database)
    else:
        available(database)


def _pending_of(database: Moto, wanted: Json) -> Json:
    """Return what of a change waits: fields whose value differs, a version only if it is another one."""
    found: Json = {}
    for name, (pending, attribute) in _DEFERRED.items():
        value = wanted.get(name)
        if value is None:
            continue
        if name == "NewDBInstanceIdentifier":
            value = value.lower()
        if name == "BackupRetentionPeriod" and value and database.backup_retention_period:
            continue
        if value != getattr(database, attribute):
            found[pending] = value
        elif pending in database.pending_modified_values:
            database.pending_modified_values = {
                k: v for k, v in database.pending_modified_values.items() if k != pending
            }
    return found


def _logs(database: Moto, changed: Json) -> None:
    disabled, enabled = changed.get("DisableLogTypes") or [], changed.get("EnableLogTypes") or []
    if missing := [name for name in disabled if name not in database.enabled_cloudwatch_logs_exports]:
        refuse(
            "InvalidParameterCombination",
            f"You cannot disable the log types '{', '.join(missing)}': they are not enabled.",
        )
    kept = [name for name in database.enabled_cloudwatch_logs_exports if name not in disabled]
    database.enabled_cloudwatch_logs_exports = list(dict.fromkeys([*kept, *enabled]))


def _modify(original: Method, self: Moto) -> Any:
    params = self.params
    wanted = wire(params)
    database = self.backend.describe_db_instances(wanted["DBInstanceIdentifier"])[0]
    if isinstance(database, DBInstanceClustered) or database.engine not in rds_engines.ENGINES:
        return original(self)
    growing = database.status == "storage-full" and "AllocatedStorage" in wanted
    if database.status not in ("available", "storage-optimization") and not growing:
        refuse("InvalidDBInstanceState", "Database instance is not in available state.")
    if not set(wanted) - _NOT_CHANGES:
        refuse("InvalidParameterCombination", "No modifications were requested")
    if version := wanted.get("EngineVersion"):
        same = f"{database.engine_version}.".startswith(f"{version}.")
        wanted["EngineVersion"] = (
            database.engine_version if same else rds_engines.full_version(database.engine, version)
        )
    rds_check.modified(database, wanted)
    if group := wanted.get("DBParameterGroupName"):
        params["DBParameterGroupName"] = group.lower()
    _logs(database, wanted.get("CloudwatchLogsExportConfiguration") or {})
    pending = _pending_of(database, wanted)
    for name in [*_DEFERRED, "CloudwatchLogsExportConfiguration"]:
        if name in params and not (name == "BackupRetentionPeriod" and name not in pending):
            del params[name]
    answer = original(self)
    _applied_at_once(database, wanted)
    database.pending_modified_values = {**database.pending_modified_values, **pending}
    at_once = set(wanted) - _NOT_CHANGES - set(_DEFERRED)
    if wanted.get("ApplyImmediately") and database.pending_modified_values:
        then(database, "modifying", MODIFYING, partial(_apply_pending, database))
    elif at_once or wanted.get("BackupRetentionPeriod"):
        then(database, "modifying", MODIFYING, partial(available, database))
    return answer


def _applied_at_once(database: Moto, wanted: Json) -> None:
    rds_create.insights(database, wanted)
    for name, attribute in (("DatabaseInsightsMode", "database_insights_mode"), ("NetworkType", "network_type")):
        if wanted.get(name):
            setattr(database, attribute, wanted[name])
    if wanted.get("DBParameterGroupName"):
        parameter_status(database, "pending-reboot")
    if wanted.get("VpcSecurityGroupIds"):
        backend = database.backend
        eni.regroup(backend.account_id, backend.region_name, owner(database), wanted["VpcSecurityGroupIds"])


def _reboot(original: Method, self: Moto) -> Any:
    answer = original(self)
    database = answer.result["DBInstance"]
    if database.status != "available":
        refuse("InvalidDBInstanceState", "Database instance is not in available state.")

    def done() -> None:
        parameter_status(database, "in-sync")
        _apply_pending(database)

    then(database, "rebooting", REBOOTING, done)
    return answer


def _last_snapshot(database: Moto, wanted: Json) -> str | None:
    """Return the name of the final snapshot; none is made of a replica."""
    final, skip = wanted.get("FinalDBSnapshotIdentifier"), wanted.get("SkipFinalSnapshot")
    if not final and not skip:
        refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
    if final and skip:
        refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot.",
        )
    if final and database.is_replica:
        refuse(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance.",
        )
    return final


def _delete(original: Method, self: Moto) -> Any:
    wanted = wire(self.params)
    database = self.backend.describe_db_instances(wanted["DBInstanceIdentifier"])[0]
    if isinstance(database, DBInstanceClustered):
        return original(self)
    if database.status == "deleting":
        refuse("InvalidDBInstanceState", f"Instance {database.resource_id} is already being deleted.")
    if database.status not in ("available", "storage-optimization", "stopped"):
        refuse("InvalidDBInstanceState", "Database instance is not in available state.")
    if database.deletion_protection:
        refuse(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        )
    final = _last_snapshot(database, wanted)
    if final:
        self.backend.validate_db_snapshot_identifier(final, parameter_name="FinalDBSnapshotIdentifier")
        self.backend.create_db_snapshot(database.db_instance_identifier, final)
    backend = self.backend

    def gone() -> None:
        eni.release(backend.account_id, backend.region_name, owner(database))
        if backend.databases.get(database.db_instance_identifier) is database:
            rds_copies.unlink(database)
            backend.delete_db_instance(database.db_instance_identifier, skip_final_snapshot=True)

    rds_copies.abandon(database)
    then(database, "deleting", DELETING, gone)
    return ActionResult({"DBInstance": database})


def open_maintenance_window(account: str, region: str) -> None:
    """Apply every available instance's pending values, as its maintenance window does."""
    databases: Moto = rds_backends[account][region].databases
    for database in databases.values():
        if database.status == "available" and database.pending_modified_values:
            then(database, "modifying", MODIFYING, partial(_apply_pending, database))


def _endpoint(self: Moto) -> Json | None:
    if self.status == "creating":
        return None
    return {"Address": self.address, "Port": self.port, "HostedZoneId": "Z2R2ITUGPM61AM"}


def _certificate(self: Moto) -> Json:
    return {"CAIdentifier": self.ca_certificate_identifier, "ValidTill": "2061-05-25T22:54:00Z"}


def _own_number(database: Moto) -> None:
    """Give each instance a resource id of its own: moto has one for all."""
    database.dbi_resource_id = f"db-{mock_random.get_random_hex(26).upper()}"


def _made(original: Method, self: Moto, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    _own_number(self)


@once
def install() -> None:
    """Make instances behave as on AWS."""
    replace_all(
        RDSResponse,
        {
            "create_db_instance": rds_create.create,
            "modify_db_instance": _modify,
            "reboot_db_instance": _reboot,
            "delete_db_instance": _delete,
        },
    )
    instance: Moto = DBInstance
    replaces(DBInstance, "__init__")(_made)
    instance.endpoint = property(_endpoint)
    instance.certificate_details = property(_certificate)
    instance.pending_modified_values = {}
    instance.performance_insights_enabled = False
    instance.performance_insights_retention_period = instance.performance_insights_kms_key_id = None
    # Our own check of the windows has happened by the time moto makes its stricter one.
    moto_models: Moto = models
    moto_models.valid_preferred_maintenance_window = lambda _maintenance, _backup: None
