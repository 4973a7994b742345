"""The images of a registry: whether one is there, and how old the newest is."""

from __future__ import annotations

import re
from typing import Any

from ...kind import Finding, Program, Sight
from . import ECR

_NAME = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
    r"(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)
ABSENT = ("ImageNotFoundException", "RepositoryNotFoundException")


def newest(repository: str, sight: Sight) -> Program[Finding]:
    """Tell how many days ago the newest image was pushed."""
    answer = yield ECR.call("DescribeImages", repositoryName=repository, missing=ABSENT)
    pushed = [image["imagePushedAt"] for image in (answer or {}).get("imageDetails", ()) if image.get("imagePushedAt")]
    if not pushed:
        return Finding(notes=("it has no image yet",))
    days = (sight.now - max(pushed)).days
    return Finding(notes=(f"its newest image is {'of today' if days < 1 else f'{days} days old'}",))


def pullable(image: str, account: str) -> Program[Finding]:
    """Find out whether a task can find its image; of other accounts' and public registries, nothing is known."""
    named = _NAME.match(image)
    if named is None or named["account"] != account:
        return Finding()
    which: dict[str, Any] = (
        {"imageDigest": named["digest"]} if named["digest"] else {"imageTag": named["tag"] or "latest"}
    )
    answer = yield ECR.call(
        "DescribeImages", repositoryName=named["repository"], imageIds=[which], region=named["region"], missing=ABSENT
    )
    if answer and answer.get("imageDetails"):
        return Finding()
    way = "Push that image, or name one that is there" if named["digest"] else f"Push it: docker push {image}"
    return Finding(ill=(f"image {image} is not in the registry. {way}",))
