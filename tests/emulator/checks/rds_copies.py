"""RDS: read replicas, and instances restored from others."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks import rds as single
from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.rds import create, prepared, shown

APART = {"PreferredBackupWindow": "01:00-02:00"}
"""So that it is not for windows that touch that moto alone fails."""


def available(aws: Aws, **more: Any) -> Any:
    return single.available(aws, **APART, **more)


def replica(aws: Aws, **more: Any) -> Any:
    told = {"DBInstanceIdentifier": "copy", "SourceDBInstanceIdentifier": "db", **more}
    return aws.client("rds").create_db_instance_read_replica(**told)["DBInstance"]


def copied(aws: Aws) -> Any:
    return aws.client("rds").describe_db_instances(DBInstanceIdentifier="copy")["DBInstances"][0]


@check("a replica is created, follows its source, and makes no backups")
def _(aws: Aws) -> bool:
    available(aws, BackupRetentionPeriod=7)
    replica(aws)
    first, busy = copied(aws)["DBInstanceStatus"], shown(aws)["DBInstanceStatus"]
    aws.advance(4)
    then = copied(aws)
    infos = [(info["Status"], info["Normal"]) for info in then.get("StatusInfos", [])]
    told = (first, busy, then["DBInstanceStatus"], then["BackupRetentionPeriod"], infos)
    return told == ("creating", "backing-up", "available", 0, [("replicating", True)])


@check("a replica needs a source that is available and makes backups")
def _(aws: Aws) -> bool:
    prepared(aws)
    create(aws, **APART, BackupRetentionPeriod=0)
    early = code(lambda: replica(aws))
    aws.advance(4)
    return [early, code(lambda: replica(aws))] == ["InvalidDBInstanceState"] * 2


@check("a replica named by its source's name lies where that does; by its ARN, elsewhere")
def _(aws: Aws) -> bool:
    available(aws, BackupRetentionPeriod=7)
    refused = code(lambda: replica(aws, DBSubnetGroupName="g"))
    arn = shown(aws)["DBInstanceArn"]
    group = replica(aws, DBSubnetGroupName="g", SourceDBInstanceIdentifier=arn)["DBSubnetGroup"]["DBSubnetGroupName"]
    return (refused, group) == ("DBSubnetGroupNotAllowedFault", "g")


@check("no last snapshot is made of a replica")
def _(aws: Aws) -> bool:
    available(aws, BackupRetentionPeriod=7)
    replica(aws)
    aws.advance(4)
    delete = aws.client("rds").delete_db_instance
    refused = code(delete, DBInstanceIdentifier="copy", FinalDBSnapshotIdentifier="last")
    return (
        refused == "InvalidParameterCombination"
        and code(delete, DBInstanceIdentifier="copy", SkipFinalSnapshot=True) == ""
    )


@check("a promoted replica leaves its source, after a while, and nothing else can be promoted")
def _(aws: Aws) -> bool:
    available(aws, BackupRetentionPeriod=7)
    replica(aws)
    aws.advance(4)
    promote = aws.client("rds").promote_read_replica
    other = code(promote, DBInstanceIdentifier="db")
    during = promote(DBInstanceIdentifier="copy")["DBInstance"]["DBInstanceStatus"]
    aws.advance(4)
    alone = "ReadReplicaSourceDBInstanceIdentifier" not in copied(aws)
    found = (other, during, alone, shown(aws)["ReadReplicaDBInstanceIdentifiers"], copied(aws)["BackupRetentionPeriod"])
    return found == ("InvalidDBInstanceState", "modifying", True, [], 1)


@check("replicas of what is deleted stand alone")
def _(aws: Aws) -> bool:
    available(aws, BackupRetentionPeriod=7)
    replica(aws)
    aws.advance(4)
    aws.client("rds").delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    aws.advance(4)
    return "ReadReplicaSourceDBInstanceIdentifier" not in copied(aws)


@check("what is restored has default groups, one zone and no protection, whatever was backed up")
def _(aws: Aws) -> bool:
    net = available(aws, MultiAZ=True, DeletionProtection=True, EnableCloudwatchLogsExports=["upgrade"])
    rds, ec2 = aws.client("rds"), aws.client("ec2")
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="s")
    told = {"DBInstanceIdentifier": "copy", "DBSnapshotIdentifier": "s", "DBSubnetGroupName": "g"}
    rds.restore_db_instance_from_db_snapshot(**told)
    found = copied(aws)
    default = next(
        g["GroupId"]
        for g in ec2.describe_security_groups()["SecurityGroups"]
        if (g["VpcId"], g["GroupName"]) == (net.vpc, "default")
    )
    groups = [g["VpcSecurityGroupId"] for g in found["VpcSecurityGroups"]]
    rest = (found["MultiAZ"], found["DeletionProtection"], found.get("EnabledCloudwatchLogsExports") or [])
    named = found["DBParameterGroups"][0]["DBParameterGroupName"]
    return (groups, *rest, named) == ([default], False, False, [], "default.postgres15")


@check("a restored disk is not smaller than the one that was backed up")
def _(aws: Aws) -> bool:
    available(aws, AllocatedStorage=50)
    rds = aws.client("rds")
    told = {"SourceDBInstanceIdentifier": "db", "TargetDBInstanceIdentifier": "copy", "UseLatestRestorableTime": True}
    small = code(rds.restore_db_instance_to_point_in_time, **told, AllocatedStorage=20)
    rds.restore_db_instance_to_point_in_time(**told)
    return small == "InvalidParameterValue" and copied(aws)["DBInstanceStatus"] == "creating"


@check("a moment to restore is named in one way, of an instance that makes backups")
def _(aws: Aws) -> bool:
    available(aws, BackupRetentionPeriod=0)
    restore = aws.client("rds").restore_db_instance_to_point_in_time
    told = {"SourceDBInstanceIdentifier": "db", "TargetDBInstanceIdentifier": "copy"}
    both = code(restore, **told, UseLatestRestorableTime=True, RestoreTime="2026-01-01T00:00:00Z")
    none = code(restore, **told, UseLatestRestorableTime=True)
    return (both, none) == ("InvalidParameterCombination", "PointInTimeRestoreNotEnabled")


@check("tags of what was backed up are those of the copy that names none")
def _(aws: Aws) -> bool:
    available(aws, Tags=[{"Key": "a", "Value": "b"}])
    rds = aws.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="s")
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="copy", DBSnapshotIdentifier="s")
    plain = copied(aws)["TagList"]
    own = {"Tags": [{"Key": "c", "Value": "d"}]}
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="more", DBSnapshotIdentifier="s", **own)
    more = rds.describe_db_instances(DBInstanceIdentifier="more")["DBInstances"][0]
    found = (plain, more["TagList"], more["DBInstanceStatus"])
    return found == ([{"Key": "a", "Value": "b"}], own["Tags"], "creating")
