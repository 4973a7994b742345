"""Data, alarms and backups of the monay document, read back through boto3."""

from __future__ import annotations

from typing import Any

from tests.stacks.look import Look
from tests.stacks.monay import ALB, APPS, site

ALARMS = [f"{app}{what}" for app in APPS for what in ("-errors", "-green-errors", "-ecs-cpu", "-ecs-memory")]
ALARMS += ["monay-db-connections", "monay-db-cpu", "monay-redis-memory", "monay-redis-cpu"]


def db(look: Look) -> dict[str, Any]:
    return look.database("monay-db")


def replicas(look: Look) -> list[tuple[Any, ...]]:
    found = [look.lab.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
             for name in db(look)["ReadReplicaDBInstanceIdentifiers"]]  # fmt: skip
    names = ("DBInstanceIdentifier", "DBInstanceClass", "StorageEncrypted", "MonitoringInterval", "PubliclyAccessible")
    return [tuple(r[name] for name in names) for r in found]


def setting(look: Look, name: str) -> Any:
    (group,) = db(look)["DBParameterGroups"]
    pages = (
        look.lab.client("rds")
        .get_paginator("describe_db_parameters")
        .paginate(DBParameterGroupName=group["DBParameterGroupName"])
    )
    return next(p.get("ParameterValue") for page in pages for p in page["Parameters"] if p["ParameterName"] == name)


def cache(look: Look) -> dict[str, Any]:
    client = look.lab.client("elasticache")
    (found,) = client.describe_replication_groups(ReplicationGroupId=look.name("monay-redis"))["ReplicationGroups"]
    return dict(found)


def own_key(look: Look) -> list[bool]:
    """Whether database, cache and backups are under one key of ours that AWS renews."""
    vault = look.lab.client("backup").describe_backup_vault(BackupVaultName=look.name("monay"))
    key = db(look)["KmsKeyId"]
    rotation = look.lab.client("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    return [cache(look)["KmsKeyId"] == key, vault["EncryptionKeyArn"] == key, rotation]


def urls(look: Look) -> dict[str, str]:
    """What the backend reads, with what nobody knows beforehand taken out."""
    rds = look.lab.client("rds")
    found = {look.secret("monay/db/master"): "PASSWORD", look.secret("monay/redis/auth-token"): "TOKEN"}
    found |= {cache(look)["NodeGroups"][0]["PrimaryEndpoint"]["Address"]: "REDIS"}
    for name, role in [(db(look)["DBInstanceIdentifier"], "DB")] + [(r[0], "REPLICA") for r in replicas(look)]:
        (shown,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        found[shown["Endpoint"]["Address"]] = role
    told: dict[str, str] = look.secret("monay/backend/urls")
    for value, name in found.items():
        told = {k: v.replace(value, name) for k, v in told.items()}
    return told


def firewalls(look: Look) -> list[bool]:
    """Whether one stands before the load balancer, and one before the website."""
    arn = look.balancer(ALB)["LoadBalancerArn"]
    acl_ = look.lab.client("wafv2").get_web_acl_for_resource(ResourceArn=arn).get("WebACL", {})
    return [acl_.get("Name") == look.name("monay-applications"), ":global/webacl/" in site(look)["WebACLId"]]


def alarm(look: Look, name: str) -> tuple[Any, ...]:
    """A metric, or the expression over metrics; the limit; the seconds."""
    found = look.alarm(name)
    if not found.get("Metrics"):
        return found["MetricName"], found["ComparisonOperator"], found["Threshold"], found["Period"]
    shown = next(m["Expression"] for m in found["Metrics"] if m.get("ReturnData", True))
    periods = {m["MetricStat"]["Period"] for m in found["Metrics"] if "MetricStat" in m}
    return shown, found["ComparisonOperator"], found["Threshold"], *periods


def measured(look: Look, name: str) -> dict[str, str]:
    """The metrics of an alarm that an expression is made of, by id."""
    return {m["Id"]: m["MetricStat"]["Metric"]["MetricName"] for m in look.alarm(name)["Metrics"] if "MetricStat" in m}


def heard(look: Look) -> set[tuple[str, str]]:
    """Who gets word from every alarm, and of failed backups."""
    vault = look.lab.client("backup").get_backup_vault_notifications(BackupVaultName=look.name("monay"))
    topics = {topic for name in ALARMS for topic in look.alarm(name)["AlarmActions"]} | {vault["SNSTopicArn"]}
    return {who for topic in topics for who in look.subscriptions(topic)}


def backups(look: Look) -> list[tuple[Any, ...]]:
    """When backups are made, for how many days, and to which region's vault they are copied for how long."""
    client = look.lab.client("backup")
    listed = client.list_backup_plans()["BackupPlansList"]
    (number,) = (p["BackupPlanId"] for p in listed if p["BackupPlanName"] == look.name("monay"))
    rules = client.get_backup_plan(BackupPlanId=number)["BackupPlan"]["Rules"]
    return [
        (
            r["ScheduleExpression"], r["Lifecycle"]["DeleteAfterDays"],
            [(c["DestinationBackupVaultArn"].split(":")[3], c["DestinationBackupVaultArn"].split(":")[-1],
              c["Lifecycle"]["DeleteAfterDays"]) for c in r.get("CopyActions", ())],
        )
        for r in rules
    ]  # fmt: skip


def backed(look: Look) -> list[bool]:
    """Whether what is backed up is the database."""
    client = look.lab.client("backup")
    listed = client.list_backup_plans()["BackupPlansList"]
    (number,) = (p["BackupPlanId"] for p in listed if p["BackupPlanName"] == look.name("monay"))
    (row,) = client.list_backup_selections(BackupPlanId=number)["BackupSelectionsList"]
    told = client.get_backup_selection(BackupPlanId=number, SelectionId=row["SelectionId"])["BackupSelection"]
    return [arn == db(look)["DBInstanceArn"] for arn in told["Resources"]]


def budget(look: Look) -> tuple[Any, ...]:
    client, account = look.lab.client("budgets"), look.lab.client("sts").get_caller_identity()["Account"]
    found = client.describe_budget(AccountId=account, BudgetName=look.name("monay"))["Budget"]
    return float(found["BudgetLimit"]["Amount"]), found["BudgetLimit"]["Unit"], found["TimeUnit"]


def encrypted(look: Look) -> list[Any]:
    """Whether database, cache and images are, at rest."""
    images = [look.repository(told[0])["encryptionConfiguration"]["encryptionType"] for told in APPS.values()]
    return [db(look)["StorageEncrypted"], cache(look)["AtRestEncryptionEnabled"], *images]


def tls(look: Look) -> list[Any]:
    """What balancer, CloudFront, database and cache demand of a connection."""
    return [
        look.listener(ALB, 443)["SslPolicy"], site(look)["ViewerCertificate"]["MinimumProtocolVersion"],
        setting(look, "rds.force_ssl"), cache(look)["TransitEncryptionEnabled"],
    ]  # fmt: skip
