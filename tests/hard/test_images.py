"""Images: a tag that moves deploys nothing, and what runs without a tag can be lost."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from tests.engine.small import Docs, but, served
from tests.kinds.looks import Status, applied, status
from tests.support import ACCOUNT, REGION, Lab, document

SERVICE, TASK = "ECSService/web", "TaskDefinition/web"
SHOP = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop"
IMAGE = f"{SHOP}:7"
FORCE = "aws ecs update-service --cluster main --service web --force-new-deployment"
INDEX = "application/vnd.oci.image.index.v1+json"
KIND = "application/vnd.oci.image.manifest.v1+json"
ASKS = {"ListTasks", "DescribeTasks", "DescribeImages", "BatchGetImage"}


def push(lab: Lab, content: str, tag: str = "7", kind: str = KIND, manifests: Any = ()) -> str:
    """Push an image under the tag, and return its digest."""
    told = {"schemaVersion": 2, "mediaType": kind, "layers": [], "manifests": list(manifests), "content": content}
    manifest = json.dumps(told)
    lab.client("ecr").put_image(repositoryName="shop", imageManifest=manifest, imageTag=tag)
    return f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"


def shop(image: str = IMAGE, repository: Any = None, **container: Any) -> Docs:
    told = {"name": "web", "image": image, "portMappings": [{"containerPort": 80}], **container}
    documents = but(served(), "TaskDefinition", {"containerDefinitions": [told]})
    return [*documents, document("Repository", "shop", repository or {})]


def deployed(lab: Lab, image: str = IMAGE, **container: Any) -> tuple[Any, str]:
    """The service, on an image that was pushed before."""
    applied(lab, [document("Repository", "shop", {})])
    first = push(lab, "one")
    return applied(lab, shop(image, **container)), first


def settle(lab: Lab) -> None:
    """Let a deployment come to its end, and what it has started come to be well."""
    lab.clock.sleep(600)
    lab.client("ecs").list_clusters()
    lab.clock.sleep(600)


def line(told: Status) -> str:
    return told.line(SERVICE)


def test_h53_a_tag_that_moved_is_told_with_the_way_out(lab: Lab) -> None:
    stack, first = deployed(lab)
    assert (status(lab, stack).wrong(), line(status(lab, stack))) == ([], "✓")
    second = push(lab, "two")
    told = status(lab, stack)
    assert line(told).startswith(f"✗ web runs {first[:19]} and {IMAGE} means {second[:19]} now")
    assert f"Deploy what they mean now: {FORCE}" in line(told)
    assert told.code == 2
    lab.client("ecs").update_service(cluster="main", service="web", forceNewDeployment=True)
    settle(lab)
    told = status(lab, stack)
    assert (told.wrong(), told.code) == ([], 0), told.text


def test_h53_an_image_in_use_that_lost_its_tag_can_be_lost(lab: Lab) -> None:
    stack, first = deployed(lab)
    push(lab, "two")
    assert "what runs has no tag any more: when a lifecycle policy lets it expire" in line(status(lab, stack))
    lab.client("ecr").batch_delete_image(repositoryName="shop", imageIds=[{"imageDigest": first}])
    assert "what runs is no longer in the registry, so no further task of it can start" in line(status(lab, stack))
    lab.client("ecs").update_service(cluster="main", service="web", desiredCount=2)
    lab.clock.sleep(600)
    assert "CannotPullContainerError" in line(status(lab, stack))


def test_h53_an_image_in_use_that_keeps_another_tag_is_not_lost(lab: Lab) -> None:
    applied(lab, [document("Repository", "shop", {})])
    push(lab, "one")
    push(lab, "one", "kept")
    stack = applied(lab, shop())
    push(lab, "two")
    told = line(status(lab, stack))
    assert told.startswith("✗ web runs sha256:")
    assert "expire" not in told


def test_h53_without_version_consistency_new_tasks_take_the_new_image(lab: Lab) -> None:
    stack, first = deployed(lab, versionConsistency="disabled")
    push(lab, "two")
    lab.client("ecr").batch_delete_image(repositoryName="shop", imageIds=[{"imageDigest": first}])
    lab.client("ecs").update_service(cluster="main", service="web", desiredCount=2)
    lab.clock.sleep(600)
    told = line(status(lab, stack))
    assert told.count("web runs sha256:") == 1
    assert f"web runs {first[:19]} " in told
    assert "no further task" not in told


def test_h53_tasks_on_their_way_out_are_not_looked_at(lab: Lab) -> None:
    stack, first = deployed(lab)
    push(lab, "two")
    lab.client("ecs").update_service(cluster="main", service="web", forceNewDeployment=True)
    assert FORCE not in line(status(lab, stack))
    lab.clock.sleep(1.1)
    ecs = lab.client("ecs")
    tasks = ecs.describe_tasks(cluster="main", tasks=ecs.list_tasks(cluster="main")["taskArns"])["tasks"]
    assert first in {one["imageDigest"] for task in tasks for one in task["containers"]}
    assert FORCE not in line(status(lab, stack))


def test_h53_an_image_for_several_processors_is_the_same_as_its_part_for_one(lab: Lab) -> None:
    applied(lab, [document("Repository", "shop", {})])
    part = push(lab, "arm", "7")
    stack = applied(lab, shop())
    whole = push(lab, "all", "7", INDEX, [{"digest": part, "mediaType": KIND}])
    assert whole != part
    assert line(status(lab, stack)) == "✓"
    push(lab, "others", "7", INDEX, [{"digest": whole, "mediaType": KIND}])
    assert line(status(lab, stack)).startswith("✗ web runs")


@pytest.mark.parametrize("image", ["nginx:1", IMAGE.replace(ACCOUNT, "999999999999"), "digest"])
def test_h53_what_cannot_move_or_is_not_ours_is_not_asked_for(lab: Lab, image: str) -> None:
    applied(lab, [document("Repository", "shop", {})])
    digest = push(lab, "one")
    stack = applied(lab, shop(f"{SHOP}@{digest}" if image == "digest" else image))
    push(lab, "two")
    lab.aws.forget_wire()
    told = status(lab, stack)
    assert (line(told), told.line(TASK)) == ("✓", "✓")
    asked = [w for w in lab.aws.wire if w.operation in ASKS]
    stopped = [w for w in asked if w.operation == "ListTasks" and w.params["desiredStatus"] == "STOPPED"]
    of_tags = [w for w in asked if "imageTag" in str(w.params)]
    assert (len(stopped), of_tags) == (1, [])
    assert [w for w in asked if w.operation in ("ListTasks", "DescribeTasks")] == stopped


def test_h53_plan_and_drift_ask_neither_tasks_nor_registry(lab: Lab) -> None:
    stack, _ = deployed(lab)
    push(lab, "two")
    lab.aws.forget_wire()
    lab.plan(stack)
    assert not ASKS & {w.operation for w in lab.aws.wire}


def test_h53_who_may_not_ask_the_registry_does_not_know(lab: Lab) -> None:
    stack, _ = deployed(lab)
    push(lab, "two")
    Faults(lab.aws).add(Fault(How.DENY, match="ecr:DescribeImages", times=99))
    assert line(status(lab, stack)).startswith("? unknown: ecr:DescribeImages failed: AccessDenied")


def test_h53_a_rollback_returns_to_the_image_that_ran(lab: Lab) -> None:
    stack, first = deployed(lab)
    push(lab, "two")
    ecs = lab.client("ecs")
    worse = ecs.register_task_definition(
        family="web", cpu="256", memory="512", networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "web", "image": "broken:1", "portMappings": [{"containerPort": 80}]}],
    )["taskDefinition"]["taskDefinitionArn"]  # fmt: skip
    ecs.update_service(cluster="main", service="web", taskDefinition=worse)
    lab.clock.sleep(600)
    assert f"web runs {first[:19]} " in line(status(lab, stack))


def test_h53_a_revision_that_is_not_the_stack_s_is_read(lab: Lab) -> None:
    stack, first = deployed(lab)
    ecs = lab.client("ecs")
    ours = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
    names = ("cpu", "memory", "networkMode", "requiresCompatibilities", "containerDefinitions")
    theirs = ecs.register_task_definition(family="theirs", **{name: ours[name] for name in names})["taskDefinition"]
    ecs.update_service(cluster="main", service="web", taskDefinition=theirs["taskDefinitionArn"])
    settle(lab)
    push(lab, "two")
    assert f"web runs {first[:19]} and {IMAGE} means" in line(status(lab, stack))


MOVES = "can mean another image tomorrow"
EXCEPT = [{"filterType": "WILDCARD", "filter": "7*"}]


@pytest.mark.parametrize(
    ("image", "repository", "moves"),
    [
        (IMAGE, {"imageTagMutability": "MUTABLE"}, True),
        (IMAGE, {"imageTagMutability": "IMMUTABLE"}, False),
        (
            IMAGE,
            {"imageTagMutability": "MUTABLE_WITH_EXCLUSION", "imageTagMutabilityExclusionFilters": EXCEPT},
            False,
        ),
        (
            IMAGE,
            {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION", "imageTagMutabilityExclusionFilters": EXCEPT},
            True,
        ),
        (f"{SHOP}:latest", {"imageTagMutability": "IMMUTABLE"}, False),
        ("nginx:latest", {}, True),
        ("registry.example.com:5000/nginx", {}, True),
        ("registry.example.com:5000/nginx:1", {}, False),
        (f"nginx:latest@sha256:{'a' * 64}", {}, False),
    ],
)
def test_h53_a_tag_that_can_move_is_worth_a_note(lab: Lab, image: str, repository: Any, moves: bool) -> None:
    applied(lab, [document("Repository", "shop", {})])
    push(lab, "one", image.partition(":")[2].partition("@")[0] if image.startswith(SHOP) else "7")
    told = status(lab, applied(lab, shop(image, repository)))
    assert told.code == 0
    assert (MOVES in told.line(TASK)) == moves
