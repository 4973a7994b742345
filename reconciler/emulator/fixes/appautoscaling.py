"""Application Auto Scaling behaving like itself: it keeps ECS services within bounds, and goes when they go."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, NoReturn

from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    applicationautoscaling_backends,
)
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from reconciler.emulator.fixes import appautoscaling_schedule, ecs_rollout, ecs_tasks
from reconciler.emulator.fixes.agenda import Json, Moto, after, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

REACTION = 0.5
"""Seconds until a service that is out of bounds is brought back."""

_ECS = "ecs:service:DesiredCount"
_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


def _missing(what: str, namespace: str, resource: str, dimension: str) -> NoReturn:
    refuse(
        "ObjectNotFoundException",
        f"No {what} for service namespace: {namespace}, resource ID: {resource}, scalable dimension: {dimension}",
    )


def _service(backend: Moto, resource: str) -> Moto | None:
    """Return the ECS service that `service/cluster/name` names, if it is there and active."""
    _, _, pair = resource.partition("/")
    service = backend.ecs_backend.services.get(pair.replace("/", ":"))
    return service if service is not None and service.status == "ACTIVE" else None


def _bring_back(backend: Moto, target: Moto) -> None:
    """Move the service's desired count into the target's bounds."""
    service = _service(backend, target.resource_id)
    if service is None or backend.targets.get(_ECS, {}).get(target.resource_id) is not target:
        return
    wanted = min(max(service.desired_count, target.min_capacity), target.max_capacity)
    if wanted != service.desired_count:
        ecs_tasks.event(service, f"Successfully set desired count to {wanted}. Change successfully fulfilled by ecs.")
        ecs_rollout.scale(service, wanted)


def _remove_policies(backend: Moto, namespace: str, resource: str, dimension: str) -> None:
    for key, policy in list(backend.policies.items()):
        if (policy.service_namespace, policy.resource_id, policy.scalable_dimension) == (
            namespace,
            resource,
            dimension,
        ):
            policy.delete_alarms(backend.account_id, backend.region_name)
            del backend.policies[key]


def _service_deleted(service: Moto) -> None:
    backend: Moto = applicationautoscaling_backends[service.backend.account_id][service.region_name]
    resource = f"service/{service.cluster_name}/{service.name}"
    _remove_policies(backend, "ecs", resource, _ECS)
    appautoscaling_schedule.forget(backend, "ecs", resource, _ECS)
    backend.targets.get(_ECS, {}).pop(resource, None)


def _register(original: Method, self: Moto) -> Any:
    backend, get = self.applicationautoscaling_backend, self._get_param
    resource, dimension = get("ResourceId"), get("ScalableDimension")
    known = backend.targets.get(dimension, {}).get(resource)
    least = get("MinCapacity") if get("MinCapacity") is not None else known and known.min_capacity
    most = get("MaxCapacity") if get("MaxCapacity") is not None else known and known.max_capacity
    if least is None or most is None:
        refuse("ValidationException", "MinCapacity and MaxCapacity are required when registering a scalable target.")
    if least > most:
        refuse("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    if dimension == _ECS and _service(backend, resource) is None:
        refuse("ValidationException", f"ECS service doesn't exist: {resource}")
    answer = original(self)
    target = backend.targets[dimension][resource]
    if known is None:
        role = "ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
        target.role_arn = target.role_arn or f"arn:aws:iam::{backend.account_id}:role/aws-service-role/{role}"
        target.tags = dict(get("Tags") or {})
    target.suspended_state = {**_NOT_SUSPENDED, **(target.suspended_state or {})}
    if dimension == _ECS:
        after(REACTION, partial(_bring_back, backend, target))
    return answer


def _deregister(_original: Method, self: Moto) -> str:
    backend, get = self.applicationautoscaling_backend, self._get_param
    namespace, resource, dimension = get("ServiceNamespace"), get("ResourceId"), get("ScalableDimension")
    if resource not in backend.targets.get(dimension, {}):
        _missing("scalable target found", namespace, resource, dimension)
    _remove_policies(backend, namespace, resource, dimension)
    appautoscaling_schedule.forget(backend, namespace, resource, dimension)
    del backend.targets[dimension][resource]
    return "{}"


def _put_policy(original: Method, self: Moto, **wanted: Any) -> Moto:
    namespace, resource, dimension = wanted["service_namespace"], wanted["resource_id"], wanted["scalable_dimension"]
    if resource not in self.targets.get(dimension, {}):
        _missing("scalable target registered", namespace, resource, dimension)
    key = FakeApplicationAutoscalingPolicy.formulate_key(namespace, resource, dimension, wanted["policy_name"])
    before = self.policies.get(key)
    metric = ((wanted.get("policy_body") or {}).get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType")
    for other in self.policies.values():
        same = (other.resource_id, other.scalable_dimension) == (resource, dimension) and other is not before
        body = other.target_tracking_scaling_policy_configuration or {}
        if metric and same and (body.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType") == metric:
            refuse(
                "ValidationException",
                "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
            )
    if before is not None:
        before.delete_alarms(self.account_id, self.region_name)
    policy = original(self, **wanted)
    if before is not None:
        policy.policy_arn, policy.creation_time = before.policy_arn, before.creation_time
    return policy


def _policies(_original: Method, self: Moto, **wanted: Any) -> tuple[str | None, list[Moto]]:
    found = [
        policy
        for policy in self.policies.values()
        if policy.service_namespace == wanted["service_namespace"]
        and wanted["resource_id"] in (None, policy.resource_id)
        and wanted["scalable_dimension"] in (None, policy.scalable_dimension)
    ]
    start, size = int(wanted["next_token"] or 0), wanted["max_results"] or 50
    rest = start + size < len(found)
    return str(start + size) if rest else None, found[start : start + size]


def _delete_policy(original: Method, self: Moto, policy_name: str, **where: str) -> None:
    found = where["service_namespace"], where["resource_id"], where["scalable_dimension"]
    if FakeApplicationAutoscalingPolicy.formulate_key(*found, policy_name) not in self.policies:
        _missing("scaling policy found", *found)
    original(self, policy_name=policy_name, **where)


def _target(self: Moto) -> Moto:
    arn = self._get_param("ResourceARN")
    targets = [t for kind in self.applicationautoscaling_backend.targets.values() for t in kind.values()]
    target = next((t for t in targets if t.arn == arn), None)
    if target is None:
        refuse("ResourceNotFoundException", f"Resource with ARN {arn} does not exist.", ResourceName=arn)
    return target


def _tag(_original: Method, self: Moto) -> str:
    _target(self).tags.update(self._get_param("Tags"))
    return "{}"


def _untag(_original: Method, self: Moto) -> str:
    target = _target(self)
    for key in self._get_param("TagKeys"):
        target.tags.pop(key, None)
    return "{}"


def _tags(_original: Method, self: Moto) -> str:
    return json.dumps({"Tags": _target(self).tags})


def _activities(_original: Method, self: Moto) -> str:
    nothing: Json = {"ScalingActivities": []}
    return json.dumps(nothing)


@once
def install() -> None:
    """Make targets and policies behave as on AWS."""
    ecs_rollout.on_drain.append(_service_deleted)
    appautoscaling_schedule.install()
    replace_all(
        ApplicationAutoScalingResponse,
        {
            "register_scalable_target": _register,
            "deregister_scalable_target": _deregister,
            "tag_resource": _tag,
            "untag_resource": _untag,
            "list_tags_for_resource": _tags,
            "describe_scaling_activities": _activities,
        },
    )
    replaces(ApplicationAutoscalingBackend, "put_scaling_policy")(_put_policy)
    replaces(ApplicationAutoscalingBackend, "describe_scaling_policies")(_policies)
    replaces(ApplicationAutoscalingBackend, "delete_scaling_policy")(_delete_policy)
