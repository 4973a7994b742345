"""DNS and certificates: what the data files cannot say."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.route53.marks import mark, marked, quoted
from reconciler.steps import Action, Plan
from tests.support import REGION, Lab, document, only, open_steps

ZONE = document("HostedZone", "zone", {"name": "example.com"}, deletion="delete")
FREE = {"deletion": "delete", "replacement": "allow"}


def record(name: str, **spec: Any) -> dict[str, Any]:
    told = {
        "hostedZoneId": "${HostedZone/zone}",
        "name": f"{name}.example.com",
        "type": "A",
        "ttl": 60,
        "resourceRecords": ["10.0.0.1"],
    }
    return document("RecordSet", name, {k: v for k, v in {**told, **spec}.items() if v is not None}, **FREE)


def put(lab: Lab, zone: str, action: str, name: str, value: str, ttl: int = 60) -> None:
    told = {"Name": name, "Type": "A", "TTL": ttl, "ResourceRecords": [{"Value": value}]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": told}]}
    lab.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def listed(lab: Lab, zone: str) -> dict[tuple[str, str], Any]:
    found = lab.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {(r["Name"], r["Type"]): r for r in found}


def action(plan: Plan, address: str) -> Action:
    return next(s.action for s in plan.steps if s.address == address)


def test_a_zone_made_and_not_tagged_yet_is_found_again(lab: Lab) -> None:
    lab.client("route53").create_hosted_zone(Name="example.com", CallerReference="reconciler:lab:HostedZone/zone:t")
    world, left = lab.apply(lab.stack([ZONE]))
    assert open_steps(left) == []
    assert len(lab.client("route53").list_hosted_zones()["HostedZones"]) == 1
    assert only(world, "HostedZone/zone").tags["reconciler:address"] == "HostedZone/zone"  # type: ignore[index]


def test_such_a_zone_is_known_as_ours_when_git_never_hears_of_it(lab: Lab) -> None:
    lab.client("route53").create_hosted_zone(Name="example.com", CallerReference="reconciler:lab:HostedZone/gone:t")
    other = document("HostedZone", "other", {"name": "example.org"}, deletion="delete")
    _, plan = lab.plan(lab.stack([other], policy={"prune": True}))
    assert action(plan, "HostedZone/gone") is Action.KEEP


def test_a_record_that_somebody_deleted_comes_back_and_a_mark_alone_is_removed(lab: Lab) -> None:
    stack = lab.stack([ZONE, record("api"), record("web")])
    world, _ = lab.apply(stack)
    zone = only(world, "HostedZone/zone").id
    for name in ("api", "web"):
        put(lab, zone, "DELETE", f"{name}.example.com", "10.0.0.1")
    _, left = lab.apply(lab.stack([ZONE, record("api")], policy={"prune": True}))
    assert open_steps(left) == []
    names = {name for name, kind in listed(lab, zone) if kind in ("A", "TXT")}
    assert names == {"api.example.com.", "_reconciler-a.api.example.com."}


def test_a_mark_keeps_any_tag_and_says_whose_record_it_is() -> None:
    one = {
        "name": "\\052.Example.com.",
        "type": "A",
        "setIdentifier": "a|b",
        "ttl": 1,
        "resourceRecords": [{"value": "10.0.0.1"}],
    }
    tags = {"reconciler:stack": 'a,b="ü"\\', "reconciler:address": "x" * 400}
    (row,) = marked("Z", [one, mark(one, tags)])
    assert {k: row["tags"][k] for k in tags} == tags
    assert all(len(piece) <= 257 for piece in mark(one, tags)["resourceRecords"][0]["value"].split(" "))
    (orphan,) = marked("Z", [mark(one, tags)])
    assert orphan["id"] == row["id"]
    assert list(marked("Z", [{**mark(one, tags), "name": "_reconciler-a.other.example.com."}])) == []


def test_long_texts_are_cut_and_quoted_ones_stay() -> None:
    assert quoted("v=spf1") == '"v=spf1"'
    assert quoted('"a" "b"') == '"a" "b"'
    assert quoted("a" * 300) == f'"{"a" * 255}" "{"a" * 45}"'


def certificate(name: str, *domains: str, **spec: Any) -> dict[str, Any]:
    told = {
        "domainName": domains[0],
        "subjectAlternativeNames": list(domains[1:]),
        "hostedZoneId": "${HostedZone/zone}",
    }
    return document("Certificate", name, {**told, **spec}, **FREE)


def validations(lab: Lab, zone: str) -> list[str]:
    return [name for name, kind in listed(lab, zone) if kind == "CNAME"]


def test_a_certificate_for_cloudfront_keeps_the_record_alive(lab: Lab) -> None:
    lab.client("acm", REGION).request_certificate(DomainName="example.com", ValidationMethod="DNS")
    world, _ = lab.apply(lab.stack([ZONE, certificate("one", "*.example.com")]))
    lab.apply(lab.stack([ZONE], policy={"prune": True}))
    assert len(validations(lab, only(world, "HostedZone/zone").id)) == 1


def test_a_certificate_that_waits_names_the_record(lab: Lab) -> None:
    alone = document("Certificate", "one", {"domainName": "example.com"}, **FREE)
    _, left = lab.apply(lab.stack([alone]))
    (told,) = open_steps(left)
    assert "_" in told
    assert ".example.com CNAME _" in told


def test_a_lost_validation_record_comes_back(lab: Lab) -> None:
    stack = lab.stack([ZONE, certificate("one", "example.com")])
    world, _ = lab.apply(stack)
    zone = only(world, "HostedZone/zone").id
    (name,) = validations(lab, zone)
    gone = {"Action": "DELETE", "ResourceRecordSet": listed(lab, zone)[name, "CNAME"]}
    lab.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [gone]})
    _, plan = lab.plan(stack)
    assert action(plan, "Certificate/one") is Action.UPDATE
    lab.apply(stack)
    assert validations(lab, zone) == [name]
