"""ECS: names are unchanged on the wire; descriptions show tags where ``include`` asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...kind import Service, pairs, unpairs
from ...types import MapOf

ECS: Service = Service(
    "ecs",
    tag=lambda live, tags: [ECS.call("TagResource", resourceArn=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda raw: unpairs(raw.get("tags")),
)
TAGS = MapOf()


def batches(names: Sequence[str], size: int) -> Iterator[list[str]]:
    """Yield the names in as few lists as AWS takes them."""
    for start in range(0, len(names), size):
        yield list(names[start : start + size])
