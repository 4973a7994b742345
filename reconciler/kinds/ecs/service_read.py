"""How services are found, and what they run."""

from __future__ import annotations

import re
from typing import Any

from ...kind import Ask, Live, Program, Raw
from . import ECS, batches
from .task_definition import TaskDefinition

_KEY = re.compile(r"^[\w-]+/[\w-]+$")

CHANGEABLE = frozenset({
    "taskDefinition", "desiredCount", "capacityProviderStrategy", "platformVersion", "networkConfiguration",
    "loadBalancers", "serviceRegistries", "serviceConnectConfiguration", "healthCheckGracePeriodSeconds",
    "deploymentConfiguration", "deploymentController", "availabilityZoneRebalancing", "placementConstraints", "placementStrategy",
    "enableECSManagedTags", "enableExecuteCommand", "propagateTags",
})  # fmt: skip
"""A rollout that is stuck is corrected by the next one."""
REVISED = frozenset({
    "taskDefinition", "capacityProviderStrategy", "platformVersion", "networkConfiguration", "loadBalancers",
    "serviceRegistries", "serviceConnectConfiguration",
})  # fmt: skip
"""What a revision of a service consists of: ECS gives all of it up at once."""
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


def newest(raw: Raw, ask: Ask) -> Live | None:
    """Return the newest revision of ours if it is another one than what runs."""
    running = raw.get("taskDefinition", "")
    family = running.rsplit("/", 1)[-1].split(":", maxsplit=1)[0]
    ours = next((live for live in ask.world("TaskDefinition") if live.id == family), None)
    return None if ours is None or ours.ref == running else ours


def running_content(raw: Raw, ours: Live | None) -> Program[dict[str, Any]]:
    """Take the newest revision of ours for the running one if both say the same."""
    if ours is None:
        return {}
    running = raw.get("taskDefinition", "")
    answer = yield ECS.call("DescribeTaskDefinition", taskDefinition=running, missing=("ClientException",))
    kind = TaskDefinition()
    if not answer or any(kind.compare(ours.spec, kind.decode(answer["taskDefinition"]))):
        return {}
    return {"taskDefinition": ours.ref}


def default_strategy(raw: Raw, ask: Ask) -> Any:
    """Return where services of its cluster run that do not say it, as far as the cluster is ours."""
    found = (live for live in ask.world("ECSCluster") if live.arn == raw.get("clusterArn"))
    return next((live.spec.get("defaultCapacityProviderStrategy") or [] for live in found), [])
