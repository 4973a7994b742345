"""RDS: names are kept in lower case; instances show their tags, groups have to be asked."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf


def ask_tags(arn: str) -> Program[Tags | None]:
    """Return the tags of a group; None if it is gone."""
    gone = ("DBSubnetGroupNotFoundFault", "DBParameterGroupNotFound")
    answer = yield RDS.call("ListTagsForResource", resourceName=arn, missing=gone)
    return None if answer is None else unpairs(answer.get("tagList"))


RDS: Service = Service(
    "rds",
    tag=lambda live, tags: [RDS.call("AddTagsToResource", resourceName=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda raw: unpairs(raw["tagList"]) if "tagList" in raw else None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
