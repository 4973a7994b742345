"""Which images the tasks of an ECS deployment run: a tag is resolved for its first task, and then the digest counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from moto.ecr.models import ecr_backends

if TYPE_CHECKING:
    from reconciler.emulator.fixes.agenda import Json, Moto

_ECR: Final = re.compile(
    r"^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$"
)


def unresolved(definition: Moto) -> list[Json]:
    """Return the images that a deployment is about to run."""
    return [{"containerName": c["name"], "image": c["image"]} for c in definition.container_definitions]


def digest(deployment: Json, container: Json) -> str | None:
    """Return the digest of a container's image, None where the embedded registry does not have it."""
    pinned = _pinned(deployment, container)
    if "imageDigest" in pinned:
        return str(pinned["imageDigest"])
    found = _registered(container["image"])
    if found and container.get("versionConsistency") != "disabled":
        pinned["imageDigest"] = found
    return found


def gone(deployment: Json, container: Json) -> str | None:
    """Return why the container's image cannot be pulled again, if the registry has lost it since."""
    image, pinned = container["image"], _pinned(deployment, container).get("imageDigest")
    if pinned is None or _registered(canonical := f"{_name(image)}@{pinned}"):
        return None
    return f"CannotPullContainerError: pull image manifest has been retried 1 time(s): {canonical}: not found"


def _pinned(deployment: Json, container: Json) -> Json:
    return next(one for one in deployment["images"] if one["containerName"] == container["name"])


def _name(image: str) -> str:
    registry, _, rest = image.partition("/")
    return f"{registry}/{rest.partition('@')[0].partition(':')[0]}"


def _registered(image: str) -> str | None:
    parts = _ECR.match(image)
    if parts is None:
        return None
    account, region, name, tag, wanted = parts.groups()
    repository: Moto = ecr_backends[account][region].repositories.get(name)
    for one in repository.images if repository else ():
        known = str(one.get_image_digest())
        if known == wanted or (not wanted and (tag or "latest") in one.image_tags):
            return known
    return None
