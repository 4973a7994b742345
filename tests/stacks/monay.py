"""The applications of the monay document, read back through boto3; the figures are in monay_figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.stacks.look import Look, pairs

ALB, API = "monay-alb", "monay-backend"
SECRETS = ("monay/backend/urls", "monay/backend/jwt", "monay/datadog/api-key")
APPS = {
    "monay-backend": ("monay-backend-common", "monay-backend", "api", 3001),
    "monay-admin": ("monay-admin", "monay-admin", "admin", 3002),
    "monay-web": ("monay-web", "monay-web", "app", 3003),
    "monay-wallet": ("monay-enterprise-wallet", "monay-enterprise-wallet", "wallet", 3007),
}
"""Application → its name in the document, its service, its host, its port."""
GROUPS = [f"{app}{side}-tg" for app in APPS for side in ("", "-green")]


def environment(look: Look) -> str:
    return look.suffix.lstrip("-") or "production"


def cluster(look: Look) -> str:
    """The document's own name, which has the environment in it."""
    return f"monay-{environment(look)}"


def each(read: Callable[[Look, str], Any]) -> Callable[[Look], dict[str, Any]]:
    """Read the same of every application."""
    return lambda look: {app: read(look, app) for app in APPS}


def one(values: dict[str, Any]) -> Any:
    """What every application has; all of it, if they differ."""
    found = list(values.values())
    return found[0] if all(value == found[0] for value in found) else values


def of(read: Callable[[Look], Any], *names: str) -> Callable[[Look], Any]:
    """Read some parts of one answer."""
    return lambda look: [read(look).get(name) for name in names]


def service(look: Look, app: str) -> dict[str, Any]:
    answer = look.lab.client("ecs").describe_services(cluster=cluster(look), services=[APPS[app][1]])
    (found,) = answer["services"]
    return dict(found)


def containers(look: Look, app: str) -> dict[str, dict[str, Any]]:
    return {c["name"]: c for c in look.task(f"{app}-task")["containerDefinitions"]}


def image(look: Look, app: str) -> bool:
    """Whether it runs an image of its own registry."""
    name = APPS[app][0]
    return bool(containers(look, app)[name]["image"] == look.repository(name)["repositoryUri"] + ":1.0.0")


def injected(look: Look, app: str) -> dict[str, str]:
    """The secrets of its containers, the ARN replaced by the secret's name."""
    arns = {look.secret_arn(name): name for name in SECRETS}
    told = {n: v for c in containers(look, app).values() for n, v in pairs(c["secrets"], "name", "valueFrom").items()}
    return {name: ":".join([arns[":".join(v.split(":")[:7])], *v.split(":")[7:]]) for name, v in told.items()}


def allowed(look: Look, app: str) -> tuple[list[str], Any]:
    """What its two roles may do: starting it reads some secrets, and the application itself may do nothing."""
    arns = {look.secret_arn(name): name for name in SECRETS}
    started = [f"{do} {arns[to]}" for do, to in look.allowed(f"{app}-execution")]
    return sorted(started), look.allowed(f"{app}-task")


def rule(look: Look, app: str) -> dict[str, Any]:
    arn = look.listener(ALB, 443)["ListenerArn"]
    host = f"{APPS[app][2]}.{look.domain}"
    rules = look.lab.client("elbv2").describe_rules(ListenerArn=arn)["Rules"]
    (found,) = (r for r in rules if host in json.dumps(r["Conditions"]))
    return dict(found)


def sources(look: Look, app: str) -> list[str]:
    """The addresses that it answers; none: every one."""
    conditions = rule(look, app)["Conditions"]
    return [v for c in conditions if c["Field"] == "source-ip" for v in c["SourceIpConfig"]["Values"]]


def sides(look: Look, app: str) -> tuple[Any, ...]:
    """Whether its two groups and its rule are what deployments move requests with, and who moves them."""
    (balancer,) = service(look, app)["loadBalancers"]
    told = balancer["advancedConfiguration"]
    blue, green = (look.target_group(f"{app}{side}-tg")["TargetGroupArn"] for side in ("", "-green"))
    return (
        balancer["targetGroupArn"] == blue, told["alternateTargetGroupArn"] == green,
        told["productionListenerRule"] == rule(look, app)["RuleArn"],
        told["roleArn"] == look.role("monay-traffic")["Arn"],
    )  # fmt: skip


