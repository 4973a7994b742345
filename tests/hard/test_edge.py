"""Buckets, web ACLs, distributions, topics and load balancers: defaults nobody wrote, locks, people, and things that take long."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from reconciler.emulator.fixes.sns import confirm
from reconciler.emulator.wire import Answer, Call
from reconciler.report import exit_code
from tests.engine.small import FREE, POLICY, balanced, change, network, run, served, without
from tests.kinds.test_edge import wall, weaken
from tests.support import ACCOUNT, REGION, Lab, document, only, open_steps


class Just:
    """A layer in which somebody does something just before a certain call, once."""

    def __init__(self, lab: Lab, before: str, deed: Any) -> None:
        self.match, self.deed, self.done = before, deed, False
        lab.aws.layers.insert(0, self)

    def before(self, call: Call) -> Answer | None:
        if call.key == self.match and not self.done:
            self.done = True
            self.deed()
        return None

    def after(self, _call: Call, answer: Answer) -> Answer:
        return answer


def bucket(**spec: Any) -> dict[str, Any]:
    return document("Bucket", "hard-files", spec, **FREE)


GIVEN = {
    "publicAccessBlockConfiguration": dict.fromkeys(
        ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"), True
    ),
    "ownershipControls": {"rules": [{"objectOwnership": "BucketOwnerEnforced"}]},
    "serverSideEncryptionConfiguration": {
        "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
    },
}


def test_h75_what_every_new_bucket_has_is_no_difference(lab: Lab) -> None:
    assert run(lab, lab.stack([bucket()], policy=POLICY))["result"] == "done"
    lab.aws.forget_wire()
    assert run(lab, lab.stack([bucket(**GIVEN)], policy=POLICY))["result"] == "done"
    assert lab.boto_writes() == []


@pytest.mark.parametrize("block", [{"blockPublicPolicy": False}, None], ids=["weakened", "deleted"])
def test_h75_a_block_that_somebody_took_away_is_put_back(lab: Lab, block: dict[str, bool] | None) -> None:
    stack = lab.stack([bucket(**GIVEN)], policy=POLICY)
    run(lab, stack)
    s3 = lab.client("s3")
    s3.delete_public_access_block(Bucket="hard-files")
    if block:
        told = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False}
        s3.put_public_access_block(Bucket="hard-files", PublicAccessBlockConfiguration=told)
    assert change(run(lab, stack, "plan"), "Bucket/hard-files")["action"] == "update"
    assert run(lab, stack)["result"] == "done"
    shown = s3.get_public_access_block(Bucket="hard-files")["PublicAccessBlockConfiguration"]
    assert all(shown.values())


def test_h75_suspended_is_not_the_same_as_never(lab: Lab) -> None:
    run(lab, lab.stack([bucket()], policy=POLICY))
    stack = lab.stack([bucket(versioningConfiguration={"status": "Suspended"})], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    assert lab.client("s3").get_bucket_versioning(Bucket="hard-files")["Status"] == "Suspended"
    assert open_steps(lab.plan(stack)[1]) == []


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [
        ("s3:CreateBucket", "OperationAborted", 409),
        ("s3:PutBucketVersioning", "NoSuchBucket", 404),
        ("s3:PutBucketVersioning", "OperationAborted", 409),
    ],
)
def test_h75_a_new_bucket_is_not_everywhere_at_once(lab: Lab, call: str, code: str, status: int) -> None:
    """AWS refuses with a conflict, or has never heard of it: for a while."""
    fault = Fault(How.ERROR_BEFORE, call, times=3, code=code, status=status, message="A conflicting operation")
    Faults(lab.aws).add(fault)
    stack = lab.stack([bucket(versioningConfiguration={"status": "Enabled"})], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    assert fault.hits == 3
    assert len([w for w in lab.aws.wire if w.key == "s3:CreateBucket" and w.status == 200]) == 1


def test_h75_a_bucket_with_objects_is_not_emptied(lab: Lab) -> None:
    run(lab, lab.stack([bucket()], policy=POLICY))
    s3 = lab.client("s3")
    s3.put_object(Bucket="hard-files", Key="a", Body=b"precious")
    report = run(lab, lab.stack([bucket()], policy=POLICY), "destroy")
    assert exit_code(report) == 1
    assert "BucketNotEmpty" in change(report, "Bucket/hard-files")["reason"]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="hard-files")["Contents"]] == ["a"]


def test_h76_a_lock_that_somebody_else_took_is_taken_again(lab: Lab) -> None:
    """Between our look and our change, somebody else changes the ACL: theirs is seen, and then git's is written."""
    run(lab, lab.stack([wall()], policy=POLICY))
    stack = lab.stack([wall(description="git's")], policy=POLICY)
    Just(lab, "wafv2:UpdateWebACL", lambda: weaken(lab, lambda rule: rule.update(Action={"Count": {}})))
    assert run(lab, stack)["result"] == "done"
    assert open_steps(lab.plan(stack)[1]) == []
    assert [w.status for w in lab.aws.wire if w.operation == "UpdateWebACL" and not w.injected].count(400) == 1


