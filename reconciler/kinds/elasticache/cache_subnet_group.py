"""CacheSubnetGroup."""

from __future__ import annotations

from ...kind import Api, Kind, Wanted, field, fixed
from ...types import Ref, SetOf, Text
from . import CACHE, TAGS


class CacheSubnetGroup(Kind):
    """The subnets in which caches may lie."""

    service = CACHE
    api = Api(
        "DescribeCacheSubnetGroups", "cacheSubnetGroups", "cacheSubnetGroupName", arn="arn",
        create="CreateCacheSubnetGroup", update="ModifyCacheSubnetGroup", delete="DeleteCacheSubnetGroup",
        missing=("CacheSubnetGroupNotFoundFault",),
    )  # fmt: skip
    named = "cacheSubnetGroupName"
    arn_like = ":subnetgroup:"
    attributes = {"arn": "arn", "vpcId": "vpcId"}

    cacheSubnetGroupName = fixed(
        Text(fold=True, pattern=r"^[A-Za-z0-9-]{1,255}$"), "Its name in AWS, which keeps it in lower case."
    )
    cacheSubnetGroupDescription = field(Text(length=(1, 255)), "What it is for.", required=True)
    subnetIds = field(
        SetOf(Ref(kind="Subnet"), least=1), "Subnets of one VPC; in two zones, if a standby is to be in another.",
        required=True, path="subnets.*.subnetIdentifier",
    )  # fmt: skip
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS keeps names in lower case."""
        return want.name.lower()
