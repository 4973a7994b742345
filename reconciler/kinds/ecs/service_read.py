"""How services are found, and what they run."""

from __future__ import annotations

import re
from typing import Any

from ...kind import Ask, Program, Raw
from . import ECS, batches
from .task_definition import TaskDefinition

_KEY = re.compile(r"^[\w-]+/[\w-]+$")

CHANGEABLE = frozenset({
    "taskDefinition", "desiredCount", "capacityProviderStrategy", "platformVersion", "networkConfiguration",
    "loadBalancers", "serviceRegistries", "serviceConnectConfiguration", "healthCheckGracePeriodSeconds",
    "deploymentConfiguration", "availabilityZoneRebalancing", "placementConstraints", "placementStrategy",
    "enableECSManagedTags", "enableExecuteCommand", "propagateTags",
})  # fmt: skip
"""A rollout that is stuck is corrected by the next one."""
CONTROLLED = ("taskDefinition", "loadBalancers", "networkConfiguration", "platformVersion")
"""What CodeDeploy decides."""
QUIET = {
    "capacityProviderStrategy": [], "enableECSManagedTags": False, "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": 0, "loadBalancers": [], "placementConstraints": [], "placementStrategy": [],
    "propagateTags": "NONE", "schedulingStrategy": "REPLICA", "serviceRegistries": [],
}  # fmt: skip
"""What it means if AWS says nothing."""


def described(ask: Ask, missing: tuple[str, ...]) -> Program[list[Raw]]:
    """Describe the services that git names and those that the tag index says are ours, ten a call."""
    owned = {arn.split(":service/", 1)[1] for arn in ask.index if ":ecs:" in arn and ":service/" in arn}
    clusters: dict[str, list[str]] = {}
    for key in sorted(filter(_KEY.match, ask.keys | owned)):
        cluster, name = key.split("/")
        clusters.setdefault(cluster, []).append(name)
    found: list[Raw] = []
    for cluster, names in clusters.items():
        for some in batches(names, 10):
            answer = yield ECS.call(
                "DescribeServices", missing=missing, cluster=cluster, services=some, include=["TAGS"]
            )
            found += (answer or {}).get("services", [])
    return found


def running_content(raw: Raw, ask: Ask) -> Program[dict[str, Any]]:
    """Take the newest revision of ours for the running one if both say the same."""
    running = raw.get("taskDefinition", "")
    family = running.rsplit("/", 1)[-1].split(":", maxsplit=1)[0]
    newest = next((live for live in ask.world("TaskDefinition") if live.id == family), None)
    if newest is None or newest.ref == running:
        return {}
    answer = yield ECS.call("DescribeTaskDefinition", taskDefinition=running, missing=("ClientException",))
    kind = TaskDefinition()
    if not answer or any(kind.compare(newest.spec, kind.decode(answer["taskDefinition"]))):
        return {}
    return {"taskDefinition": newest.ref}