def test_h76_a_new_acl_is_not_available_at_once(lab: Lab) -> None:
    fault = Fault(How.ERROR_BEFORE, "wafv2:AssociateWebACL", times=3, code="WAFUnavailableEntityException", status=400)
    Faults(lab.aws).add(fault)
    guarded = wall(resourceArns=["${LoadBalancer/edge}"])
    assert run(lab, lab.stack([*balanced(), guarded], policy=POLICY))["result"] == "done"
    assert fault.hits == 3


def test_h76_an_acl_goes_before_what_it_guards_and_lets_go_first(lab: Lab) -> None:
    stack = lab.stack([*balanced(), wall(resourceArns=["${LoadBalancer/edge}"])], policy=POLICY)
    run(lab, stack)
    lab.aws.forget_wire()
    assert run(lab, stack, "destroy")["result"] == "done"
    order = [w.operation for w in lab.aws.wire if w.writes and w.status == 200]
    assert order.index("DisassociateWebACL") < order.index("DeleteWebACL")


def distribution(comment: str = "one") -> dict[str, Any]:
    config = {
        "comment": comment, "enabled": True,
        "origins": [{"id": "app", "domainName": "app.example.com", "customOriginConfig": {
            "httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only"}}],
        "defaultCacheBehavior": {"targetOriginId": "app", "viewerProtocolPolicy": "redirect-to-https",
                                 "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"},
    }  # fmt: skip
    return document("Distribution", "edge", {"distributionConfig": config}, **FREE)


