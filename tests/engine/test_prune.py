"""What git no longer names: gone if it may go, kept and told if it may not."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from reconciler.report import exit_code
from tests.engine.small import (
    POLICY,
    actions,
    balanced,
    change,
    database,
    group,
    network,
    run,
    served,
    topic,
    without,
)  # fmt: skip
from tests.support import Lab, document, open_steps

ANCHOR = topic("anchor")


def names_of_groups(lab: Lab) -> list[str]:
    return [g["logGroupName"] for g in lab.client("logs").describe_log_groups()["logGroups"]]


def topics(lab: Lab) -> list[str]:
    return sorted(t["TopicArn"].rpartition(":")[2] for t in lab.client("sns").list_topics()["Topics"])


def test_everything_goes_in_an_order_that_aws_accepts(lab: Lab) -> None:
    run(lab, lab.stack([*served(), ANCHOR], policy=POLICY))
    lab.aws.forget_wire()
    report = run(lab, lab.stack([ANCHOR], policy=POLICY))
    assert report["result"] == "done"
    assert {c["action"] for c in report["changes"]} == {"delete"}
    deletions = [w.operation for w in lab.aws.wire if w.writes and w.operation.startswith("Delete")]
    order = ["DeleteService", "DeleteCluster"], ["DeleteListener", "DeleteTargetGroup"], ["DeleteSubnet", "DeleteVpc"]
    assert all(deletions.index(one) < deletions.index(other) for one, other in order)
    ec2, elb = lab.client("ec2"), lab.client("elbv2")
    assert ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"] == []
    assert elb.describe_load_balancers()["LoadBalancers"] == []
    assert elb.describe_target_groups()["TargetGroups"] == []
    assert topics(lab) == ["anchor"]
    assert open_steps(lab.plan(lab.stack([ANCHOR], policy=POLICY))[1]) == []


def test_h21_what_holds_data_stays_and_is_told(lab: Lab) -> None:
    run(lab, lab.stack([*database(), ANCHOR], policy=POLICY))
    report = run(lab, lab.stack([ANCHOR], policy=POLICY))
    kept = change(report, "DBInstance/data")
    assert (kept["action"], kept["cause"], kept["impact"]) == ("none", "orphan", "none")
    assert "lifecycle: {deletion: delete}" in kept["reason"]
    assert change(report, "Subnet/a")["reason"] == "kept, because DBSubnetGroup/data stands on it"
    assert report["result"] == "done"
    (there,) = lab.client("rds").describe_db_instances()["DBInstances"]
    assert there["DBInstanceIdentifier"] == "data"


def test_h21_what_holds_data_goes_once_it_was_applied_with_that_said(lab: Lab) -> None:
    run(lab, lab.stack([group("app"), ANCHOR], policy=POLICY))
    run(lab, lab.stack([group("app", deletion="delete"), ANCHOR], policy=POLICY))
    report = run(lab, lab.stack([ANCHOR], policy=POLICY))
    assert actions(report) == {"LogGroup/app": "delete"}
    assert names_of_groups(lab) == []


def test_retain_keeps_what_holds_no_data(lab: Lab) -> None:
    run(lab, lab.stack([topic("news", deletion="retain"), ANCHOR], policy=POLICY))
    report = run(lab, lab.stack([ANCHOR], policy=POLICY))
    assert actions(report) == {"Topic/news": "none"}
    assert topics(lab) == ["anchor", "news"]


def test_nothing_is_pruned_unless_the_policy_says_so(lab: Lab) -> None:
    run(lab, lab.stack([topic("news"), ANCHOR]))
    lab.aws.forget_wire()
    report = run(lab, lab.stack([ANCHOR]))
    kept = change(report, "Topic/news")
    assert (kept["action"], kept["cause"]) == ("none", "orphan")
    assert "no `prune: true`" in kept["reason"]
    assert lab.boto_writes() == []
    assert topics(lab) == ["anchor", "news"]


def test_h21_an_empty_folder_prunes_nothing(lab: Lab) -> None:
    run(lab, lab.stack([topic("news"), ANCHOR], policy=POLICY))
    lab.aws.forget_wire()
    report = run(lab, lab.stack([], policy=POLICY))
    assert (report["result"], exit_code(report)) == ("refused", 3)
    assert set(actions(report).values()) == {"refused"}
    assert "names no resource at all" in report["changes"][0]["reason"]
    assert lab.boto_writes() == []


def test_a_broken_folder_never_gets_that_far(lab: Lab) -> None:
    run(lab, lab.stack([topic("news"), ANCHOR], policy=POLICY))
    lab.aws.forget_wire()
    with pytest.raises(DesiredError):
        lab.stack([document("Topic", "anchor", {"nonsense": True})], policy=POLICY)
    assert [w.operation for w in lab.aws.wire] == []


def test_h21_too_many_deletions_are_refused_all_of_them(lab: Lab) -> None:
    run(lab, lab.stack([*(topic(f"t{i}") for i in range(3)), ANCHOR], policy={"prune": True}))
    lab.aws.forget_wire()
    report = run(lab, lab.stack([ANCHOR], policy={"prune": True, "maxDeletes": 2}))
    assert (report["result"], exit_code(report)) == ("refused", 3)
    assert report["summary"]["refused"] == 3
    assert all("3 resources would be deleted at once (3 Topic)" in c["reason"] for c in report["changes"])
    assert lab.boto_writes() == []
    assert topics(lab) == ["anchor", "t0", "t1", "t2"]
    run(lab, lab.stack([ANCHOR], policy={"prune": True, "maxDeletes": 3}))
    assert topics(lab) == ["anchor"]


def test_too_many_replacements_are_refused_all_of_them(lab: Lab) -> None:
    def sized(port: int) -> list[dict[str, Any]]:
        told = {"vpcId": "${VPC/net}", "protocol": "HTTP", "port": port, "targetType": "ip"}
        return [*network(), *(document("TargetGroup", name, told) for name in ("one", "two"))]

    run(lab, lab.stack(sized(80)))
    lab.aws.forget_wire()
    report = run(lab, lab.stack(sized(81), policy={"maxReplaces": 1}))
    assert report["result"] == "refused"
    assert actions(report) == {"TargetGroup/one": "refused", "TargetGroup/two": "refused"}
    assert lab.boto_writes() == []
    assert {t["Port"] for t in lab.client("elbv2").describe_target_groups()["TargetGroups"]} == {80}


def test_destroying_leaves_what_must_be_kept_and_names_it(lab: Lab) -> None:
    stack = lab.stack([group("keep"), group("lose", deletion="delete"), *balanced()])
    run(lab, stack)
    report = run(lab, stack, "destroy")
    assert report["result"] == "done"
    assert change(report, "LogGroup/keep")["action"] == "none"
    assert "LogGroup/lose" in {c["address"] for c in report["changes"] if c["action"] == "delete"}
    owned = lab.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "reconciler:stack", "Values": ["lab"]}]
    )
    assert [r["ResourceARN"].rpartition(":")[2] for r in owned["ResourceTagMappingList"]] == ["keep"]


def test_removing_the_user_and_what_it_uses_together(lab: Lab) -> None:
    run(lab, lab.stack(served(), policy=POLICY))
    rest = without(served(), "ECSService/web", "TaskDefinition/web", "Listener/http", "TargetGroup/web")
    report = run(lab, lab.stack(rest, policy=POLICY))
    assert report["result"] == "done"
    assert set(actions(report)) == {"ECSService/web", "TaskDefinition/web", "Listener/http", "TargetGroup/web"}
    assert open_steps(lab.plan(lab.stack(rest, policy=POLICY))[1]) == []
