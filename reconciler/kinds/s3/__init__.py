"""S3: a bucket's configurations are read and written one call each; tagging replaces every tag at once."""

from __future__ import annotations

from ...kind import Calls, Live, Program, Service, Tags, pairs, unpairs
from ...types import MapOf

GONE = ("NoSuchBucket",)


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one bucket for its tags."""
    bucket = arn.rpartition(":")[2]
    answer = yield S3.call("GetBucketTagging", bucket=bucket, missing=("NoSuchTagSet", *GONE))
    return unpairs((answer or {}).get("tagSet"))


def tag(live: Live, tags: Tags) -> Calls:
    """Read first: what is not sent again is lost. AWS's own tags go with the rest: it refuses a call that drops them."""
    found = (yield from ask_tags(live.arn)) or {}
    yield S3.call("PutBucketTagging", bucket=live.id, tagging={"tagSet": pairs({**found, **tags})})


S3: Service = Service(
    "s3",
    tag=tag,
    create_tags=lambda _kind, tags: {"createBucketConfiguration": {"tags": pairs(tags)}},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
