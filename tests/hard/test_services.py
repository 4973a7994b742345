"""Services: names that drain, roles that nobody knows yet, rollouts that never end, clusters that will not go."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.report import exit_code
from reconciler.steps import Action
from tests.engine.small import POLICY, Docs, actions, but, change, run, served, topic
from tests.support import Lab, document, only, open_steps

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
FARGATE_14 = "1.4.0"


def service(lab: Lab) -> dict[str, Any]:
    (found,) = lab.client("ecs").describe_services(cluster="main", services=["web"])["services"]
    return dict(found)


def sent(lab: Lab, operation: str) -> list[dict[str, Any]]:
    return [dict(w.params) for w in lab.aws.wire if w.operation == operation]


@pytest.fixture
def made(lab: Lab) -> Lab:
    """A service that runs."""
    assert run(lab, lab.stack(served(), policy=POLICY))["result"] == "done"
    lab.clock.sleep(600)
    lab.aws.forget_wire()
    return lab


def with_role(name: str = "${Role/execution}") -> Docs:
    role = document("Role", "execution", {"assumeRolePolicyDocument": TRUST})
    return [*but(served(), "TaskDefinition", {"executionRoleArn": name}), role]


def test_h09_a_role_made_a_moment_ago_is_waited_for(lab: Lab) -> None:
    """Everything but the role is there already: nothing else gives IAM its time."""
    run(lab, lab.stack(served(), policy=POLICY))
    lab.aws.forget_wire()
    assert run(lab, lab.stack(with_role(), policy=POLICY))["result"] == "done"
    for operation in ("RegisterTaskDefinition", "UpdateService"):
        tried = [w.status for w in lab.aws.wire if w.operation == operation]
        assert tried[0] == 400, operation
        assert (tried[-1], tried.count(200)) == (200, 1), operation


def test_h09_a_role_that_was_always_there_fails_at_once(lab: Lab) -> None:
    trust = TRUST["Statement"][0] | {"Principal": {"Service": "ec2.amazonaws.com"}}  # type: ignore[operator]
    wrong = document("Role", "execution", {"assumeRolePolicyDocument": {**TRUST, "Statement": [trust]}})
    run(lab, lab.stack([*served(), wrong], policy=POLICY))
    lab.clock.sleep(3600)
    lab.aws.forget_wire()
    begin = lab.clock.now()
    stack = lab.stack(
        [*but(served(), "TaskDefinition", {"executionRoleArn": "${Role/execution}"}), wrong], policy=POLICY
    )
    report = run(lab, stack)
    assert exit_code(report) == 1
    assert "unable to assume the role" in change(report, "ECSService/web")["reason"]
    assert len(sent(lab, "UpdateService")) == 1
    assert lab.clock.now() - begin < 60


def test_h09_a_role_that_never_arrives_ends_after_two_minutes(lab: Lab) -> None:
    lab.aws.time.pace = 1000.0
    role = document("Role", "execution", {"assumeRolePolicyDocument": TRUST})
    size = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "executionRoleArn": "${Role/execution}"}
    task = document("TaskDefinition", "web", {**size, "containerDefinitions": [{"name": "web", "image": "nginx"}]})
    begin = lab.clock.now()
    report = run(lab, lab.stack([role, task, topic("news")], policy=POLICY))
    assert exit_code(report) == 1
    assert "iam:PassRole" in change(report, "TaskDefinition/web")["reason"]
    assert actions(report)["Topic/news"] == "create"
    assert 120 <= lab.clock.now() - begin < 240


def test_h14_a_service_that_drains_is_waited_for_and_made_anew(made: Lab) -> None:
    made.client("ecs").delete_service(cluster="main", service="web", force=True)
    assert service(made)["status"] == "DRAINING"
    stack = made.stack(served(), policy=POLICY)
    _, plan = made.plan(stack)
    (step,) = (s for s in plan.steps if s.address == "ECSService/web")
    assert step.action is Action.WAIT
    made.aws.forget_wire()
    assert run(made, stack)["result"] == "done"
    assert [w.status for w in made.aws.wire if w.operation == "CreateService"] == [200]
    assert (service(made)["status"], service(made)["runningCount"]) == ("ACTIVE", 1)


def test_h14_what_is_set_for_good_makes_a_new_service_and_the_plan_says_so(made: Lab) -> None:
    documents = but(served(), "ECSService", {"schedulingStrategy": "REPLICA", "launchType": "FARGATE"})
    assert open_steps(made.plan(made.stack(documents, policy=POLICY))[1]) == []
    controller = {"deploymentController": {"type": "CODE_DEPLOY"}}
    stack = made.stack(but(served(), "ECSService", controller, replacement="allow"), policy=POLICY)
    told = change(run(made, stack, "plan"), "ECSService/web")
    assert (told["action"], told["impact"]) == ("replace", "replace")
    assert "deploymentController cannot change in place" in told["reason"]
    world, _ = made.apply(stack)
    assert only(world, "ECSService/web").spec["deploymentController"] == {"type": "CODE_DEPLOY"}
    writes = [w.operation for w in made.aws.wire if w.operation in ("DeleteService", "CreateService")]
    assert writes == ["DeleteService", "CreateService"]


def test_h46_a_stack_goes_service_first_and_cluster_last(made: Lab) -> None:
    assert open_steps(made.destroy(made.stack(served(), policy=POLICY))[1]) == []
    gone = [w.operation for w in made.aws.wire if w.operation in ("DeleteService", "DeleteCluster")]
    assert gone == ["DeleteService", "DeleteCluster"]


def test_h46_a_task_that_somebody_runs_is_named_and_left_alone(made: Lab) -> None:
    place = service(made)["networkConfiguration"]
    ecs = made.client("ecs")
    ran = ecs.run_task(cluster="main", taskDefinition="web", launchType="FARGATE", networkConfiguration=place)
    (task,) = ran["tasks"]
    made.aws.forget_wire()
    _, left = made.destroy(made.stack(served(), policy=POLICY))
    (told,) = (s for s in left.steps if s.address == "ECSCluster/main")
    assert task["taskArn"].rsplit("/", 1)[-1] in told.reason
    assert "ecs:StopTask" not in made.boto_writes()
    ecs.stop_task(cluster="main", task=task["taskArn"])
    made.clock.sleep(600)
    assert open_steps(made.destroy(made.stack(served(), policy=POLICY))[1]) == []


def test_h54_a_rollout_that_never_ends_ends_for_us_and_stops_nothing_else(lab: Lab) -> None:
    breakerless = but(served(), "ECSService", {"deploymentConfiguration": {"minimumHealthyPercent": 100}})
    lab.stack(breakerless)
    run(lab, lab.stack(breakerless, policy=POLICY))
    lab.aws.time.pace = 1e6
    documents = but(breakerless, "ECSService", {"desiredCount": 3})
    begin = lab.clock.now()
    report = run(lab, lab.stack([*documents, topic("news")], policy=POLICY), timeout=1e9)
    assert exit_code(report) == 4
    told = change(report, "ECSService/web")["reason"]
    assert "not ready after 15 minutes" in told
    assert "1 of 3 tasks run" in told
    assert actions(report)["Topic/news"] == "create"
    assert 900 <= lab.clock.now() - begin < 2000


def test_h54_tasks_that_keep_dying_end_the_wait_early_with_their_reason(lab: Lab) -> None:
    breakerless = but(served(image="nginx:broken"), "ECSService", {"deploymentConfiguration": {"maximumPercent": 200}})
    begin = lab.clock.now()
    report = run(lab, lab.stack(breakerless, policy=POLICY))
    assert exit_code(report) in (1, 4)
    assert "Essential container in task exited" in change(report, "ECSService/web")["reason"]
    assert lab.clock.now() - begin < 300


def test_h72_what_is_emptied_in_git_is_emptied_in_aws(made: Lab) -> None:
    emptied = {
        "loadBalancers": [], "placementConstraints": [], "placementStrategy": [], "serviceRegistries": [],
        "serviceConnectConfiguration": {"enabled": False}, "propagateTags": "NONE",
    }  # fmt: skip
    stack = made.stack(but(served(), "ECSService", emptied), policy=POLICY)
    assert run(made, stack)["result"] == "done"
    (told,) = sent(made, "UpdateService")
    assert told["loadBalancers"] == []
    assert service(made)["loadBalancers"] == []
    assert open_steps(made.plan(stack)[1]) == []


def test_h72_what_git_does_not_say_stays_as_it_is(made: Lab) -> None:
    made.client("ecs").update_service(cluster="main", service="web", healthCheckGracePeriodSeconds=90)
    assert open_steps(made.plan(made.stack(served(), policy=POLICY))[1]) == []
    stack = made.stack(but(served(), "ECSService", {"healthCheckGracePeriodSeconds": 0}), policy=POLICY)
    assert run(made, stack)["result"] == "done"
    assert service(made)["healthCheckGracePeriodSeconds"] == 0
    assert open_steps(made.plan(stack)[1]) == []


@pytest.mark.parametrize("version", ["LATEST", FARGATE_14])
def test_h72_the_latest_platform_is_a_version_and_no_drift(version: str, made: Lab) -> None:
    stack = made.stack(but(served(), "ECSService", {"platformVersion": version}), policy=POLICY)
    assert run(made, stack)["result"] == "done"
    assert service(made)["deployments"][0]["platformVersion"] == FARGATE_14
    assert open_steps(made.plan(stack)[1]) == []
