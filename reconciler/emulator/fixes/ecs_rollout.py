"""What happens to an ECS service after the call: tasks start, old ones drain, bad revisions fail and roll back.

A deployment keeps its tasks under the key "tasks", which no answer shows.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes import ecs_history, ecs_images, ecs_network, ecs_shift, ecs_start, ecs_tasks, ecs_traffic
from reconciler.emulator.fixes.agenda import Json, Moto, after
from reconciler.emulator.patch import on_reset

if TYPE_CHECKING:
    from collections.abc import Callable

START, DRAIN, STOP, RETRY = 1.0, 0.5, 1.0, 0.4
"""Seconds until tasks run, until replaced tasks are gone, until a deleted service is inactive, between failures."""

_MOST_FAILURES = 10
LATEST = "1.4.0"
"""What the platform version LATEST is: a service shows the word, its deployments the number."""

broken_task_definitions: Final[set[str]] = set()
"""ARNs of task definitions whose tasks die at once; a test adds to it."""

on_reset(broken_task_definitions.clear)


def deploy(service: Moto, definition: Moto, back_to: Json | None = None) -> Json:
    """Begin a new PRIMARY deployment of `definition`; what ran until now is ACTIVE until it is replaced.

    `back_to`: the deployment to which a rollback returns. Its tasks, which still run, are those of the new one.
    """
    fresh = _fresh(service, definition)
    if back_to is not None:
        fresh |= {name: back_to[name] for name in ("tasks", "side", "images")}
        back_to["tasks"] = []
        told = service.deployments[0]["rolloutStateReason"].partition(":")[0]
        fresh["rolloutStateReason"] = f"{told}: rolling back to deploymentId {back_to['id']}."
    _overtake(service)
    service.task_definition = definition.arn
    ecs_history.remember(service, fresh, definition)
    if back_to is None:
        ecs_history.begin(service, fresh)
    service.deployments = [fresh, *[d for d in service.deployments if d["tasks"] or d["rolloutState"] == "FAILED"]]
    _count(service)
    after(START, partial(_advance, service, fresh))
    return fresh


def _fresh(service: Moto, definition: Moto) -> Json:
    number = f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}"
    fresh: Json = {
        "id": number,
        "status": "PRIMARY",
        "taskDefinition": definition.arn,
        "desiredCount": service.desired_count,
        "pendingCount": service.desired_count,
        "runningCount": 0,
        "failedTasks": 0,
        "createdAt": utcnow(),
        "updatedAt": utcnow(),
        "platformVersion": service.platform_version.replace("LATEST", LATEST),
        "platformFamily": "Linux",
        "networkConfiguration": service.network_configuration or None,
        "serviceConnectConfiguration": service.service_connect_configuration,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {number} in progress.",
        "tasks": [],
        "side": _side(service),
        "images": ecs_images.unresolved(definition),
    }
    if service.capacity_provider_strategy:
        return fresh | {"capacityProviderStrategy": service.capacity_provider_strategy}
    return fresh | {"launchType": service.launch_type}


def _side(service: Moto) -> int:
    """Return which of its two target groups the next tasks belong to: with moving traffic, the one that has none."""
    good = service.good if service.good in service.deployments else None
    return 1 - good["side"] if good and ecs_traffic.shifting(service) else 0


def _overtake(service: Moto) -> None:
    """Make room for a newer deployment: where traffic moves, it returns to what is good, and nothing else stays."""
    for older in service.deployments:
        older["status"] = "ACTIVE"
        if ecs_traffic.shifting(service) and older is not service.good:
            ecs_tasks.stop(service, older, len(older["tasks"]), "Scaling activity initiated by a newer deployment")
    if ecs_traffic.shifting(service) and service.good in service.deployments:
        ecs_traffic.send(service, service.good["side"], ecs_traffic.WHOLE)


def scale(service: Moto, count: int) -> None:
    """Change the number of tasks wanted; they start and stop a moment later, without a new deployment."""
    service.desired_count = count
    if service.deployments:
        service.deployments[0]["desiredCount"] = count
        _count(service)
        after(START, partial(_advance, service, service.deployments[0]))


def lost(service: Moto, task_arn: str, reason: str) -> None:
    """A task was stopped by hand: the service replaces it."""
    for deployment in service.deployments:
        for task in [t for t in deployment["tasks"] if t.task_arn == task_arn]:
            deployment["tasks"].remove(task)
            ecs_network.disconnect(service, task)
            ecs_tasks.show_stopped(service, task, reason)
            task.stop_code = "UserInitiated"
            after(START, partial(_advance, service, service.deployments[0]))
    _count(service)


def retry(service: Moto) -> None:
    """Try again where tasks failed so often that nothing more was planned, if what stopped them is mended."""
    stalled = service.status == "ACTIVE" and service.deployments and service.deployments[0]["failedTasks"]
    if not stalled or service.deployments[0]["tasks"]:
        return
    if ecs_start.failure(service, service.deployments[0], broken_task_definitions) is None:
        _advance(service, service.deployments[0])


on_drain: Final[list[Callable[[Moto], None]]] = []
"""Called with a service that is being deleted."""


def drain(service: Moto) -> None:
    """Begin the end of the service: DRAINING until its tasks have stopped, then INACTIVE."""
    for told in on_drain:
        told(service)
    service.status = "DRAINING"
    service.desired_count = 0
    for deployment in service.deployments:
        deployment["desiredCount"] = 0
    _count(service)

    def gone() -> None:
        for deployment in service.deployments:
            ecs_tasks.stop(service, deployment, len(deployment["tasks"]), "Scaling activity initiated by deployment")
        service.status = "INACTIVE"
        service.deployments = []
        _count(service)

    after(STOP, gone)


def _count(service: Moto) -> None:
    for deployment in service.deployments:
        running = len(deployment["tasks"])
        alive = deployment["status"] == "PRIMARY" and deployment["rolloutState"] != "FAILED"
        deployment["runningCount"] = running
        deployment["pendingCount"] = max(0, deployment["desiredCount"] - running) if alive else 0
    service.running_count = sum(d["runningCount"] for d in service.deployments)
    service.pending_count = sum(d["pendingCount"] for d in service.deployments)


def _advance(service: Moto, deployment: Json) -> None:
    """Let the deployment's tasks start, fail or stop, as they are due."""
    if service.status != "ACTIVE" or deployment is not service.deployments[0] or deployment["rolloutState"] == "FAILED":
        return
    wanted = deployment["desiredCount"]
    missing = wanted - len(deployment["tasks"])
    reason = ecs_start.failure(service, deployment, broken_task_definitions) if missing > 0 else None
    if reason:
        _fail(service, deployment, reason)
        return
    if missing > 0:
        started = [ecs_tasks.start(service, deployment) for _ in range(missing)]
        ecs_tasks.event(service, f"has started {missing} tasks: {' '.join(f'(task {task.id})' for task in started)}.")
    elif missing < 0:
        ecs_tasks.stop(service, deployment, -missing, "Scaling activity initiated by (service scheduler)")
    _count(service)
    if deployment["rolloutState"] == "IN_PROGRESS":
        after(DRAIN, partial(_settle, service, deployment))


