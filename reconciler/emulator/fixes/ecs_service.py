"""ECS services: every field is kept, what AWS refuses is refused, and calls lead to rollouts."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.models import Service
from moto.ecs.responses import EC2ContainerServiceResponse

from reconciler.emulator.fixes import ecs_check, ecs_rollout
from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.ecs_taskdef import definition_of
from reconciler.emulator.patch import Method, once

_KEPT: dict[str, tuple[str, Any]] = {
    "availabilityZoneRebalancing": ("availability_zone_rebalancing", "ENABLED"),
    "capacityProviderStrategy": ("capacity_provider_strategy", []),
    "deploymentConfiguration": ("deployment_configuration", {}),
    "deploymentController": ("deployment_controller", {"type": "ECS"}),
    "enableECSManagedTags": ("enable_ecs_managed_tags", False),
    "enableExecuteCommand": ("enable_execute_command", False),
    "healthCheckGracePeriodSeconds": ("health_check_grace_period_seconds", 0),
    "launchType": ("launch_type", None),
    "loadBalancers": ("load_balancers", []),
    "networkConfiguration": ("network_configuration", {}),
    "placementConstraints": ("placement_constraints", []),
    "placementStrategy": ("placement_strategy", []),
    "platformVersion": ("platform_version", "LATEST"),
    "propagateTags": ("propagate_tags", "NONE"),
    "serviceConnectConfiguration": ("service_connect_configuration", None),
    "serviceRegistries": ("service_registries", []),
    "volumeConfigurations": ("volume_configurations", []),
    "vpcLatticeConfigurations": ("vpc_lattice_configurations", []),
}
"""Each field of the wire, moto's attribute for it, and what AWS has where none is given."""

_REDEPLOYS = {
    "loadBalancers", "networkConfiguration", "platformVersion", "serviceConnectConfiguration", "serviceRegistries",
    "volumeConfigurations", "vpcLatticeConfigurations",
}  # fmt: skip
"""A changed value of one of these starts a new deployment, as a changed task definition does; the others do not."""

_SERVICE: Moto = Service
_MOST_NAMES = 10


def _configuration(given: Json | None, before: Json | None = None) -> Json:
    """Complete a deployment configuration by what AWS echoes; an update replaces only the keys it names."""
    full: Json = {
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
        **(before or {}),
        **(given or {}),
    }
    if full.get("alarms"):
        full["alarms"] = {"alarmNames": [], "enable": False, "rollback": False, **full["alarms"]}
    return full


def _network(given: Json | None) -> Json:
    vpc = (given or {}).get("awsvpcConfiguration")
    return {"awsvpcConfiguration": {"securityGroups": [], "assignPublicIp": "DISABLED", **vpc}} if vpc else {}


def _normal(wire: str, value: Any) -> Any:
    if wire == "networkConfiguration":
        return _network(value)
    if wire == "capacityProviderStrategy":
        return [{"weight": 0, "base": 0, **item} for item in value]
    return value


def _apply(service: Moto, request: Json) -> set[str]:
    """Set the fields of an update and return the names of those whose value is another one now."""
    changed = set()
    for wire, (attribute, _) in _KEPT.items():
        if wire not in request or request[wire] is None:
            continue
        value = _normal(wire, request[wire])
        if wire == "deploymentConfiguration":
            value = _configuration(value, service.deployment_configuration)
        if value != getattr(service, attribute):
            changed.add(wire)
        setattr(service, attribute, value)
    if service.capacity_provider_strategy:
        service.launch_type = None
    elif "capacityProviderStrategy" in changed:
        service.launch_type = service.launch_type or service.launched_by
    return changed


