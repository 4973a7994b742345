"""VPC."""

from __future__ import annotations

from ...kind import Api, Ask, Calls, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import Cidr, Flag, Text
from . import TAGS, Ec2Kind


class VPC(Ec2Kind):
    """An isolated network."""

    api = Api(
        "DescribeVpcs", "vpcs", "vpcId", create="CreateVpc", delete="DeleteVpc", tag_type="vpc",
        status="state", ready=frozenset({"available"}), missing=("InvalidVpcID.NotFound",),
        params={"filters": [{"name": "is-default", "values": ["false"]}]},
    )  # fmt: skip
    duplicable = True
    attributes = {"cidrBlock": "cidrBlock", "ownerId": "ownerId"}
    left_out = "Secondary and IPv6 ranges, IPAM pools and DHCP options: none of the systems uses them."

    cidrBlock = fixed(Cidr(), "The range of IPv4 addresses, /16 to /28.", required=True)
    instanceTenancy = fixed(
        Text(enum=("default", "dedicated")), "Whether instances run on hardware of their own.", default="default"
    )
    enableDnsSupport = later(
        Flag(), "Whether names are resolved inside the VPC.", path="enableDnsSupport.value", default="true"
    )
    enableDnsHostnames = later(
        Flag(),
        "Whether instances with public addresses get DNS names.",
        path="enableDnsHostnames.value",
        default="false",
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the attributes that somebody manages; each is a call."""
        found: dict[str, Raw] = {}
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            if name in ask.fields:
                found |= (yield self.call("DescribeVpcAttribute", vpcId=raw["vpcId"], attribute=name)) or {}
        return found

    @writes("enableDnsSupport")
    def dns_support(self, want: Wanted, live: Live) -> Calls:
        """Names must resolve before hosts can have names, hence one call each and in this order."""
        yield self.call("ModifyVpcAttribute", vpcId=live.id, enableDnsSupport={"value": want["enableDnsSupport"]})

    @writes("enableDnsHostnames")
    def dns_hostnames(self, want: Wanted, live: Live) -> Calls:
        """Set the attribute."""
        yield self.call("ModifyVpcAttribute", vpcId=live.id, enableDnsHostnames={"value": want["enableDnsHostnames"]})
