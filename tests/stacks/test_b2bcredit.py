"""Every figure of the b2bcredit document, read back through boto3 after both environments were applied."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from reconciler.kind import State
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.stacks.b2bcredit import (
    ALB,
    CREDENTIALS,
    MASTER,
    NEXTAUTH,
    PRIVATE,
    PUBLIC,
    STARTER,
    WORKER,
    alarm,
    allowed,
    attribute,
    balancer,
    behind_balancer,
    bucket,
    container,
    db,
    edge,
    forwards,
    gateways,
    heard,
    injected,
    network,
    of,
    place_of_balancer,
    place_of_database,
    place_of_service,
    pointed,
    public_exits,
    scaling,
    service,
    task,
    tg,
    trusted,
    urls,
    validated,
    vpc,
)
from tests.stacks.look import Look, pairs
from tests.support import Lab, open_steps

HOME = Path(__file__).parents[2] / "desired" / "b2bcredit"
DEV, PRODUCTION = "dev", "production"


class Figure(NamedTuple):
    """A figure of the document; ``production`` only where it differs from dev's."""

    what: str
    read: Callable[[Look], Any]
    dev: Any
    production: Any = ...


HOST, PRODUCTION_HOST = "https://api.dev.b2bcredit.example", "https://api.b2bcredit.example"
URL = "postgresql://postgres:PASSWORD@ENDPOINT:5432/b2b_credit_db"
FILES = [
    ("s3:ListBucket", "arn:aws:s3:::BUCKET"),
    *((f"s3:{do}Object", "arn:aws:s3:::BUCKET/*") for do in ("Get", "Put", "Delete")),
]
SSE = ("ApplyServerSideEncryptionByDefault", "SSEAlgorithm")
READS = [("secretsmanager:GetSecretValue", NEXTAUTH), ("secretsmanager:GetSecretValue", CREDENTIALS)]
FIGURES = (
    Figure("VPC", of(vpc, "CidrBlock", "InstanceTenancy"), ["10.0.0.0/16", "default"]),
    Figure("DNS in the VPC", lambda a: [attribute(a, n) for n in ("enableDnsSupport", "enableDnsHostnames")], [True, True]),
    Figure("subnets", network, {
        "b2bcredit-public-1": ("10.0.1.0/24", "us-east-1a"), "b2bcredit-public-2": ("10.0.2.0/24", "us-east-1b"),
        "b2bcredit-private-1": ("10.0.11.0/24", "us-east-1a"), "b2bcredit-private-2": ("10.0.12.0/24", "us-east-1b"),
    }),
    Figure("public exits", public_exits, {True}),
    Figure("NAT gateways", gateways, ["b2bcredit-public-1", "b2bcredit-public-1"], ["b2bcredit-public-1", "b2bcredit-public-2"]),
    Figure("b2bcredit-nat", lambda a: a.names_of_subnets([a.nat("b2bcredit-nat")["SubnetId"]]), ["b2bcredit-public-1"]),
    Figure("elastic IPs", lambda a: len({a.gateway(s)["NatGatewayAddresses"][0]["PublicIp"] for s in PRIVATE}), 1, 2),
    Figure("ALB's group", lambda a: a.entrances("b2bcredit-alb-sg"), ["tcp 443-443 from 0.0.0.0/0", "tcp 80-80 from 0.0.0.0/0"]),
    Figure("ECS's group", lambda a: a.entrances("b2bcredit-ecs-sg"), ["tcp 3000-3000 from b2bcredit-alb-sg"]),
    Figure("RDS's group", lambda a: a.entrances("b2bcredit-rds-sg"), ["tcp 5432-5432 from b2bcredit-ecs-sg"]),
    Figure("engine", lambda a: (db(a)["Engine"], db(a)["EngineVersion"].split(".")[0]), ("postgres", "15")),
    Figure("database class", of(db, "DBInstanceClass", "MultiAZ", "DeletionProtection"), ["db.t3.micro", False, False], ["db.t3.medium", True, True]),
    Figure("storage", of(db, "StorageType", "AllocatedStorage", "MaxAllocatedStorage", "StorageEncrypted"), ["gp3", 20, 100, True]),
    Figure("database", of(db, "DBName", "MasterUsername", "PubliclyAccessible"), ["b2b_credit_db", "postgres", False]),
    Figure("backups", of(db, "BackupRetentionPeriod", "PreferredBackupWindow"), [7, "03:00-04:00"]),
    Figure("maintenance", of(db, "PreferredMaintenanceWindow"), ["sun:04:00-sun:05:00"]),
    Figure("database's place", place_of_database, (PRIVATE, ["b2bcredit-rds-sg"])),
    Figure("credentials", urls, {"DATABASE_URL": URL, "DIRECT_URL": URL}),
    Figure("password", lambda a: (len(a.secret(MASTER)), a.secret(MASTER).isalnum()), (32, True)),
    Figure("nextauth", lambda a: {k: len(base64.b64decode(v, validate=True)) for k, v in a.secret(NEXTAUTH).items()}, {"NEXTAUTH_SECRET": 32}),
    Figure("registry", of(lambda a: a.repository("b2bcredit-app"), "imageTagMutability", "imageScanningConfiguration", "encryptionConfiguration"),
           ["MUTABLE", {"scanOnPush": True}, {"encryptionType": "AES256"}]),
    Figure("old images", lambda a: [r["action"]["type"] for r in a.expiry("b2bcredit-app")], ["expire"]),
    Figure("ALB", of(balancer, "Type", "Scheme", "IpAddressType"), ["application", "internet-facing", "ipv4"]),
    Figure("ALB's place", place_of_balancer, (PUBLIC, ["b2bcredit-alb-sg"])),
    Figure("target group", of(tg, "TargetType", "Protocol", "Port"), ["ip", "HTTP", 3000]),
    Figure("health", of(tg, "HealthCheckProtocol", "HealthCheckPort", "HealthCheckPath", "Matcher"),
           ["HTTP", "traffic-port", "/api/health", {"HttpCode": "200"}]),
    Figure("thresholds", of(tg, "HealthyThresholdCount", "UnhealthyThresholdCount"), [2, 3]),
    Figure("health times", of(tg, "HealthCheckTimeoutSeconds", "HealthCheckIntervalSeconds"), [5, 30]),
    Figure("HTTP:80", of(lambda a: a.listener(ALB, 80)["DefaultActions"][0]["RedirectConfig"], "Protocol", "Port", "StatusCode"), ["HTTPS", "443", "HTTP_301"]),
    Figure("HTTPS:443", forwards, [("forward", True)]),
    Figure("TLS", of(lambda a: a.listener(ALB, 443), "Protocol", "SslPolicy"), ["HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06"]),
    Figure("certificate", lambda a: sorted(n.removesuffix(a.domain) for n in a.certificate(f"api.{a.domain}")["SubjectAlternativeNames"]), ["*.", "api."]),
    Figure("certificate's state", lambda a: a.certificate(f"api.{a.domain}")["Status"], "ISSUED"),
    Figure("validation records", validated, True),
    Figure("managed policies", lambda a: [a.managed(STARTER), a.managed(WORKER)], [["AmazonECSTaskExecutionRolePolicy"], []]),
    Figure("trust", trusted, {"ecs-tasks.amazonaws.com"}),
    Figure("execution role", lambda a: allowed(a, STARTER), READS),
    Figure("task role", lambda a: allowed(a, WORKER), sorted([*READS, *FILES])),
    Figure("task size", of(task, "cpu", "memory", "networkMode", "requiresCompatibilities"), ["512", "1024", "awsvpc", ["FARGATE"]]),
    Figure("task platform", of(task, "runtimePlatform"), [{"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"}]),
    Figure("task roles", lambda a: [task(a)["executionRoleArn"] == a.role(STARTER)["Arn"], task(a)["taskRoleArn"] == a.role(WORKER)["Arn"]], [True, True]),
    Figure("container", lambda a: (container(a)["name"], container(a)["image"] == a.repository("b2bcredit-app")["repositoryUri"] + ":latest"),
           ("b2bcredit-app", True)),
    Figure("container port", lambda a: [(p["containerPort"], p["protocol"]) for p in container(a)["portMappings"]], [(3000, "tcp")]),
    Figure("environment", lambda a: pairs(container(a)["environment"], "name", "value"),
           {"NODE_ENV": "production", "NEXT_PUBLIC_APP_URL": HOST, "NEXTAUTH_URL": HOST},
           {"NODE_ENV": "production", "NEXT_PUBLIC_APP_URL": PRODUCTION_HOST, "NEXTAUTH_URL": PRODUCTION_HOST}),
    Figure("container secrets", injected, {
        "DATABASE_URL": f"{CREDENTIALS}:DATABASE_URL::", "DIRECT_URL": f"{CREDENTIALS}:DIRECT_URL::", "NEXTAUTH_SECRET": f"{NEXTAUTH}:NEXTAUTH_SECRET::",
    }),
    Figure("log driver", lambda a: container(a)["logConfiguration"]["logDriver"], "awslogs"),
    Figure("log options", lambda a: container(a)["logConfiguration"]["options"],
           {"awslogs-group": "/ecs/b2bcredit-app-dev", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "ecs"},
           {"awslogs-group": "/ecs/b2bcredit-app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "ecs"}),
    Figure("log retention", lambda a: a.retention(a.name("/ecs/b2bcredit-app")), 30),
    Figure("service", of(service, "launchType", "desiredCount", "runningCount", "healthCheckGracePeriodSeconds"), ["FARGATE", 2, 2, 60]),
    Figure("service's place", place_of_service, (PRIVATE, ["b2bcredit-ecs-sg"], "DISABLED")),
    Figure("service's balancer", behind_balancer, [(True, "b2bcredit-app", 3000)]),
    Figure("circuit breaker", of(lambda a: service(a)["deploymentConfiguration"]["deploymentCircuitBreaker"], "enable", "rollback"), [True, True]),
    Figure("scaling", of(scaling, "MinCapacity", "MaxCapacity", "TargetValue", "ScaleOutCooldown", "ScaleInCooldown"), [2, 10, 70.0, 60, 60]),
    Figure("scaling metric", lambda a: scaling(a)["PredefinedMetricSpecification"], {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}),
    Figure("api", lambda a: pointed(a, "api"), "ALB"),
    Figure("edge", edge, [], [(True, ["app.b2bcredit.example"], ["ALB", "bucket"])]),
    Figure("bucket is private", lambda a: set(bucket(a, "get_public_access_block", "PublicAccessBlockConfiguration").values()), {True}),
    Figure("bucket is encrypted", lambda a: bucket(a, "get_bucket_encryption", "ServerSideEncryptionConfiguration", "Rules", 0, *SSE), "AES256"),
    Figure("bucket keeps versions", lambda a: bucket(a, "get_bucket_versioning", "Status"), "Enabled"),
    Figure("alarm CPU", lambda a: alarm(a, "b2bcredit-ecs-cpu"), ("CPUUtilization", "GreaterThanThreshold", 80.0, 300)),
    Figure("alarm connections", lambda a: alarm(a, "b2bcredit-db-connections")[:3], ("DatabaseConnections", "GreaterThanThreshold", 80.0)),
    Figure("alarm 5XX", lambda a: alarm(a, "b2bcredit-5xx"), ("HTTPCode_Target_5XX_Count", "GreaterThanThreshold", 10.0, 300)),
    Figure("who hears", heard, {("email", "dev@b2bcredit.example")}, {("email", "ops@b2bcredit.example")}),
    Figure("dashboard", lambda a: a.charts("b2bcredit"), [
        ["CPUUtilization", "MemoryUtilization"], ["CPUUtilization", "DatabaseConnections"], ["RequestCount", "TargetResponseTime"],
        ["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count"],
    ]),
)  # fmt: skip


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, dict[str, tuple[World, Plan]]]]:
    """One account with both environments side by side."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("b2bcredit"), patch)
        yield lab, {name: lab.apply(stack(name)) for name in (DEV, PRODUCTION)}


def stack(environment: str) -> Stack:
    return load_stack(Folder(), str(HOME / environment))


def look_at(lab: Lab, environment: str) -> Look:
    if environment == DEV:
        return Look(lab, "-dev", "dev.b2bcredit.example", "b2bcredit-dev-files")
    return Look(lab, "", "b2bcredit.example", "b2bcredit-production-files")


@pytest.mark.parametrize("environment", [DEV, PRODUCTION])
def test_one_apply_is_enough(environment: str, applied: tuple[Lab, dict[str, tuple[World, Plan]]]) -> None:
    lab, results = applied
    assert open_steps(results[environment][1]) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    lab.aws.forget_wire()
    assert open_steps(lab.plan(stack(environment))[1]) == []
    assert lab.boto_writes() == []


@pytest.mark.parametrize("environment", [DEV, PRODUCTION])
def test_every_figure(environment: str, applied: tuple[Lab, dict[str, tuple[World, Plan]]]) -> None:
    look = look_at(applied[0], environment)
    expected = {f.what: f.dev if environment == DEV or f.production is ... else f.production for f in FIGURES}
    assert {f.what: f.read(look) for f in FIGURES} == expected


def test_the_whole_of_production_is_short() -> None:
    files = [*HOME.glob("base/*.yaml"), *HOME.glob("production/*.yaml")]
    assert sum(len(file.read_text().splitlines()) for file in files) <= 350


def test_dev_goes_without_a_trace_and_leaves_production_alone(
    applied: tuple[Lab, dict[str, tuple[World, Plan]]],
) -> None:
    lab, _ = applied
    world, left = lab.destroy(stack(DEV))
    assert open_steps(left) == []
    assert [live for lives in world.lives.values() for live in lives if live.state is not State.DELETED] == []
    assert open_steps(lab.plan(stack(PRODUCTION))[1]) == []


def test_production_keeps_its_data(applied: tuple[Lab, dict[str, tuple[World, Plan]]]) -> None:
    lab, _ = applied
    _, left = lab.plan(stack(PRODUCTION), destroying=True)
    kept = {step.kind.name for step in left.steps if step.action in ("keep", "refused")}
    assert kept >= {"DBInstance", "Secret", "Bucket", "HostedZone", "LogGroup", "Repository"}
