"""ElastiCache: names are kept in lower case, and no listing shows tags."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf

CHANGING = "InvalidReplicationGroupState"
"""AWS neither tells nor takes the tags of a group that is not available."""


def ask_tags(arn: str) -> Program[Tags | None]:
    """Return the tags; None if the object is gone, or if AWS does not tell them at the moment."""
    gone = ("CacheSubnetGroupNotFoundFault", "CacheParameterGroupNotFound", "ReplicationGroupNotFoundFault", CHANGING)
    answer = yield CACHE.call("ListTagsForResource", resourceName=arn, missing=gone)
    return None if answer is None else unpairs(answer.get("tagList"))


CACHE: Service = Service(
    "elasticache",
    tag=lambda live, tags: [CACHE.call("AddTagsToResource", resourceName=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda raw: unpairs(raw["tagList"]) if "tagList" in raw else None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
