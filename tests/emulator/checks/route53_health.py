"""Route 53: health checks."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code

HTTP: dict[str, Any] = {"Type": "HTTP", "FullyQualifiedDomainName": "example.com"}


def make(aws: Aws, reference: str = "1", **config: Any) -> str:
    made = aws.client("route53").create_health_check(CallerReference=reference, HealthCheckConfig=config or HTTP)
    return str(made["HealthCheck"]["Id"])


def config(aws: Aws, number: str) -> Any:
    return aws.client("route53").get_health_check(HealthCheckId=number)["HealthCheck"]["HealthCheckConfig"]


def refused(aws: Aws, **told: Any) -> str:
    return code(aws.client("route53").create_health_check, CallerReference="x", HealthCheckConfig=told)


@check("a caller reference makes the same health check, another one never again")
def _(aws: Aws) -> bool:
    first = make(aws)
    same = make(aws) == first
    other = code(lambda: make(aws, Type="HTTP", FullyQualifiedDomainName="other.com"))
    aws.client("route53").delete_health_check(HealthCheckId=first)
    return (same, other, code(lambda: make(aws))) == (True, "HealthCheckAlreadyExists", "HealthCheckAlreadyExists")


@check("defaults are filled in by type")
def _(aws: Aws) -> bool:
    http, https = config(aws, make(aws)), config(aws, make(aws, "2", **HTTP | {"Type": "HTTPS"}))
    common = {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False, "Inverted": False}
    return http == HTTP | common | {"Port": 80, "EnableSNI": False, "Disabled": False} and (
        (https["Port"], https["EnableSNI"]) == (443, True)
    )


@check("a health check has what its type needs, and nothing of another type")
def _(aws: Aws) -> bool:
    tried = (
        refused(aws, Type="HTTP"),
        refused(aws, Type="TCP", FullyQualifiedDomainName="example.com"),
        refused(aws, Type="HTTP_STR_MATCH", FullyQualifiedDomainName="example.com"),
        refused(aws, **HTTP, SearchString="ok"),
        refused(aws, **HTTP, ChildHealthChecks=["none"]),
        refused(aws, Type="CALCULATED", ChildHealthChecks=["none"], HealthThreshold=1),
        refused(aws, Type="HTTP", IPAddress="10.0.0.1"),
        refused(aws, **HTTP, RequestInterval=20),
        refused(aws, **HTTP, Regions=["us-east-1", "eu-west-1", "us-west-9"]),
    )
    return set(tried) == {"InvalidInput"}


@check("the alarm of a health check must exist, and stays in what is read")
def _(aws: Aws) -> bool:
    alarm = {"Region": "us-east-1", "Name": "a"}
    missing = refused(aws, Type="CLOUDWATCH_METRIC", AlarmIdentifier=alarm)
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="a", Namespace="n", MetricName="m", Period=60, EvaluationPeriods=1, Statistic="Sum", Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    found = config(aws, make(aws, Type="CLOUDWATCH_METRIC", AlarmIdentifier=alarm))
    told = found.get("AlarmIdentifier"), found.get("InsufficientDataHealthStatus")
    return (missing, told) == ("InvalidInput", (alarm, "LastKnownStatus"))


@check("an update counts, keeps what it does not name, and takes away what it resets")
def _(aws: Aws) -> bool:
    route53 = aws.client("route53")
    number = make(aws, **HTTP, ResourcePath="/health", FailureThreshold=5)
    changed = route53.update_health_check(
        HealthCheckId=number, HealthCheckVersion=1, Port=8080, ResetElements=["ResourcePath"]
    )["HealthCheck"]
    stale = code(route53.update_health_check, HealthCheckId=number, HealthCheckVersion=1, Port=81)
    found = config(aws, number)
    told = (found["Port"], found["FailureThreshold"], "ResourcePath" in found)
    return (changed["HealthCheckVersion"], told, stale) == (2, (8080, 5, False), "HealthCheckVersionMismatch")


@check("an address cannot be added to a health check")
def _(aws: Aws) -> bool:
    update = aws.client("route53").update_health_check
    return code(update, HealthCheckId=make(aws), IPAddress="44.192.0.10") == "InvalidInput"


@check("health checks come in pages")
def _(aws: Aws) -> bool:
    made = sorted(make(aws, str(n)) for n in range(3))
    pages = list(aws.client("route53").get_paginator("list_health_checks").paginate(MaxItems="2"))
    return [one["Id"] for page in pages for one in page["HealthChecks"]] == made and len(pages) > 1


@check("the tags of a deleted health check are gone")
def _(aws: Aws) -> bool:
    route53, number = aws.client("route53"), make(aws)
    tags = [{"Key": "team", "Value": "one"}]
    route53.change_tags_for_resource(ResourceType="healthcheck", ResourceId=number, AddTags=tags)
    index = aws.client("resourcegroupstaggingapi").get_resources
    known = [one["ResourceARN"] for one in index()["ResourceTagMappingList"]]
    route53.delete_health_check(HealthCheckId=number)
    gone = code(route53.delete_health_check, HealthCheckId=number)
    left = index()["ResourceTagMappingList"]
    return (known, left, gone) == ([f"arn:aws:route53:::healthcheck/{number}"], [], "NoSuchHealthCheck")


@check("the checkers tell what they see of an endpoint, and of nothing else")
def _(aws: Aws) -> bool:
    ask = aws.client("route53").get_health_check_status
    number = make(aws, Type="HTTP", FullyQualifiedDomainName="broken.example.com")
    seen = ask(HealthCheckId=number)["HealthCheckObservations"]
    counted = make(aws, "2", Type="CALCULATED", ChildHealthChecks=[number], HealthThreshold=1)
    failing = all(one["StatusReport"]["Status"].startswith("Failure") for one in seen)
    return failing and code(ask, HealthCheckId=counted) == "InvalidInput"
