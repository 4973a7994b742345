"""Application Auto Scaling: tags are a plain map, and listings leave them out."""

from __future__ import annotations

from ...kind import Program, Service, Tags
from ...types import MapOf


def ask_tags(arn: str) -> Program[Tags | None]:
    """Return the tags of a scalable target; None if it is gone."""
    answer = yield SCALING.call("ListTagsForResource", resourceARN=arn, missing=("ResourceNotFoundException",))
    return None if answer is None else answer.get("tags", {})


SCALING: Service = Service(
    "application-autoscaling",
    tag=lambda live, tags: [SCALING.call("TagResource", resourceARN=live.arn, tags=dict(tags))],
    create_tags=lambda _kind, tags: {"tags": dict(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
