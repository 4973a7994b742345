"""Rollouts of services: one that goes back is a failure and is not tried again, and traffic that moves is no drift."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from reconciler.kinds import KINDS
from reconciler.kinds.ecs.rollout import health_of
from reconciler.report import exit_code
from reconciler.steps import Action
from tests.engine.small import FREE, POLICY, Docs, but, change, run, served
from tests.support import Lab, document, only, open_steps

DATA = Path(__file__).parents[1] / "kinds" / "data"
BAKE = 60


def blue_green(image: str = "nginx:1", **rule: Any) -> Docs:
    """A service whose deployments move the traffic of a rule from one target group to another."""
    found = yaml.safe_load_all((DATA / "ECSService" / "blue-green" / "create.yaml").read_text())
    container = {"name": "web", "image": image, "portMappings": [{"containerPort": 80}]}
    documents = [{**one, "lifecycle": FREE} for one in found]
    return but(but(documents, "TaskDefinition", {"containerDefinitions": [container]}), "ListenerRule", rule)


def apply(lab: Lab, documents: Docs) -> dict[str, Any]:
    lab.aws.forget_wire()
    return run(lab, lab.stack(documents, policy=POLICY))


def image(lab: Lab) -> str:
    """What the service's tasks run."""
    ecs = lab.client("ecs")
    (service,) = ecs.describe_services(cluster="main", services=["web"])["services"]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return str(definition["containerDefinitions"][0]["image"])


def group(lab: Lab, name: str) -> str:
    (found,) = lab.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"]
    return str(found["TargetGroupArn"])


def rule(lab: Lab) -> Any:
    """The rule whose traffic moves."""
    elb = lab.client("elbv2")
    (listener,) = (
        one["ListenerArn"]
        for balancer in elb.describe_load_balancers()["LoadBalancers"]
        for one in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        if one["Port"] == 80
    )
    return elb.describe_rules(ListenerArn=listener)["Rules"][0]


def shares(lab: Lab) -> list[int]:
    """What blue and green get of the rule's requests."""
    groups = rule(lab)["Actions"][0]["ForwardConfig"]["TargetGroups"]
    weights = {one["TargetGroupArn"]: one["Weight"] for one in groups}
    return [weights.get(group(lab, name), 0) for name in ("blue", "green")]


def send_to(lab: Lab, *names: str) -> None:
    """Somebody lets the rule forward to these groups in equal parts."""
    groups = [{"TargetGroupArn": group(lab, name), "Weight": 50} for name in names]
    forward = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
    lab.client("elbv2").modify_rule(RuleArn=rule(lab)["RuleArn"], Actions=forward)


def test_h10_a_rollback_fails_the_run_with_its_events_and_why_tasks_stopped(lab: Lab) -> None:
    apply(lab, served(image="nginx:1"))
    report = apply(lab, served(image="nginx:broken"))
    assert (exit_code(report), change(report, "ECSService/web")["failed"]) == (4, True)
    told = change(report, "ECSService/web")["reason"]
    assert "web:2 failed" in told
    assert "circuit breaker: tasks failed to start" in told
    assert "rolling back to (deployment ecs-svc/" in told
    assert "Essential container in task exited" in told
    assert image(lab) == "nginx:1"


def test_h10_what_failed_is_not_deployed_again_until_git_changes(lab: Lab) -> None:
    apply(lab, served(image="nginx:1"))
    apply(lab, served(image="nginx:broken"))
    for _ in range(2):
        again = apply(lab, served(image="nginx:broken"))
        assert (exit_code(again), lab.boto_writes()) == (4, [])
        assert "gave this rollout up" in change(again, "ECSService/web")["reason"]
    assert apply(lab, served(image="nginx:2"))["result"] == "done"
    assert image(lab) == "nginx:2"


def test_h10_a_failed_change_that_git_takes_back_is_forgotten(lab: Lab) -> None:
    apply(lab, served(image="nginx:1"))
    apply(lab, served(image="nginx:broken"))
    assert apply(lab, served(image="nginx:1"))["result"] == "done"
    assert open_steps(lab.plan(lab.stack(served(image="nginx:1"), policy=POLICY))[1]) == []


