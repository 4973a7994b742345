"""ACM: tags travel in the request; the listing leaves them out."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf

GONE = ("ResourceNotFoundException",)


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one certificate for its tags."""
    answer = yield ACM.call("ListTagsForCertificate", certificateArn=arn, missing=GONE)
    return unpairs((answer or {}).get("tags"))


ACM: Service = Service(
    "acm",
    tag=lambda live, tags: [ACM.call("AddTagsToCertificate", certificateArn=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
