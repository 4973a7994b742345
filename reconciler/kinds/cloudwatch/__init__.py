"""CloudWatch: tags travel in the first put call only, and are asked for by ARN; a put overwrites everything else."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one alarm or dashboard for its tags."""
    gone = ("ResourceNotFoundException", "ResourceNotFound")
    answer = yield CLOUDWATCH.call("ListTagsForResource", resourceARN=arn, missing=gone)
    return unpairs((answer or {}).get("tags"))


CLOUDWATCH: Service = Service(
    "cloudwatch",
    tag=lambda live, tags: [CLOUDWATCH.call("TagResource", resourceARN=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
