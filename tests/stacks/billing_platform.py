"""Every figure of the billing-platform document, and how it is read back through boto3."""

from __future__ import annotations

from typing import Any

from tests.stacks.look import listed, pairs
from tests.stacks.named import Figure, Named, of

ALB, CLUSTER = "billing-platform-alb", "billing-platform-cluster-production"
APP, WORKER = "billing-platform-app-service-production", "billing-platform-worker-service-production"
DATABASE, REDIS = "billing-platform-db-production", "billing-platform-redis-production"
PASSWORD, TOKEN = "billing-platform-db-password-production", "billing-platform-redis-auth-token-production"
STRIPE, JWT = "billing-platform-stripe-api-key-production", "billing-platform-jwt-secret-production"
CONNECTIONS = "billing-platform-connections-production"
LOGS = {
    "app": "/ecs/billing-platform-app-production", "worker": "/ecs/billing-platform-worker-production",
    "flows": "/vpc/billing-platform-production", "firewall": "aws-waf-logs-billing-platform-production",
    "database": "/aws/rds/instance/billing-platform-db-production/postgresql",
}  # fmt: skip
PRIVATE = ["billing-platform-private-1", "billing-platform-private-2"]
PUBLIC = ["billing-platform-public-1", "billing-platform-public-2"]
CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"


def db(look: Named) -> dict[str, Any]:
    return look.database(DATABASE)


def cache(look: Named) -> dict[str, Any]:
    return look.cache(REDIS)


def encrypted(look: Named) -> dict[str, bool]:
    """Whether each kind of data is encrypted with a key of its own; reading a key's ARN asserts that it rotates."""
    keys = {what: look.key(f"alias/billing-platform-{what}-production") for what in ("rds", "redis", "secrets", "logs")}
    assert len(set(keys.values())) == len(keys)
    return {
        "rds": db(look)["KmsKeyId"] == keys["rds"],
        "redis": cache(look)["KmsKeyId"] == keys["redis"],
        "secrets": {look.key_of_secret(s) for s in (PASSWORD, TOKEN, STRIPE, JWT, CONNECTIONS)} == {keys["secrets"]},
        "logs": {look.key_of_logs(name) for name in LOGS.values()} == {keys["logs"]},
    }


def container(look: Named, part: str) -> dict[str, Any]:
    (one,) = look.task(f"billing-platform-{part}-task")["containerDefinitions"]
    return dict(one)


def injected(look: Named, part: str) -> dict[str, str]:
    """The secrets of a container: the secret's name in the document, and its key if it has one."""
    arns = {look.secret_arn(name): name for name in (CONNECTIONS, STRIPE, JWT)}
    told = {name: v.split(":") for name, v in pairs(container(look, part)["secrets"], "name", "valueFrom").items()}
    return {name: ":".join([arns[":".join(parts[:7])], *parts[7:8]]) for name, parts in told.items()}


def allowed(look: Named, part: str) -> list[tuple[str, str]]:
    """What starts the tasks may do, with names in place of ARNs."""
    names = {look.secret_arn(name): name for name in (CONNECTIONS, STRIPE, JWT)}
    names[look.key("alias/billing-platform-secrets-production")] = "KEY"
    return sorted((do, names.get(to, to)) for do, to in look.allowed(f"billing-platform-{part}-execution"))


def connections(look: Named) -> dict[str, str]:
    """How the application reaches its data, with passwords and endpoints taken out."""
    hidden = {
        look.secret(PASSWORD): "PASSWORD", look.secret(TOKEN): "TOKEN",
        db(look)["Endpoint"]["Address"]: "DB", cache(look)["NodeGroups"][0]["PrimaryEndpoint"]["Address"]: "CACHE",
    }  # fmt: skip
    told: dict[str, str] = look.secret(CONNECTIONS)
    for value, word in hidden.items():
        told = {k: v.replace(value, word) for k, v in told.items()}
    return told


def flows(look: Named) -> list[str]:
    vpc = look.ec2("describe_vpcs", "Vpcs", "billing-platform-vpc")["VpcId"]
    filters = [{"Name": "resource-id", "Values": [vpc]}]
    (one,) = look.lab.client("ec2").describe_flow_logs(Filters=filters)["FlowLogs"]
    return [one["TrafficType"], look.plain(one["LogGroupName"]), one["FlowLogStatus"]]


