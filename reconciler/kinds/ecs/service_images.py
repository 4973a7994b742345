"""Whether the tasks of a service run what the tags of their images mean now: ECS asks the registry once a deployment."""

from __future__ import annotations

from collections.abc import Iterable

from ...kind import Finding, Live, Program, Raw, Sight
from ..ecr.images import by_tag, has_part, meant
from . import ECS, batches

SHORT = len("sha256:") + 12
MOST = 100
"""Tasks that AWS describes in one call."""


def outdated(live: Live, sight: Sight) -> Program[Finding]:
    """Tell of tags that moved since the deployment began; of an image that is named by its digest, nothing is asked."""
    account = live.arn.split(":")[4]
    running = [one for one in live.raw.get("deployments") or () if one.get("runningCount")]
    if len(running) != 1 or running[0].get("status") != "PRIMARY":
        # A rollout is under way, or somebody else (CodeDeploy) decides what runs, or nothing does.
        return Finding()
    containers = yield from _containers(str(running[0].get("taskDefinition")), sight)
    named = [c for c in containers if by_tag(str(c.get("image", "")), account)]
    tasks = (yield from _tasks(live)) if named else []
    said: list[str] = []
    for container in named:
        for digest in _digests(tasks, container["name"]):
            said += filter(None, [(yield from _stale(container, digest, account))])
    if not said:
        return Finding()
    command = f"aws ecs update-service --cluster {live.raw['clusterArn'].rsplit('/', 1)[-1]} --service {live.name}"
    way = f"Deploy what they mean now: {command} --force-new-deployment; and use tags that never move"
    return Finding(ill=(f"{'; '.join(said)}. {way}",))


def _containers(revision: str, sight: Sight) -> Program[Iterable[Raw]]:
    """Return the containers of the revision that runs, which mostly is one of the stack's."""
    raw: Raw | None = next((one.raw for one in sight.lives("TaskDefinition") if one.ref == revision), None)
    if raw is None:
        told = yield ECS.call("DescribeTaskDefinition", taskDefinition=revision, missing=("ClientException",))
        raw = (told or {}).get("taskDefinition")
    return (raw or {}).get("containerDefinitions") or ()


def _tasks(live: Live) -> Program[list[Raw]]:
    """Return the tasks that run and shall go on running."""
    cluster = live.raw["clusterArn"]
    listed = yield ECS.call("ListTasks", cluster=cluster, serviceName=live.name, desiredStatus="RUNNING")
    found: list[Raw] = []
    for some in batches((listed or {}).get("taskArns", ()), MOST):
        told = yield ECS.call("DescribeTasks", cluster=cluster, tasks=some)
        found += (told or {}).get("tasks", ())
    return found


def _digests(tasks: Iterable[Raw], container: str) -> list[str]:
    """Return what the container runs, in one task or another; it is not told before the image is pulled."""
    all_of_them = (one for task in tasks for one in task.get("containers", ()) if one.get("name") == container)
    return sorted({str(one["imageDigest"]) for one in all_of_them if one.get("imageDigest")})


def _stale(container: Raw, digest: str, account: str) -> Program[str]:
    """Say it if the container runs another image than its tag means; a tag without one is the TaskDefinition's matter."""
    image = str(container["image"])
    now = yield from meant(image, account)
    if now is None or now["imageDigest"] == digest or (yield from has_part(now, digest, image, account)):
        return ""
    what = f"{container['name']} runs {digest[:SHORT]} and {image} means {now['imageDigest'][:SHORT]} now"
    runs = yield from meant(image, account, digest)
    if container.get("versionConsistency") == "disabled" or (runs and runs.get("imageTags")):
        return what
    if runs is None:
        return f"{what}; what runs is no longer in the registry, so no further task of it can start"
    return (
        f"{what}; what runs has no tag any more: when a lifecycle policy lets it expire, no further task of it starts"
    )
