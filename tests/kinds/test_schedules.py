"""Schedules: whose they are, what an update leaves alone, and expressions that AWS would refuse."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.described import marked, plain, tags_of
from reconciler.kinds.scheduler.expression import faults
from reconciler.kinds.scheduler.schedule import CROWD
from reconciler.steps import Action
from tests.support import Lab, document, only, open_steps

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ROLE = document("Role", "caller", {"assumeRolePolicyDocument": TRUST})
BACKUP = "Schedule/backup"


def schedule(**spec: Any) -> dict[str, Any]:
    target = {
        "arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
        "roleArn": "${Role/caller}",
        "input": {"DbInstanceIdentifier": "staging"},
    }
    told = {"scheduleExpression": "rate(1 hour)", "flexibleTimeWindow": {"mode": "OFF"}, "target": target}
    return document("Schedule", "backup", {**told, **spec})


def by_hand(lab: Lab, name: str, group: str = "default", **more: Any) -> None:
    """Somebody makes a schedule with the role that the stack has made."""
    lab.clock.sleep(60)
    role = lab.client("iam").get_role(RoleName="caller")["Role"]["Arn"]
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:rds:startDBInstance", "RoleArn": role, "Input": "{}"}
    told = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    lab.client("scheduler").create_schedule(Name=name, GroupName=group, **{**told, **more})


def seen(lab: Lab, name: str = "backup") -> Any:
    return lab.client("scheduler").get_schedule(Name=name)


def change(lab: Lab, **told: Any) -> None:
    """Somebody changes it, and sends the rest as it is."""
    names = ("Name", "Description", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    lab.client("scheduler").update_schedule(**{**{n: seen(lab)[n] for n in names}, **told})


def test_its_description_says_whose_it_is(lab: Lab) -> None:
    lab.apply(lab.stack([ROLE, schedule(description="stops it")]))
    said = seen(lab)["Description"]
    assert plain(said) == "stops it"
    assert tags_of(said) == {"reconciler:stack": "lab", "reconciler:address": BACKUP}


def test_what_git_no_longer_names_goes_and_nothing_else(lab: Lab) -> None:
    lab.apply(lab.stack([ROLE, schedule()]))
    by_hand(lab, "somebody-elses")
    _, left = lab.apply(lab.stack([ROLE], policy={"prune": True}))
    assert open_steps(left) == []
    listed = lab.client("scheduler").list_schedules()["Schedules"]
    assert [one["Name"] for one in listed] == ["somebody-elses"]


def test_one_without_our_mark_is_not_ours(lab: Lab) -> None:
    lab.apply(lab.stack([ROLE]))
    by_hand(lab, "backup")
    _, plan = lab.plan(lab.stack([ROLE, schedule()]))
    step = next(s for s in plan.steps if s.address == BACKUP)
    assert step.action is Action.REFUSED
    assert "adopt: true" in step.reason


def test_one_can_be_taken_over(lab: Lab) -> None:
    lab.apply(lab.stack([ROLE]))
    by_hand(lab, "backup", Description="old")
    taken = {**schedule(), "lifecycle": {"adopt": True}}
    world, left = lab.apply(lab.stack([ROLE, taken]))
    assert open_steps(left) == []
    assert plain(seen(lab)["Description"]) == "old"
    assert only(world, BACKUP).spec["scheduleExpression"] == "rate(1 hour)"


def test_an_update_leaves_alone_what_git_does_not_say(lab: Lab) -> None:
    lab.apply(lab.stack([ROLE, schedule()]))
    target = {**seen(lab)["Target"], "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 1}}
    change(lab, Target=target, State="DISABLED", ScheduleExpressionTimezone="Europe/Berlin")
    _, left = lab.apply(lab.stack([ROLE, schedule(scheduleExpression="rate(2 hours)")]))
    assert open_steps(left) == []
    now = seen(lab)
    assert now["ScheduleExpression"] == "rate(2 hours)"
    assert now["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 1
    assert (now["State"], now["ScheduleExpressionTimezone"]) == ("DISABLED", "Europe/Berlin")


def test_another_target_inherits_nothing_that_belonged_to_the_old_one(lab: Lab) -> None:
    lab.apply(lab.stack([ROLE, schedule()]))
    queue = {"arn": "arn:aws:sqs:us-east-1:123456789012:inbox", "roleArn": "${Role/caller}"}
    lab.apply(lab.stack([ROLE, schedule(target=queue)]))
    assert "Input" not in seen(lab)["Target"]


def test_a_new_commit_is_noted_without_undoing_what_was_just_written(lab: Lab) -> None:
    first = dataclasses.replace(lab.stack([ROLE, schedule()]), revision="a" * 40)
    lab.apply(first)
    second = dataclasses.replace(lab.stack([ROLE, schedule(scheduleExpression="rate(2 hours)")]), revision="b" * 40)
    lab.aws.forget_wire()
    lab.apply(second)
    assert lab.boto_writes() == ["scheduler:UpdateSchedule"]
    assert seen(lab)["ScheduleExpression"] == "rate(2 hours)"
    assert tags_of(seen(lab)["Description"])["reconciler:commit"] == "b" * 40


def test_it_follows_the_task_definition(lab: Lab) -> None:
    def documents(image: str) -> list[dict[str, Any]]:
        container = {"name": "dump", "image": image}
        task = {"cpu": 256, "memory": 512, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
        ecs = {"taskDefinitionArn": "${TaskDefinition/dump}"}
        target = {"arn": "${ECSCluster/main:arn}", "roleArn": "${Role/caller}", "ecsParameters": ecs}
        return [
            ROLE, schedule(target=target), document("ECSCluster", "main", {}),
            document("TaskDefinition", "dump", {**task, "containerDefinitions": [container]}),
        ]  # fmt: skip

    for revision, image in enumerate(("postgres:15", "postgres:16"), start=1):
        _, left = lab.apply(lab.stack(documents(image)))
        assert open_steps(left) == []
        now = seen(lab)["Target"]["EcsParameters"]["TaskDefinitionArn"]
        assert now.endswith(f"task-definition/dump:{revision}")


def test_the_schedules_of_an_application_are_not_read(lab: Lab) -> None:
    lab.apply(lab.stack([ROLE, schedule()]))
    lab.client("scheduler").create_schedule_group(Name="application")
    for i in range(CROWD + 1):
        by_hand(lab, f"reminder-{i}", "application")
    lab.aws.forget_wire()
    lab.plan(lab.stack([ROLE, schedule()]))
    assert sum(w.operation == "GetSchedule" for w in lab.aws.wire) == 1


def test_a_mark_replaces_the_one_before() -> None:
    once = marked("text", {"reconciler:stack": "a", "team": "x"})
    assert once == "text [reconciler:stack=a]"
    assert marked(once, {"reconciler:stack": "b"}) == "text [reconciler:stack=b]"
    assert tags_of("a [remark] of somebody") == {}


@pytest.mark.parametrize(
    "text",
    [
        "rate(1 hour)", "rate(5 minutes)", "rate(1 days)", "at(2026-02-28T23:59:59)", "cron(0 2 * * ? *)",
        "cron(0/15 8-18 ? * MON-FRI *)", "cron(0 0 L * ? 2026-2030)", "cron(15 10 ? * 6L *)", "cron(0 9 1W JAN,jul ? *)",
        "cron(0 9 ? * 2#1 *)", "cron(*/5 * * * ? *)",
    ],
)  # fmt: skip
def test_expressions_that_aws_takes(text: str) -> None:
    assert list(faults(text)) == []


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("every day", "is no schedule"), ("rate(0 minutes)", "is no rate"), ("rate(5 weeks)", "is no rate"),
        ("at(2026-02-30T00:00:00)", "is no moment"), ("at(2026-02-28T00:00:00Z)", "is no moment"),
        ("cron(0 2 * * ?)", "5 fields instead of 6"), ("cron(0 2 * * * *)", "needs a ?"), ("cron(0 2 ? * ? *)", "needs a ?"),
        ("cron(60 2 * * ? *)", "is no minutes"), ("cron(0 24 * * ? *)", "is no hours"), ("cron(0 2 32 * ? *)", "is no day-of-month"),
        ("cron(0 2 ? * MUN *)", "is no day-of-week"), ("cron(0 2 ? 13 1 *)", "is no month"), ("cron(0/0 2 ? * 1 *)", "is no minutes"),
    ],
)  # fmt: skip
def test_expressions_that_aws_refuses(text: str, about: str) -> None:
    assert any(about in message for message in faults(text))


ECS = {"taskDefinitionArn": "x", "launchType": "FARGATE"}
SDK = "arn:aws:scheduler:::aws-sdk:"


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"flexibleTimeWindow": {"mode": "FLEXIBLE"}}, "flexibleTimeWindow.maximumWindowInMinutes"),
        ({"flexibleTimeWindow": {"mode": "OFF", "maximumWindowInMinutes": 5}}, "flexibleTimeWindow.maximumWindowInMinutes"),
        ({"target": {"arn": f"{SDK}rds:StopDBInstance"}}, "target.arn"),
        ({"target": {"arn": f"{SDK}rds:describeDBInstances"}}, "target.arn"),
        ({"target": {"arn": f"{SDK}rds:stopDBInstance", "input": "now"}}, "target.input"),
        ({"target": {"arn": "arn:aws:ecs:us-east-1:123456789012:cluster/main"}}, "target.ecsParameters"),
        ({"target": {"arn": "arn:aws:sqs:us-east-1:123456789012:q", "ecsParameters": ECS}}, "target.ecsParameters"),
        ({"target": {"ecsParameters": ECS}}, "target.ecsParameters.networkConfiguration"),
        ({"target": {"ecsParameters": {**ECS, "capacityProviderStrategy": [{}]}}}, "target.ecsParameters.launchType"),
        ({"startDate": "2026-01-02", "endDate": "2026-01-01"}, "endDate"),
        ({"actionAfterCompletion": "DELETE", "scheduleExpression": "at(2026-01-01T00:00:00)"}, "actionAfterCompletion"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_aws_says_it(spec: dict[str, Any], path: str) -> None:
    assert path in [where for where, _ in KINDS["Schedule"].check(spec)]
    assert list(KINDS["Schedule"].check(schedule()["spec"])) == []
