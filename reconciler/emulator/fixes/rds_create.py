"""CreateDBInstance: what AWS fills in, and the states until the instance is available."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

from reconciler.emulator.fixes import eni, rds_check, rds_engines, rds_states
from reconciler.emulator.fixes.agenda import Json, Moto, refuse

if TYPE_CHECKING:
    from reconciler.emulator.patch import Method

_GP3_IOPS, _GP3_THROUGHPUT = 3000, 125


def create(original: Method, self: Moto) -> Any:
    """Replace `create_db_instance` of moto's responses."""
    params = self.params
    wanted = rds_states.wire(params)
    if wanted.get("DBClusterIdentifier") or wanted["Engine"].lower() not in rds_engines.ENGINES:
        return original(self)
    if wanted["DBInstanceIdentifier"] in self.backend.databases:
        refuse("DBInstanceAlreadyExists", "DB instance already exists")
    version = rds_engines.full_version(wanted["Engine"].lower(), wanted.get("EngineVersion"))
    rds_check.created(self.backend, wanted, version)
    params["EngineVersion"], params["Engine"] = version, wanted["Engine"].lower()
    if wanted.get("DBParameterGroupName"):
        params["DBParameterGroupName"] = wanted["DBParameterGroupName"].lower()
    if wanted.get("DBSubnetGroupName"):
        params["DBSubnetGroupName"] = wanted["DBSubnetGroupName"].lower()
        if not wanted.get("VpcSecurityGroupIds"):
            vpc = self.backend.describe_db_subnet_groups(params["DBSubnetGroupName"])[0].vpc_id
            ec2: Moto = ec2_backends[self.current_account][self.region]
            params["VpcSecurityGroupIds"] = [ec2.get_default_security_group(vpc).id]
    answer = original(self)
    database = answer.result["DBInstance"]
    complete(database, wanted)
    begin(database)
    return answer


def begin(database: Moto) -> None:
    """Let a new instance go through its first states."""
    rds_states.then(database, "creating", rds_states.CREATING, partial(backed_up, database))


def backed_up(database: Moto) -> None:
    """End a state with a first backup, if the instance makes any."""
    if not database.backup_retention_period:
        rds_states.available(database)
        return
    rds_states.then(database, "backing-up", rds_states.BACKING_UP, partial(rds_states.available, database))


def complete(database: Moto, wanted: Json) -> None:
    """Give a new instance what AWS shows beside the fields moto keeps."""
    backend = database.backend
    account, region = backend.account_id, backend.region_name
    database.license_model = wanted.get("LicenseModel") or rds_engines.engine_of(database.engine).license
    if not wanted.get("OptionGroupName"):
        major = rds_engines.major_of(database.engine, database.engine_version).replace(".", "-")
        database.option_group_name = f"default:{database.engine}-{major}"
    database.publicly_accessible = bool(wanted.get("PubliclyAccessible", False))
    database.network_type = wanted.get("NetworkType") or "IPV4"
    database.ca_certificate_identifier = wanted.get("CACertificateIdentifier") or "rds-ca-rsa2048-g1"
    database.database_insights_mode = wanted.get("DatabaseInsightsMode") or "standard"
    database.engine_lifecycle_support = wanted.get("EngineLifecycleSupport") or "open-source-rds-extended-support"
    database.backup_target, database.activity_stream_status = "region", "stopped"
    database.customer_owned_ip_enabled = database.dedicated_log_volume = False
    if database.storage_encrypted:
        key = wanted.get("KmsKeyId") or "alias/aws/rds"
        database.kms_key_id = rds_check.key_arn(account, region, key)
    if database.storage_type == "gp3":
        database.iops, database.storage_throughput = (
            database.iops or _GP3_IOPS,
            wanted.get("StorageThroughput") or _GP3_THROUGHPUT,
        )
    insights(database, wanted)
    found = rds_states.subnets(database)
    if found and not wanted.get("AvailabilityZone"):
        database.availability_zone = min(subnet.availability_zone for subnet in found)
    rds_states.standby(database)
    if here := [subnet for subnet in found if subnet.availability_zone == database.availability_zone]:
        database.interface_subnet = here[0].id
        groups = database.vpc_security_group_ids
        eni.hold(account, region, rds_states.owner(database), here[0].id, groups, "RDSNetworkInterface")


def insights(database: Moto, wanted: Json) -> None:
    """Set Performance Insights as wanted, with the defaults it has when it is on."""
    if wanted.get("EnablePerformanceInsights") is not None:
        database.performance_insights_enabled = wanted["EnablePerformanceInsights"]
    if not database.performance_insights_enabled:
        return
    backend = database.backend
    retention = wanted.get("PerformanceInsightsRetentionPeriod") or database.performance_insights_retention_period or 7
    database.performance_insights_retention_period = retention
    if wanted.get("PerformanceInsightsKMSKeyId") or not database.performance_insights_kms_key_id:
        key = wanted.get("PerformanceInsightsKMSKeyId") or "alias/aws/rds"
        database.performance_insights_kms_key_id = rds_check.key_arn(backend.account_id, backend.region_name, key)
