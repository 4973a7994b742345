"""A field that somebody else owns is neither reported nor written, until its last day is past."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.report import text
from tests.engine.small import POLICY, actions, balanced, change, run
from tests.support import Lab, document, open_steps

LAST_DAY = "2026-12-01"


def group(days: int, *, until: str = "", **spec: Any) -> dict[str, Any]:
    entry = {"field": "retentionInDays", "reason": "the auditors are here", **({"until": until} if until else {})}
    return document("LogGroup", "app", {"retentionInDays": days, **spec}, ignore=[entry])


def days(lab: Lab) -> int:
    (found,) = lab.client("logs").describe_log_groups()["logGroups"]
    return int(found["retentionInDays"])


def change_behind(lab: Lab) -> None:
    lab.client("logs").put_retention_policy(logGroupName="app", retentionInDays=30)
    lab.aws.forget_wire()


@pytest.fixture
def changed(lab: Lab) -> Lab:
    """A group that has 7 days in git and 30 in AWS."""
    run(lab, lab.stack([document("LogGroup", "app", {"retentionInDays": 7})], policy=POLICY))
    change_behind(lab)
    return lab


def test_an_ignored_field_is_neither_reported_nor_written(changed: Lab) -> None:
    stack = changed.stack([group(7)], policy=POLICY)
    assert run(changed, stack, "plan")["result"] == "in-sync"
    report = run(changed, stack)
    assert (report["result"], report["changes"], report["expired"]) == ("done", [], [])
    assert changed.boto_writes() == []
    assert days(changed) == 30


def test_an_ignored_field_is_not_written_with_others(changed: Lab) -> None:
    stack = changed.stack([group(7, tags={"team": "one"})], policy=POLICY)
    report = run(changed, stack)
    assert [f["path"] for f in change(report, "LogGroup/app")["fields"]] == ["tags.team"]
    assert days(changed) == 30


@pytest.mark.parametrize("today", ["2026-11-30", LAST_DAY])
def test_an_entry_counts_to_the_end_of_its_last_day(changed: Lab, today: str) -> None:
    report = run(changed, changed.stack([group(7, until=LAST_DAY)], policy=POLICY), "plan", today=today)
    assert (report["result"], report["expired"]) == ("in-sync", [])


def test_h80_an_expired_entry_ignores_nothing_and_is_reported(changed: Lab) -> None:
    stack = changed.stack([group(7, until=LAST_DAY)], policy=POLICY)
    report = run(changed, stack, "plan", today="2026-12-02")
    assert actions(report) == {"LogGroup/app": "update"}
    entry = {
        "address": "LogGroup/app",
        "field": "retentionInDays",
        "until": LAST_DAY,
        "reason": "the auditors are here",
    }
    assert report["expired"] == [entry]
    said = "LogGroup/app  retentionInDays is ignored no longer: that ended on 2026-12-01 (the auditors are here)"
    assert said in text.render(report)
    run(changed, stack, today="2026-12-02")
    assert days(changed) == 7


def test_an_expired_entry_is_reported_even_where_nothing_differs(lab: Lab) -> None:
    stack = lab.stack([group(7, until=LAST_DAY)], policy=POLICY)
    run(lab, stack, today="2026-12-02")
    report = run(lab, stack, "plan", today="2026-12-02")
    assert report["result"] == "in-sync"
    assert [e["until"] for e in report["expired"]] == [LAST_DAY]


def test_a_part_of_a_field_is_left_as_it_is_when_the_rest_is_written(lab: Lab) -> None:
    path = "attributes.idle_timeout.timeout_seconds"
    documents = balanced()
    (alb,) = (d for d in documents if d["kind"] == "LoadBalancer")
    alb["spec"]["attributes"] = {"idle_timeout.timeout_seconds": "30", "routing.http2.enabled": "true"}
    run(lab, lab.stack(documents, policy=POLICY))
    elb = lab.client("elbv2")
    arn = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    others = [
        {"Key": "idle_timeout.timeout_seconds", "Value": "99"},
        {"Key": "routing.http2.enabled", "Value": "false"},
    ]
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=others)
    alb["lifecycle"] = {"ignore": [{"field": path, "reason": "tuned by hand"}]}
    stack = lab.stack(documents, policy=POLICY)
    report = run(lab, stack)
    assert [f["path"] for f in change(report, "LoadBalancer/edge")["fields"]] == ["attributes.routing.http2.enabled"]
    found = {a["Key"]: a["Value"] for a in elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]}
    assert found["idle_timeout.timeout_seconds"] == "99"
    assert found["routing.http2.enabled"] == "true"
    assert open_steps(lab.plan(stack)[1]) == []
