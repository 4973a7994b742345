"""Route 53: zones and records."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code


def zone(aws: Aws, name: str = "example.com", reference: str = "1") -> str:
    made = aws.client("route53").create_hosted_zone(Name=name, CallerReference=reference)
    return str(made["HostedZone"]["Id"])


def record(name: str, value: str = "192.0.2.1", kind: str = "A") -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}


def change(aws: Aws, where: str, *changes: tuple[str, dict[str, Any]]) -> Any:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": one} for action, one in changes]}
    return aws.client("route53").change_resource_record_sets(HostedZoneId=where, ChangeBatch=batch)


def refused(aws: Aws, where: str, *changes: tuple[str, dict[str, Any]]) -> bool:
    return code(lambda: change(aws, where, *changes)) == "InvalidChangeBatch"


def names(aws: Aws, where: str) -> list[tuple[str, str]]:
    found = aws.client("route53").list_resource_record_sets(HostedZoneId=where)["ResourceRecordSets"]
    return [(one["Name"], one["Type"]) for one in found if one["Type"] not in ("NS", "SOA")]


@check("names come back in AWS's form: small letters, a dot at the end, the star as a code")
def _(aws: Aws) -> bool:
    where = zone(aws)
    alias = {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": "LB.example.net", "EvaluateTargetHealth": False}
    change(
        aws,
        where,
        ("CREATE", record("*.Example.com")),
        ("CREATE", {"Name": "a.example.com", "Type": "A"} | {"AliasTarget": alias}),
    )
    found = aws.client("route53").list_resource_record_sets(HostedZoneId=where)["ResourceRecordSets"]
    targets = [one["AliasTarget"]["DNSName"] for one in found if "AliasTarget" in one]
    star = ("\\052.example.com.", "A") in names(aws, where)
    return star and targets == ["lb.example.net."] and refused(aws, where, ("CREATE", record("*.example.com")))


@check("a CNAME stands alone and never at the apex")
def _(aws: Aws) -> bool:
    where = zone(aws)
    change(
        aws, where, ("CREATE", record("a.example.com")), ("CREATE", record("c.example.com", "b.example.net", "CNAME"))
    )
    return (
        refused(aws, where, ("CREATE", record("a.example.com", "b.example.net", "CNAME")))
        and refused(aws, where, ("CREATE", record("c.example.com")))
        and refused(aws, where, ("CREATE", record("example.com", "b.example.net", "CNAME")))
    )


@check("values are checked by type")
def _(aws: Aws) -> bool:
    where = zone(aws)
    return refused(aws, where, ("CREATE", record("a.example.com", "x"))) and refused(
        aws, where, ("CREATE", record("t.example.com", "unquoted", "TXT"))
    )


@check("a batch happens as a whole or not at all")
def _(aws: Aws) -> bool:
    where = zone(aws)
    failed = refused(aws, where, ("CREATE", record("a.example.com")), ("CREATE", record("a.other.com")))
    return failed and names(aws, where) == []


@check("only the exact record is deleted, one of a weighted pair as well")
def _(aws: Aws) -> bool:
    where = zone(aws)
    pair = [record("w.example.com") | {"SetIdentifier": name, "Weight": 1} for name in "xy"]
    change(aws, where, ("CREATE", record("a.example.com")), *(("CREATE", one) for one in pair))
    wrong = refused(aws, where, ("DELETE", record("a.example.com", "192.0.2.9")))
    missing = refused(aws, where, ("DELETE", record("none.example.com")))
    change(aws, where, ("DELETE", pair[0]))
    return wrong and missing and names(aws, where) == [("a.example.com.", "A"), ("w.example.com.", "A")]


@check("a caller reference makes one zone only")
def _(aws: Aws) -> bool:
    zone(aws)
    return code(lambda: zone(aws)) == "HostedZoneAlreadyExists"


@check("a change is pending for a moment; an unknown one is not known")
def _(aws: Aws) -> bool:
    route53 = aws.client("route53")
    number = change(aws, zone(aws), ("CREATE", record("a.example.com")))["ChangeInfo"]["Id"]
    before = route53.get_change(Id=number)["ChangeInfo"]["Status"]
    aws.advance(1)
    after = route53.get_change(Id=number)["ChangeInfo"]["Status"]
    return (before, after, code(route53.get_change, Id="C1")) == ("PENDING", "INSYNC", "NoSuchChange")


@check("a zone's own NS and SOA records have their full form and cannot go")
def _(aws: Aws) -> bool:
    where = zone(aws)
    found = aws.client("route53").list_resource_record_sets(HostedZoneId=where)["ResourceRecordSets"]
    own = {one["Type"]: one for one in found}
    dotted = all(value["Value"].endswith(".") for value in own["NS"]["ResourceRecords"])
    return (
        dotted
        and "awsdns-hostmaster" in own["SOA"]["ResourceRecords"][0]["Value"]
        and refused(aws, where, ("DELETE", own["NS"]))
    )


@check("zones are listed by name from the one asked for on")
def _(aws: Aws) -> bool:
    for number, name in enumerate(("a.com", "b.com", "c.com")):
        zone(aws, name, str(number))
    found = aws.client("route53").list_hosted_zones_by_name(DNSName="b.com")
    return [one["Name"] for one in found["HostedZones"]] == ["b.com.", "c.com."]


@check("tags of an unknown zone are not found")
def _(aws: Aws) -> bool:
    ask = aws.client("route53").list_tags_for_resource
    return code(ask, ResourceType="hostedzone", ResourceId="Z0") == "NoSuchHostedZone"