def _alive(service: Moto, deployment: Json) -> bool:
    """Whether the deployment is the one that is under way."""
    first = bool(service.deployments) and deployment is service.deployments[0]
    return service.status == "ACTIVE" and first and deployment["rolloutState"] == "IN_PROGRESS"


def _settle(service: Moto, deployment: Json) -> None:
    """Let all of its tasks run, and have it replace the one before: at once, or as fast as its traffic may move."""
    if not _alive(service, deployment) or len(deployment["tasks"]) != deployment["desiredCount"]:
        return
    alive, done = partial(_alive, service, deployment), partial(_complete, service, deployment)

    def fail(reason: str) -> None:
        watched = service.deployment_configuration["alarms"]
        _trip(service, deployment, f"ECS deployment failed: {reason}", roll_back=bool(watched.get("rollback")))

    beside = service.good is not None and service.good in service.deployments[1:]
    if ecs_traffic.shifting(service) and beside:
        ecs_shift.shift(service, deployment["side"], alive, done, fail)
    elif ecs_history.current(service)["status"] == "IN_PROGRESS" and (reason := ecs_shift.alarm(service)):
        fail(reason)
    else:
        ecs_traffic.send(service, deployment["side"], ecs_traffic.WHOLE)
        _complete(service, deployment)


def _complete(service: Moto, deployment: Json) -> None:
    for older in service.deployments[1:]:
        ecs_tasks.stop(
            service, older, len(older["tasks"]), f"Scaling activity initiated by (deployment {deployment['id']})"
        )
    service.deployments = [deployment]
    deployment["rolloutState"] = "COMPLETED"
    deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."
    deployment["updatedAt"] = utcnow()
    service.good = deployment
    ecs_history.complete(service)
    _count(service)
    ecs_tasks.event(service, f"(deployment {deployment['id']}) deployment completed.")
    ecs_tasks.event(service, "has reached a steady state.")


def _fail(service: Moto, deployment: Json, reason: str) -> None:
    """One more round of tasks has failed: the circuit breaker ends it, or the service tries again."""
    deployment["failedTasks"] += max(1, deployment["desiredCount"])
    for _ in range(max(1, deployment["desiredCount"])):
        task = ecs_tasks.create(service, deployment)
        ecs_tasks.show_stopped(service, task, reason)
        ecs_tasks.event(service, f"(deployment {deployment['id']}) (task {task.id}) failed to start: {reason}")
    ecs_tasks.event(service, "is unable to consistently start tasks successfully.")
    breaker = service.deployment_configuration.get("deploymentCircuitBreaker") or {}
    threshold = min(200, max(3, (deployment["desiredCount"] + 1) // 2))
    if breaker.get("enable") and deployment["failedTasks"] >= threshold:
        reason = "ECS deployment circuit breaker: tasks failed to start."
        _trip(service, deployment, reason, roll_back=bool(breaker.get("rollback")))
    elif deployment["failedTasks"] < max(_MOST_FAILURES, threshold):
        after(RETRY, partial(_advance, service, deployment))


def _trip(service: Moto, deployment: Json, reason: str, *, roll_back: bool) -> None:
    """Give the deployment up, and return to the last good one if that is wanted and there is one."""
    deployment["rolloutState"] = "FAILED"
    deployment["rolloutStateReason"] = reason
    deployment["updatedAt"] = utcnow()
    ecs_tasks.event(service, f"(deployment {deployment['id']}) deployment failed: {reason.partition(': ')[2]}")
    good = service.good
    if roll_back and good is not None and good is not deployment:
        ecs_tasks.event(service, f"rolling back to (deployment {good['id']}).")
        ecs_history.roll_back(service, good, reason)
        ecs_history.return_to(service, good)
        deploy(service, service.backend.describe_task_definition(good["taskDefinition"]), good)
    else:
        ecs_history.end(service, "STOPPED", reason)
    _count(service)
