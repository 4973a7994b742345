"""Why the tasks of an ECS deployment would not start: the reasons AWS gives in stoppedReason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends

from reconciler.emulator.fixes import ecs_images

if TYPE_CHECKING:
    from reconciler.emulator.fixes.agenda import Json, Moto

_INIT = "ResourceInitializationError: "
_PULL = (
    "unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: "
)
_SECRET_PARTS = 7


def failure(service: Moto, deployment: Json, broken: set[str]) -> str | None:
    """Return what stops this deployment's tasks, None if they start."""
    definition = service.backend.describe_task_definition(deployment["taskDefinition"])
    if service.launch_type == "EC2" and not service.backend.container_instances.get(service.cluster_name):
        return "unable to place a task because no container instance met all of its requirements."
    if definition.arn in broken or any("broken" in c["image"] for c in definition.container_definitions):
        return "Essential container in task exited"
    for container in definition.container_definitions:
        if reason := ecs_images.gone(deployment, container):
            return reason
        for secret in container.get("secrets") or []:
            if reason := _missing_secret(service, secret["valueFrom"]):
                return _INIT + reason
        if reason := _missing_log_group(service, container.get("logConfiguration") or {}):
            return _INIT + reason
    return None


def _missing_secret(service: Moto, reference: str) -> str | None:
    if ":secretsmanager:" not in reference:
        return None
    parts = reference.split(":")
    arn, key = ":".join(parts[:_SECRET_PARTS]), (parts[_SECRET_PARTS:] or [""])[0]
    backend: Moto = secretsmanager_backends[service.backend.account_id][parts[3]]
    secret = next((s for s in backend.secrets.values() if s.arn == arn and not s.is_deleted()), None)
    if secret is None:
        return f"{_PULL}ResourceNotFoundException: Secrets Manager can't find the specified secret."
    current = next((v for v in secret.versions.values() if "AWSCURRENT" in v["version_stages"]), None)
    if current is None:
        label = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
        return f"{_PULL}ResourceNotFoundException: {label}"
    if key and key not in _members(current.get("secret_string", "")):
        return f"{_PULL}retrieved secret from Secrets Manager did not contain json key {key}"
    return None


def _members(value: str) -> Json:
    try:
        members = json.loads(value)
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _missing_log_group(service: Moto, logging: Json) -> str | None:
    options = logging.get("options") or {}
    if logging.get("logDriver") != "awslogs" or options.get("awslogs-create-group") == "true":
        return None
    region = options.get("awslogs-region") or service.region_name
    if options.get("awslogs-group") in logs_backends[service.backend.account_id][region].groups:
        return None
    return (
        "failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log "
        "stream: ResourceNotFoundException: The specified log group does not exist."
    )
