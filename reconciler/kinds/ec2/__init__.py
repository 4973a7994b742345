"""EC2: tags travel as TagSpecifications at creation and by CreateTags after; listings show them."""

from __future__ import annotations

from typing import ClassVar

from ...kind import Ask, Kind, Raw, Service, Wanted, pairs, unpairs
from ...types import MapOf

EC2: Service = Service(
    "ec2",
    tag=lambda live, tags: [EC2.call("CreateTags", resources=[live.id], tags=pairs(tags))],
    create_tags=lambda kind, tags: {"tagSpecifications": [{"resourceType": kind, "tags": pairs(tags)}]},
    read_tags=lambda raw: unpairs(raw.get("tags")),
)
TAGS = MapOf()


class Ec2Kind(Kind):
    """An object that EC2 names by an id; people know it by its ``Name`` tag."""

    service = EC2
    name_tag: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.arn_like = f":{cls.api.tag_type}/"

    def key(self, want: Wanted) -> str:
        """AWS would make a second one of the same name; nobody could tell them apart."""
        return want.tags.get("Name", "")

    def key_of(self, raw: Raw) -> str:
        """Return its ``Name`` tag."""
        return unpairs(raw.get("tags")).get("Name", "")

    def arn_of(self, raw: Raw, ask: Ask) -> str:
        """Return the ARN, which EC2 itself leaves out of most answers."""
        owner = raw.get("ownerId", ask.account)
        return f"arn:aws:ec2:{ask.region}:{owner}:{self.api.tag_type}/{raw[self.api.id]}"
