"""What the rollout of a service is doing, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ...kind import Program, Raw, State
from . import ECS

HOPELESS = 10
"""Tasks of one deployment that failed, without a circuit breaker to say so."""
EVENTS, STOPPED = 5, 10
ROLLBACK = "rolling back"
SLACK = timedelta(minutes=1)
UNDER_WAY = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")
ENDED_BADLY = ("STOPPED", "ROLLBACK_FAILED")
FAILED = ("ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", *ENDED_BADLY)
"""Service deployments that were given up, whether or not what was there before runs again."""


def primary(raw: Raw) -> Raw:
    """Return the deployment that is to be the only one."""
    found: Raw = next((d for d in raw.get("deployments") or () if d.get("status") == "PRIMARY"), {})
    return found


def moving(raw: Raw) -> bool:
    """Whether its deployments move traffic from one set of tasks to another, instead of replacing them."""
    return bool((raw.get("deploymentConfiguration") or {}).get("strategy", "ROLLING") != "ROLLING")


def health_of(raw: Raw) -> State:
    """Return the state of an ACTIVE service."""
    now, rollout, status = primary(raw), primary(raw).get("rolloutState"), raw.get("serviceDeployment")
    if status in UNDER_WAY:
        return State.PENDING
    if rollout == "FAILED" or status in ENDED_BADLY:
        return State.FAILED
    settings = (raw.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    stuck = rollout == "IN_PROGRESS" and not now.get("runningCount") and not settings.get("enable")
    if stuck and now.get("failedTasks", 0) >= HOPELESS:
        return State.FAILED
    done = rollout in ("COMPLETED", None) and raw.get("runningCount") == raw.get("desiredCount")
    return State.READY if done else State.PENDING


def reason_of(raw: Raw) -> str:
    """Return what ECS says of the state: little of a healthy service, much of one that failed."""
    if raw.get("status") != "ACTIVE":
        return str(raw.get("status", ""))
    state, now = health_of(raw), primary(raw)
    if state is State.READY:
        return ""
    if state is State.FAILED:
        return failure(raw)
    events = [str(event.get("message", "")) for event in raw.get("events") or ()]
    if moving(raw) and now.get("runningCount") == now.get("desiredCount"):
        return "; ".join(["all new tasks run, and ECS still moves their traffic or waits for a setback", *events[:1]])
    counts = f"{now.get('runningCount', 0)} of {now.get('desiredCount', 0)} tasks run"
    return "; ".join([counts, *events[:1]])


def failure(raw: Raw) -> str:
    """Return why a rollout was given up: what ECS says, what its events say, and why tasks stopped."""
    events = [str(event.get("message", "")) for event in raw.get("events") or ()]
    failed = raw.get("failed") or {}
    way_out = "ECS gave this rollout up; change what it runs, or force a new deployment, to try again"
    told = failed.get("reason") or primary(raw).get("rolloutStateReason", "")
    what = f"{failed['taskDefinition'].rsplit('/', 1)[-1]} failed" if failed.get("taskDefinition") else ""
    return "; ".join(filter(None, [way_out, what, told, *raw.get("stops", ()), *events[:EVENTS]]))


def missteps(raw: Raw, *, doubtful: bool) -> Program[dict[str, Any]]:
    """Return how the last service deployment goes, and ``failed``: the revision that it was to bring, if it failed.

    The deployments on show forget a failure as soon as the rollback is complete. So the history is asked, but only if
    something says that there was one, or if it is ``doubtful`` why the service does not run the newest revision.
    """
    if (raw.get("deploymentController") or {}).get("type", "ECS") != "ECS":
        return {}
    if not (doubtful or moving(raw) or _stumbled(raw)):
        return {}
    answer = yield ECS.call("ListServiceDeployments", cluster=raw["clusterArn"], service=raw["serviceName"])
    history = sorted((answer or {}).get("serviceDeployments", ()), key=lambda d: d["createdAt"])
    if not history:
        return {}
    last = history[-1]
    if last.get("status") not in FAILED:
        return {"serviceDeployment": last.get("status")}
    told = yield ECS.call("DescribeServiceRevisions", serviceRevisionArns=[last.get("targetServiceRevisionArn")])
    revision = ((told or {}).get("serviceRevisions") or [{}])[0]
    failed = {**revision, "reason": str(last.get("statusReason") or "")}
    stopped = yield from stops(raw["clusterArn"], raw["serviceName"])
    return {"serviceDeployment": last.get("status"), "failed": failed, "stops": stopped}


def _stumbled(raw: Raw) -> bool:
    """Whether the deployments on show, or the events since the last one began, tell of a failure."""
    since = primary(raw).get("createdAt")
    if any(deployment.get("rolloutState") == "FAILED" for deployment in raw.get("deployments") or ()):
        return True
    events = [e for e in raw.get("events") or () if since and e.get("createdAt") and e["createdAt"] >= since - SLACK]
    return any(ROLLBACK in str(event.get("message", "")) for event in events)


def stops(cluster: str, service: str) -> Program[list[str]]:
    """Return why tasks of the service, and their containers, stopped lately; each reason once."""
    listed = yield ECS.call("ListTasks", cluster=cluster, serviceName=service, desiredStatus="STOPPED")
    arns = (listed or {}).get("taskArns", [])[:STOPPED]
    told = (yield ECS.call("DescribeTasks", cluster=cluster, tasks=arns)) if arns else {}
    return list(dict.fromkeys(reason for task in (told or {}).get("tasks", ()) for reason in reasons(task)))


def reasons(task: Raw) -> Iterator[str]:
    """Yield why a task and its containers stopped."""
    if task.get("stoppedReason"):
        yield str(task["stoppedReason"])
    for container in task.get("containers", ()):
        if container.get("reason"):
            yield f"{container.get('name')}: {container['reason']}"
        elif container.get("exitCode"):
            yield f"{container.get('name')} exited with {container['exitCode']}"
