"""RDS: what it does by itself, takes only at times, or gives up later."""

from __future__ import annotations

from typing import Any

from reconciler.emulator.fixes import rds_own
from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.rds import available, modify, shown

HOURS = 6 * 3600
GROUP = {"DBParameterGroupName": "Other", "DBParameterGroupFamily": "postgres15", "Description": "o"}


def own(aws: Aws) -> Any:
    """The instance in the emulator's hands, where AWS does to it what it does by itself."""
    aws.client("rds").describe_db_instances()
    return rds_own.instance("123456789012", "us-east-1", "db")


def disk(aws: Aws, **change: Any) -> str:
    return code(lambda: modify(aws, ApplyImmediately=True, **change))


@check("IOPS come with a size, and growth has no bound below it")
def _(aws: Aws) -> bool:
    available(aws, StorageType="gp3", AllocatedStorage=400)
    refused = disk(aws, Iops=14000), disk(aws, MaxAllocatedStorage=300)
    return refused == ("InvalidParameterCombination",) * 2 and not disk(aws, Iops=14000, AllocatedStorage=400)


@check("what AWS Backup has taken over cannot be changed")
def _(aws: Aws) -> bool:
    available(aws)
    database = own(aws)
    rds_own.take_over(database)
    refused = disk(aws, BackupRetentionPeriod=3), disk(aws, PreferredBackupWindow="01:00-02:00")
    told = shown(aws)["AwsBackupRecoveryPointArn"]
    return refused == ("InvalidParameterCombination",) * 2 and ":recovery-point:" in told


@check("a change can be taken and given up, and only the events of that time say so")
def _(aws: Aws) -> bool:
    available(aws)
    database = own(aws)
    rds_own.fail_changes(database, "no room")
    modify(aws, DBInstanceClass="db.t3.large", ApplyImmediately=True)
    aws.advance(60)
    now = shown(aws)

    def messages() -> list[str]:
        found = aws.client("rds").describe_events(SourceIdentifier="db", SourceType="db-instance", Duration=10)
        return [event["Message"] for event in found["Events"]]

    soon = "no room" in messages()
    aws.advance(HOURS)
    return (
        (now["DBInstanceStatus"], now["DBInstanceClass"], now["PendingModifiedValues"])
        == ("available", "db.t3.medium", {})
        and soon
        and "no room" not in messages()
    )


@check("a full disk may grow, and nothing else may change until it has")
def _(aws: Aws) -> bool:
    available(aws)
    database = own(aws)
    database.status = "storage-full"
    return (disk(aws, CopyTagsToSnapshot=True), disk(aws, AllocatedStorage=30)) == ("InvalidDBInstanceState", "")


@check("names of parameter groups are kept in lower case and found in any")
def _(aws: Aws) -> bool:
    available(aws)
    rds = aws.client("rds")
    made = rds.create_db_parameter_group(**GROUP)["DBParameterGroup"]["DBParameterGroupName"]
    modify(aws, DBParameterGroupName="OTHER")
    return (made, shown(aws)["DBParameterGroups"][0]["DBParameterGroupName"]) == ("other", "other")