def firewall(look: Named) -> dict[str, Any]:
    """What stands before the load balancer, and where it logs."""
    waf = look.lab.client("wafv2")
    arn = waf.get_web_acl_for_resource(ResourceArn=look.balancer(ALB)["LoadBalancerArn"])["WebACL"]["ARN"]
    name, identity = arn.split("/")[-2:]
    acl = waf.get_web_acl(Name=name, Id=identity, Scope="REGIONAL")["WebACL"]
    (log,) = waf.get_logging_configuration(ResourceArn=arn)["LoggingConfiguration"]["LogDestinationConfigs"]
    return {
        "rules": [rule["Name"] for rule in acl["Rules"]],
        "log": look.plain(log.partition(":log-group:")[2].removesuffix(":*")),
    }


def balancer_keeps(look: Named) -> str:
    """Whether AWS refuses to delete the load balancer."""
    arn = look.balancer(ALB)["LoadBalancerArn"]
    listed_ = look.lab.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    return pairs(listed_)["deletion_protection.enabled"]


def providers(look: Named, service: str) -> dict[str, tuple[int, int]]:
    """Base and weight of each capacity provider."""
    told = look.service(CLUSTER, service).get("capacityProviderStrategy", [])
    return {one["capacityProvider"]: (one.get("base", 0), one.get("weight", 0)) for one in told}


def nights(look: Named, service: str) -> list[tuple[str, int, int]]:
    """When the bounds of a service change, and to what."""
    what = f"service/{look.name(CLUSTER)}/{look.name(service)}"
    client = look.lab.client("application-autoscaling")
    told = client.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=what)["ScheduledActions"]
    return sorted(
        (a["Schedule"], *(a["ScalableTargetAction"][k] for k in ("MinCapacity", "MaxCapacity"))) for a in told
    )


def charts(look: Named) -> list[list[str]]:
    """The metrics of each widget, without the dots."""
    return [sorted({one for one in widget if one != "."}) for widget in look.charts("billing-platform")]


def reminder(look: Named) -> tuple[str, bool]:
    """When somebody is asked to rotate, and whether by the topic of the alarms."""
    one = look.lab.client("scheduler").get_schedule(Name=look.name("billing-platform-rotation"))
    return one["ScheduleExpression"], one["Target"]["Arn"] in look.alarm("billing-platform-5xx")["AlarmActions"]


def trusted(look: Named) -> set[str]:
    names = [f"billing-platform-{part}-{what}" for part in ("app", "worker") for what in ("execution", "task")]
    documents = [look.role(name)["AssumeRolePolicyDocument"] for name in names]
    return {one["Principal"]["Service"] for document in documents for one in listed(document["Statement"])}


