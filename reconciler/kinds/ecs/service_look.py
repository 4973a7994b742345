"""What goes wrong with the tasks of a service, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

from ...kind import Finding, Live, Program, Raw, Sight
from . import ECS
from .revision import family_of
from .rollout import EVENTS, STOPPED, reasons

FAULTS = ("TaskFailedToStart", "EssentialContainerExited", "SpotInterruption")
"""Why tasks stop that nobody stopped."""
ADVICE = (
    ("CannotPullContainer", "No such image, or no way to it: see the lines of the TaskDefinition, Repository and Subnet"),
    ("unable to retrieve secret", "See the TaskDefinition's line: a secret, its JSON key or the role that reads it"),
    ("failed to validate logger args", "Its log group is missing, or the execution role may not write to it"),
    ("ResourceInitializationError", "See the TaskDefinition's line, and the Subnet's: its way out to AWS's own services"),
    ("OutOfMemory", "It needs more memory: raise the TaskDefinition's"),
    ("exited with 137", "It was killed, mostly for want of memory: raise the TaskDefinition's"),
    ("exited with 139", "It crashed, or is built for another processor: see runtimePlatform and its log"),
    ("failed ELB health checks", "See the TargetGroup's line"),
    ("failed container health checks", "See the healthCheck of its container, and its log"),
    ("no container instance met", "The cluster has no instance for it: use FARGATE, or add one"),
)  # fmt: skip
"""What a reason contains → what to do; the first that fits counts."""


def troubles(live: Live, said: str, sight: Sight) -> Program[Finding]:
    """Tell why tasks stopped and what the service's last events are; of a service that is well, its failed tasks."""
    tasks = yield from _stopped(live)
    failed = [task for task in tasks if task.get("stopCode", FAULTS[0]) in FAULTS]
    why = list(dict.fromkeys(reason for task in (failed or tasks if said else failed) for reason in reasons(task)))
    ways = [*_advice([said, *why]), *_logs(live, why, sight)]
    if not said:
        many = f"{len(failed)} task{'s' if len(failed) > 1 else ''} failed lately"
        return Finding(notes=("; ".join([many, *why, *ways]),) if failed else ())
    events = [str(event.get("message", "")) for event in live.raw.get("events") or ()][:EVENTS]
    told = [one for one in (*why, *events) if one not in said]
    return Finding(ill=("; ".join([said, *told, *ways]),))


def _stopped(live: Live) -> Program[list[Raw]]:
    """Return the last tasks that stopped: AWS shows them for an hour."""
    cluster = live.raw["clusterArn"]
    listed = yield ECS.call("ListTasks", cluster=cluster, serviceName=live.name, desiredStatus="STOPPED")
    arns = (listed or {}).get("taskArns", [])[:STOPPED]
    told = (yield ECS.call("DescribeTasks", cluster=cluster, tasks=arns)) if arns else {}
    return list((told or {}).get("tasks", ()))


def _advice(said: Iterable[str]) -> list[str]:
    text = "; ".join(said).lower()
    return next(([way] for sign, way in ADVICE if sign.lower() in text), [])


def _logs(live: Live, why: Iterable[str], sight: Sight) -> list[str]:
    """Return how to read the logs of what exited by itself."""
    if not any("exited" in reason for reason in why):
        return []
    family = family_of(str(live.raw.get("taskDefinition", "")))
    ours = [one for one in sight.lives("TaskDefinition") if one.id == family]
    loggers = [c.get("logConfiguration") or {} for one in ours for c in one.raw.get("containerDefinitions") or ()]
    groups = dict.fromkeys((logger.get("options") or {}).get("awslogs-group") for logger in loggers)
    return [f"Read its log: aws logs tail {group} --since 30m" for group in groups if group]
