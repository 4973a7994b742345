"""ECS task definitions: what RegisterTaskDefinition refuses, and the defaults DescribeTaskDefinition echoes."""

from __future__ import annotations

import re
import zlib
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

_GIB = 1024
FARGATE_SIZES: dict[int, list[int]] = {
    256: [512, 1024, 2048],
    512: [n * _GIB for n in range(1, 5)],
    1024: [n * _GIB for n in range(2, 9)],
    2048: [n * _GIB for n in range(4, 17)],
    4096: [n * _GIB for n in range(8, 31)],
    8192: [n * _GIB for n in range(16, 61, 4)],
    16384: [n * _GIB for n in range(32, 121, 8)],
}
"""CPU units and the memory (MiB) that goes with them."""

_FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
_HEALTH_CHECK_DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}
_EXTRA_FIELDS = {"enableFaultInjection": "enable_fault_injection"}


def _client_error(message: str) -> None:
    refuse("ClientException", message)


def _units(value: str | None, word: str) -> str | None:
    """Return a task size as the number of units AWS stores: `1 vCPU` is 1024, `2 GB` is 2048."""
    match = re.fullmatch(rf"\s*([\d.]+)\s*{word}\s*", value or "", re.IGNORECASE)
    return str(int(float(match[1]) * 1024)) if match else value


def _check_fargate(request: Json) -> None:
    cpu, memory = request.get("cpu"), request.get("memory")
    if not cpu:
        _client_error("Fargate requires that 'cpu' be defined at the task level.")
    if not memory:
        _client_error("Fargate requires that 'memory' be defined at the task level.")
    if not (str(cpu).isdigit() and str(memory).isdigit()) or int(memory or 0) not in FARGATE_SIZES.get(
        int(cpu or 0), []
    ):
        _client_error(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )
    if request.get("networkMode") != "awsvpc":
        _client_error("Fargate only supports network mode 'awsvpc'.")
    logging = {c["logConfiguration"]["logDriver"] for c in request["containerDefinitions"] if c.get("logConfiguration")}
    if "awslogs" in logging and not request.get("executionRoleArn"):
        _client_error("Fargate requires task definition to have execution role ARN to support log driver awslogs.")


def _check_container(container: Json, request: Json) -> None:
    name = container.get("name", "")
    for mapping in container.get("portMappings") or []:
        host = mapping.get("hostPort") or mapping.get("containerPort")
        if request.get("networkMode") == "awsvpc" and host != mapping.get("containerPort"):
            _client_error("When networkMode=awsvpc, the host ports and container ports in port mappings must match.")
    if container.get("secrets") and not request.get("executionRoleArn"):
        _client_error(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )
    for limit in ("memory", "memoryReservation"):
        if request.get("memory") and int(container.get(limit) or 0) > int(request["memory"]):
            _client_error(f"Invalid setting for container '{name}'. The 'memory' setting is greater than for the task.")
    variables = [pair["name"] for pair in [*(container.get("environment") or []), *(container.get("secrets") or [])]]
    for repeated in sorted({n for n in variables if variables.count(n) > 1}):
        _client_error(
            "The secret name must be unique and not shared with any new or existing environment variables set on the "
            f"container, such as '{repeated}'."
        )
    mounted = {mount["sourceVolume"] for mount in container.get("mountPoints") or [] if mount.get("sourceVolume")}
    if unknown := mounted - {volume.get("name") for volume in request.get("volumes") or []}:
        _client_error(f"Unknown volume '{min(unknown)}'.")


def _check(request: Json) -> None:
    if not _FAMILY.fullmatch(request.get("family") or ""):
        _client_error("Family contains invalid characters.")
    containers = request.get("containerDefinitions") or []
    if not containers:
        _client_error("Task definition must have at least one container definition.")
    if not any(c.get("essential", True) for c in containers):
        _client_error("Invalid setting for containers. At least one container must be essential.")
    names = [c.get("name") for c in containers]
    if len(set(names)) != len(names):
        _client_error("Container definitions must have unique names.")
    for role in ("taskRoleArn", "executionRoleArn"):
        if request.get(role) and not _ROLE.fullmatch(request[role]):
            _client_error("Role is not valid")
    if "FARGATE" in (request.get("requiresCompatibilities") or []):
        _check_fargate(request)
    for container in containers:
        _check_container(container, request)
    _check_sidecars({c["name"]: c for c in containers})


def _check_sidecars(containers: dict[str, Json]) -> None:
    routers = [c for c in containers.values() if c.get("firelensConfiguration")]
    drivers = {(c.get("logConfiguration") or {}).get("logDriver") for c in containers.values()}
    if "awsfirelens" in drivers and not routers:
        _client_error("When a container uses awsfirelens, one container needs a firelensConfiguration.")
    if len(routers) > 1:
        _client_error("Only one container of a task can have a firelensConfiguration.")
    for name, container in containers.items():
        for edge in container.get("dependsOn") or []:
            other = containers.get(edge["containerName"])
            if other is None or edge["containerName"] == name:
                _client_error(f"The container {name} depends on {edge['containerName']}, which is no other container.")
            elif edge["condition"] == "HEALTHY" and not other.get("healthCheck"):
                _client_error(f"{name} waits for the health of {edge['containerName']}, which has no health check.")
            elif edge["condition"] in ("COMPLETE", "SUCCESS") and other.get("essential", True):
                _client_error(f"An essential container cannot be awaited with the condition {edge['condition']}.")