MAIL = "ops@billing-platform.example"
GET = "secretsmanager:GetSecretValue"
WORKER_READS = [("kms:Decrypt", "KEY"), (GET, CONNECTIONS), (GET, STRIPE)]
URLS = {
    "DATABASE_URL": f"{CONNECTIONS}:DATABASE_URL",
    "REDIS_URL": f"{CONNECTIONS}:REDIS_URL",
    "STRIPE_API_KEY": STRIPE,
}
SPOT = {"FARGATE": (1, 0), "FARGATE_SPOT": (0, 1)}
FIVE = "GreaterThanThreshold"
NIGHTS = [("cron(0 20 ? * MON-FRI *)", 0, 0), ("cron(0 7 ? * MON-FRI *)", 1, 2)]
FIGURES = (
    Figure("subnets", lambda a: [(a.subnet(s)["CidrBlock"], a.subnet(s)["AvailabilityZone"]) for s in (*PUBLIC, *PRIVATE)],
           [(f"10.0.{n}.0/24", f"us-east-1{'ab'[n % 10 - 1]}") for n in (1, 2, 11, 12)]),
    Figure("NAT gateways", lambda a: len({a.gateway(s)["NatGatewayId"] for s in PRIVATE}), 2, 1),
    Figure("ALB's group", lambda a: a.entrances("billing-platform-alb-sg"), ["tcp 443-443 from 0.0.0.0/0", "tcp 80-80 from 0.0.0.0/0"]),
    Figure("API's group", lambda a: a.entrances("billing-platform-app-sg"), ["tcp 8000-8000 from billing-platform-alb-sg"]),
    Figure("workers' group", lambda a: a.entrances("billing-platform-worker-sg"), []),
    Figure("database's group", lambda a: a.entrances("billing-platform-rds-sg"),
           ["tcp 5432-5432 from billing-platform-app-sg", "tcp 5432-5432 from billing-platform-worker-sg"]),
    Figure("cache's group", lambda a: a.entrances("billing-platform-redis-sg"),
           ["tcp 6379-6379 from billing-platform-app-sg", "tcp 6379-6379 from billing-platform-worker-sg"]),
    Figure("engine", lambda a: (db(a)["Engine"], db(a)["EngineVersion"].split(".")[0]), ("postgres", "15")),
    Figure("database", of(db, "DBInstanceClass", "AllocatedStorage", "MultiAZ", "DeletionProtection"),
           ["db.t3.medium", 100, True, True], ["db.t3.micro", 20, False, False]),
    Figure("database is kept", of(db, "StorageEncrypted", "PubliclyAccessible", "PerformanceInsightsEnabled"), [True, False, True]),
    Figure("storage grows", lambda a: db(a)["MaxAllocatedStorage"] > db(a)["AllocatedStorage"], True),
    Figure("backups", of(db, "BackupRetentionPeriod", "PreferredBackupWindow"), [30, "03:00-04:00"], [7, "03:00-04:00"]),
    Figure("maintenance", of(db, "PreferredMaintenanceWindow"), ["mon:04:00-mon:05:00"]),
    Figure("database's place", lambda a: a.place_of_database(DATABASE), (PRIVATE, ["billing-platform-rds-sg"])),
    Figure("cache", of(cache, "CacheNodeType", "AutomaticFailover", "AtRestEncryptionEnabled", "TransitEncryptionEnabled", "AuthTokenEnabled"),
           ["cache.t3.medium", "enabled", True, True, True], ["cache.t3.micro", "enabled", True, True, True]),
    Figure("cache's engine", lambda a: (a.node(REDIS)["Engine"], a.node(REDIS)["EngineVersion"].split(".")[0]), ("redis", "7")),
    Figure("cache's nodes", lambda a: len(cache(a)["MemberClusters"]), 2),
    Figure("cache's snapshots", of(cache, "SnapshotRetentionLimit", "SnapshotWindow"), [7, "03:00-05:00"]),
    Figure("cache's place", lambda a: a.place_of_cache(REDIS), (PRIVATE, ["billing-platform-redis-sg"])),
    Figure("encryption", encrypted, dict.fromkeys(("rds", "redis", "secrets", "logs"), True)),
    Figure("password", lambda a: (len(a.secret(PASSWORD)), a.secret(PASSWORD).isalnum()), (32, True)),
    Figure("external secrets", lambda a: [a.secret(STRIPE), a.secret(JWT)], ["a person's"] * 2),
    Figure("connections", connections,
           {"DATABASE_URL": "postgresql://billing:PASSWORD@DB:5432/billing?sslmode=require", "REDIS_URL": "rediss://:TOKEN@CACHE:6379/0"}),
    Figure("cluster", lambda a: a.lab.client("ecs").describe_clusters(clusters=[a.name(CLUSTER)], include=["SETTINGS"])["clusters"][0]["settings"],
           [{"name": "containerInsights", "value": "enabled"}]),
    Figure("API", of(lambda a: a.service(CLUSTER, APP), "launchType", "runningCount"), ["FARGATE", 2], ["FARGATE", 1]),
    Figure("API's place", lambda a: a.place_of_service(CLUSTER, APP), (PRIVATE, ["billing-platform-app-sg"], "DISABLED")),
    Figure("API's scaling", lambda a: a.bounds(CLUSTER, APP), (2, 10, {CPU: 70.0, MEMORY: 80.0}), (1, 2, {CPU: 70.0, MEMORY: 80.0})),
    Figure("workers", lambda a: [a.service(CLUSTER, WORKER)[k] for k in ("loadBalancers", "runningCount")], [[], 2], [[], 1]),
    Figure("workers' place", lambda a: a.place_of_service(CLUSTER, WORKER), (PRIVATE, ["billing-platform-worker-sg"], "DISABLED")),
    Figure("workers' scaling", lambda a: a.bounds(CLUSTER, WORKER)[:2], (2, 10), (1, 2)),
    Figure("spot", lambda a: [providers(a, APP), providers(a, WORKER)], [{}, SPOT]),
    Figure("nights", lambda a: [nights(a, s) for s in (APP, WORKER)], [[], []], [NIGHTS, NIGHTS]),
    Figure("API's secrets", lambda a: injected(a, "app"), {**URLS, "JWT_SECRET": JWT}),
    Figure("workers' secrets", lambda a: injected(a, "worker"), URLS),
    Figure("API's start", lambda a: [a.managed("billing-platform-app-execution"), allowed(a, "app")],
           [["AmazonECSTaskExecutionRolePolicy"], sorted([*WORKER_READS, (GET, JWT)])]),
    Figure("workers' start", lambda a: allowed(a, "worker"), WORKER_READS),
    Figure("tasks' rights", lambda a: [a.allowed("billing-platform-app-task"), a.allowed("billing-platform-worker-task")], [[], []]),
    Figure("trust", trusted, {"ecs-tasks.amazonaws.com"}),
    Figure("logs", lambda a: [container(a, p)["logConfiguration"]["options"]["awslogs-group"] == a.name(LOGS[p]) for p in ("app", "worker")], [True] * 2),
    Figure("logs' retention", lambda a: {a.retention(a.name(LOGS[n])) for n in ("app", "worker", "flows", "firewall")}, {30}, {7}),
    Figure("registry", lambda a: a.lab.client("ecr").describe_repositories(repositoryNames=[
        "billing-platform" if a.environment == "production" else "billing-platform-staging"])["repositories"][0]["imageScanningConfiguration"],
        {"scanOnPush": True}),
    Figure("image", lambda a: {container(a, p)["image"].rpartition("/")[2] for p in ("app", "worker")},
           {"billing-platform:v1.0.0"}, {"billing-platform-staging:v1.0.0"}),
    Figure("health", of(lambda a: a.target_group("billing-platform-tg"), "HealthCheckPath", "Port"), ["/health", 8000]),
    Figure("HTTP:80", lambda a: a.listener(ALB, 80)["DefaultActions"][0]["RedirectConfig"]["Protocol"], "HTTPS"),
    Figure("TLS", lambda a: a.listener(ALB, 443)["SslPolicy"], "ELBSecurityPolicy-TLS13-1-2-2021-06"),
    Figure("ALB's protection", balancer_keeps, "true", "false"),
    Figure("certificate", lambda a: a.certificate(f"billing.{a.domain}")["Status"], "ISSUED"),
    Figure("billing", lambda a: a.pointed("billing", ALB), True),
    Figure("flow log", flows, ["ALL", LOGS["flows"], "ACTIVE"]),
    Figure("firewall", firewall, {"rules": ["rate-limit", "common", "known-bad-inputs", "sql-injection"], "log": LOGS["firewall"]}),
    Figure("alarm response time", lambda a: a.rules("billing-platform-latency"), [("TargetResponseTime", FIVE, 1.0, 300)]),
    Figure("alarm API 5xx", lambda a: a.rules("billing-platform-5xx"), [("HTTPCode_Target_5XX_Count", FIVE, 10.0, 300)]),
    Figure("alarm ALB 5xx", lambda a: a.rules("billing-platform-alb-5xx"), [("HTTPCode_ELB_5XX_Count", FIVE, 10.0, 300)]),
    Figure("alarm RDS CPU", lambda a: a.rules("billing-platform-db-cpu"), [("CPUUtilization", FIVE, 80.0, 300)]),
    Figure("alarm RDS storage", lambda a: a.rules("billing-platform-db-storage"), [("FreeStorageSpace", "LessThanThreshold", 10.0 * 2**30, 300)],
           [("FreeStorageSpace", "LessThanThreshold", 2.0 * 2**30, 300)]),
    Figure("alarm Redis CPU", lambda a: a.rules("billing-platform-redis-cpu"), [("EngineCPUUtilization", FIVE, 75.0, 300)]),
    Figure("who hears", lambda a: a.heard(), {("email", MAIL)}),
    Figure("rotation", reminder, ("cron(0 9 1 1/3 ? *)", True)),
    Figure("dashboard", charts, [
        ["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "RequestCount", "TargetResponseTime"], ["CPUUtilization", "MemoryUtilization"],
        ["CPUUtilization", "DatabaseConnections", "FreeStorageSpace"], ["DatabaseMemoryUsagePercentage", "EngineCPUUtilization"],
    ]),
)  # fmt: skip
