"""What the lifecycle of single kinds does not show: rules of others, priorities that change hands, certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.kind import STACK
from reconciler.kinds import KINDS
from reconciler.kinds.elbv2.actions import Actions
from reconciler.kinds.elbv2.conditions import CONDITIONS
from reconciler.steps import Action
from tests.support import Lab, document, only, open_steps

NET = "${VPC/net}"
FORWARD = [{"type": "forward", "targetGroupArn": "${TargetGroup/one}"}]
ANSWER = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
FREE = {"deletion": "delete", "replacement": "allow"}
POLICY = {"prune": True, "maxReplaces": 9, "maxDeletes": 99}


def web(*more: dict[str, Any], balancer: dict[str, Any] | None = None, **listener: Any) -> list[dict[str, Any]]:
    """A load balancer with one listener on its way to one target group."""
    subnets = ["${Subnet/a}", "${Subnet/b}"]
    told = {"loadBalancerArn": "${LoadBalancer/edge}", "protocol": "HTTP", "port": 80, "defaultActions": FORWARD}
    return [
        document("VPC", "net", {"cidrBlock": "10.0.0.0/16"}),
        *(
            document("Subnet", z, {"vpcId": NET, "cidrBlock": f"10.0.{i}.0/24", "availabilityZone": f"us-east-1{z}"})
            for i, z in enumerate("ab")
        ),
        document("InternetGateway", "door", {"vpcId": NET}),
        document("LoadBalancer", "edge", {"subnets": subnets, **(balancer or {})}, **FREE),
        document("TargetGroup", "one", {"vpcId": NET, "protocol": "HTTP", "port": 80, "targetType": "ip"}, **FREE),
        document("Listener", "web", {**told, **listener}, **FREE),
        *more,
    ]


def rule(name: str, priority: int, path: str, **lifecycle: Any) -> dict[str, Any]:
    conditions = [{"field": "path-pattern", "values": [path]}]
    spec = {"listenerArn": "${Listener/web}", "priority": priority, "conditions": conditions, "actions": FORWARD}
    return document("ListenerRule", name, spec, **{**FREE, **lifecycle})


def settled(lab: Lab, documents: list[dict[str, Any]]) -> Any:
    """Apply, and return the world that is left with nothing to do."""
    world, left = lab.apply(lab.stack(documents, policy=POLICY))
    assert open_steps(left) == []
    return world


def strange_rule(lab: Lab, listener: str, priority: int, **more: Any) -> str:
    conditions = [{"Field": "path-pattern", "Values": ["/away"]}]
    asked = {"ListenerArn": listener, "Priority": priority, "Conditions": conditions, "Actions": ANSWER}
    return str(lab.client("elbv2").create_rule(**asked, **more)["Rules"][0]["RuleArn"])


def priorities(lab: Lab, listener: str) -> dict[str, str]:
    rules = lab.client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
    return {r["Conditions"][0]["Values"][0]: r["Priority"] for r in rules if not r["IsDefault"]}


def test_a_rule_that_nobody_declared_is_removed(lab: Lab) -> None:
    documents = web(rule("api", 10, "/api"))
    listener = only(settled(lab, documents), "Listener/web").id
    strange_rule(lab, listener, 5)
    _, plan = lab.plan(lab.stack(documents, policy=POLICY))
    (told,) = [d for s in plan.steps for d in s.differences]
    assert told.path == "rules[5 path-pattern /away]"
    settled(lab, documents)
    assert priorities(lab, listener) == {"/api": "10"}


def test_a_rule_of_another_stack_stays_and_is_named(lab: Lab) -> None:
    documents = web()
    listener = only(settled(lab, documents), "Listener/web").id
    strange_rule(lab, listener, 5, Tags=[{"Key": STACK, "Value": "neighbours"}])
    live = only(settled(lab, documents), "Listener/web")
    assert list(KINDS["Listener"].unmanaged(live)) == ["rule 5 path-pattern /away of the stack neighbours"]
    assert priorities(lab, listener) == {"/away": "5"}


def test_a_rule_that_git_adopts_is_not_removed_first(lab: Lab) -> None:
    listener = only(settled(lab, web()), "Listener/web").id
    strange = strange_rule(lab, listener, 5)
    world = settled(lab, web(rule("away", 5, "/away", adopt=True)))
    assert only(world, "ListenerRule/away").id == strange


def test_a_balancer_is_replaced_under_its_listener_and_rules(lab: Lab) -> None:
    settled(lab, web(rule("a", 10, "/a")))
    after = settled(lab, web(rule("a", 10, "/a"), balancer={"scheme": "internal"}))
    balancers = lab.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert [lb["Scheme"] for lb in balancers] == ["internal"]
    assert priorities(lab, only(after, "Listener/web").id) == {"/a": "10"}


def issued(lab: Lab, domain: str) -> str:
    """A certificate that somebody else has made, ready for use."""
    acm, dns = lab.client("acm"), lab.client("route53")
    arn = str(acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"])
    lab.clock.sleep(60)
    record = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"][0]["ResourceRecord"]
    zone = dns.create_hosted_zone(Name=domain, CallerReference=domain)["HostedZone"]["Id"]
    told = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": record["Value"]}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": told}]
    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    lab.clock.sleep(60)
    return arn


def test_a_listener_turns_to_tls_and_back_and_changes_certificates(lab: Lab) -> None:
    one, two, three = (issued(lab, f"{name}.example.com") for name in ("one", "two", "three"))
    before = only(settled(lab, web()), "Listener/web").id
    policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    for arns in ([one], [one, three, two], [two, one], [three]):
        secure: dict[str, Any] = {
            "protocol": "HTTPS",
            "sslPolicy": policy,
            "certificates": [{"certificateArn": a} for a in arns],
        }
        live = only(settled(lab, web(**secure)), "Listener/web")
        assert live.id == before
        listed = lab.client("elbv2").describe_listener_certificates(ListenerArn=live.id)["Certificates"]
        assert {c["CertificateArn"] for c in listed} == set(arns)
    live = only(settled(lab, web()), "Listener/web")
    assert (live.id, live.spec["protocol"]) == (before, "HTTP")


def test_target_health_is_told_only_when_somebody_asks(lab: Lab) -> None:
    group = only(settled(lab, web()), "TargetGroup/one")
    targets = [{"Id": "10.0.0.10", "Port": 80}]
    lab.client("elbv2").register_targets(TargetGroupArn=group.id, Targets=targets)
    engine = lab.engine(lab.stack(web(), policy=POLICY))
    assert "10.0.0.10" in engine.aws.run(KINDS["TargetGroup"].inspect(group))
    lab.clock.sleep(60)
    assert engine.aws.run(KINDS["TargetGroup"].inspect(group)) == ""


def test_a_protected_balancer_is_not_deleted(lab: Lab) -> None:
    stack = lab.stack(web(balancer={"attributes": {"deletion_protection.enabled": True}}), policy=POLICY)
    lab.apply(stack)
    _, plan = lab.plan(stack, destroying=True)
    (step,) = [s for s in plan.steps if s.address == "LoadBalancer/edge"]
    assert step.action is Action.REFUSED
    assert "deletion_protection.enabled" in step.reason


BOTH_FORMS = {
    "type": "forward", "order": 1, "targetGroupArn": "one",
    "forwardConfig": {
        "targetGroups": [{"targetGroupArn": "one", "weight": 1}], "targetGroupStickinessConfig": {"enabled": False}
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("group", "same"),
    [
        ({"targetGroupArn": "one"}, True),
        ({"forwardConfig": {"targetGroups": [{"targetGroupArn": "one"}]}}, True),
        ({"targetGroupArn": "two"}, False),
        ({"forwardConfig": {"targetGroups": [{"targetGroupArn": "one", "weight": 5}]}}, False),
    ],
)
def test_a_forward_is_the_same_in_either_form(group: Mapping[str, Any], same: bool) -> None:
    assert (list(Actions().diff("actions", [{"type": "forward", **group}], [BOTH_FORMS])) == []) is same


@pytest.mark.parametrize(
    ("values", "same"), [(["B.example.com", "a.example.com"], True), (["a.example.com"], False), (["a", "b"], False)]
)
def test_condition_values_have_neither_order_nor_form(values: list[str], same: bool) -> None:
    live = ["a.example.com", "b.example.com"]
    have = [{"field": "host-header", "values": live, "hostHeaderConfig": {"values": live}}]
    assert (list(CONDITIONS.diff("conditions", [{"field": "host-header", "values": values}], have)) == []) is same


REDIRECT = {"type": "redirect", "redirectConfig": {"statusCode": "HTTP_301"}}
FAULTY: list[tuple[str, dict[str, Any], str]] = [
    ("LoadBalancer", {"subnets": ["a"]}, "subnets"),
    ("LoadBalancer", {"type": "network", "attributes": {"routing.http2.enabled": True}}, "attributes.routing.http2.enabled"),
    ("TargetGroup", {"protocol": "HTTP", "port": 80}, "vpcId"),
    ("TargetGroup", {"targetType": "lambda", "healthCheckIntervalSeconds": 5, "healthCheckTimeoutSeconds": 5}, "healthCheckTimeoutSeconds"),
    ("TargetGroup", {"protocol": "TCP", "port": 1, "vpcId": "v", "matcher": {"httpCode": 200}}, "matcher"),
    ("TargetGroup", {"protocol": "HTTP", "port": 1, "vpcId": "v", "healthCheckProtocol": "TCP"}, "healthCheckProtocol"),
    ("TargetGroup", {"protocol": "UDP", "port": 1, "vpcId": "v", "protocolVersion": "HTTP2"}, "protocolVersion"),
    ("Listener", {"protocol": "HTTPS"}, "protocol"),
    ("Listener", {"protocol": "HTTP", "sslPolicy": "any"}, "sslPolicy"),
    ("Listener", {"defaultActions": [REDIRECT]}, "defaultActions[0].redirectConfig"),
    ("Listener", {"defaultActions": [{"type": "forward"}]}, "defaultActions[0]"),
    ("ListenerRule", {"conditions": [{"field": "source-ip"}]}, "conditions[0]"),
    ("ListenerRule", {"conditions": [{"field": "host-header", "values": list("abcdef")}]}, "conditions"),
    ("ListenerRule", {"conditions": [{"field": "host-header", "values": ["a"], "sourceIpConfig": {}}]}, "conditions[0].sourceIpConfig"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "spec", "path"), FAULTY)
def test_what_aws_would_refuse_is_said_before(kind: str, spec: dict[str, Any], path: str) -> None:
    assert [where for where, _ in KINDS[kind].check(spec)] == [path]


def test_two_rules_cannot_share_a_priority_nor_two_listeners_a_port() -> None:
    rules = {key: {"listenerArn": "web", "priority": 1} for key in "ab"}
    ports = {key: {"loadBalancerArn": "edge", "port": 80} for key in "ab"}
    assert [path for _, path, _ in KINDS["ListenerRule"].check_among(rules)] == ["priority"]
    assert [path for _, path, _ in KINDS["Listener"].check_among(ports)] == ["port"]
