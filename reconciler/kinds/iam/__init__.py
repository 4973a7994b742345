"""IAM: global; tags travel in the create call and listings show them; every kind has a tagging call of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Call, Live, Service, Tags, pairs, unpairs
from ...types import MapOf

TAGGING = {"Role": ("TagRole", "roleName"), "Policy": ("TagPolicy", "policyArn")}
"""Kind → the call that tags it and that call's name for the id."""


def tag(live: Live, tags: Tags) -> Iterator[Call]:
    """Yield the one call that tags an object of this kind."""
    operation, name = TAGGING[live.kind]
    yield Call("iam", operation, {name: live.id, "tags": pairs(tags)})


IAM = Service(
    "iam",
    tag=tag,
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda raw: unpairs(raw.get("tags")),
)
TAGS = MapOf()
