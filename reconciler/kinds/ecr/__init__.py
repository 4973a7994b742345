"""ECR: tags travel in the create call; the listing leaves them out."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one repository for its tags."""
    answer = yield ECR.call("ListTagsForResource", resourceArn=arn, missing=("RepositoryNotFoundException",))
    return unpairs((answer or {}).get("tags"))


ECR: Service = Service(
    "ecr",
    tag=lambda live, tags: [ECR.call("TagResource", resourceArn=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()
