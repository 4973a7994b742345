"""ECS: what becomes of deployments, and of where tasks run."""

from __future__ import annotations

from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.ecs import app, running, serving


@check("service deployments can be listed with how they ended")
def _(aws: Aws) -> bool:
    running(aws)
    ecs = aws.client("ecs")
    ecs.update_service(cluster="c", service="s", taskDefinition="f:3")
    aws.advance(5)
    found = ecs.list_service_deployments(cluster="c", service="s")["serviceDeployments"]
    return [one["status"] for one in found] == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]


@check("a rollback is how a service deployment ends: its target is what failed, and it says what it returned to")
def _(aws: Aws) -> bool:
    running(aws)
    ecs = aws.client("ecs")
    ecs.update_service(cluster="c", service="s", taskDefinition="f:3")
    aws.advance(5)
    last, first = ecs.list_service_deployments(cluster="c", service="s")["serviceDeployments"]
    told = ecs.describe_service_deployments(serviceDeploymentArns=[last["serviceDeploymentArn"], "x"])
    (whole,), (missing,) = told["serviceDeployments"], told["failures"]
    arns = [last["targetServiceRevisionArn"], first["targetServiceRevisionArn"]]
    found = ecs.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"]
    return (
        [one["taskDefinition"].rsplit("/", 1)[-1] for one in found] == ["f:3", "f:1"]
        and whole["rollback"]["serviceRevisionArn"] == arns[1]
        and whole["targetServiceRevision"]["arn"] == arns[0]
        and "circuit breaker" in whole["statusReason"]
        and missing["reason"] == "MISSING"
    )


@check("a failed deployment that is not rolled back is stopped")
def _(aws: Aws) -> bool:
    made = app(aws)
    aws.client("ecs").create_service(**serving(made, taskDefinition="f:3"))
    aws.advance(10)
    (only,) = aws.client("ecs").list_service_deployments(cluster="c", service="s")["serviceDeployments"]
    return bool(only["status"] == "STOPPED")


@check("another capacity provider strategy needs a forced deployment, an empty one returns to the launch type")
def _(aws: Aws) -> bool:
    running(aws)
    ecs = aws.client("ecs")
    spot = {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
    unknown = code(ecs.update_service, cluster="c", service="s", forceNewDeployment=True, **spot)
    providers = ["FARGATE", "FARGATE_SPOT"]
    ecs.put_cluster_capacity_providers(cluster="c", capacityProviders=providers, defaultCapacityProviderStrategy=[])
    unforced = code(ecs.update_service, cluster="c", service="s", **spot)
    there = ecs.update_service(cluster="c", service="s", forceNewDeployment=True, **spot)["service"]
    back = ecs.update_service(cluster="c", service="s", forceNewDeployment=True, capacityProviderStrategy=[])["service"]
    return (
        (unknown, unforced) == ("InvalidParameterException", "InvalidParameterException")
        and there["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
        and "launchType" not in there
        and back["launchType"] == "FARGATE"
        and not back["capacityProviderStrategy"]
    )
