"""Every figure of the whatsapp-saas document, and how it is read back through boto3."""

from __future__ import annotations

from typing import Any

from tests.stacks.look import listed, pairs
from tests.stacks.named import Figure, Named, of
from tests.support import ACCOUNT

ALB, CLUSTER = "whatsapp-saas-alb", "whatsapp-saas-production-cluster"
SERVICE, WHOLE = "whatsapp-saas-production-service", "whatsapp-saas-production"
STARTER, ACCESS = "whatsapp-saas-production-ecs-task-execution", "whatsapp-saas-production-secrets-access"
DATABASE, REDIS, APPLICATION = "whatsapp-saas/database", "whatsapp-saas/redis", "whatsapp-saas/application"
PRIVATE = ["whatsapp-saas-private-1", "whatsapp-saas-private-2"]
TIER = ["whatsapp-saas-database-1", "whatsapp-saas-database-2"]
SUBNETS = ["whatsapp-saas-public-1", "whatsapp-saas-public-2", *PRIVATE, *TIER]
CPU = "ECSServiceAverageCPUUtilization"


def vpc(look: Named) -> dict[str, Any]:
    return look.ec2("describe_vpcs", "Vpcs", "whatsapp-saas-vpc")


def db(look: Named) -> dict[str, Any]:
    return look.database(WHOLE)


def cache(look: Named) -> dict[str, Any]:
    return look.cache(WHOLE)


def parameter(look: Named, name: str) -> str:
    """A setting of the database's parameter group that somebody chose."""
    (group,) = db(look)["DBParameterGroups"]
    pages = look.lab.client("rds").get_paginator("describe_db_parameters")
    answer = pages.paginate(DBParameterGroupName=group["DBParameterGroupName"], Source="user")
    return str(next(p["ParameterValue"] for page in answer for p in page["Parameters"] if p["ParameterName"] == name))


