"""ACM: certificates and what proves them."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code, network
from tests.emulator.checks.route53 import change, zone


def request(aws: Aws, **more: Any) -> str:
    wanted = {
        "DomainName": "example.com",
        "SubjectAlternativeNames": ["*.example.com"],
        "ValidationMethod": "DNS",
    }
    return str(aws.client("acm").request_certificate(**(wanted | more))["CertificateArn"])


def described(aws: Aws, arn: str) -> Any:
    return aws.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]


def prove(aws: Aws, arn: str) -> None:
    """Put the validation record into the zone."""
    found = described(aws, arn)["DomainValidationOptions"][0]["ResourceRecord"]
    cname = {"Name": found["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": found["Value"]}]}
    change(aws, zone(aws), ("UPSERT", cname))


def issued(aws: Aws) -> str:
    arn = request(aws)
    aws.advance(1)
    prove(aws, arn)
    aws.advance(1)
    return arn


@check("a certificate is issued once its record exists, and not before")
def _(aws: Aws) -> bool:
    arn = request(aws)
    aws.advance(1000)
    waiting = described(aws, arn)
    prove(aws, arn)
    aws.advance(1)
    after = described(aws, arn)
    states = (waiting["Status"], after["Status"])
    return states == ("PENDING_VALIDATION", "ISSUED") and "IssuedAt" not in waiting and "IssuedAt" in after


@check("the validation records appear after a moment, one for apex and wildcard")
def _(aws: Aws) -> bool:
    arn = request(aws)
    at_once = [option.get("ResourceRecord") for option in described(aws, arn)["DomainValidationOptions"]]
    aws.advance(1)
    later = described(aws, arn)["DomainValidationOptions"]
    order = [option["DomainName"] for option in later]
    records = [option["ResourceRecord"] for option in later]
    return at_once == [None, None] and order == ["example.com", "*.example.com"] and records[0] == records[1]


@check("another account's domain has another record")
def _(aws: Aws) -> bool:
    first, second = request(aws), request(aws, DomainName="example.net", SubjectAlternativeNames=["example.net"])
    aws.advance(1)
    names = {
        described(aws, arn)["DomainValidationOptions"][0]["ResourceRecord"]["Name"].split(".")[0]
        for arn in (first, second)
    }
    return len(names) == 2


@check("an idempotency token makes one certificate, whatever the tags")
def _(aws: Aws) -> bool:
    tags = [{"Key": "a", "Value": "b"}]
    same = request(aws, IdempotencyToken="t", Tags=tags) == request(aws, IdempotencyToken="t")
    other = request(aws, IdempotencyToken="t", DomainName="example.net", SubjectAlternativeNames=["example.net"])
    return same and other != request(aws, IdempotencyToken="t")


@check("a certificate in use says by whom and cannot be deleted")
def _(aws: Aws) -> bool:
    arn, net, elb = issued(aws), network(aws), aws.client("elbv2")
    balancer = elb.create_load_balancer(Name="lb", Subnets=net.subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    listener = elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=answer,
    )["Listeners"][0]["ListenerArn"]
    used = described(aws, arn)["InUseBy"], code(aws.client("acm").delete_certificate, CertificateArn=arn)
    elb.delete_listener(ListenerArn=listener)
    free = described(aws, arn)["InUseBy"], code(aws.client("acm").delete_certificate, CertificateArn=arn)
    return used == ([balancer], "ResourceInUseException") and free == ([], "")


@check("an impossible domain is refused")
def _(aws: Aws) -> bool:
    return code(lambda: request(aws, DomainName="no domain")) == "ValidationException"
