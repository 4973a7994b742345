"""DNS and certificates: other people's records, one record for two names, certificates that somebody uses."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from reconciler.steps import Action
from tests.engine.small import FREE, POLICY, Docs, balanced, but, zone
from tests.engine.small import certificate as of_listener
from tests.kinds.test_names import ZONE, action, certificate, listed, put, record, validations
from tests.support import Lab, only, open_steps


def converged(lab: Lab, documents: Docs) -> Any:
    stack = lab.stack(documents, policy=POLICY)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    assert open_steps(lab.plan(stack)[1]) == []
    return world


def writes(lab: Lab) -> list[str]:
    return [w.operation for w in lab.aws.wire if w.writes]


def tls(*names: str) -> Docs:
    told = {"protocol": "HTTPS", "port": 443, "certificates": [{"certificateArn": "${Certificate/api}"}]}
    return [*but(balanced(), "Listener", told), zone(), of_listener(subjectAlternativeNames=list(names))]


def test_h22_a_certificate_is_replaced_while_a_listener_uses_it(lab: Lab) -> None:
    before = converged(lab, tls("*.example.com"))
    lab.aws.forget_wire()
    after = converged(lab, tls("*.example.com", "api.example.com"))
    new = only(after, "Certificate/api").id
    assert new != only(before, "Certificate/api").id
    elb = lab.client("elbv2")
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    assert [c["CertificateArn"] for c in listener["Certificates"]] == [new]
    assert [c["CertificateArn"] for c in lab.client("acm").list_certificates()["CertificateSummaryList"]] == [new]
    writes = [w.operation for w in lab.aws.wire if w.writes]
    assert writes.index("RequestCertificate") < writes.index("ModifyListener") < writes.index("DeleteCertificate")
    assert "CreateListener" not in writes


def test_h22_a_certificate_that_somebody_else_uses_too_is_deleted_when_they_let_go(lab: Lab) -> None:
    """AWS says so for some minutes after the last user has gone, too."""
    before = converged(lab, tls("*.example.com"))
    busy = Fault(How.ERROR_BEFORE, "acm:DeleteCertificate", times=4, code="ResourceInUseException", status=400)
    Faults(lab.aws).add(busy)
    after = converged(lab, tls("api.example.com"))
    assert busy.hits == 4
    assert only(after, "Certificate/api").id != only(before, "Certificate/api").id
    assert len(lab.client("acm").list_certificates()["CertificateSummaryList"]) == 1


def test_h23_a_record_that_is_there_already_in_other_letters_is_enough(lab: Lab) -> None:
    """The same name in capitals, as somebody typed it: no second record, and no quarrel about it."""
    documents = [ZONE, certificate("one", "Example.com", "*.EXAMPLE.com")]
    world = converged(lab, documents)
    dns, where = lab.client("route53"), only(world, "HostedZone/zone").id
    (name,) = validations(lab, where)
    loud = {**listed(lab, where)[name, "CNAME"], "Name": name.upper().rstrip(".")}
    loud["ResourceRecords"] = [{"Value": loud["ResourceRecords"][0]["Value"].upper()}]
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": loud}]}
    dns.change_resource_record_sets(HostedZoneId=where, ChangeBatch=batch)
    lab.aws.forget_wire()
    converged(lab, documents)
    assert writes(lab) == []


@pytest.mark.parametrize(
    "domains",
    [
        ["example.com", "api.example.com", "*.example.com"],
        ["example.com", "*.example.com", "example.com", "api.example.com", "api.example.com"],
        ["EXAMPLE.com", "Api.Example.Com", "*.example.com"],
    ],
)
def test_h24_the_names_of_a_certificate_have_neither_order_nor_case_nor_number(lab: Lab, domains: list[str]) -> None:
    converged(lab, [ZONE, certificate("one", "example.com", "*.example.com", "api.example.com")])
    lab.aws.forget_wire()
    converged(lab, [ZONE, certificate("one", *domains)])
    assert writes(lab) == []


def test_h24_a_further_name_makes_another_certificate(lab: Lab) -> None:
    first = only(converged(lab, [ZONE, certificate("one", "example.com")]), "Certificate/one").id
    assert (
        only(converged(lab, [ZONE, certificate("one", "example.com", "www.example.com")]), "Certificate/one").id
        != first
    )


def test_h50_somebody_elses_record_is_never_overwritten(lab: Lab) -> None:
    world, _ = lab.apply(lab.stack([ZONE]))
    zone = only(world, "HostedZone/zone").id
    put(lab, zone, "CREATE", "api.example.com", "10.9.9.9")
    _, left = lab.apply(lab.stack([ZONE, record("api")]))
    assert action(left, "RecordSet/api") is Action.REFUSED
    assert listed(lab, zone)["api.example.com.", "A"]["ResourceRecords"] == [{"Value": "10.9.9.9"}]


def test_h50_adopting_a_record_marks_it_and_sets_it_right(lab: Lab) -> None:
    world, _ = lab.apply(lab.stack([ZONE]))
    zone = only(world, "HostedZone/zone").id
    put(lab, zone, "CREATE", "api.example.com", "10.9.9.9")
    adopted = {**record("api"), "lifecycle": {**FREE, "adopt": True}}
    _, left = lab.apply(lab.stack([ZONE, adopted]))
    assert open_steps(left) == []
    found = listed(lab, zone)
    assert found["api.example.com.", "A"]["ResourceRecords"] == [{"Value": "10.0.0.1"}]
    assert ("_reconciler-a.api.example.com.", "TXT") in found


@pytest.mark.parametrize(
    "change", [{"type": "CNAME", "resourceRecords": ["example.org"]}, {"setIdentifier": "one", "weight": 1}]
)
def test_h50_what_cannot_stand_together_is_swapped_in_one_change(lab: Lab, change: dict[str, Any]) -> None:
    policy = {"prune": True, "maxReplaces": 9}
    lab.apply(lab.stack([ZONE, record("api")], policy=policy))
    lab.aws.forget_wire()
    _, left = lab.apply(lab.stack([ZONE, record("api", **change)], policy=policy))
    assert open_steps(left) == []
    assert lab.boto_writes() == ["route53:ChangeResourceRecordSets"]
    _, left = lab.apply(lab.stack([ZONE, record("api")], policy=policy))
    assert open_steps(left) == []


def test_h50_an_alias_and_values_take_each_others_place(lab: Lab) -> None:
    alias = {
        "ttl": None,
        "resourceRecords": None,
        "aliasTarget": {"hostedZoneId": "${HostedZone/zone}", "dnsName": "web.example.com"},
    }
    for spec in ({}, alias, {}):
        world, left = lab.apply(lab.stack([ZONE, record("web"), record("api", **spec)]))
        assert open_steps(left) == []
    assert only(world, "RecordSet/api").spec["resourceRecords"] == ["10.0.0.1"]


def test_h23_a_domain_and_its_wildcard_share_a_record_that_goes_with_the_last_certificate(lab: Lab) -> None:
    both = [
        certificate("one", "example.com", "*.example.com"),
        certificate("two", "*.example.com", keyAlgorithm="EC_prime256v1"),
    ]
    world, left = lab.apply(lab.stack([ZONE, *both]))
    zone = only(world, "HostedZone/zone").id
    assert open_steps(left) == []
    assert len(validations(lab, zone)) == 1
    policy = {"prune": True, "maxDeletes": 9}
    lab.aws.forget_wire()
    _, left = lab.apply(lab.stack([ZONE, both[0]], policy=policy))
    assert open_steps(left) == []
    assert len(validations(lab, zone)) == 1
    assert writes(lab) == ["DeleteCertificate"]
    _, left = lab.apply(lab.stack([ZONE], policy=policy))
    assert open_steps(left) == []
    assert validations(lab, zone) == []


def test_h50_names_in_any_spelling_are_the_same_names(lab: Lab) -> None:
    """AWS answers in small letters, with a dot at the end, and with a code for the asterisk."""
    alias = {"hostedZoneId": "${HostedZone/zone}", "dnsName": "WILD.example.com"}
    named = record("named", ttl=None, resourceRecords=None, aliasTarget=alias)
    documents = [record("*"), record("Wild"), named]
    for one, name in zip(documents, ("*.Example.COM.", "wild.example.com.", "Named.example.com"), strict=True):
        one["spec"]["name"] = name
    documents[0]["metadata"]["name"] = "any"
    world = converged(lab, [ZONE, *documents])
    assert ("\\052.example.com.", "A") in listed(lab, only(world, "HostedZone/zone").id)


def test_h50_a_record_that_appears_in_the_middle_of_a_run_is_not_overwritten(lab: Lab) -> None:
    where = only(converged(lab, [ZONE]), "HostedZone/zone").id
    engine = lab.engine(lab.stack([ZONE, record("api")], policy=POLICY))
    world, _ = engine.plan()
    put(lab, where, "CREATE", "api.example.com", "10.9.9.9")
    _, left = engine.reconcile(world)
    assert action(left, "RecordSet/api") in (Action.REFUSED, Action.FAILED)
    assert listed(lab, where)["api.example.com.", "A"]["ResourceRecords"] == [{"Value": "10.9.9.9"}]