def test_h10_an_old_failure_is_still_known_when_its_events_are_gone(lab: Lab) -> None:
    apply(lab, served(image="nginx:1"))
    apply(lab, served(image="nginx:broken"))
    ecs = lab.client("ecs")
    for i in range(110):
        ecs.update_service(cluster="main", service="web", desiredCount=2 - i % 2)
        lab.clock.sleep(5)
    ecs.update_service(cluster="main", service="web", desiredCount=1)
    lab.clock.sleep(5)
    (service,) = ecs.describe_services(cluster="main", services=["web"])["services"]
    assert not any("rolling back" in event["message"] for event in service["events"])
    again = apply(lab, served(image="nginx:broken"))
    assert (exit_code(again), lab.boto_writes()) == (4, [])


def test_h10_blue_green_a_revision_that_does_not_start_never_gets_traffic(lab: Lab) -> None:
    apply(lab, blue_green())
    report = apply(lab, blue_green("nginx:broken"))
    assert exit_code(report) == 4
    assert "Essential container in task exited" in change(report, "ECSService/web")["reason"]
    assert (shares(lab), image(lab)) == ([100, 0], "nginx:1")
    again = apply(lab, blue_green("nginx:broken"))
    assert (exit_code(again), lab.boto_writes()) == (4, [])
    assert apply(lab, blue_green("nginx:2"))["result"] == "done"
    assert (shares(lab), image(lab)) == ([0, 100], "nginx:2")


def test_h10_blue_green_an_alarm_while_it_bakes_brings_the_traffic_back(lab: Lab) -> None:
    apply(lab, blue_green())
    seen: list[list[int]] = []

    def alarm(_event: object) -> None:
        """Once the traffic has moved, the errors begin."""
        if not seen and (now := shares(lab)) != [100, 0]:
            seen.append(now)
            watch = lab.client("cloudwatch")
            watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="5xx")

    stack = lab.stack(blue_green("nginx:2"), policy=POLICY)
    engine = lab.engine(stack, alarm)
    _, left = engine.reconcile(engine.plan()[0])
    (step,) = (s for s in left.steps if s.address == "ECSService/web")
    assert seen == [[0, 100]]
    assert step.action is Action.FAILED
    assert "alarm detected: errors" in step.reason
    assert (shares(lab), image(lab)) == ([100, 0], "nginx:1")


def test_h10_success_is_only_what_has_baked(lab: Lab) -> None:
    apply(lab, blue_green())
    begin = lab.clock.now()
    assert apply(lab, blue_green("nginx:2"))["result"] == "done"
    assert lab.clock.now() - begin >= BAKE
    (last, *_) = lab.client("ecs").list_service_deployments(cluster="main", service="web")["serviceDeployments"]
    assert last["status"] == "SUCCESSFUL"


def test_h10_a_run_is_as_patient_as_the_bake_time_is_long(lab: Lab) -> None:
    documents = blue_green()
    settings = next(d["spec"]["deploymentConfiguration"] for d in documents if d["kind"] == "ECSService")
    hour = {"deploymentConfiguration": {**settings, "bakeTimeInMinutes": 40}}
    apply(lab, but(documents, "ECSService", hour))
    begin = lab.clock.now()
    assert apply(lab, but(blue_green("nginx:2"), "ECSService", hour))["result"] == "done"
    assert lab.clock.now() - begin >= 40 * 60 > KINDS["ECSService"].deadline


