"""The history of an ECS service: what each revision of it said, and how each service deployment ended.

A rollback is no service deployment of its own: it is how one ends.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes.agenda import Json, Moto, refuse

CONTENT: Final = {
    "capacityProviderStrategy": "capacity_provider_strategy",
    "launchType": "launch_type",
    "loadBalancers": "load_balancers",
    "networkConfiguration": "network_configuration",
    "platformVersion": "platform_version",
    "serviceConnectConfiguration": "service_connect_configuration",
    "serviceRegistries": "service_registries",
    "volumeConfigurations": "volume_configurations",
}
"""What a revision consists of beside its task definition, and moto's attribute for it."""

_RUNNING: Final = ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS")
_MOST_REVISIONS, _PAGE = 20, 20


def begin(service: Moto, deployment: Json) -> None:
    """Note that a service deployment has begun; one that was under way has been overtaken."""
    if current(service).get("status") in _RUNNING:
        end(service, "STOPPED", "A newer service deployment was started.")
    arn = service.arn.replace(":service/", ":service-deployment/", 1)
    service.history.append({
        "serviceDeploymentArn": f"{arn}/{mock_random.get_random_string(21)}",
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": utcnow(),
        "startedAt": utcnow(),
        "updatedAt": utcnow(),
        "status": "IN_PROGRESS",
        "lifecycleStage": "SCALE_UP",
        "target": deployment,
        "sources": list(service.deployments),
        "deploymentConfiguration": copy.deepcopy(service.deployment_configuration),
    })  # fmt: skip


def remember(service: Moto, deployment: Json, definition: Moto) -> None:
    """Keep what the deployment's revision says; no answer shows what stands under "said"."""
    told = {wire: copy.deepcopy(getattr(service, attribute)) for wire, attribute in CONTENT.items()}
    service.revisions[revision_arn(service, deployment)] = {
        "serviceRevisionArn": revision_arn(service, deployment),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "taskDefinition": definition.arn,
        "platformFamily": "Linux",
        "containerImages": deployment["images"],
        "guardDutyEnabled": False,
        "createdAt": deployment["createdAt"],
        **{wire: value for wire, value in told.items() if value},
        "platformVersion": deployment["platformVersion"],
        "said": told,
    }


def return_to(service: Moto, deployment: Json) -> None:
    """Give the service what the revision of an earlier deployment says."""
    before = service.revisions[revision_arn(service, deployment)]["said"]
    for wire, attribute in CONTENT.items():
        setattr(service, attribute, copy.deepcopy(before[wire]))


def revision_arn(service: Moto, deployment: Json) -> str:
    """Return the ARN of a deployment's revision; both have one number."""
    number = deployment["id"].rsplit("/", 1)[-1]
    return f"{service.arn.replace(':service/', ':service-revision/', 1)}/{number}"


def current(service: Moto) -> Json:
    """Return the last service deployment."""
    return service.history[-1] if service.history else {}


def reach(service: Moto, stage: str) -> None:
    """Note the stage of the service deployment that is under way."""
    current(service).update(lifecycleStage=stage, updatedAt=utcnow())


def roll_back(service: Moto, to: Json, reason: str) -> None:
    """Note that the service deployment is being taken back."""
    rollback = {"reason": reason, "startedAt": utcnow(), "serviceRevisionArn": revision_arn(service, to)}
    current(service).update(status="ROLLBACK_IN_PROGRESS", statusReason=reason, rollback=rollback, updatedAt=utcnow())


def complete(service: Moto) -> None:
    """Note that what was under way is done, be it the deployment or its rollback."""
    back = current(service).get("status") == "ROLLBACK_IN_PROGRESS"
    if current(service).get("status") in _RUNNING:
        end(service, "ROLLBACK_SUCCESSFUL" if back else "SUCCESSFUL", current(service).get("statusReason"))


def end(service: Moto, status: str, reason: str | None) -> None:
    """Note how the service deployment ended."""
    ended = {"STOPPED": "stoppedAt"}.get(status, "finishedAt")
    current(service).update({"status": status, "statusReason": reason, ended: utcnow(), "updatedAt": utcnow()})


def _summary(service: Moto, deployment: Json) -> Json:
    return {
        "arn": revision_arn(service, deployment),
        "requestedTaskCount": deployment["desiredCount"],
        "runningTaskCount": deployment["runningCount"],
        "pendingTaskCount": deployment["pendingCount"],
    }


def _whole(service: Moto, record: Json) -> Json:
    breaker = record["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
    alarms = record["deploymentConfiguration"].get("alarms") or {}
    watch = "MONITORING" if record["status"] == "IN_PROGRESS" else "MONITORING_COMPLETE"
    target = record["target"]
    return {
        **record,
        "sourceServiceRevisions": [_summary(service, one) for one in record["sources"]],
        "targetServiceRevision": _summary(service, target),
        "deploymentCircuitBreaker": {
            "status": watch if breaker.get("enable") else "DISABLED",
            "failureCount": target["failedTasks"],
            "threshold": min(200, max(3, (target["desiredCount"] + 1) // 2)),
        },
        "alarms": {
            "status": watch if alarms.get("enable") else "DISABLED",
            "alarmNames": alarms.get("alarmNames", []),
        },
    }


def _brief(service: Moto, record: Json) -> Json:
    return {**record, "targetServiceRevisionArn": revision_arn(service, record["target"])}


def listed(self: Moto, service: Moto) -> ActionResult:
    """Answer ListServiceDeployments: the last one first."""
    wanted, asked = self.params.get("status"), self.params
    found = [_brief(service, one) for one in reversed(service.history) if not wanted or one["status"] in wanted]
    start, size = int(asked.get("nextToken") or 0), int(asked.get("maxResults") or _PAGE)
    page: Json = {"serviceDeployments": found[start : start + size]}
    return ActionResult(page | ({"nextToken": str(start + size)} if start + size < len(found) else {}))


def described(services: list[Moto], asked: list[str]) -> ActionResult:
    """Answer DescribeServiceDeployments."""
    known = {one["serviceDeploymentArn"]: _whole(service, one) for service in services for one in service.history}
    return _found("serviceDeployments", known, asked)


def revisions(services: list[Moto], asked: list[str]) -> ActionResult:
    """Answer DescribeServiceRevisions."""
    if len(asked) > _MOST_REVISIONS:
        refuse("InvalidParameterException", "serviceRevisionArns cannot contain more than 20 elements.")
    known = {arn: revision for service in services for arn, revision in service.revisions.items()}
    return _found("serviceRevisions", known, asked)


def _found(name: str, known: dict[str, Any], asked: list[str]) -> ActionResult:
    missing = [{"arn": arn, "reason": "MISSING"} for arn in asked if arn not in known]
    return ActionResult({name: [known[arn] for arn in asked if arn in known], "failures": missing})
