"""Budgets: global, and every call names the account; tags are asked for by ARN."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf

TAGS = MapOf()
GONE = ("NotFoundException",)


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one budget for its tags."""
    answer = yield BUDGETS.call("ListTagsForResource", resourceARN=arn, missing=GONE)
    return unpairs((answer or {}).get("resourceTags"))


BUDGETS: Service = Service(
    "budgets",
    tag=lambda live, tags: [BUDGETS.call("TagResource", resourceARN=live.arn, resourceTags=pairs(tags))],
    create_tags=lambda _kind, tags: {"resourceTags": pairs(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
