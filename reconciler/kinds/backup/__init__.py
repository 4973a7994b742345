"""AWS Backup: tags are a plain map, under a name of its own in each create call; listings leave them out."""

from __future__ import annotations

from ...kind import Program, Service, Tags
from ...types import MapOf

GONE = ("ResourceNotFoundException",)


def ask_tags(arn: str) -> Program[Tags | None]:
    """Return the tags of a vault or a plan; None if it is gone."""
    answer = yield BACKUP.call("ListTags", resourceArn=arn, missing=GONE)
    return None if answer is None else answer.get("tags", {})


BACKUP: Service = Service(
    "backup",
    tag=lambda live, tags: [BACKUP.call("TagResource", resourceArn=live.arn, tags=dict(tags))],
    create_tags=lambda kind, tags: {kind: dict(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
