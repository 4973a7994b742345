"""DBSubnetGroup."""

from __future__ import annotations

from collections.abc import Iterable

from ...kind import Api, Calls, Kind, Live, Wanted, field, fixed
from ...types import Ref, SetOf, Text
from . import RDS, TAGS


class DBSubnetGroup(Kind):
    """The subnets in which databases may lie."""

    service = RDS
    api = Api(
        "DescribeDBSubnetGroups", "dbSubnetGroups", "dbSubnetGroupName", arn="dbSubnetGroupArn",
        create="CreateDBSubnetGroup", update="ModifyDBSubnetGroup", delete="DeleteDBSubnetGroup",
        missing=("DBSubnetGroupNotFoundFault",),
    )  # fmt: skip
    named = "dbSubnetGroupName"
    arn_like = ":subgrp:"
    attributes = {"arn": "dbSubnetGroupArn", "vpcId": "vpcId"}

    dbSubnetGroupName = fixed(Text(fold=True, length=(1, 255)), "Its name in AWS, which keeps it in lower case.")
    dbSubnetGroupDescription = field(Text(length=(1, 255)), "What it is for.", required=True)
    subnetIds = field(
        SetOf(Ref(kind="Subnet"), least=2), "Subnets of one VPC, in two zones at least.", required=True,
        path="subnets.*.subnetIdentifier",
    )  # fmt: skip
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS keeps names in lower case."""
        return want.name.lower()

    def update(self, want: Wanted, live: Live, changed: Iterable[str]) -> Calls:
        """AWS wants the subnets in every call."""
        names = {*changed, "subnetIds"}
        yield self.call("ModifyDBSubnetGroup", dbSubnetGroupName=live.id, **self.encode(want, names))
