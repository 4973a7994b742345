"""The tasks of an ECS service: how one starts, and what is shown of it once it has stopped."""

from __future__ import annotations

import copy
from typing import Final

from moto.core.utils import utcnow
from moto.ecs.models import Container, Task
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes import ecs_images, ecs_network
from reconciler.emulator.fixes.agenda import Json, Moto

_CONTAINER: Moto = Container
_STOPPED_SHOWN: Final = 20


def event(service: Moto, message: str) -> None:
    """Note something in the service's events, newest first."""
    entry = {"id": str(mock_random.uuid4()), "createdAt": utcnow(), "message": f"(service {service.name}) {message}"}
    service.events = [entry, *service.events][:100]


def create(service: Moto, deployment: Json) -> Moto:
    """Make a task of the deployment, which neither runs nor counts yet."""
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
    for container, wanted in zip(task.containers, definition.container_definitions, strict=True):
        container.image_digest = ecs_images.digest(deployment, wanted)
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


def start(service: Moto, deployment: Json) -> Moto:
    """Make a task of the deployment that runs, on its side of the load balancers."""
    task = create(service, deployment)
    task.connectivity = "CONNECTED"
    task.started_at = utcnow()
    ecs_network.connect(service, task, deployment["side"])
    deployment["tasks"].append(task)
    return task


def stop(service: Moto, deployment: Json, count: int, reason: str) -> None:
    """Stop so many of the deployment's tasks."""
    leaving, deployment["tasks"] = deployment["tasks"][:count], deployment["tasks"][count:]
    for task in leaving:
        ecs_network.disconnect(service, task)
        show_stopped(service, task, reason)
    if leaving:
        event(service, f"has stopped {len(leaving)} running tasks: {' '.join(f'(task {t.id})' for t in leaving)}.")


def show_stopped(service: Moto, task: Moto, reason: str) -> None:
    """Let the task be seen as a stopped one, as long as it is one of the last."""
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