def _new(self: Moto, cluster: Moto, request: Json, definition: Moto) -> Moto:
    """Make the service with all its fields; its first deployment is still to begin."""
    daemon = request.get("schedulingStrategy") == "DAEMON"
    service = _SERVICE(
        cluster,
        request["serviceName"],
        1 if daemon else int(request.get("desiredCount") or 0),
        self.ecs_backend,
        definition,
        tags=request.get("tags"),
        scheduling_strategy=request.get("schedulingStrategy"),
        role_arn=f"arn:aws:iam::{self.current_account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    )
    service.backend = self.ecs_backend
    for wire, (attribute, default) in _KEPT.items():
        given = request.get(wire)
        setattr(service, attribute, default if given is None else _normal(wire, given))
    service.deployment_configuration = _configuration(request.get("deploymentConfiguration"))
    if not service.capacity_provider_strategy and not service.launch_type:
        service.capacity_provider_strategy = cluster.default_capacity_provider_strategy or []
    service.launched_by = service.launch_type or ("FARGATE" if "FARGATE" in definition.compatibilities else "EC2")
    if not service.capacity_provider_strategy:
        service.launch_type = service.launch_type or "EC2"
    service.created_at, service.created_by = utcnow(), f"arn:aws:iam::{self.current_account}:root"
    service.deployments, service.events, service.history = [], [], []
    service.good, service.revisions = None, {}
    return service


def service_of(self: Moto, name: str) -> Moto:
    """Return the service by name or ARN in the request's cluster, or fail as AWS does."""
    cluster = ecs_check.cluster_of(self.ecs_backend, self._get_param("cluster", "default"))
    service = self.ecs_backend.services.get(f"{cluster.name}:{name.rsplit('/', 1)[-1]}")
    if service is None:
        refuse("ServiceNotFoundException", "Service not found.")
    return service


def _create(_original: Method, self: Moto) -> ActionResult:
    request = self.params
    backend = self.ecs_backend
    cluster = ecs_check.cluster_of(backend, request.get("cluster") or "default")
    existing = backend.services.get(f"{cluster.name}:{request['serviceName']}")
    if existing is not None and existing.status == "ACTIVE":
        refuse("InvalidParameterException", "Creation of service was not idempotent.")
    if existing is not None and existing.status == "DRAINING":
        refuse("InvalidParameterException", "Unable to Start a service that is still Draining.")
    definition = definition_of(backend, request.get("taskDefinition") or "")
    service = _new(self, cluster, request, definition)
    ecs_check.request(service, request, definition)
    backend.services[f"{cluster.name}:{service.name}"] = service
    ecs_rollout.deploy(service, definition)
    return ActionResult({"service": service})


def _update(_original: Method, self: Moto) -> ActionResult:
    request = self.params
    service = service_of(self, request["service"])
    if service.status != "ACTIVE":
        refuse("ServiceNotActiveException", "Service was not ACTIVE.")
    definition = definition_of(self.ecs_backend, request.get("taskDefinition") or service.task_definition)
    ecs_check.request(service, request, definition)
    changed = _apply(service, request)
    if request.get("desiredCount") is not None and service.scheduling_strategy != "DAEMON":
        ecs_rollout.scale(service, int(request["desiredCount"]))
    replaced = definition.arn != service.task_definition
    if replaced or changed & _REDEPLOYS or request.get("forceNewDeployment"):
        ecs_rollout.deploy(service, definition)
    return ActionResult({"service": service})


def _delete(_original: Method, self: Moto) -> ActionResult:
    service = service_of(self, self.params["service"])
    if service.status == "INACTIVE":
        refuse("ServiceNotFoundException", "Service not found.")
    scaled = service.desired_count > 0 and service.scheduling_strategy != "DAEMON"
    if scaled and not self.params.get("force"):
        refuse("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
    if service.status == "ACTIVE":
        ecs_rollout.drain(service)
    return ActionResult({"service": service})


def _describe(original: Method, self: Moto) -> Any:
    names = self._get_param("services", [])
    if len(names) > _MOST_NAMES:
        refuse("InvalidParameterException", "Services cannot contain more than 10 elements.")
    ecs_check.cluster_of(self.ecs_backend, self._get_param("cluster", "default"))
    answer = original(self)
    for service in answer.result["services"]:
        ecs_rollout.retry(service)
    return answer


def _list(_original: Method, self: Moto) -> ActionResult:
    cluster = ecs_check.cluster_of(self.ecs_backend, self._get_param("cluster", "default"))
    kind, strategy = self._get_param("launchType"), self._get_param("schedulingStrategy")
    arns = [
        service.arn
        for service in self.ecs_backend.services.values()
        if service.cluster_name == cluster.name
        and service.status != "INACTIVE"
        and kind in (None, service.launch_type)
        and strategy in (None, service.scheduling_strategy)
    ]
    return ActionResult({"serviceArns": sorted(arns)})


@once
def install() -> None:
    """Make services behave as on AWS."""
    replace_all(
        EC2ContainerServiceResponse,
        {
            "create_service": _create,
            "update_service": _update,
            "delete_service": _delete,
            "describe_services": _describe,
            "list_services": _list,
        },
    )
