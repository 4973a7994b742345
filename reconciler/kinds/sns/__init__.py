"""SNS: attributes are a map of texts; tags travel in the create call and are asked for by ARN."""

from __future__ import annotations

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import MapOf


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one topic for its tags."""
    answer = yield SNS.call(
        "ListTagsForResource", resourceArn=arn, missing=("ResourceNotFoundException", "ResourceNotFound")
    )
    return unpairs((answer or {}).get("tags"))


SNS: Service = Service(
    "sns",
    tag=lambda live, tags: [SNS.call("TagResource", resourceArn=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)
TAGS = MapOf()


def capital(name: str) -> str:
    """Return a field's name as the attribute maps have it."""
    return name[0].upper() + name[1:]


def text(value: object) -> str:
    """Return an encoded value as the attribute maps have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
