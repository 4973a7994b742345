"""CloudWatch Logs: tags are a map, travel in the create call, and listings leave them out."""

from __future__ import annotations

from ...kind import Program, Service, Tags
from ...types import MapOf


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one log group for its tags."""
    answer = yield LOGS.call("ListTagsForResource", resourceArn=arn, missing=("ResourceNotFoundException",))
    return dict((answer or {}).get("tags") or {})


LOGS: Service = Service(
    "logs",
    tag=lambda live, tags: [LOGS.call("TagResource", resourceArn=live.arn, tags=dict(tags))],
    create_tags=lambda _kind, tags: {"tags": dict(tags)} if tags else {},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
