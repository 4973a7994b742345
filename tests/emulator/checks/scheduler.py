"""EventBridge Scheduler: what it refuses, what it fills in, and what an update forgets."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks.base import TRUST, Aws, check, code

SDK = "arn:aws:scheduler:::aws-sdk:"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/main"
TASK = "arn:aws:ecs:us-east-1:123456789012:task-definition/dump:1"
REFUSED = "ValidationException"


def role(aws: Aws, trust: str = TRUST.replace("ecs-tasks", "scheduler")) -> str:
    arn = aws.client("iam").create_role(RoleName="caller", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    aws.advance(60)
    return str(arn)


def whole(arn: str, **more: Any) -> dict[str, Any]:
    target = {"Arn": f"{SDK}rds:stopDBInstance", "RoleArn": arn, "Input": "{}", **more.pop("Target", {})}
    told = {"Name": "s", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}}
    return {**told, "Target": target, **more}


@check("expressions and zones that make no sense are refused")
def _(aws: Aws) -> bool:
    create, arn = aws.client("scheduler").create_schedule, role(aws)
    bad = (
        "daily",
        "rate(0 hours)",
        "cron(0 2 * * ?)",
        "cron(0 2 * * * *)",
        "cron(61 2 * * ? *)",
        "at(2026-02-30T00:00:00)",
    )
    told = {code(create, **whole(arn, ScheduleExpression=text)) for text in bad}
    zone = code(create, **whole(arn, ScheduleExpressionTimezone="Europe/Nowhere"))
    good = ("cron(0/15 8-18 ? * MON-FRI *)", "cron(0 0 L * ? *)", "at(2100-01-01T00:00:00)", "rate(1 day)")
    fine = {code(create, **{**whole(arn, ScheduleExpression=t), "Name": f"n{i}"}) for i, t in enumerate(good)}
    return (told, zone, fine) == ({REFUSED}, REFUSED, {""})


@check("the window has a length if it is flexible, and only then")
def _(aws: Aws) -> bool:
    create, arn = aws.client("scheduler").create_schedule, role(aws)
    windows = ({"Mode": "FLEXIBLE"}, {"Mode": "OFF", "MaximumWindowInMinutes": 5})
    return [code(create, **whole(arn, FlexibleTimeWindow=w)) for w in windows] == [REFUSED, REFUSED]


@check("the role must exist and trust the scheduler")
def _(aws: Aws) -> bool:
    create = aws.client("scheduler").create_schedule
    nobody = code(create, **whole("arn:aws:iam::123456789012:role/nobody"))
    return (nobody, code(create, **whole(role(aws, TRUST)))) == (REFUSED, REFUSED)


@check("the group must exist, and names are taken once in each")
def _(aws: Aws) -> bool:
    scheduler, arn = aws.client("scheduler"), role(aws)
    absent = code(scheduler.create_schedule, **whole(arn, GroupName="absent"))
    scheduler.create_schedule_group(Name="g")
    twice = code(scheduler.create_schedule_group, Name="g")
    codes = [code(scheduler.create_schedule, **whole(arn, GroupName=g)) for g in ("default", "g", "g")]
    return (absent, twice, codes) == ("ResourceNotFoundException", "ConflictException", ["", "", "ConflictException"])


@check("a repeated token gives the first answer again, with other parameters it is refused")
def _(aws: Aws) -> bool:
    create, told = aws.client("scheduler").create_schedule, whole(role(aws), ClientToken="t")
    first, again = (create(**told)["ScheduleArn"] for _ in "12")
    return first == again and code(create, **{**told, "ScheduleExpression": "rate(2 hours)"}) == "ConflictException"


@check("operations that only read, unknown forms and bad parameters are no targets; tasks belong to clusters")
def _(aws: Aws) -> bool:
    create, arn = aws.client("scheduler").create_schedule, role(aws)
    both = {"LaunchType": "FARGATE", "CapacityProviderStrategy": [{"capacityProvider": "FARGATE"}]}
    targets = (
        {"Arn": f"{SDK}rds:describeDBInstances"},
        {"Arn": f"{SDK}rds:StopDBInstance"},
        {"Input": "now"},
        {"Arn": CLUSTER},
        {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "EcsParameters": {"TaskDefinitionArn": TASK}},
        {"Arn": CLUSTER, "EcsParameters": {"TaskDefinitionArn": TASK, **both}},
    )
    return {code(create, **whole(arn, Target=target)) for target in targets} == {REFUSED}


@check("an update puts what it does not mention back to its default")
def _(aws: Aws) -> bool:
    scheduler, arn = aws.client("scheduler"), role(aws)
    more = {"State": "DISABLED", "Description": "d", "ScheduleExpressionTimezone": "Europe/Berlin"}
    scheduler.create_schedule(**whole(arn, ActionAfterCompletion="DELETE", **more))
    scheduler.update_schedule(**whole(arn))
    now = scheduler.get_schedule(Name="s")
    usual = (now["State"], now["ScheduleExpressionTimezone"], now["ActionAfterCompletion"])
    return usual == ("ENABLED", "UTC", "NONE") and "Description" not in now


@check("defaults are filled in, also within the target")
def _(aws: Aws) -> bool:
    scheduler, arn = aws.client("scheduler"), role(aws)
    tasks = {"Arn": CLUSTER, "EcsParameters": {"TaskDefinitionArn": TASK}, "RetryPolicy": {"MaximumRetryAttempts": 1}}
    scheduler.create_schedule(**whole(arn, Target=tasks))
    now = scheduler.get_schedule(Name="s")
    retry = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 1}
    filled = now["Target"]["RetryPolicy"] == retry and now["Target"]["EcsParameters"]["TaskCount"] == 1
    return bool(filled and now["ActionAfterCompletion"] == "NONE" and now["State"] == "ENABLED")


@check("the list shows neither descriptions nor roles")
def _(aws: Aws) -> bool:
    scheduler, arn = aws.client("scheduler"), role(aws)
    scheduler.create_schedule(**whole(arn, Description="d"))
    (one,) = scheduler.list_schedules()["Schedules"]
    absent = code(scheduler.list_schedules, GroupName="absent")
    return json.dumps(sorted(one["Target"])) == '["Arn"]' and "State" in one and absent == "ResourceNotFoundException"
