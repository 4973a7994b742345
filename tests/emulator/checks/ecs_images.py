"""ECS: a tag says which image a deployment runs, and from then on its digest does."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.emulator.checks.base import Aws, check
from tests.emulator.checks.ecs import app, register, service, serving

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1"


def push(aws: Aws, content: str) -> str:
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "layers": [], "content": content})
    aws.client("ecr").put_image(repositoryName="shop", imageManifest=manifest, imageTag="1")
    return f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"


def shop(aws: Aws, **container: Any) -> str:
    """A service `s` on an image of the registry, whose digest is returned."""
    made = app(aws)
    aws.client("ecr").create_repository(repositoryName="shop")
    first = push(aws, "one")
    register(aws, made.role, container={"image": IMAGE, **container})
    aws.client("ecs").create_service(**serving(made, taskDefinition="f:4", desiredCount=1))
    aws.advance(3)
    return first


def update(aws: Aws, **more: Any) -> None:
    aws.client("ecs").update_service(cluster="c", service="s", **more)
    aws.advance(3)


def running(aws: Aws) -> list[str]:
    """What the service's tasks run: AWS shows the tag as well, as it was written."""
    ecs = aws.client("ecs")
    arns = ecs.list_tasks(cluster="c", serviceName="s", desiredStatus="RUNNING")["taskArns"]
    tasks = ecs.describe_tasks(cluster="c", tasks=arns)["tasks"]
    return [one["imageDigest"] for task in tasks for one in task["containers"] if one["image"] == IMAGE]


@check("a tag is resolved for the first task of a deployment, and the next deployment resolves it anew")
def _(aws: Aws) -> bool:
    first = shop(aws)
    second = push(aws, "two")
    update(aws, desiredCount=2)
    pinned = running(aws)
    update(aws, forceNewDeployment=True)
    return pinned == [first, first] and running(aws) == [second, second]


@check("a rollback returns to the digests of the deployment that was good")
def _(aws: Aws) -> bool:
    first = shop(aws)
    push(aws, "two")
    update(aws, taskDefinition="f:3")
    aws.advance(10)
    update(aws, desiredCount=2)
    return running(aws) == [first, first]


@check("without version consistency every task resolves the tag for itself")
def _(aws: Aws) -> bool:
    first = shop(aws, versionConsistency="disabled")
    second = push(aws, "two")
    update(aws, desiredCount=2)
    return sorted(running(aws)) == sorted([first, second])


@check("the revision of a service says which digests it runs")
def _(aws: Aws) -> bool:
    first = shop(aws)
    ecs = aws.client("ecs")
    (last,) = ecs.list_service_deployments(cluster="c", service="s")["serviceDeployments"]
    told = ecs.describe_service_revisions(serviceRevisionArns=[last["targetServiceRevisionArn"]])
    (revision,) = told["serviceRevisions"]
    return bool(revision["containerImages"] == [{"containerName": "app", "image": IMAGE, "imageDigest": first}])


@check("an image that the registry has lost stops no task that runs, and starts no further one")
def _(aws: Aws) -> bool:
    first = shop(aws)
    push(aws, "two")
    aws.client("ecr").batch_delete_image(repositoryName="shop", imageIds=[{"imageDigest": first}])
    update(aws, desiredCount=2)
    ecs = aws.client("ecs")
    stopped = ecs.list_tasks(cluster="c", serviceName="s", desiredStatus="STOPPED")["taskArns"]
    reasons = {task["stoppedReason"] for task in ecs.describe_tasks(cluster="c", tasks=stopped)["tasks"]}
    lost = all(one.startswith("CannotPullContainerError") and first in one for one in reasons)
    return bool(reasons) and lost and running(aws) == [first] and service(aws)["runningCount"] == 1
