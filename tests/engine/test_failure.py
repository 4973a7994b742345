"""What fails, fails alone, says why, and ends."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Faults
from reconciler.report import exit_code
from tests.engine.small import (
    POLICY,
    actions,
    balanced,
    certificate,
    change,
    database,
    group,
    network,
    run,
    served,
    topic,
    without,
    zone,
)
from tests.support import Lab, document, only, open_steps


def test_h83_one_that_is_denied_does_not_stop_the_others(lab: Lab) -> None:
    faults = Faults(lab.aws)
    faults.deny("logs:CreateLogGroup")
    stack = lab.stack([group("app"), topic("news"), document("ECSCluster", "main", {})], policy=POLICY)
    report = run(lab, stack)
    assert (report["result"], exit_code(report)) == ("failed", 1)
    told = change(report, "LogGroup/app")
    assert (told["action"], told["failed"]) == ("create", True)
    assert "Grant logs:CreateLogGroup" in told["reason"]
    assert actions(report) == {"LogGroup/app": "create", "Topic/news": "create", "ECSCluster/main": "create"}
    assert [c["address"] for c in report["changes"] if c.get("failed")] == ["LogGroup/app"]
    faults.clear()
    assert run(lab, stack)["result"] == "done"
    assert open_steps(lab.plan(stack)[1]) == []


def test_h83_what_stands_on_a_failure_is_not_tried(lab: Lab) -> None:
    Faults(lab.aws).deny("elbv2:CreateTargetGroup")
    report = run(lab, lab.stack(balanced(), policy=POLICY))
    assert report["result"] == "failed"
    assert change(report, "TargetGroup/web")["failed"] is True
    assert "Grant elasticloadbalancing:CreateTargetGroup" in change(report, "TargetGroup/web")["reason"]
    assert "failed" not in change(report, "Listener/http")
    assert lab.client("elbv2").describe_load_balancers()["LoadBalancers"] != []
    assert "elbv2:CreateListener" not in lab.boto_writes()


@pytest.mark.parametrize(
    "wanted", [["LogGroup/app", "Topic/news"], ["Topic/news"]], ids=["declared", "no longer declared"]
)
def test_what_cannot_be_read_is_unknown_and_left_alone(lab: Lab, wanted: list[str]) -> None:
    both = {"LogGroup/app": group("app", deletion="delete"), "Topic/news": topic("news")}
    run(lab, lab.stack(both.values(), policy=POLICY))
    Faults(lab.aws).deny("logs:DescribeLogGroups")
    lab.aws.forget_wire()
    stack = lab.stack([both[a] for a in wanted], policy=POLICY)
    for verb in ("plan", "apply"):
        report = run(lab, stack, verb)
        assert (report["result"], exit_code(report)) == ("failed", 1)
    assert lab.boto_writes() == []
    told = [c for c in report["changes"] if c["address"] == "LogGroup/app"]
    assert [c["action"] for c in told] == ["none" for a in wanted if a == "LogGroup/app"]
    assert all("logs:DescribeLogGroups" in c["reason"] for c in told)


def test_h67_what_cannot_be_read_is_not_made_again(lab: Lab) -> None:
    Faults(lab.aws).deny("logs:DescribeLogGroups")
    report = run(lab, lab.stack([group("app"), topic("news")], policy=POLICY))
    assert report["result"] == "failed"
    assert report["summary"]["unknown"] == 1
    assert lab.boto_writes() == ["sns:CreateTopic"]


def test_h67_a_tag_index_that_cannot_be_read_never_means_that_all_is_well(lab: Lab) -> None:
    stack = lab.stack([group("app"), topic("news")], policy=POLICY)
    run(lab, stack)
    Faults(lab.aws).deny("resourcegroupstaggingapi:*")
    lab.aws.forget_wire()
    report = run(lab, stack, "plan")
    assert exit_code(report) == 1
    run(lab, lab.stack([topic("news")], policy=POLICY))
    assert [o for o in lab.boto_writes() if "Delete" in o] == []


def running(lab: Lab) -> str:
    """The image that the service's tasks run."""
    ecs = lab.client("ecs")
    (service,) = ecs.describe_services(cluster="main", services=["web"])["services"]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return str(definition["containerDefinitions"][0]["image"])


def test_a_broken_image_goes_back_and_is_not_tried_again(lab: Lab) -> None:
    run(lab, lab.stack(served(image="nginx:1"), policy=POLICY))
    stack = lab.stack(served(image="nginx:broken"), policy=POLICY)
    report = run(lab, stack)
    assert exit_code(report) in (1, 4)
    told = change(report, "ECSService/web")["reason"]
    assert "gave this rollout up" in told
    assert "rolling back" in told
    assert running(lab) == "nginx:1"
    lab.aws.forget_wire()
    again = run(lab, stack)
    assert exit_code(again) in (1, 4)
    assert "gave this rollout up" in change(again, "ECSService/web")["reason"]
    assert lab.boto_writes() == []
    assert run(lab, lab.stack(served(image="nginx:2"), policy=POLICY))["result"] == "done"
    assert running(lab) == "nginx:2"


