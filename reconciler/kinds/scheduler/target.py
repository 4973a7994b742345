"""What a schedule calls: a task of ECS, a queue, or nearly any operation of AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...kind import Raw
from ...types import Document, Flag, Integer, MapOf, Ref, Schema, Struct, Text
from ..ecs.capacity import STRATEGY
from ..ecs.service_types import NETWORK

RETRY = {"maximumEventAgeInSeconds": 86400, "maximumRetryAttempts": 185}
ANYWHERE = ("retryPolicy", "deadLetterConfig")
"""What does not depend on what is called."""
RIVALS = {"launchType": "capacityProviderStrategy", "capacityProviderStrategy": "launchType"}
UNIVERSAL = "arn:aws:scheduler:::"
_UNIVERSAL = re.compile(r"^arn:aws:scheduler:::aws-sdk:[a-z0-9-]+:([a-z]\w*)$")
_READS = re.compile(r"^(get|describe|list|search|lookup|scan|query|select|batchGet|poll|receive)(?![a-z])")


@dataclass(frozen=True)
class Input(Document):
    """What the target is told: a JSON document as YAML, or a text."""

    def schema(self) -> Schema:
        """Return the types that JSON's text can be written as."""
        return {"type": ["object", "array", "string"]}

    def decode(self, value: Any) -> Any:
        """Return the parsed document; a text that is none stays as it is."""
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            return value


ECS = Struct({
    "taskDefinitionArn": Ref(kind="TaskDefinition"),
    "taskCount": Integer(1, 10),
    "launchType": Text(enum=("EC2", "FARGATE", "EXTERNAL")),
    "capacityProviderStrategy": STRATEGY,
    "networkConfiguration": NETWORK,
    "platformVersion": Text(length=(1, 64)),
    "group": Text(length=(1, 255)),
    "propagateTags": Text(enum=("TASK_DEFINITION",)),
    "tags": MapOf(pair=("key", "value")),
    "enableECSManagedTags": Flag(),
    "enableExecuteCommand": Flag(),
    "referenceId": Text(length=(0, 1024)),
}, required=("taskDefinitionArn",), defaults={
    "taskCount": 1, "capacityProviderStrategy": [], "tags": {}, "enableECSManagedTags": False, "enableExecuteCommand": False,
})  # fmt: skip

TARGET = Struct({
    "arn": Text(length=(1, 1600)),
    "roleArn": Ref(kind="Role"),
    "input": Input(),
    "retryPolicy": Struct(
        {"maximumEventAgeInSeconds": Integer(60, 86400), "maximumRetryAttempts": Integer(0, 185)}, defaults=RETRY
    ),
    "deadLetterConfig": Struct({"arn": Text()}),
    "ecsParameters": ECS,
    "eventBridgeParameters": Struct({"detailType": Text(), "source": Text()}, required=("detailType", "source")),
    "kinesisParameters": Struct({"partitionKey": Text()}, required=("partitionKey",)),
    "sqsParameters": Struct({"messageGroupId": Text()}),
}, required=("arn", "roleArn"), defaults={"retryPolicy": RETRY}, docs={
    "arn": "What is called: a cluster, a queue, a function, or `arn:aws:scheduler:::aws-sdk:SERVICE:operation`.",
    "roleArn": "The role that calls it. It must trust scheduler.amazonaws.com.",
    "input": "What the target is told, as YAML or as a text. Of an operation of AWS: its parameters.",
})  # fmt: skip


def merged(have: Raw, want: Raw) -> dict[str, Any]:
    """Return the wanted target with what git does not mention as it is: the update call replaces everything."""
    same = have.get("arn") == want.get("arn")
    kept = {k: v for k, v in have.items() if same or k in ANYWHERE}
    return _over(kept, want)


def _over(have: Raw, want: Raw) -> dict[str, Any]:
    barred = {RIVALS[k] for k, v in want.items() if k in RIVALS and v}
    told = {k: v for k, v in have.items() if k not in barred}
    for name, value in want.items():
        both = isinstance(value, Mapping) and isinstance(told.get(name), Mapping)
        told[name] = _over(told[name], value) if both else value
    return {k: v for k, v in told.items() if v != []}


def faults(target: Raw) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what AWS would refuse of a target, or would only fail at when the time has come."""
    arn, ecs = target.get("arn"), target.get("ecsParameters")
    if isinstance(arn, str) and arn.startswith("arn:"):
        yield from _universal(arn, target)
        if (":cluster/" in arn) != (ecs is not None) and (ecs is not None or ":ecs:" in arn):
            yield "ecsParameters", "go together with the ARN of a cluster. Add or remove them"
    if isinstance(ecs, Mapping):
        if ecs.get("launchType") and ecs.get("capacityProviderStrategy"):
            yield "ecsParameters.launchType", "cannot stand beside capacityProviderStrategy. Remove one of them"
        if ecs.get("launchType") == "FARGATE" and "networkConfiguration" not in ecs:
            yield "ecsParameters.networkConfiguration", "is missing. Tasks on Fargate need subnets"


def _universal(arn: str, target: Raw) -> Iterator[tuple[str, str]]:
    if not arn.startswith(UNIVERSAL):
        return
    form, told = _UNIVERSAL.match(arn), target.get("input")
    if form is None:
        yield "arn", f"{arn} is no operation. Write {UNIVERSAL}aws-sdk:SERVICE:operation, the last with a small letter"
    elif _READS.match(form[1]):
        yield "arn", f"{form[1]} only reads, and AWS refuses to schedule that. Name an operation that does something"
    if isinstance(told, str) and not isinstance(Input().decode(told), dict):
        yield "input", "is no JSON object. Write the parameters of the operation"
