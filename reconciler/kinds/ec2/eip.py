"""EIP."""

from __future__ import annotations

from ...kind import Api, field, fixed
from ...types import Text
from . import TAGS, Ec2Kind


class EIP(Ec2Kind):
    """A public IPv4 address that stays the same."""

    api = Api(
        "DescribeAddresses", "addresses", "allocationId", create="AllocateAddress", delete="ReleaseAddress",
        tag_type="elastic-ip", missing=("InvalidAllocationID.NotFound",),
    )  # fmt: skip
    duplicable = True
    attributes = {"publicIp": "publicIp"}
    left_out = (
        "Addresses of one's own pools, and association with instances: gateways and balancers take theirs by reference."
    )

    domain = fixed(Text(enum=("vpc",)), "Where the address may be used.", default="vpc")
    tags = field(TAGS, "Tags, beside those of the stack.")