def _shuffled(pairs: list[Json]) -> list[Json]:
    """Return them in another order than given, always the same one: AWS promises none."""
    return sorted(pairs, key=lambda pair: zlib.crc32(str(pair.get("name")).encode()))


def _completed(container: Json, network_mode: str | None) -> Json:
    full: Json = {"cpu": 0, "essential": True, "mountPoints": [], "volumesFrom": [], "systemControls": [], **container}
    full["environment"] = _shuffled(container.get("environment") or [])
    if container.get("secrets"):
        full["secrets"] = _shuffled(container["secrets"])
    full["portMappings"] = []
    for mapping in container.get("portMappings") or []:
        host = mapping.get("containerPort") if network_mode in ("awsvpc", "host") else 0
        full["portMappings"].append({"hostPort": host, "protocol": "tcp", **mapping})
    if container.get("logConfiguration"):
        full["logConfiguration"] = {"options": {}, "secretOptions": [], **container["logConfiguration"]}
    if container.get("healthCheck"):
        full["healthCheck"] = {**_HEALTH_CHECK_DEFAULTS, **container["healthCheck"]}
    return full


def _compatibilities(request: Json) -> list[str]:
    sized = str(request.get("cpu") or "").isdigit() and str(request.get("memory") or "").isdigit()
    fits = sized and int(request["memory"]) in FARGATE_SIZES.get(int(request["cpu"]), [])
    return ["EC2", "FARGATE"] if request.get("networkMode") == "awsvpc" and fits else ["EC2"]


def definition_of(backend: Moto, reference: str, missing: str = "TaskDefinition not found.") -> Moto:
    """Return the ACTIVE task definition an ARN, `family:revision` or `family` names."""
    name = reference.rsplit("/", 1)[-1]
    family, _, revision = name.partition(":")
    revisions = backend.task_definitions.get(family, {})
    if revision and not revision.isdigit():
        _client_error(f"Invalid revision number. Number: {revision}")
    active = [number for number, definition in revisions.items() if definition.status == "ACTIVE"]
    number = int(revision) if revision else max(active, default=0)
    if number not in revisions:
        _client_error(missing)
    if revisions[number].status != "ACTIVE":
        _client_error("TaskDefinition is inactive")
    return revisions[number]


def _register(original: Method, self: Moto) -> ActionResult:
    request = self.params
    request["cpu"] = _units(request.get("cpu"), "vCPU")
    request["memory"] = _units(request.get("memory"), "GB")
    _check(request)
    for role in filter(None, (request.get("taskRoleArn"), request.get("executionRoleArn"))):
        iam_spread.check_passed(self.current_account, role)
    network_mode = request.get("networkMode") or "bridge"
    completed = [_completed(container, network_mode) for container in request["containerDefinitions"]]
    request["containerDefinitions"] = completed
    definition: Moto = original(self).result["taskDefinition"]
    definition.container_definitions = completed
    definition.network_mode = network_mode
    definition.compatibilities = _compatibilities(request)
    definition.registered_at = utcnow()
    definition.registered_by = f"arn:aws:iam::{self.current_account}:root"
    for wire, attribute in _EXTRA_FIELDS.items():
        setattr(definition, attribute, request.get(wire, False))
    return ActionResult({"taskDefinition": definition, "tags": definition.tags})


def _listed(original: Method, self: Moto) -> ActionResult:
    arns: list[str] = original(self).result["taskDefinitionArns"]

    def order(arn: str) -> tuple[str, int]:
        family, _, revision = arn.rpartition(":")
        return family, int(revision)

    return ActionResult({"taskDefinitionArns": sorted(arns, key=order, reverse=self._get_param("sort") == "DESC")})


def _deregister(original: Method, self: Moto) -> Any:
    answer = original(self)
    answer.result["taskDefinition"].deregistered_at = utcnow()
    return answer


def _described(original: Method, self: Moto, task_definition_str: str) -> Moto:
    family, _, revision = task_definition_str.rsplit("/", 1)[-1].partition(":")
    if revision.isdigit():
        return original(self, f"{family}:{revision}")
    return definition_of(self, task_definition_str, "Unable to describe task definition.")


@once
def install() -> None:
    """Make task definitions behave as on AWS."""
    replace_all(
        EC2ContainerServiceResponse,
        {
            "register_task_definition": _register,
            "list_task_definitions": _listed,
            "deregister_task_definition": _deregister,
        },
    )
    replaces(EC2ContainerServiceBackend, "describe_task_definition")(_described)
