"""Subnet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from ...kind import Api, Calls, Finding, Live, Program, Raw, Sight, Wanted, field, fixed, later, writes
from ...types import Cidr, Flag, Ref, Text
from . import TAGS, Ec2Kind
from .holders import Holders, interfaces
from .way_out import reach


class Subnet(Ec2Kind):
    """A range of a VPC in one availability zone."""

    api = Api(
        "DescribeSubnets", "subnets", "subnetId", create="CreateSubnet", delete="DeleteSubnet", tag_type="subnet",
        status="state", ready=frozenset({"available"}), missing=("InvalidSubnetID.NotFound",),
    )  # fmt: skip
    coexists = False
    attributes = {"availabilityZone": "availabilityZone", "cidrBlock": "cidrBlock"}
    left_out = "IPv6 ranges, Outposts and customer-owned addresses."

    vpcId = fixed(Ref(kind="VPC"), "The VPC it is a part of.", required=True)
    cidrBlock = fixed(Cidr(), "Its range of addresses, inside the VPC's.", required=True)
    availabilityZone = fixed(
        Text(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z]$"), "The zone it lies in.", default="AWS chooses"
    )
    mapPublicIpOnLaunch = later(Flag(), "Whether what starts here gets a public address.", default="false")
    tags = field(TAGS, "Tags, beside those of the stack.")

    @writes("mapPublicIpOnLaunch")
    def public_addresses(self, want: Wanted, live: Live) -> Calls:
        """Set the attribute; the create call does not take it."""
        yield self.call(
            "ModifySubnetAttribute", subnetId=live.id, mapPublicIpOnLaunch={"value": want["mapPublicIpOnLaunch"]}
        )

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """It must lead where those in it need to get."""
        yield from super().looks(live, sight)
        yield reach(live, sight)

    def holders(self, live: Live) -> Program[Holders]:
        """Whatever has an address of it."""
        return (yield from interfaces("subnet-id", live))

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """Two subnets of one VPC must not share addresses."""
        ranges = {name: _range(spec.get("cidrBlock")) for name, spec in specs.items()}
        for one, other in combinations(specs, 2):
            mine, theirs = ranges[one], ranges[other]
            if mine and theirs and specs[one].get("vpcId") == specs[other].get("vpcId") and mine.overlaps(theirs):
                yield other, "cidrBlock", f"{theirs} overlaps {mine} of Subnet/{one}. Give it a range of its own"


def _range(value: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