def test_h76_a_distribution_that_somebody_changed_meanwhile_is_read_again(lab: Lab) -> None:
    world, _ = lab.apply(lab.stack([distribution()], policy=POLICY))
    cloudfront, mine = lab.client("cloudfront"), only(world, "Distribution/edge").id

    def touch() -> None:
        found = cloudfront.get_distribution_config(Id=mine)
        told = {**found["DistributionConfig"], "Comment": "theirs"}
        cloudfront.update_distribution(Id=mine, IfMatch=found["ETag"], DistributionConfig=told)

    Just(lab, "cloudfront:UpdateDistribution", touch)
    stack = lab.stack([distribution("two")], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    assert cloudfront.get_distribution_config(Id=mine)["DistributionConfig"]["Comment"] == "two"


def test_h76_a_distribution_is_switched_off_everywhere_before_it_goes(lab: Lab) -> None:
    stack = lab.stack([distribution()], policy=POLICY)
    run(lab, stack)
    lab.aws.forget_wire()
    assert run(lab, stack, "destroy")["result"] == "done"
    assert [(w.operation, w.status) for w in lab.aws.wire if w.writes] == [
        ("UpdateDistribution", 200), ("DeleteDistribution", 204),
    ]  # fmt: skip


def alerts(**more: Any) -> dict[str, Any]:
    people = [{"protocol": "email", "endpoint": "ops@example.com", **more}]
    return document("Topic", "alerts", {"subscriptions": people})


def test_h77_whoever_has_to_confirm_is_asked_once(lab: Lab) -> None:
    stack = lab.stack([alerts()], policy=POLICY)
    for _ in range(3):
        assert run(lab, stack)["result"] == "done"
        lab.clock.sleep(3600)
    assert [w.operation for w in lab.aws.wire].count("Subscribe") == 1
    world, plan = lab.plan(stack)
    (step,) = plan.steps
    assert step.want
    assert step.kind.note(step.want, only(world, "Topic/alerts")) == (
        "waiting for ops@example.com to confirm the subscription"
    )
    confirm(ACCOUNT, REGION, "ops@example.com")
    world, plan = lab.plan(stack)
    assert step.kind.note(step.want, only(world, "Topic/alerts")) == ""
    assert open_steps(plan) == []


def test_h77_a_subscription_nobody_confirmed_cannot_be_removed_and_is_no_failure(lab: Lab) -> None:
    run(lab, lab.stack([alerts()], policy=POLICY))
    lab.aws.forget_wire()
    stack = lab.stack([document("Topic", "alerts", {"subscriptions": []})], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    assert lab.boto_writes() == []
    confirm(ACCOUNT, REGION, "ops@example.com")
    assert run(lab, stack)["result"] == "done"
    assert lab.boto_writes() == ["sns:Unsubscribe"]


def test_h78_a_service_waits_until_its_balancer_is_active(lab: Lab) -> None:
    """It takes minutes; who shows it to the world waits for it too."""
    lab.aws.time.pace = 100.0
    seen: list[str] = []
    elb = lab.client("elbv2")
    alias = {
        "hostedZoneId": "${HostedZone/zone}", "name": "api.example.com", "type": "A",
        "aliasTarget": {"dnsName": "${LoadBalancer/edge:dnsName}",
                        "hostedZoneId": "${LoadBalancer/edge:canonicalHostedZoneId}", "evaluateTargetHealth": True},
    }  # fmt: skip
    documents = [
        *served(), document("HostedZone", "zone", {"name": "example.com"}, **FREE), document("RecordSet", "api", alias),
    ]  # fmt: skip

    def note() -> None:
        seen.extend(lb["State"]["Code"] for lb in elb.describe_load_balancers()["LoadBalancers"])

    Just(lab, "ecs:CreateService", note)
    Just(lab, "route53:ChangeResourceRecordSets", note)
    assert run(lab, lab.stack(documents, policy=POLICY))["result"] == "done"
    assert seen == ["active", "active"]


def test_h78_what_depends_on_a_balancer_that_failed_is_not_made(lab: Lab) -> None:
    from moto.elbv2.models import elbv2_backends

    def fail() -> None:
        for balancer in elbv2_backends[ACCOUNT][REGION].load_balancers.values():
            balancer.state = "failed"

    run(lab, lab.stack(without(balanced(), "Listener/http"), policy=POLICY))
    fail()
    lab.aws.forget_wire()
    report = run(lab, lab.stack(balanced(), policy=POLICY))
    assert exit_code(report) == 4
    assert change(report, "LoadBalancer/edge")["reason"] == "failed"
    assert lab.boto_writes() == []


def test_h78_the_group_that_aws_gives_a_balancer_is_no_drift(lab: Lab) -> None:
    alb = document("LoadBalancer", "edge", {"subnets": ["${Subnet/b}", "${Subnet/a}"]})
    stack = lab.stack([*network(), alb], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    (shown,) = lab.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert len(shown["SecurityGroups"]) == 1
    lab.aws.forget_wire()
    assert run(lab, stack)["result"] == "done"
    assert lab.boto_writes() == []
