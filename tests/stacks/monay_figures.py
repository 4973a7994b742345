"""Every figure of the monay document, with its value in each environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.stacks import monay as m
from tests.stacks import monay_data as d
from tests.stacks.look import Look
from tests.stacks.monay import ALB, API, APPS, GROUPS, each, of, one

HIGH = "GreaterThanThreshold"
DATADOG = {"DD_API_KEY": "monay/datadog/api-key"}
READS = "secretsmanager:GetSecretValue monay"
URL = "postgresql://postgres:PASSWORD@{}:5432/monay_db"
FULL, ERRORS = "MAX([first, second])", "100 * FILL(errors, 0) / requests"
BLUE_GREEN = ("BLUE_GREEN", True, True, ["-errors", "-green-errors"], True, True)


class Figure(NamedTuple):
    """A figure; ``staging`` and ``production`` only where they differ from the environment before."""

    what: str
    read: Callable[[Look], Any]
    dev: Any
    staging: Any = ...
    production: Any = ...

    def value(self, environment: str) -> Any:
        """What it is in an environment."""
        told = {"dev": [], "staging": [self.staging], "production": [self.production, self.staging]}[environment]
        return next((value for value in told if value is not ...), self.dev)


def tier(name: str, net: str) -> tuple[list[str], list[str], list[str]]:
    """The document's firewall around a tier's subnets."""
    any_, free = "0.0.0.0/0", "1024-65535"
    public, private, data = ([f"{net}.{tens}{n}.0/24" for n in (1, 2)] for tens in ("", "1", "2"))
    task = [f"{p} 32768-60999" for p in private]
    told = {
        "public": ([f"{any_} 80-80", f"{any_} 443-443", f"{any_} {free}"], [f"{any_} 443-443", f"{any_} {free}"]),
        "private": (
            [*(f"{p} 3001-3007" for p in public), f"{any_} 32768-60999"],
            [f"{any_} 443-443", *(f"{p} {free}" for p in public), *(f"{d} 5432-6379" for d in data)],
        ),
        "database": (
            [*(f"{p} {n}-{n}" for p in private for n in (5432, 6379)), *(f"{d} {free}" for d in data)],
            [*task, *(f"{d} {free}" for d in data)],
        ),
    }
    into, out = told[name]
    return [f"monay-{name}-1", f"monay-{name}-2"], sorted(into), sorted(out)


def acls(name: str) -> Figure:
    values = [tier(name, net) for net in ("10.10", "10.20", "10.30")]
    return Figure(f"network ACL {name}", lambda look: m.acl(look, name), *values)


FIGURES = (
    # apps
    Figure("cluster and services", each(lambda a, app: (m.service(a, app)["serviceName"], m.service(a, app)["clusterArn"].split("/")[-1])),
           *({app: (told[1], f"monay-{env}") for app, told in APPS.items()} for env in ("dev", "staging", "production"))),
    Figure("services run", each(lambda a, app: (m.service(a, app)["launchType"], m.service(a, app)["runningCount"])),
           dict.fromkeys(APPS, ("FARGATE", 1)), dict.fromkeys(APPS, ("FARGATE", 2))),
    Figure("ports", each(m.ports), {app: (told[3], [told[3]]) for app, told in APPS.items()}),
    Figure("hosts", lambda a: {app: m.pointed(a, f"{told[2]}.") for app, told in APPS.items()}, dict.fromkeys(APPS, "ALB")),
    Figure("rules' priorities", each(lambda a, app: int(m.rule(a, app)["Priority"])),
           {"monay-backend": 1, "monay-admin": 3, "monay-web": 4, "monay-wallet": 5}),
    Figure("admin's clients", each(m.sources), {app: ["203.0.113.0/24"] if app == "monay-admin" else [] for app in APPS}),
    Figure("who may enter", each(lambda a, app: a.entrances(f"{app}-ecs-sg")),
           {app: [f"tcp {told[3]}-{told[3]} from monay-alb-sg"] for app, told in APPS.items()}),
    Figure("logs", each(m.retention), {app: {f"/ecs/{told[0]}": 30} for app, told in APPS.items()}),
    Figure("roles", each(m.allowed), {**dict.fromkeys(APPS, ([f"{READS}/datadog/api-key"], [])),
           API: ([f"{READS}/backend/jwt", f"{READS}/backend/urls", f"{READS}/datadog/api-key"], [])}),
    Figure("scaling", lambda a: one(each(m.scaling)(a)), (1, 2, "ECSServiceAverageCPUUtilization", 70.0),
           (2, 4, "ECSServiceAverageCPUUtilization", 70.0), (2, 10, "ECSServiceAverageCPUUtilization", 70.0)),
    Figure("images", each(m.image), dict.fromkeys(APPS, True)),
    Figure("backend's secrets", lambda a: m.injected(a, API), {
        **{k: f"monay/backend/urls:{k}::" for k in ("DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL")},
        "JWT_SECRET": "monay/backend/jwt:JWT_SECRET::", **DATADOG}),
    Figure("website", m.origin, ("BUCKET.s3.us-east-1.amazonaws.com", "always", "sigv4")),
    Figure("website's readers", m.readers, [({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject", True)]),
    Figure("website's bucket", m.bucket, ({True}, "AES256")),
    Figure("website's names", lambda a: [m.pointed(a, ""), m.pointed(a, "www.")], ["CDN", "CDN"]),
    # data
    Figure("database", of(d.db, "Engine", "DBInstanceClass", "MultiAZ", "PubliclyAccessible", "DeletionProtection"),
           ["postgres", "db.t3.medium", False, False, False], ["postgres", "db.t3.large", True, False, False], ["postgres", "db.r5.xlarge", True, False, True]),
    Figure("database's port", lambda a: d.db(a)["Endpoint"]["Port"], 5432),
    Figure("read replica", d.replicas, [], [], [("monay-db-replica", "db.r5.xlarge", True, 60, False)]),
    Figure("who reaches the data", lambda a: [a.entrances("monay-db-sg"), a.entrances("monay-redis-sg")],
           [["tcp 5432-5432 from monay-backend-ecs-sg"], ["tcp 6379-6379 from monay-backend-ecs-sg"]]),
    Figure("Redis", lambda a: (d.cache(a)["CacheNodeType"], len(d.cache(a)["MemberClusters"]), d.cache(a)["NodeGroups"][0]["PrimaryEndpoint"]["Port"]),
           ("cache.t3.micro", 2, 6379), ("cache.t3.medium", 2, 6379), ("cache.r5.large", 2, 6379)),
    Figure("Redis fails over", of(d.cache, "AutomaticFailover", "MultiAZ"), ["enabled", "enabled"]),
    Figure("backend's URLs", d.urls,
           {"DATABASE_URL": URL.format("DB"), "DATABASE_READ_URL": URL.format("DB"), "REDIS_URL": "rediss://:TOKEN@REDIS:6379"}, ...,
           {"DATABASE_URL": URL.format("DB"), "DATABASE_READ_URL": URL.format("REPLICA"), "REDIS_URL": "rediss://:TOKEN@REDIS:6379"}),
    # network
    Figure("NAT gateways", lambda a: [a.names_of_subnets([a.gateway(f"monay-private-{n}")["SubnetId"]])[0] for n in (1, 2)],
           ["monay-public-1", "monay-public-1"], ["monay-public-1", "monay-public-2"]),
    acls("public"), acls("private"), acls("database"),
    # deploys
    Figure("blue and green", each(m.sides), dict.fromkeys(APPS, (True,) * 4)),
    Figure("rollback", each(m.rollback), dict.fromkeys(APPS, BLUE_GREEN)),
    Figure("health checks", lambda a: {a.target_group(name)["HealthCheckPath"] for name in GROUPS}, {"/api/health"}),
    Figure("images kept", each(lambda a, app: (a.repository(APPS[app][0])["imageTagMutability"], a.expiry(APPS[app][0])[0]["selection"]["countNumber"])),
           dict.fromkeys(APPS, ("IMMUTABLE", 30))),
    # watch
    Figure("alarm CPU", each(lambda a, app: d.alarm(a, f"{app}-ecs-cpu")), dict.fromkeys(APPS, ("CPUUtilization", HIGH, 80.0, 300))),
    Figure("alarm memory", each(lambda a, app: d.alarm(a, f"{app}-ecs-memory")), dict.fromkeys(APPS, ("MemoryUtilization", HIGH, 90.0, 300))),
    Figure("alarm errors", lambda a: {d.alarm(a, name.removesuffix("-tg") + "-errors") for name in GROUPS}, {(ERRORS, HIGH, 1.0, 300)}),
    Figure("errors and requests", lambda a: d.measured(a, f"{API}-errors"), {"errors": "HTTPCode_Target_5XX_Count", "requests": "RequestCount"}),
    Figure("alarm database CPU", lambda a: d.alarm(a, "monay-db-cpu"), ("CPUUtilization", HIGH, 80.0, 300)),
    Figure("alarm pool", lambda a: d.alarm(a, "monay-db-connections"), *(("DatabaseConnections", HIGH, n, 300) for n in (32.0, 64.0, 160.0))),
    Figure("alarm Redis memory", lambda a: d.alarm(a, "monay-redis-memory"), (FULL, HIGH, 75.0, 300)),
    Figure("Redis memory", lambda a: set(d.measured(a, "monay-redis-memory").values()), {"DatabaseMemoryUsagePercentage"}),
    Figure("who hears", d.heard, *({("email", f"{name}@monay.example")} for name in ("dev", "staging", "ops"))),
    Figure("DataDog agent", each(lambda a, app: (m.containers(a, app)["datadog-agent"]["image"], m.containers(a, app)["datadog-agent"]["essential"])),
           dict.fromkeys(APPS, ("public.ecr.aws/datadog/agent:7", False))),
    Figure("DataDog's key", each(lambda a, app: m.injected(a, app)["DD_API_KEY"]), dict.fromkeys(APPS, "monay/datadog/api-key")),
    Figure("enhanced monitoring", lambda a: d.db(a)["MonitoringInterval"], 0, 60),
    Figure("container insights", m.insights, "disabled", "enabled", "enhanced"),
    Figure("dashboard", lambda a: [sorted({*names} - {"."}) for names in a.charts("monay")], [
        ["CPUUtilization"], ["MemoryUtilization"], ["RequestCount", "TargetResponseTime"],
        ["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count"],
        ["CPUUtilization", "DatabaseConnections"], ["CacheHitRate", "DatabaseMemoryUsagePercentage"]]),
    # safety
    Figure("encryption at rest", d.encrypted, [True, True, *["AES256"] * 4]),
    Figure("own key", d.own_key, [True, True, True]),
    Figure("TLS", d.tls, ["ELBSecurityPolicy-TLS13-1-2-2021-06", "TLSv1.2_2021", "1", True]),
    Figure("HTTP:80", lambda a: a.listener(ALB, 80)["DefaultActions"][0]["RedirectConfig"]["Protocol"], "HTTPS"),
    Figure("certificate", m.certificate, ("ISSUED", ["", "*.", "api."])),
    Figure("WAF", d.firewalls, [True, True]),
    Figure("backups", d.backups, [("cron(0 * ? * * *)", 2, []), ("cron(30 6 ? * * *)", 35, [])], ...,
           [("cron(0 * ? * * *)", 2, [("us-west-2", "monay-copies", 2)]), ("cron(30 6 ? * * *)", 35, [("us-west-2", "monay-copies", 35)])]),
    Figure("what is backed up", d.backed, [True]),
    # sizes and cost
    Figure("task size", lambda a: one(each(lambda a, app: [a.task(f"{app}-task")[n] for n in ("cpu", "memory")])(a)),
           ["2048", "4096"], ["2048", "8192"], ["4096", "8192"]),
    Figure("budget", d.budget, (355.0, "USD", "MONTHLY"), (1200.0, "USD", "MONTHLY"), (1925.0, "USD", "MONTHLY")),
)  # fmt: skip
