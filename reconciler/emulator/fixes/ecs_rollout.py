"""What happens to an ECS service after the call: tasks start, old ones drain, bad revisions fail and roll back.

A deployment keeps its tasks under the key "tasks", which no answer shows.
"""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING, Final

from moto.core.utils import utcnow
from moto.ecs.models import Container, Task
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes import ecs_network, ecs_start
from reconciler.emulator.fixes.agenda import Json, Moto, after
from reconciler.emulator.patch import on_reset

if TYPE_CHECKING:
    from collections.abc import Callable

START, DRAIN, STOP, RETRY = 1.0, 0.5, 1.0, 0.4
"""Seconds until tasks run, until replaced tasks are gone, until a deleted service is inactive, between failures."""

_CONTAINER: Moto = Container
_MOST_FAILURES = 10
_STOPPED_SHOWN = 20

broken_task_definitions: Final[set[str]] = set()
"""ARNs of task definitions whose tasks die at once; a test adds to it."""

on_reset(broken_task_definitions.clear)


def event(service: Moto, message: str) -> None:
    """Note something in the service's events, newest first."""
    entry = {"id": str(mock_random.uuid4()), "createdAt": utcnow(), "message": f"(service {service.name}) {message}"}
    service.events = [entry, *service.events][:100]


def deploy(service: Moto, definition: Moto, reason: str | None = None) -> Json:
    """Begin a new PRIMARY deployment of `definition`; what ran until now is ACTIVE until it is replaced."""
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
        "platformVersion": service.platform_version,
        "platformFamily": "Linux",
        "networkConfiguration": service.network_configuration or None,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": reason or f"ECS deployment {number} in progress.",
        "tasks": [],
    }
    if service.capacity_provider_strategy:
        fresh["capacityProviderStrategy"] = service.capacity_provider_strategy
    else:
        fresh["launchType"] = service.launch_type
    for older in service.deployments:
        older["status"] = "ACTIVE"
    service.task_definition = definition.arn
    service.deployments = [fresh, *[d for d in service.deployments if d["tasks"] or d["rolloutState"] == "FAILED"]]
    service.history.append(fresh)
    _count(service)
    after(START, partial(_advance, service, fresh))
    return fresh


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
            _shown_as_stopped(service, task, reason)
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
            _stop(service, deployment, len(deployment["tasks"]), "Scaling activity initiated by deployment")
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
        started = [_start(service, deployment) for _ in range(missing)]
        event(service, f"has started {missing} tasks: {' '.join(f'(task {task.id})' for task in started)}.")
    elif missing < 0:
        _stop(service, deployment, -missing, "Scaling activity initiated by (service scheduler)")
    _count(service)
    if deployment["rolloutState"] == "IN_PROGRESS":
        after(DRAIN, partial(_complete, service, deployment))


def _complete(service: Moto, deployment: Json) -> None:
    if (
        service.status != "ACTIVE"
        or deployment is not service.deployments[0]
        or deployment["rolloutState"] != "IN_PROGRESS"
    ):
        return
    for older in service.deployments[1:]:
        _stop(service, older, len(older["tasks"]), f"Scaling activity initiated by (deployment {deployment['id']})")
    service.deployments = [deployment]
    deployment["rolloutState"] = "COMPLETED"
    deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."
    deployment["updatedAt"] = utcnow()
    service.last_good = deployment["taskDefinition"]
    _count(service)
    event(service, f"(deployment {deployment['id']}) deployment completed.")
    event(service, "has reached a steady state.")


