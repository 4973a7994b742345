"""RDS: instances in time, parameter groups, subnet groups."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, Network, check, code, network

WANTED = {
    "DBInstanceIdentifier": "db",
    "DBInstanceClass": "db.t3.medium",
    "Engine": "postgres",
    "EngineVersion": "15",
    "AllocatedStorage": 20,
    "MasterUsername": "postgres",
    "MasterUserPassword": "abcdefgh1",
    "DBSubnetGroupName": "g",
    "DBParameterGroupName": "p",
    "PreferredBackupWindow": "03:00-04:00",
    "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
}


def prepared(aws: Aws) -> Network:
    """A network with a subnet group `g` and a parameter group `p` for PostgreSQL 15."""
    net = network(aws)
    rds = aws.client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="g", SubnetIds=net.subnets)
    rds.create_db_parameter_group(DBParameterGroupName="p", DBParameterGroupFamily="postgres15", Description="p")
    return net


def create(aws: Aws, **more: Any) -> Any:
    return aws.client("rds").create_db_instance(**(WANTED | more))["DBInstance"]


def available(aws: Aws, **more: Any) -> Network:
    net = prepared(aws)
    create(aws, **more)
    aws.advance(4)
    return net


def shown(aws: Aws) -> Any:
    return aws.client("rds").describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]


def modify(aws: Aws, **changes: Any) -> Any:
    return aws.client("rds").modify_db_instance(DBInstanceIdentifier="db", **changes)["DBInstance"]


def parameter(aws: Aws, name: str, value: str, method: str) -> str:
    change = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
    return code(aws.client("rds").modify_db_parameter_group, DBParameterGroupName="p", Parameters=[change])


@check("an instance is created, backed up, then available; before that it has no endpoint")
def _(aws: Aws) -> bool:
    prepared(aws)
    create(aws)
    first = shown(aws)
    aws.advance(3)
    second = shown(aws)["DBInstanceStatus"]
    aws.advance(1)
    third = shown(aws)
    states = (first["DBInstanceStatus"], second, third["DBInstanceStatus"])
    return states == ("creating", "backing-up", "available") and "Endpoint" not in first and "Endpoint" in third


@check("an instance that is not available is neither changed nor deleted")
def _(aws: Aws) -> bool:
    prepared(aws)
    create(aws)
    changed = code(lambda: modify(aws, DBInstanceClass="db.t3.large"))
    deleted = code(aws.client("rds").delete_db_instance, DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    return (changed, deleted) == ("InvalidDBInstanceState", "InvalidDBInstanceState")


@check("a change waits for the window, visible as pending, until a reboot applies it")
def _(aws: Aws) -> bool:
    available(aws)
    modify(aws, DBInstanceClass="db.t3.large")
    waiting = shown(aws)
    aws.client("rds").reboot_db_instance(DBInstanceIdentifier="db")
    aws.advance(2)
    after = shown(aws)
    return (
        (waiting["DBInstanceClass"], waiting["DBInstanceStatus"]) == ("db.t3.medium", "available")
        and waiting["PendingModifiedValues"] == {"DBInstanceClass": "db.t3.large"}
        and (after["DBInstanceClass"], after["PendingModifiedValues"]) == ("db.t3.large", {})
    )


@check("an immediate change applies everything that waits")
def _(aws: Aws) -> bool:
    available(aws)
    modify(aws, MultiAZ=True)
    modify(aws, DBInstanceClass="db.t3.large", ApplyImmediately=True)
    during = shown(aws)["DBInstanceStatus"]
    aws.advance(2)
    after = shown(aws)
    applied = (after["DBInstanceClass"], after["MultiAZ"], after["PendingModifiedValues"])
    return during == "modifying" and applied == ("db.t3.large", True, {})


@check("some changes never wait")
def _(aws: Aws) -> bool:
    available(aws)
    modify(aws, DeletionProtection=True, PreferredBackupWindow="01:00-02:00")
    aws.advance(2)
    found = shown(aws)
    now = (found["DeletionProtection"], found["PreferredBackupWindow"])
    return now == (True, "01:00-02:00") and found["PendingModifiedValues"] == {}


@check("a larger disk is optimised for a while, and cannot be changed again for six hours")
def _(aws: Aws) -> bool:
    available(aws)
    modify(aws, AllocatedStorage=30, ApplyImmediately=True)
    aws.advance(1.6)
    during = shown(aws)["DBInstanceStatus"], code(lambda: modify(aws, AllocatedStorage=40))
    aws.advance(1)
    rested = shown(aws)["DBInstanceStatus"], code(lambda: modify(aws, AllocatedStorage=40))
    aws.advance(6 * 3600)
    after = shown(aws)["DBInstanceStatus"], code(lambda: modify(aws, AllocatedStorage=40))
    return (
        rested == ("available", "InvalidParameterCombination")
        and during == ("storage-optimization", "InvalidParameterCombination")
        and after == ("available", "")
    )


@check("a major version means its newest minor one, and naming it again changes nothing")
def _(aws: Aws) -> bool:
    available(aws)
    version = shown(aws)["EngineVersion"]
    modify(aws, EngineVersion="15", DeletionProtection=False)
    known = aws.client("rds").describe_db_engine_versions(Engine="postgres", EngineVersion=version)["DBEngineVersions"]
    return version.startswith("15.") and shown(aws)["PendingModifiedValues"] == {} and len(known) == 1


@check("neither older versions, smaller disks nor empty changes are taken")
def _(aws: Aws) -> bool:
    available(aws)
    tried = [
        code(lambda: modify(aws, EngineVersion="14.10")),
        code(lambda: modify(aws, EngineVersion="16.4")),
        code(lambda: modify(aws, AllocatedStorage=10)),
        code(lambda: modify(aws)),
    ]
    return tried == ["InvalidParameterCombination"] * 4


@check("windows may touch but not overlap")
def _(aws: Aws) -> bool:
    prepared(aws)
    touching = code(lambda: create(aws))
    overlapping = code(lambda: create(aws, DBInstanceIdentifier="other", PreferredBackupWindow="03:30-04:30"))
    return (touching, overlapping) == ("", "InvalidParameterValue")


@check("bad passwords, classes, versions, sizes, groups and log types are refused")
def _(aws: Aws) -> bool:
    prepared(aws)
    tried = {
        code(lambda more=more: create(aws, **more))
        for more in (
            {"MasterUserPassword": "short"},
            {"MasterUserPassword": "with@sign"},
            {"DBInstanceClass": "db.none"},
            {"EngineVersion": "9.9"},
            {"AllocatedStorage": 5},
            {"VpcSecurityGroupIds": ["sg-none"]},
            {"EngineVersion": "14"},
            {"EnableCloudwatchLogsExports": ["none"]},
            {"StorageType": "gp3", "Iops": 4000},
        )
    }
    return tried == {"InvalidParameterValue", "InvalidParameterCombination"}


@check("what AWS adds to an instance is shown")
def _(aws: Aws) -> bool:
    available(aws, EnablePerformanceInsights=True, StorageEncrypted=True, StorageType="gp3", MultiAZ=True)
    found = shown(aws)
    return (
        found["PerformanceInsightsEnabled"]
        and found["PerformanceInsightsRetentionPeriod"] == 7
        and found["KmsKeyId"].startswith("arn:aws:kms:")
        and found["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
        and found["NetworkType"] == "IPV4"
        and (found["Iops"], found["StorageThroughput"]) == (3000, 125)
        and found["SecondaryAvailabilityZone"] != found["AvailabilityZone"]
    )


@check("exporting a log type twice lists it once")
def _(aws: Aws) -> bool:
    available(aws, EnableCloudwatchLogsExports=["postgresql"])
    modify(aws, CloudwatchLogsExportConfiguration={"EnableLogTypes": ["postgresql", "upgrade"]})
    return bool(shown(aws)["EnabledCloudwatchLogsExports"] == ["postgresql", "upgrade"])


@check("deletion takes a while and needs a word about the final snapshot")
def _(aws: Aws) -> bool:
    available(aws)
    rds = aws.client("rds")
    silent = code(rds.delete_db_instance, DBInstanceIdentifier="db")
    rds.delete_db_instance(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")
    during = shown(aws)["DBInstanceStatus"]
    aws.advance(1)
    gone = code(rds.describe_db_instances, DBInstanceIdentifier="db")
    kept = rds.describe_db_snapshots(DBSnapshotIdentifier="last")["DBSnapshots"][0]["Status"]
    return (silent, during, gone, kept) == (
        "InvalidParameterCombination",
        "deleting",
        "DBInstanceNotFound",
        "available",
    )


@check("an instance keeps its subnet and its security group in use")
def _(aws: Aws) -> bool:
    net = prepared(aws)
    ec2 = aws.client("ec2")
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=net.vpc)["GroupId"]
    create(aws, VpcSecurityGroupIds=[group])
    used = code(ec2.delete_security_group, GroupId=group), code(ec2.delete_subnet, SubnetId=net.subnets[0])
    aws.advance(4)
    aws.client("rds").delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    aws.advance(2)
    aws.client("rds").describe_db_instances()
    free = code(ec2.delete_security_group, GroupId=group), code(ec2.delete_subnet, SubnetId=net.subnets[0])
    return used == ("DependencyViolation", "DependencyViolation") and free == ("", "")


@check("a static parameter cannot apply at once and asks for a reboot")
def _(aws: Aws) -> bool:
    available(aws)
    refused = parameter(aws, "max_connections", "100", "immediate")
    parameter(aws, "max_connections", "100", "pending-reboot")
    before = shown(aws)["DBParameterGroups"][0]["ParameterApplyStatus"]
    aws.client("rds").reboot_db_instance(DBInstanceIdentifier="db")
    aws.advance(2)
    after = shown(aws)["DBParameterGroups"][0]["ParameterApplyStatus"]
    return (refused, before, after) == ("InvalidParameterCombination", "pending-reboot", "in-sync")


@check("a dynamic parameter applies within a moment; resetting the group removes it")
def _(aws: Aws) -> bool:
    available(aws)
    rds = aws.client("rds")
    parameter(aws, "log_statement", "ddl", "immediate")
    before = shown(aws)["DBParameterGroups"][0]["ParameterApplyStatus"]
    aws.advance(1)
    after = shown(aws)["DBParameterGroups"][0]["ParameterApplyStatus"]
    own = rds.describe_db_parameters(DBParameterGroupName="p", Source="user")["Parameters"]
    rds.reset_db_parameter_group(DBParameterGroupName="p", ResetAllParameters=True)
    left = rds.describe_db_parameters(DBParameterGroupName="p", Source="user")["Parameters"]
    named = [(one["ParameterName"], one["ParameterValue"], one["ApplyType"]) for one in own]
    return (before, after, left) == ("applying", "in-sync", []) and named == [("log_statement", "ddl", "dynamic")]


@check("unknown parameters, impossible values and unknown families are refused")
def _(aws: Aws) -> bool:
    available(aws)
    family = {"DBParameterGroupName": "q", "DBParameterGroupFamily": "postgres3", "Description": "q"}
    tried = [
        parameter(aws, "none", "1", "immediate"),
        parameter(aws, "log_statement", "some", "immediate"),
        parameter(aws, "work_mem", "1", "immediate"),
        code(aws.client("rds").create_db_parameter_group, **family),
    ]
    return tried == ["InvalidParameterValue"] * 4


@check("groups in use stay")
def _(aws: Aws) -> bool:
    available(aws)
    rds = aws.client("rds")
    parameters = code(rds.delete_db_parameter_group, DBParameterGroupName="p")
    subnets = code(rds.delete_db_subnet_group, DBSubnetGroupName="g")
    return (parameters, subnets) == ("InvalidDBParameterGroupState", "InvalidDBSubnetGroupStateFault")


@check("a subnet group needs two zones, is created once, and survives a change")
def _(aws: Aws) -> bool:
    net = network(aws)
    rds = aws.client("rds")
    wanted = {"DBSubnetGroupName": "g", "DBSubnetGroupDescription": "g"}
    one = code(rds.create_db_subnet_group, **wanted, SubnetIds=net.subnets[:1])
    rds.create_db_subnet_group(**wanted, SubnetIds=net.subnets)
    again = code(rds.create_db_subnet_group, **wanted, SubnetIds=net.subnets)
    rds.modify_db_subnet_group(DBSubnetGroupName="g", SubnetIds=net.subnets)
    there = code(rds.describe_db_subnet_groups, DBSubnetGroupName="g")
    return (one, again, there) == ("DBSubnetGroupDoesNotCoverEnoughAZs", "DBSubnetGroupAlreadyExists", "")