def encrypted(look: Named) -> dict[str, bool]:
    """Whether what is kept, and what is secret, is encrypted with the key for it."""
    data, secrets = look.key("alias/whatsapp-saas-production-data"), look.key("alias/whatsapp-saas-production-secrets")
    rules = look.lab.client("s3").get_bucket_encryption(Bucket=look.bucket)["ServerSideEncryptionConfiguration"]["Rules"]  # fmt: skip
    return {
        "database": db(look)["KmsKeyId"] == data,
        "cache": cache(look)["KmsKeyId"] == data,
        "bucket": [r["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] for r in rules] == [data],
        "logs": look.key_of_logs("/ecs/whatsapp-saas-production") == data,
        "secrets": {look.key_of_secret(name) for name in (DATABASE, REDIS, APPLICATION)} == {secrets},
    }


def container(look: Named) -> dict[str, Any]:
    (one,) = look.task(WHOLE)["containerDefinitions"]
    return dict(one)


def injected(look: Named) -> dict[str, str]:
    """The secrets of the container, the ARN replaced by the secret's name."""
    arns = {look.secret_arn(name): name for name in (DATABASE, REDIS, APPLICATION)}
    told = pairs(container(look)["secrets"], "name", "valueFrom")
    return {name: arns[":".join(v.split(":")[:7])] + ":" + v.split(":")[7] for name, v in told.items()}


def allowed(look: Named) -> list[tuple[str, str]]:
    names = {look.secret_arn(name): name for name in (DATABASE, REDIS, APPLICATION)}
    names[look.key("alias/whatsapp-saas-production-secrets")] = "KEY"
    return sorted((do, names.get(to, to)) for do, to in look.allowed(STARTER))


def policies(look: Named) -> list[str]:
    names = look.lab.client("iam").list_role_policies(RoleName=look.name(STARTER))["PolicyNames"]
    return [look.plain(name) for name in names]


def urls(look: Named) -> list[str]:
    """How the application reaches its data, with passwords and endpoints taken out."""
    hidden = {
        look.secret("whatsapp-saas/database/master"): "PASSWORD", look.secret("whatsapp-saas/redis/master"): "TOKEN",
        db(look)["Endpoint"]["Address"]: "DB", cache(look)["NodeGroups"][0]["PrimaryEndpoint"]["Address"]: "CACHE",
    }  # fmt: skip
    found = [look.secret(DATABASE)["DATABASE_URL"], look.secret(REDIS)["REDIS_URL"]]
    for value, word in hidden.items():
        found = [url.replace(value, word) for url in found]
    return found


def backup(look: Named) -> dict[str, Any]:
    """When the dump is made, where the task runs, and what it runs."""
    name = look.name("whatsapp-saas-backup")
    one = look.lab.client("scheduler").get_schedule(Name=name)
    target, ecs = one["Target"], one["Target"]["EcsParameters"]
    task = look.lab.client("ecs").describe_task_definition(taskDefinition=ecs["TaskDefinitionArn"])["taskDefinition"]
    dump, upload = task["containerDefinitions"]
    net = ecs["NetworkConfiguration"]["awsvpcConfiguration"]
    return {
        "when": (one["ScheduleExpression"], one["ScheduleExpressionTimezone"], one["State"]),
        "cluster": look.plain(target["Arn"].rpartition("/")[2]),
        "newest": task["taskDefinitionArn"] == look.task("whatsapp-saas-backup")["taskDefinitionArn"],
        "subnets": look.names_of_subnets(net["Subnets"] if "Subnets" in net else net["subnets"]),
        "dump": "pg_dump" in dump["command"][0],
        "upload": "--storage-class STANDARD_IA" in upload["command"][0],
        "to": pairs(upload["environment"], "name", "value") == {"BUCKET": look.bucket},
    }


def kept(look: Named) -> dict[str, int]:
    """The days that each part of the bucket is kept."""
    rules = look.lab.client("s3").get_bucket_lifecycle_configuration(Bucket=look.bucket)["Rules"]
    return {one["Filter"]["Prefix"]: one["Expiration"]["Days"] for one in rules if "Days" in one.get("Expiration", {})}


def queries(look: Named) -> dict[str, bool]:
    """The saved queries, and whether they ask the log of the application."""
    listed_ = look.lab.client("logs").describe_query_definitions(queryDefinitionNamePrefix="whatsapp-saas/")
    ours = [one for one in listed_["queryDefinitions"] if one["name"].endswith(look.suffix)]
    log = [look.name("/ecs/whatsapp-saas-production")]
    return {one["name"].removesuffix(look.suffix): one["logGroupNames"] == log for one in ours}


def budget(look: Named) -> tuple[list[float], set[str]]:
    """At which percentages somebody is told, and who."""
    client, name = look.lab.client("budgets"), look.name("whatsapp-saas-monthly")
    told = client.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=name)["Notifications"]
    who = [
        client.describe_subscribers_for_notification(AccountId=ACCOUNT, BudgetName=name, Notification=one)["Subscribers"]
        for one in told
    ]  # fmt: skip
    return sorted(one["Threshold"] for one in told), {s["Address"] for subscribers in who for s in subscribers}


def anomalies(look: Named) -> set[str]:
    """Who is told of unusual costs of this environment."""
    client, name = look.lab.client("ce"), look.name("whatsapp-saas")
    (monitor,) = (m for m in client.get_anomaly_monitors()["AnomalyMonitors"] if m["MonitorName"] == name)
    assert monitor["MonitorSpecification"]["Tags"]["Values"] == [look.name("whatsapp-saas-production")]
    told = client.get_anomaly_subscriptions(MonitorArn=monitor["MonitorArn"])["AnomalySubscriptions"]
    return {s["Address"] for one in told for s in one["Subscribers"]}


def charts(look: Named, name: str) -> list[list[str]]:
    """The metrics of each widget, without the dots."""
    body = look.charts(f"whatsapp-saas-production-{name}")
    return [sorted({one for one in widget if one != "."}) for widget in body]


def trusted(look: Named) -> set[str]:
    names = (STARTER, "whatsapp-saas-ecs-task", "whatsapp-saas-backup")
    documents = [look.role(name)["AssumeRolePolicyDocument"] for name in names]
    return {one["Principal"]["Service"] for document in documents for one in listed(document["Statement"])}


MAIL = "alerts@whatsapp-saas.example"
READS = sorted(
    [("kms:Decrypt", "KEY"), *(("secretsmanager:GetSecretValue", name) for name in (DATABASE, REDIS, APPLICATION))]
)
FIGURES = (
    Figure("VPC", of(vpc, "CidrBlock"), ["10.0.0.0/16"]),
    Figure("subnets", lambda a: [(a.subnet(s)["CidrBlock"], a.subnet(s)["AvailabilityZone"]) for s in SUBNETS],
           [(f"10.0.{n}.0/24", f"us-east-1{'ab'[n % 10 - 1]}") for n in (1, 2, 11, 12, 21, 22)]),
    Figure("ways out", lambda a: [a.has_exit(s) for s in SUBNETS], [True] * 4 + [False] * 2),
    Figure("NAT gateways", lambda a: len({a.gateway(s)["NatGatewayId"] for s in PRIVATE}), 2, 1),
    Figure("ALB's group", lambda a: a.entrances("whatsapp-saas-alb-sg"), ["tcp 443-443 from 0.0.0.0/0", "tcp 80-80 from 0.0.0.0/0"]),
    Figure("tasks' group", lambda a: a.entrances("whatsapp-saas-ecs-sg"), ["tcp 3000-3000 from whatsapp-saas-alb-sg"]),
    Figure("database's group", lambda a: a.entrances("whatsapp-saas-rds-sg"),
           ["tcp 5432-5432 from whatsapp-saas-backup-sg", "tcp 5432-5432 from whatsapp-saas-ecs-sg"]),
    Figure("cache's group", lambda a: a.entrances("whatsapp-saas-redis-sg"), ["tcp 6379-6379 from whatsapp-saas-ecs-sg"]),
    Figure("database", of(db, "Engine", "DBInstanceClass", "MultiAZ", "DeletionProtection", "StorageEncrypted", "PubliclyAccessible"),
           ["postgres", "db.t3.small", True, True, True, False], ["postgres", "db.t3.micro", False, False, True, False]),
    Figure("database's backups", of(db, "BackupRetentionPeriod"), [7]),
    Figure("database's place", lambda a: a.place_of_database(WHOLE), (TIER, ["whatsapp-saas-rds-sg"])),
    Figure("max_connections", lambda a: parameter(a, "max_connections"), "100"),
    Figure("cache", of(cache, "CacheNodeType", "AutomaticFailover", "MultiAZ", "AtRestEncryptionEnabled", "TransitEncryptionEnabled"),
           ["cache.t3.micro", "enabled", "enabled", True, True]),
    Figure("cache's nodes", lambda a: len(cache(a)["MemberClusters"]), 2),
    Figure("cache's snapshots", of(cache, "SnapshotRetentionLimit", "SnapshotWindow"), [7, "02:00-03:00"]),
    Figure("cache's place", lambda a: a.place_of_cache(WHOLE), (TIER, ["whatsapp-saas-redis-sg"])),
    Figure("encryption", encrypted, dict.fromkeys(("database", "cache", "bucket", "logs", "secrets"), True)),
    Figure("URLs", urls, ["postgresql://postgres:PASSWORD@DB:5432/whatsapp_saas?sslmode=require", "rediss://:TOKEN@CACHE:6379"]),
    Figure("backup", backup, {
        "when": ("cron(0 2 * * ? *)", "UTC", "ENABLED"), "cluster": CLUSTER, "newest": True, "subnets": PRIVATE,
        "dump": True, "upload": True, "to": True,
    }),
    Figure("dumps are kept", kept, {"pg_dump/": 30}),
    Figure("bucket is private", lambda a: set(a.lab.client("s3").get_public_access_block(Bucket=a.bucket)["PublicAccessBlockConfiguration"].values()), {True}),
    Figure("cluster", lambda a: a.lab.client("ecs").describe_clusters(clusters=[a.name(CLUSTER)], include=["SETTINGS"])["clusters"][0]["settings"],
           [{"name": "containerInsights", "value": "enabled"}]),
    Figure("service", of(lambda a: a.service(CLUSTER, SERVICE), "launchType", "runningCount"), ["FARGATE", 2], ["FARGATE", 1]),
    Figure("service's place", lambda a: a.place_of_service(CLUSTER, SERVICE), (PRIVATE, ["whatsapp-saas-ecs-sg"], "DISABLED")),
    Figure("scaling", lambda a: a.bounds(CLUSTER, SERVICE), (2, 10, {CPU: 70.0}), (1, 2, {CPU: 70.0})),
    Figure("task", of(lambda a: a.task(WHOLE), "cpu", "memory", "networkMode"), ["256", "512", "awsvpc"]),
    Figure("image", lambda a: container(a)["image"] == a.repository(WHOLE)["repositoryUri"] + ":latest", True),
    Figure("pool", lambda a: pairs(container(a)["environment"], "name", "value")["DB_CONNECTION_LIMIT"], "50"),
    Figure("container's secrets", injected, {
        "DATABASE_URL": f"{DATABASE}:DATABASE_URL", "REDIS_URL": f"{REDIS}:REDIS_URL", "JWT_SECRET": f"{APPLICATION}:JWT_SECRET",
    }),
    Figure("log", lambda a: a.plain(container(a)["logConfiguration"]["options"]["awslogs-group"]), "/ecs/whatsapp-saas-production"),
    Figure("log's retention", lambda a: a.retention(a.name("/ecs/whatsapp-saas-production")), 30),
    Figure("execution role", lambda a: [policies(a), a.managed(STARTER), allowed(a)], [[ACCESS], ["AmazonECSTaskExecutionRolePolicy"], READS]),
    Figure("trust", trusted, {"ecs-tasks.amazonaws.com"}),
    Figure("dump's rights", lambda a: [do for do, _ in a.allowed("whatsapp-saas-backup")], ["kms:Decrypt", "kms:GenerateDataKey", "s3:PutObject"]),
    Figure("registry", of(lambda a: a.repository(WHOLE), "imageScanningConfiguration"), [{"scanOnPush": True}]),
    Figure("old images", lambda a: [r["action"]["type"] for r in a.expiry(WHOLE)], ["expire"]),
    Figure("health", of(lambda a: a.target_group("whatsapp-saas-tg"), "HealthCheckPath", "Port"), ["/health", 3000]),
    Figure("HTTP:80", lambda a: a.listener(ALB, 80)["DefaultActions"][0]["RedirectConfig"]["Protocol"], "HTTPS"),
    Figure("TLS", lambda a: a.listener(ALB, 443)["SslPolicy"], "ELBSecurityPolicy-TLS13-1-2-2021-06"),
    Figure("certificate", lambda a: a.certificate(f"api.{a.domain}")["Status"], "ISSUED"),
    Figure("api", lambda a: a.pointed("api", ALB), True),
    Figure("alarm RDS CPU", lambda a: a.rules("whatsapp-saas-cpu"), [("CPUUtilization", "GreaterThanThreshold", 80.0, 600)]),
    Figure("alarm RDS connections", lambda a: a.rules("whatsapp-saas-connections"), [("DatabaseConnections", "GreaterThanThreshold", 80.0, 300)]),
    Figure("alarm Redis memory", lambda a: a.rules("whatsapp-saas-memory"), [("DatabaseMemoryUsagePercentage", "GreaterThanThreshold", 90.0, 300)]),
    Figure("alarm target 5XX", lambda a: a.rules("whatsapp-saas-5xx"), [("HTTPCode_Target_5XX_Count", "GreaterThanThreshold", 10.0, 60)]),
    Figure("alarm ALB 5XX", lambda a: a.rules("whatsapp-saas-alb-5xx"), [("HTTPCode_ELB_5XX_Count", "GreaterThanThreshold", 10.0, 60)]),
    Figure("alarm tasks", lambda a: a.rules("whatsapp-saas-tasks"), [("RunningTaskCount", "LessThanThreshold", 2.0, 120)],
           [("RunningTaskCount", "LessThanThreshold", 1.0, 120)]),
    Figure("alarm unhealthy", lambda a: a.rules("whatsapp-saas-unhealthy"), [("UnHealthyHostCount", "GreaterThanThreshold", 0.0, 120)]),
    Figure("who hears", lambda a: a.heard(), {("email", MAIL)}),
    Figure("main dashboard", lambda a: charts(a, "main"), [
        ["CPUUtilization", "DatabaseConnections"], ["DatabaseMemoryUsagePercentage", "EngineCPUUtilization"], ["CPUUtilization", "MemoryUtilization"],
        ["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "RequestCount", "TargetResponseTime"],
    ]),
    Figure("cost dashboard", lambda a: charts(a, "cost")[0], ["EstimatedCharges"]),
    Figure("saved queries", queries, dict.fromkeys((f"whatsapp-saas/{q}" for q in ("errors", "slow-requests", "connection-pool-errors")), True)),
    Figure("budget", budget, ([50.0, 80.0, 100.0], {MAIL})),
    Figure("anomalies", anomalies, {MAIL}),
)  # fmt: skip
