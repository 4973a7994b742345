"""ECS: what a task definition says of its containers, and what is refused of it."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.ecs import app, register


@check("a task definition comes back with AWS's defaults, its environment in AWS's own order")
def _(aws: Aws) -> bool:
    made = app(aws)
    pairs = [{"name": name, "value": "1"} for name in "ABCDE"]
    register(aws, made.role, container={"environment": pairs})
    shown = aws.client("ecs").describe_task_definition(taskDefinition="f")["taskDefinition"]["containerDefinitions"][0]
    again = sorted(shown["environment"], key=lambda pair: str(pair["name"]))
    mapping = {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}
    return shown["portMappings"] == [mapping] and shown["environment"] != pairs and again == pairs


@check("Fargate sizes, the log driver's role and unique names are checked at registration")
def _(aws: Aws) -> bool:
    made = app(aws)
    logging = {"logConfiguration": {"logDriver": "awslogs", "options": {}}}
    container = {"name": "app", "image": "i"}
    refused = [
        code(lambda: register(aws, made.role, memory="3072")),
        code(lambda: register(aws, made.role, containerDefinitions=[container, container])),
        code(lambda: register(aws, made.role, containerDefinitions=[container | logging], executionRoleArn="")),
    ]
    return refused == ["ClientException"] * 3


@check("containers that wait for each other, and logs that a container forwards, must make sense")
def _(aws: Aws) -> bool:
    made = app(aws)

    def refused(**agent: Any) -> str:
        waits = [{"containerName": "agent", "condition": agent.pop("until", "START")}]
        first = {"name": "app", "image": "a", "dependsOn": waits, **agent.pop("app", {})}
        second = {"name": agent.pop("name", "agent"), "image": "b", "essential": False, **agent}
        return code(lambda: register(aws, made.role, family="g", containerDefinitions=[first, second]))

    firelens = {"app": {"logConfiguration": {"logDriver": "awsfirelens"}}}
    codes = [
        refused(until="HEALTHY"),
        refused(until="SUCCESS", essential=True),
        refused(name="other"),
        refused(**firelens),
    ]
    allowed = [
        refused(until="HEALTHY", healthCheck={"command": ["CMD", "true"]}),
        refused(until="SUCCESS"),
        refused(firelensConfiguration={"type": "fluentbit"}, **firelens),
    ]
    return codes == ["ClientException"] * 4 and allowed == [""] * 3
