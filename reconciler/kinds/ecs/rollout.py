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


def primary(raw: Raw) -> Raw:
    """Return the deployment that is to be the only one."""
    found: Raw = next((d for d in raw.get("deployments") or () if d.get("status") == "PRIMARY"), {})
    return found


def health_of(raw: Raw) -> State:
    """Return the state of an ACTIVE service."""
    now, rollout = primary(raw), primary(raw).get("rolloutState")
    if raw.get("failed") or rollout == "FAILED":
        return State.FAILED
    settings = (raw.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    stuck = rollout == "IN_PROGRESS" and not now.get("runningCount") and not settings.get("enable")
    if stuck and now.get("failedTasks", 0) >= HOPELESS:
        return State.FAILED
    done = rollout in ("COMPLETED", None) and raw.get("runningCount") == raw.get("desiredCount")
    return State.READY if done else State.PENDING


def failure(raw: Raw) -> str:
    """Return what ECS says of the state: little of a healthy service, much of one that failed."""
    if raw.get("status") != "ACTIVE":
        return str(raw.get("status", ""))
    state = health_of(raw)
    events = [str(event.get("message", "")) for event in raw.get("events") or ()]
    if state is State.READY:
        return ""
    if state is State.PENDING:
        counts = f"{raw.get('runningCount', 0)} of {raw.get('desiredCount', 0)} tasks run"
        return f"{counts}; {events[0]}" if events else counts
    told = (raw.get("failed") or {}).get("reason") or primary(raw).get("rolloutStateReason", "")
    way_out = "ECS gave this rollout up; change the task definition, or force a new deployment, to try again"
    return "; ".join(filter(None, [way_out, told, *events[:EVENTS]]))


def missteps(raw: Raw) -> Program[dict[str, Any]]:
    """Return ``failed``: the revision that was given up last and the reason, if what runs is a rollback from it.

    The deployments on show forget a failure as soon as the rollback is complete; the history is asked only if an event
    says that there was one.
    """
    now = primary(raw)
    lost = next((d for d in raw.get("deployments") or () if d.get("rolloutState") == "FAILED"), None)
    returning = ROLLBACK in str(now.get("rolloutStateReason", ""))
    if lost is not None and (lost is now or returning):
        return {"failed": _failed(lost.get("taskDefinition"), lost.get("rolloutStateReason"))}
    if not returning and not _rolled_back(raw, now):
        return {}
    where = {"cluster": raw["clusterArn"], "service": raw["serviceName"]}
    answer = yield ECS.call("ListServiceDeployments", **where)
    history = sorted((answer or {}).get("serviceDeployments", ()), key=lambda d: d["createdAt"])
    if not history or not str(history[-1].get("status")).startswith("ROLLBACK"):
        return {}
    told = yield ECS.call("DescribeServiceRevisions", serviceRevisionArns=[history[-1].get("targetServiceRevisionArn")])
    revisions = (told or {}).get("serviceRevisions") or [{}]
    return {"failed": _failed(revisions[0].get("taskDefinition"), history[-1].get("statusReason"))}


def _rolled_back(raw: Raw, now: Raw) -> bool:
    since = now.get("createdAt")
    events = [e for e in raw.get("events") or () if since and e.get("createdAt") and e["createdAt"] >= since - SLACK]
    return any(ROLLBACK in str(event.get("message", "")) for event in events)


def _failed(revision: Any, reason: Any) -> dict[str, str]:
    return {"taskDefinition": str(revision or "").rsplit("/", 1)[-1], "reason": str(reason or "")}


def stops(cluster: str, service: str) -> Program[list[str]]:
    """Return why tasks of the service, and their containers, stopped lately; each reason once."""
    listed = yield ECS.call("ListTasks", cluster=cluster, serviceName=service, desiredStatus="STOPPED")
    arns = (listed or {}).get("taskArns", [])[:STOPPED]
    told = (yield ECS.call("DescribeTasks", cluster=cluster, tasks=arns)) if arns else {}
    return list(dict.fromkeys(reason for task in (told or {}).get("tasks", ()) for reason in _stop(task)))


def _stop(task: Raw) -> Iterator[str]:
    if task.get("stoppedReason"):
        yield str(task["stoppedReason"])
    for container in task.get("containers", ()):
        if container.get("reason"):
            yield f"{container.get('name')}: {container['reason']}"
        elif container.get("exitCode"):
            yield f"{container.get('name')} exited with {container['exitCode']}"
