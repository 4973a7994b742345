"""NatGateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...kind import Api, Live, Program, Raw, State, Wanted, field, fixed
from ...types import Difference, Ref, Text
from . import TAGS, Ec2Kind


class NatGateway(Ec2Kind):
    """The way out to the internet for private subnets."""

    api = Api(
        "DescribeNatGateways", "natGateways", "natGatewayId", create="CreateNatGateway", delete="DeleteNatGateway",
        tag_type="natgateway", status="state", ready=frozenset({"available"}), failed=frozenset({"failed"}),
        leaving=frozenset({"deleting"}), gone=frozenset({"deleted"}), token="clientToken", missing=("NatGatewayNotFound",),
    )  # fmt: skip
    coexists = False
    attributes = {"publicIp": "natGatewayAddresses.0.publicIp", "privateIp": "natGatewayAddresses.0.privateIp"}
    left_out = "Secondary addresses."

    subnetId = fixed(
        Ref(kind="Subnet"), "The subnet it stands in: a public one, unless it is private itself.", required=True
    )
    allocationId = fixed(Ref(kind="EIP"), "Its public address.", path="natGatewayAddresses.0.allocationId")
    connectivityType = fixed(Text(enum=("public", "private")), "Whether it leads to the internet.", default="public")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def reason(self, raw: Raw) -> str:
        """Return AWS's message if it could not be made."""
        return str(raw.get("failureMessage") or raw.get("state", ""))

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """One that failed never works: it is in the way until another is made with its address."""
        yield from super().diff(want, live)
        if live.state is State.FAILED:
            yield Difference("state", "available", "failed")

    def inspect(self, live: Live) -> Program[str]:
        """Say what becomes of one that failed."""
        said = yield from super().inspect(live)
        return f"{said}. It never recovers: apply makes another one" if live.state is State.FAILED else said

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """AWS refuses a public NAT gateway in a VPC without a door to the internet."""
        if want.get("connectivityType") != "private":
            yield from (address for address in siblings if address.startswith("InternetGateway/"))
