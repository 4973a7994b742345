"""The images of a registry: whether one is there, what its tag means now and may mean tomorrow, how old the newest is."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from ...kind import Call, Finding, Program, Raw, Sight
from . import ECR

_NAME = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
    r"(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)
_TAG = re.compile(r"^(?P<name>[^@]+?)(?::(?P<tag>[^/:@]+))?$")
ABSENT = ("ImageNotFoundException", "RepositoryNotFoundException")
LATEST = "latest"
"""What an image is called that is given no tag."""
INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
"""Manifests that only name an image for each kind of processor."""


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
    named = _of(image, account)
    if named is None:
        return Finding()
    answer = yield _described(named, named["digest"])
    if answer and answer.get("imageDetails"):
        return Finding()
    way = "Push that image, or name one that is there" if named["digest"] else f"Push it: docker push {image}"
    return Finding(ill=(f"image {image} is not in the registry. {way}",))


def steady(image: str, sight: Sight) -> Program[Finding]:
    """Tell of a tag that can come to mean another image, as far as the stack has its repository."""
    yield from ()
    named = _TAG.match(image)
    if named is None:
        return Finding()
    tag = named["tag"] or LATEST
    uris = {str(one.raw.get("repositoryUri")): one.raw for one in sight.lives("Repository")}
    if named["name"] in uris:
        if not _moves(uris[named["name"]], tag):
            return Finding()
        way = "Set imageTagMutability: IMMUTABLE on its repository, or name the image by its digest"
    elif tag == LATEST:
        way = "Name a version, or a digest"
    else:
        return Finding()
    return Finding(notes=(f"{image} can mean another image tomorrow. {way}",))


def by_tag(image: str, account: str) -> bool:
    """Whether it is an image of this account's registry whose tag alone says which one it is."""
    named = _of(image, account)
    return named is not None and not named["digest"]


def meant(image: str, account: str, digest: str = "") -> Program[Raw | None]:
    """Return what the registry says of the image that the tag means now, or of another one of its repository."""
    named = _of(image, account)
    answer = (yield _described(named, digest)) if named else None
    return next(iter((answer or {}).get("imageDetails", ())), None)


def has_part(detail: Raw, digest: str, image: str, account: str) -> Program[bool]:
    """Whether that digest is of the image itself: of one that it consists of, where it is made for several processors."""
    named = _of(image, account)
    if named is None or detail.get("imageManifestMediaType") not in INDEXES:
        return False
    answer = yield ECR.call(
        "BatchGetImage", repositoryName=named["repository"], imageIds=[{"imageDigest": detail["imageDigest"]}],
        acceptedMediaTypes=list(INDEXES), region=named["region"], missing=ABSENT,
    )  # fmt: skip
    return any(digest in str(one.get("imageManifest", "")) for one in (answer or {}).get("images", ()))


def _of(image: str, account: str) -> re.Match[str] | None:
    named = _NAME.match(image)
    return named if named is not None and named["account"] == account else None


def _described(named: re.Match[str], digest: str | None) -> Call:
    which = {"imageDigest": digest} if digest else {"imageTag": named["tag"] or LATEST}
    return ECR.call(
        "DescribeImages", repositoryName=named["repository"], imageIds=[which], region=named["region"], missing=ABSENT
    )


def _moves(repository: Raw, tag: str) -> bool:
    """Whether the repository lets somebody push another image under the tag."""
    filters = repository.get("imageTagMutabilityExclusionFilters") or ()
    excepted = any(fnmatchcase(tag, str(one.get("filter"))) for one in filters)
    return str(repository.get("imageTagMutability")).startswith("MUTABLE") != excepted