def test_h10_without_a_rollout_state_the_deployments_history_decides() -> None:
    raw = {"status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "deployments": [{"status": "PRIMARY"}]}
    ends = {"IN_PROGRESS": "pending", "ROLLBACK_IN_PROGRESS": "pending", "STOPPED": "failed", "SUCCESSFUL": "ready"}
    assert {status: health_of({**raw, "serviceDeployment": status}).value for status in ends} == ends


def test_h56_the_shares_that_a_deployment_wrote_are_no_drift(lab: Lab) -> None:
    apply(lab, blue_green())
    apply(lab, blue_green("nginx:2"))
    assert shares(lab) == [0, 100]
    stack = lab.stack(blue_green("nginx:2"), policy=POLICY)
    assert open_steps(lab.plan(stack)[1]) == []
    send_to(lab, "green")
    assert open_steps(lab.plan(stack)[1]) == []


def test_h56_a_change_of_the_rule_leaves_the_shares_alone(lab: Lab) -> None:
    apply(lab, blue_green())
    apply(lab, blue_green("nginx:2"))
    elsewhere = [{"field": "path-pattern", "pathPatternConfig": {"values": ["/v2/*"]}}]
    forward = {
        "targetGroups": [{"targetGroupArn": "${TargetGroup/blue}", "weight": 1}],
        "targetGroupStickinessConfig": {"enabled": True, "durationSeconds": 60},
    }
    actions = [{"type": "forward", "forwardConfig": forward}]
    report = apply(lab, blue_green("nginx:2", conditions=elsewhere, actions=actions))
    assert (report["result"], lab.boto_writes()) == ("done", ["elbv2:ModifyRule"])
    assert shares(lab) == [0, 100]
    assert rule(lab)["Conditions"][0]["Values"] == ["/v2/*"]
    assert rule(lab)["Actions"][0]["ForwardConfig"]["TargetGroupStickinessConfig"]["Enabled"] is True


def test_h56_a_group_that_is_neither_blue_nor_green_is_drift(lab: Lab) -> None:
    other = document(
        "TargetGroup", "other", {"vpcId": "${VPC/net}", "protocol": "HTTP", "port": 80, "targetType": "ip"}
    )
    documents = [*blue_green(), other]
    apply(lab, documents)
    send_to(lab, "blue", "other")
    stack = lab.stack(documents, policy=POLICY)
    assert [s.address for s in lab.plan(stack)[1].steps if s.changes] == ["ListenerRule/production"]
    lab.apply(stack)
    assert shares(lab) == [100, 0]


def test_h56_the_shares_of_a_rule_that_no_service_names_are_git_s(lab: Lab) -> None:
    documents = [d for d in blue_green() if d["kind"] != "ECSService"]
    apply(lab, documents)
    send_to(lab, "green")
    lab.apply(lab.stack(documents, policy=POLICY))
    assert shares(lab) == [100, 0]


def test_h56_the_default_action_of_a_listener_can_be_what_moves(lab: Lab) -> None:
    apply(lab, blue_green())
    apply(lab, blue_green("nginx:2"))
    world, plan = lab.plan(lab.stack(blue_green("nginx:2"), policy=POLICY))
    assert open_steps(plan) == []
    live = only(world, "Listener/test")
    groups = live.spec["defaultActions"][0]["forwardConfig"]["targetGroups"]
    assert {g["targetGroupArn"]: g["weight"] for g in groups}[group(lab, "green")] == 100
    arn = live.id
    blue = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    lab.client("elbv2").modify_listener(ListenerArn=arn, DefaultActions=blue)
    _, plan = lab.plan(lab.stack(blue_green("nginx:2"), policy=POLICY))
    assert [s.address for s in plan.steps if s.changes] == ["Listener/test"]


def test_h56_codedeploy_moves_between_the_groups_that_git_names(lab: Lab) -> None:
    forward = [
        {"targetGroupArn": "${TargetGroup/web}", "weight": 1},
        {"targetGroupArn": "${TargetGroup/green}", "weight": 0},
    ]
    listener = {"defaultActions": [{"type": "forward", "forwardConfig": {"targetGroups": forward}}]}
    green = {"vpcId": "${VPC/net}", "protocol": "HTTP", "port": 80, "targetType": "ip"}
    documents = [*but(served(), "Listener", listener), document("TargetGroup", "green", green)]
    documents = but(documents, "ECSService", {"deploymentController": {"type": "CODE_DEPLOY"}})
    documents = but(documents, "ECSService", {"deploymentConfiguration": {"maximumPercent": 200}})
    apply(lab, documents)
    elb = lab.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    (live,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    elb.modify_listener(
        ListenerArn=live["ListenerArn"], DefaultActions=[{"Type": "forward", "TargetGroupArn": group(lab, "green")}]
    )
    assert open_steps(lab.plan(lab.stack(documents, policy=POLICY))[1]) == []