def _fail(service: Moto, deployment: Json, reason: str) -> None:
    """One more round of tasks has failed: the circuit breaker ends it, or the service tries again."""
    deployment["failedTasks"] += max(1, deployment["desiredCount"])
    for _ in range(max(1, deployment["desiredCount"])):
        task = _task(service, deployment)
        _shown_as_stopped(service, task, reason)
        event(service, f"(deployment {deployment['id']}) (task {task.id}) failed to start: {reason}")
    event(service, "is unable to consistently start tasks successfully.")
    breaker = service.deployment_configuration.get("deploymentCircuitBreaker") or {}
    threshold = min(200, max(3, (deployment["desiredCount"] + 1) // 2))
    if breaker.get("enable") and deployment["failedTasks"] >= threshold:
        _trip(service, deployment, roll_back=bool(breaker.get("rollback")))
    elif deployment["failedTasks"] < max(_MOST_FAILURES, threshold):
        after(RETRY, partial(_advance, service, deployment))


def _trip(service: Moto, deployment: Json, *, roll_back: bool) -> None:
    deployment["rolloutState"] = "FAILED"
    deployment["rolloutStateReason"] = "ECS deployment circuit breaker: tasks failed to start."
    deployment["updatedAt"] = utcnow()
    event(service, f"(deployment {deployment['id']}) deployment failed: tasks failed to start.")
    good = service.last_good
    if roll_back and good and good != deployment["taskDefinition"]:
        before = next((d["id"] for d in service.deployments if d["taskDefinition"] == good), "")
        event(service, f"rolling back to (deployment {before}).")
        definition = service.backend.describe_task_definition(good)
        deploy(service, definition, f"ECS deployment circuit breaker: rolling back to deploymentId {before}.")
    _count(service)


def _task(service: Moto, deployment: Json) -> Moto:
    backend = service.backend
    definition = backend.describe_task_definition(deployment["taskDefinition"])
    # moto's own interface for a task fails where the network gives no host names: ours is made in `_start`.
    bare = copy.copy(definition)
    bare.network_mode = None
    provider = (service.capacity_provider_strategy or [{}])[0].get("capacityProvider")
    task: Moto = Task(
        backend.clusters[service.cluster_name],
        bare,
        None,
        None,
        backend,
        group=f"service:{service.name}",
        launch_type="" if provider else service.launch_type,
        started_by=deployment["id"],
        tags=list(service.tags) if service.propagate_tags == "SERVICE" else [],
        platform_version=service.platform_version,
        capacity_provider_name=provider,
    )
    task.containers = [_container(task, definition, one) for one in definition.container_definitions]
    task.stopped_reason = None
    task.task_definition_version = definition.revision
    task.created_at = task.pull_started_at = utcnow()
    backend.tasks.setdefault(service.cluster_name, {})[task.task_arn] = task
    return task


def _container(task: Moto, definition: Moto, wanted: Json) -> Moto:
    alone = copy.copy(definition)
    alone.container_definitions = [wanted]
    container = _CONTAINER(alone)
    container.task_arn = task.task_arn
    container.container_arn = f"{task.task_arn.replace(':task/', ':container/', 1)}/{mock_random.uuid4()}"
    container.last_status = "RUNNING"
    container.exitCode = None
    return container


def _start(service: Moto, deployment: Json) -> Moto:
    task = _task(service, deployment)
    task.connectivity = "CONNECTED"
    task.started_at = utcnow()
    ecs_network.connect(service, task)
    deployment["tasks"].append(task)
    return task


def _stop(service: Moto, deployment: Json, count: int, reason: str) -> None:
    leaving, deployment["tasks"] = deployment["tasks"][:count], deployment["tasks"][count:]
    for task in leaving:
        ecs_network.disconnect(service, task)
        _shown_as_stopped(service, task, reason)
    if leaving:
        event(service, f"has stopped {len(leaving)} running tasks: {' '.join(f'(task {t.id})' for t in leaving)}.")


def _shown_as_stopped(service: Moto, task: Moto, reason: str) -> None:
    exited = "Essential container in task exited" in reason
    task.last_status = task.desired_status = "STOPPED"
    task.stopped_reason = reason
    task.stop_code = "EssentialContainerExited" if exited else "TaskFailedToStart"
    task.stopped_at = utcnow()
    if "Scaling activity" in reason:
        task.stop_code = "ServiceSchedulerInitiated"
    for container in task.containers:
        container.last_status = "STOPPED"
        container.exitCode = 1 if exited else None
    of_service = [t for t in service.backend.tasks[service.cluster_name].values() if t.group == task.group]
    stopped = [t for t in of_service if t.desired_status == "STOPPED"]
    for forgotten in stopped[:-_STOPPED_SHOWN]:
        del service.backend.tasks[service.cluster_name][forgotten.task_arn]
