"""Cost Explorer: global; monitors carry tags, and are asked for them by ARN."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf

TAGS = MapOf()


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one monitor for its tags."""
    answer = yield CE.call("ListTagsForResource", resourceArn=arn, missing=("ResourceNotFoundException",))
    return unpairs((answer or {}).get("resourceTags"))


CE: Service = Service(
    "ce",
    tag=lambda live, tags: [CE.call("TagResource", resourceArn=live.arn, resourceTags=pairs(tags))],
    create_tags=lambda _kind, tags: {"resourceTags": pairs(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
