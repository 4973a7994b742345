"""Load balancing: replaced groups, priorities that change hands, attributes, checks, and what AWS shows in other words."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from reconciler.errors import DesiredError
from tests.engine.small import FREE, POLICY, Docs, balanced, but, killed, served, without
from tests.support import Lab, document, only, open_steps

FORWARD = [{"type": "forward", "targetGroupArn": "${TargetGroup/web}"}]


def settled(lab: Lab, documents: Docs) -> Any:
    stack = lab.stack(documents, policy=POLICY)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    assert open_steps(lab.plan(stack)[1]) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    return world


def writes(lab: Lab) -> list[str]:
    return [w.operation for w in lab.aws.wire if w.writes]


def rule(name: str, priority: int, *values: str, field: str = "path-pattern", **spec: Any) -> dict[str, Any]:
    conditions = [{"field": field, "values": list(values) or [f"/{name}"]}]
    told = {"listenerArn": "${Listener/http}", "priority": priority, "conditions": conditions, "actions": FORWARD}
    return document("ListenerRule", name, {**told, **spec}, **FREE)


def ruled(port: int = 80) -> Docs:
    """A service whose group two rules and a listener lead to."""
    return [*served(port), rule("a", 10), rule("b", 20)]


def users(lab: Lab, world: Any) -> set[str]:
    """The target groups that the listener, its rules and the service name."""
    elb, ecs = lab.client("elbv2"), lab.client("ecs")
    rules = elb.describe_rules(ListenerArn=only(world, "Listener/http").id)["Rules"]
    (service,) = ecs.describe_services(cluster="main", services=["web"])["services"]
    named = {
        group["TargetGroupArn"] for r in rules for a in r["Actions"] for group in a["ForwardConfig"]["TargetGroups"]
    }
    return named | {one["targetGroupArn"] for one in service["loadBalancers"]}


def test_h08_a_group_is_replaced_under_a_listener_rules_and_a_service(lab: Lab) -> None:
    before = settled(lab, ruled(80))
    lab.aws.forget_wire()
    after = settled(lab, ruled(81))
    old, new = only(before, "TargetGroup/web"), only(after, "TargetGroup/web")
    assert (new.id != old.id, new.name.startswith("web-"), len(new.name) <= 32) == (True, True, True)
    assert users(lab, after) == {new.id}
    assert [t["TargetGroupArn"] for t in lab.client("elbv2").describe_target_groups()["TargetGroups"]] == [new.id]
    order = writes(lab)
    assert (order[0], order[-1]) == ("CreateTargetGroup", "DeleteTargetGroup")
    assert order.index("ModifyListener") < order.index("UpdateService")
    assert max(i for i, o in enumerate(order) if o == "ModifyRule") < order.index("UpdateService")
    assert not {"DeleteListener", "DeleteRule", "DeleteService"} & set(order)
    assert [w.operation for w in lab.aws.wire if w.writes and w.status >= 400] == []


def test_h08_whoever_dies_on_the_way_leaves_no_gap_and_the_next_run_goes_on(lab: Lab) -> None:
    """Killed before each of its writes in turn: nobody ever refers to a group that is not there."""
    world = settled(lab, ruled(80))
    points = 0
    while killed(lab, lab.stack(ruled(81 + points), policy=POLICY), after=points):
        there = {t["TargetGroupArn"] for t in lab.client("elbv2").describe_target_groups()["TargetGroups"]}
        assert users(lab, world) <= there
        world = settled(lab, ruled(81 + points))
        assert users(lab, world) == {only(world, "TargetGroup/web").id}
        points += 1
    assert points >= 6


@pytest.mark.parametrize("through", ["listener", "rule"])
def test_h15_a_service_waits_until_its_group_is_behind_a_listener(lab: Lab, through: str) -> None:
    """No reference leads from the service to the listener, and AWS refuses the service before."""
    other = document(
        "TargetGroup", "other", {"vpcId": "${VPC/net}", "protocol": "HTTP", "port": 80, "targetType": "ip"}
    )
    elsewhere = {"defaultActions": [{"type": "forward", "targetGroupArn": "${TargetGroup/other}"}]}
    by_rule = [*but(served(), "Listener", elsewhere), other, rule("api", 10)]
    stack = lab.stack(served() if through == "listener" else by_rule, policy=POLICY)
    assert open_steps(lab.apply(stack)[1]) == []
    assert [(w.operation, w.status) for w in lab.aws.wire if w.operation == "CreateService"] == [("CreateService", 200)]
    lab.aws.forget_wire()
    assert open_steps(lab.destroy(stack)[1]) == []
    order = writes(lab)
    assert order.index("DeleteService") < order.index("DeleteListener")


def priorities(lab: Lab, world: Any) -> dict[str, str]:
    rules = lab.client("elbv2").describe_rules(ListenerArn=only(world, "Listener/http").id)["Rules"]
    return {r["Conditions"][0]["Values"][0]: r["Priority"] for r in rules if not r["IsDefault"]}


def test_h42_rules_pass_their_priorities_round_and_make_room_for_another(lab: Lab) -> None:
    first = settled(lab, [*balanced(), rule("a", 10), rule("b", 20), rule("c", 30)])
    lab.aws.forget_wire()
    after = settled(lab, [*balanced(), rule("new", 10), rule("a", 20), rule("b", 30), rule("c", 5)])
    assert priorities(lab, after) == {"/c": "5", "/new": "10", "/a": "20", "/b": "30"}
    kept = [f"ListenerRule/{name}" for name in "abc"]
    assert [only(first, address).id for address in kept] == [only(after, address).id for address in kept]
    assert "DeleteRule" not in writes(lab)


def test_h42_a_new_rule_takes_the_place_of_one_that_goes(lab: Lab) -> None:
    settled(lab, [*balanced(), rule("a", 10)])
    after = settled(lab, [*balanced(), rule("b", 10)])
    assert priorities(lab, after) == {"/b": "10"}


IDLE, SLOW, DRAIN = (
    "idle_timeout.timeout_seconds",
    "slow_start.duration_seconds",
    "deregistration_delay.timeout_seconds",
)


def attributes(lab: Lab, world: Any, what: str) -> dict[str, str]:
    elb = lab.client("elbv2")
    if what == "LoadBalancer":
        told = elb.describe_load_balancer_attributes(LoadBalancerArn=only(world, "LoadBalancer/edge").id)
    else:
        told = elb.describe_target_group_attributes(TargetGroupArn=only(world, "TargetGroup/web").id)
    return {a["Key"]: a["Value"] for a in told["Attributes"]}


def test_h58_a_new_balancer_and_a_new_group_have_their_attributes_at_once(lab: Lab) -> None:
    documents = but(balanced(), "LoadBalancer", {"attributes": {IDLE: 90}})
    world = settled(lab, but(documents, "TargetGroup", {"attributes": {DRAIN: 5}}))
    assert attributes(lab, world, "LoadBalancer")[IDLE] == "90"
    assert attributes(lab, world, "TargetGroup")[DRAIN] == "5"


def test_h58_only_declared_attributes_are_compared_and_only_those_that_differ_are_sent(lab: Lab) -> None:
    documents = but(balanced(), "LoadBalancer", {"attributes": {IDLE: 90, "routing.http2.enabled": True}})
    world = settled(lab, documents)
    elb, balancer = lab.client("elbv2"), only(world, "LoadBalancer/edge").id
    changed = [{"Key": "client_keep_alive.seconds", "Value": "60"}, {"Key": IDLE, "Value": "4000"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=changed)
    lab.aws.forget_wire()
    settled(lab, documents)
    (sent,) = [w.params["Attributes"] for w in lab.aws.wire if w.operation == "ModifyLoadBalancerAttributes"]
    assert sent == [{"Key": IDLE, "Value": "90"}]
    assert attributes(lab, world, "LoadBalancer")["client_keep_alive.seconds"] == "60"


def inner(**check: Any) -> Docs:
    """A network load balancer, whose targets are checked by HTTP or by TCP."""
    group = {"vpcId": "${VPC/net}", "protocol": "TCP", "port": 80, "targetType": "ip", **check}
    documents = but(balanced(), "LoadBalancer", {"type": "network"})
    documents = but(documents, "Listener", {"protocol": "TCP"})
    return [*without(documents, "TargetGroup/web"), document("TargetGroup", "web", group, **FREE)]


def test_h59_a_check_changes_its_protocol_with_all_that_belongs_to_it_in_one_call(lab: Lab) -> None:
    web = {"healthCheckProtocol": "HTTP", "healthCheckPath": "/health", "matcher": {"httpCode": "200"}}
    first = only(settled(lab, inner(**web)), "TargetGroup/web").id
    for check in ({"healthCheckProtocol": "TCP"}, web, {"healthCheckProtocol": "TCP"}):
        lab.aws.forget_wire()
        assert only(settled(lab, inner(**check)), "TargetGroup/web").id == first
        assert [(w.operation, w.status) for w in lab.aws.wire if w.writes] == [("ModifyTargetGroup", 200)]


@pytest.mark.parametrize(
    ("check", "path"),
    [
        ({"healthCheckPath": "/health"}, "healthCheckPath"),
        ({"healthCheckProtocol": "TCP", "matcher": {"httpCode": "200"}}, "matcher"),
        ({"healthCheckIntervalSeconds": 10, "healthCheckTimeoutSeconds": 10}, "healthCheckTimeoutSeconds"),
    ],
)
def test_h59_what_does_not_go_together_is_said_before_any_call(lab: Lab, check: dict[str, Any], path: str) -> None:
    with pytest.raises(DesiredError, match=path):
        lab.stack(inner(**check))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("path-pattern", ["/b", "/a"]),
        ("host-header", ["B.example.com", "a.example.com"]),
        ("source-ip", ["10.2.0.0/16", "10.1.2.3/16"]),
    ],
)
def test_h60_the_values_of_a_condition_have_neither_order_nor_form(lab: Lab, field: str, values: list[str]) -> None:
    config = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig", "source-ip": "SourceIpConfig"}[
        field
    ]
    plain = {"sourceIpConfig": {"values": values}} if field == "source-ip" else {"values": values}
    documents = [*balanced(), rule("x", 10, conditions=[{"field": field, **plain}])]
    live = only(settled(lab, documents), "ListenerRule/x").id
    turned = [
        {"Field": field, config: {"Values": [v if field == "path-pattern" else v.lower() for v in reversed(values)]}}
    ]
    lab.client("elbv2").modify_rule(RuleArn=live, Conditions=turned)
    lab.aws.forget_wire()
    settled(lab, documents)
    assert writes(lab) == []


def test_h60_more_values_than_a_rule_can_have_are_refused_before_any_call(lab: Lab) -> None:
    with pytest.raises(DesiredError, match="6 values; a rule can have 5"):
        lab.stack([*balanced(), rule("x", 10, *(f"/{i}" for i in range(6)))])


def logging(delivery: str = "logdelivery.elasticloadbalancing.amazonaws.com") -> Docs:
    told = {"access_logs.s3.enabled": True, "access_logs.s3.bucket": "${Bucket/logs-of-balancers}"}
    objects = "arn:aws:s3:::logs-of-balancers/AWSLogs/123456789012/*"
    put = {"Effect": "Allow", "Principal": {"Service": delivery}, "Action": "s3:PutObject", "Resource": objects}
    bucket = {"policy": {"Version": "2012-10-17", "Statement": [put]}}
    return [
        *but(balanced(), "LoadBalancer", {"attributes": told}),
        document("Bucket", "logs-of-balancers", bucket, **FREE),
    ]


def test_h61_logs_are_turned_on_once_the_bucket_takes_them(lab: Lab) -> None:
    """The bucket is there and its policy is late: nobody asks the balancer to write there before."""
    settled(lab, balanced())
    Faults(lab.aws).add(Fault(How.ERROR_BEFORE, "s3:PutBucketPolicy", times=3, code="SlowDown", status=503))
    lab.aws.forget_wire()
    world = settled(lab, logging())
    assert attributes(lab, world, "LoadBalancer")["access_logs.s3.bucket"] == "logs-of-balancers"
    tried = [w.status for w in lab.aws.wire if w.operation == "ModifyLoadBalancerAttributes"]
    assert tried == [200]


def test_h61_a_policy_that_has_not_arrived_yet_is_waited_for(lab: Lab) -> None:
    denied = Fault(How.ERROR_BEFORE, "elbv2:ModifyLoadBalancerAttributes", times=3, code="InvalidConfigurationRequest", status=400,
                   message="Access Denied for bucket: logs-of-balancers. Please check S3bucket permission")  # fmt: skip
    Faults(lab.aws).add(denied)
    settled(lab, logging())
    assert denied.hits == 3


def test_h61_a_bucket_that_never_takes_them_is_told_with_the_way_out(lab: Lab) -> None:
    _, left = lab.apply(lab.stack(logging("ec2.amazonaws.com"), policy=POLICY))
    (told,) = [s.reason for s in left.steps if s.address == "LoadBalancer/edge"]
    assert "Access Denied for bucket: logs-of-balancers" in told
    assert "logdelivery.elasticloadbalancing.amazonaws.com" in told
    assert "KMS" in told