def rollback(look: Look, app: str) -> tuple[Any, ...]:
    told = service(look, app)["deploymentConfiguration"]
    breaker, alarms = told["deploymentCircuitBreaker"], told["alarms"]
    names = sorted(name.removesuffix(look.suffix).removeprefix(app) for name in alarms["alarmNames"])
    return told["strategy"], breaker["enable"], breaker["rollback"], names, alarms["enable"], alarms["rollback"]


def scaling(look: Look, app: str) -> tuple[Any, ...]:
    what = f"service/{cluster(look)}/{APPS[app][1]}"
    client = look.lab.client("application-autoscaling")
    (target,) = client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[what])["ScalableTargets"]
    (policy,) = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=what)["ScalingPolicies"]
    told = policy["TargetTrackingScalingPolicyConfiguration"]
    metric = told["PredefinedMetricSpecification"]["PredefinedMetricType"]
    return target["MinCapacity"], target["MaxCapacity"], metric, told["TargetValue"]


def pointed(look: Look, name: str) -> str:
    """Where an alias leads to."""
    target = look.records[f"{name}{look.domain}", "A"]["AliasTarget"]["DNSName"].rstrip(".").lower()
    places = {look.balancer(ALB)["DNSName"].lower(): "ALB", site(look)["DomainName"].lower(): "CDN"}
    return places[target.removeprefix("dualstack.")]


def site(look: Look) -> dict[str, Any]:
    client = look.lab.client("cloudfront")
    listed = client.list_distributions()["DistributionList"].get("Items", [])
    (found,) = (d for d in listed if f"www.{look.domain}" in d["Aliases"]["Items"])
    return dict(found)


def origin(look: Look) -> tuple[Any, ...]:
    """Where the website comes from, and how CloudFront shows who it is."""
    (found,) = site(look)["Origins"]["Items"]
    control = look.lab.client("cloudfront").get_origin_access_control(Id=found["OriginAccessControlId"])
    told = control["OriginAccessControl"]["OriginAccessControlConfig"]
    return found["DomainName"].replace(look.bucket, "BUCKET"), told["SigningBehavior"], told["SigningProtocol"]


def readers(look: Look) -> list[tuple[Any, ...]]:
    """Who may read the website's bucket, and for which distribution."""
    policy = json.loads(look.lab.client("s3").get_bucket_policy(Bucket=look.bucket)["Policy"])
    return [
        (s["Principal"], s["Action"], s["Condition"]["StringEquals"]["aws:SourceArn"] == site(look)["ARN"])
        for s in policy["Statement"]
        if s["Effect"] == "Allow"
    ]


def bucket(look: Look) -> tuple[Any, ...]:
    s3 = look.lab.client("s3")
    block = s3.get_public_access_block(Bucket=look.bucket)["PublicAccessBlockConfiguration"]
    (rules,) = s3.get_bucket_encryption(Bucket=look.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    return set(block.values()), rules["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]


def acl(look: Look, tier: str) -> tuple[list[str], list[str], list[str]]:
    """The subnets of a network ACL, and what it lets in and out, as ``10.10.1.0/24 3001-3007``."""
    found = look.ec2("describe_network_acls", "NetworkAcls", f"monay-{tier}")
    subnets = look.names_of_subnets([a["SubnetId"] for a in found["Associations"]])
    told = [(e["Egress"], f"{e['CidrBlock']} {e['PortRange']['From']}-{e['PortRange']['To']}")
            for e in found["Entries"] if e["RuleAction"] == "allow"]  # fmt: skip
    return subnets, sorted(t for out, t in told if not out), sorted(t for out, t in told if out)


def ports(look: Look, app: str) -> tuple[int, list[int]]:
    """Where its target group sends requests, and where its containers listen."""
    told = [p["containerPort"] for c in containers(look, app).values() for p in c["portMappings"]]
    return look.target_group(f"{app}-tg")["Port"], told


def retention(look: Look, app: str) -> dict[str, int]:
    """Where its containers log, and for how many days that is kept."""
    groups = {c["logConfiguration"]["options"]["awslogs-group"] for c in containers(look, app).values()}
    return {group.removesuffix(look.suffix): look.retention(group) for group in groups}


def insights(look: Look) -> str:
    answer = look.lab.client("ecs").describe_clusters(clusters=[cluster(look)], include=["SETTINGS"])
    return pairs(answer["clusters"][0]["settings"], "name", "value")["containerInsights"]


def certificate(look: Look) -> tuple[str, list[str]]:
    """Its state, and its names without the domain."""
    found = look.certificate(f"api.{look.domain}")
    return found["Status"], sorted(name.removesuffix(look.domain) for name in found["SubjectAlternativeNames"])
