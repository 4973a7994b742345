"""InternetGateway."""

from __future__ import annotations

from ...kind import Api, Calls, Live, Wanted, field, later, writes
from ...types import Ref
from . import TAGS, Ec2Kind


class InternetGateway(Ec2Kind):
    """The door between a VPC and the internet."""

    api = Api(
        "DescribeInternetGateways", "internetGateways", "internetGatewayId", tag_type="internet-gateway",
        create="CreateInternetGateway", delete="DeleteInternetGateway", missing=("InvalidInternetGatewayID.NotFound",),
    )  # fmt: skip
    duplicable = True

    vpcId = later(Ref(kind="VPC"), "The VPC it is attached to.", required=True, path="attachments.0.vpcId")
    tags = field(TAGS, "Tags, beside those of the stack.")

    @writes("vpcId")
    def attach(self, want: Wanted, live: Live) -> Calls:
        """Leave the old VPC first: a gateway has one."""
        yield from self.detach(live)
        yield self.call("AttachInternetGateway", internetGatewayId=live.id, vpcId=want["vpcId"])

    def detach(self, live: Live) -> Calls:
        """Detach it from wherever it is attached."""
        if "vpcId" in live.spec:
            gone = ("Gateway.NotAttached", "InvalidInternetGatewayID.NotFound")
            yield self.call("DetachInternetGateway", internetGatewayId=live.id, vpcId=live.spec["vpcId"], missing=gone)

    def delete(self, live: Live) -> Calls:
        """Only a detached gateway can be deleted."""
        yield from self.detach(live)
        yield from super().delete(live)