def test_a_service_that_never_ran_says_why_its_tasks_stopped(lab: Lab) -> None:
    report = run(lab, lab.stack(served(image="nginx:broken"), policy=POLICY))
    assert exit_code(report) in (1, 4)
    told = change(report, "ECSService/web")["reason"]
    (service,) = lab.client("ecs").describe_services(cluster="main", services=["web"])["services"]
    assert service["events"][0]["message"] in told
    ecs = lab.client("ecs")
    stopped = ecs.list_tasks(cluster="main", serviceName="web", desiredStatus="STOPPED")["taskArns"]
    reasons = {t["stoppedReason"] for t in ecs.describe_tasks(cluster="main", tasks=stopped)["tasks"]}
    assert any(reason in told for reason in reasons)


def test_h79_a_certificate_without_a_zone_waits_and_holds_up_nothing_else(lab: Lab) -> None:
    documents = [zone(), certificate(zoned=False), topic("news"), group("app")]
    stack = lab.stack(documents, policy=POLICY)
    begin = lab.clock.now()
    report = run(lab, stack)
    assert (report["result"], exit_code(report)) == ("unsettled", 4)
    (arn,) = (c["CertificateArn"] for c in lab.client("acm").list_certificates()["CertificateSummaryList"])
    options = lab.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
    record = options[0]["ResourceRecord"]
    assert (
        f"{record['Name'].rstrip('.')} CNAME {record['Value'].rstrip('.')}"
        in change(report, "Certificate/api")["reason"]
    )
    assert {c["address"] for c in report["changes"] if c["action"] == "create"} >= {"Topic/news", "LogGroup/app"}
    assert lab.clock.now() - begin < 2 * 1800
    prove(lab, record)
    assert run(lab, stack)["result"] == "done"
    assert [c["CertificateArn"] for c in lab.client("acm").list_certificates()["CertificateSummaryList"]] == [arn]


def prove(lab: Lab, record: dict[str, str]) -> None:
    dns = lab.client("route53")
    told = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": record["Value"]}]}
    zone_id = dns.list_hosted_zones()["HostedZones"][0]["Id"]
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": told}]}
    dns.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)


def test_a_run_ends_when_its_time_is_up(lab: Lab) -> None:
    begin = lab.clock.now()
    report = run(lab, lab.stack([certificate(zoned=False), topic("news")], policy=POLICY), timeout=60.0)
    assert exit_code(report) == 4
    assert change(report, "Topic/news")["action"] == "create"
    assert lab.clock.now() - begin < 120


def test_something_that_never_gets_ready_ends_with_its_name(lab: Lab) -> None:
    run(lab, lab.stack(without(database(), "DBInstance/data"), policy=POLICY))
    stack = lab.stack(database(), policy=POLICY)
    lab.aws.time.pace = 1e6
    begin = lab.clock.now()
    report = run(lab, stack, timeout=1e9)
    assert exit_code(report) == 4
    told = change(report, "DBInstance/data")
    assert "not ready after" in told["reason"]
    assert "creating" in told["reason"]
    assert lab.clock.now() - begin < 4 * 3600


def test_a_refusal_of_aws_names_all_that_is_known(lab: Lab) -> None:
    stack = lab.stack([document("Alarm", "a", alarm(action="arn:aws:sns:us-east-1:123456789012:none"))], policy=POLICY)
    Faults(lab.aws).deny("cloudwatch:PutMetricAlarm")
    told = change(run(lab, stack), "Alarm/a")
    assert told["reason"].startswith("cloudwatch:PutMetricAlarm failed: ")
    assert "(request " in told["reason"]
    assert "Grant cloudwatch:PutMetricAlarm" in told["reason"]


def alarm(action: str) -> dict[str, Any]:
    return {
        "namespace": "AWS/SQS", "metricName": "Age", "statistic": "Maximum", "period": 60, "evaluationPeriods": 1,
        "comparisonOperator": "GreaterThanThreshold", "threshold": 1, "alarmActions": [action],
    }  # fmt: skip


def test_a_route_waits_until_its_gateway_is_attached(lab: Lab) -> None:
    stack = lab.stack(network(), policy=POLICY)
    world, _ = lab.apply(stack)
    ec2, gateway = lab.client("ec2"), only(world, "InternetGateway/door").id
    ec2.delete_route(RouteTableId=only(world, "RouteTable/public").id, DestinationCidrBlock="0.0.0.0/0")
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=only(world, "VPC/net").id)
    _, plan = lab.plan(stack)
    assert {s.address for s in plan.steps if s.changes} == {"InternetGateway/door", "RouteTable/public"}
    assert [s.address for s in plan.ready] == ["InternetGateway/door"]
    assert run(lab, stack)["result"] == "done"
