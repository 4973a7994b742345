"""RouteTable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...kind import Api, Calls, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import Cidr, Ref, SetOf, Struct, Text
from . import TAGS, Ec2Kind
from .way_out import lost

TARGETS = {
    "gatewayId": Ref(kind="InternetGateway"),
    "natGatewayId": Ref(kind="NatGateway"),
    "vpcPeeringConnectionId": Text(),
    "transitGatewayId": Text(),
    "egressOnlyInternetGatewayId": Text(),
    "networkInterfaceId": Text(),
}
DESTINATIONS = {"destinationCidrBlock": Cidr(), "destinationIpv6CidrBlock": Cidr(), "destinationPrefixListId": Text()}


class RouteTable(Ec2Kind):
    """Where the traffic that leaves a set of subnets goes."""

    api = Api(
        "DescribeRouteTables", "routeTables", "routeTableId", create="CreateRouteTable", delete="DeleteRouteTable",
        tag_type="route-table", token="clientToken", missing=("InvalidRouteTableID.NotFound",),
    )  # fmt: skip
    duplicable = True
    left_out = "Gateway route tables (edge associations) and routes that virtual private gateways propagate, which are left alone."

    vpcId = fixed(Ref(kind="VPC"), "The VPC whose traffic it directs.", required=True)
    routes = later(
        SetOf(Struct({**DESTINATIONS, **TARGETS})),
        "Every route but the VPC's own: a destination and one target each. Others are removed.",
    )
    subnetIds = later(SetOf(Ref(kind="Subnet")), "The subnets that use it.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """A gateway must be attached, not merely there, before a route may lead to it."""
        if any("gatewayId" in route for route in want.get("routes") or ()):
            yield from (address for address in siblings if address.startswith("InternetGateway/"))

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Leave out what nobody made by hand: the local route, endpoints' and propagated ones."""
        made = [
            r
            for r in raw["routes"]
            if r.get("origin") == "CreateRoute" and not r.get("gatewayId", "").startswith("vpce-")
        ]
        routes = [{k: v for k, v in r.items() if k in DESTINATIONS or k in TARGETS} for r in made]
        return {"vpcId": raw["vpcId"], "routes": routes, "subnetIds": sorted(associations(raw))}

    def inspect(self, live: Live) -> Program[str]:
        """A route to what is gone swallows its traffic."""
        said = yield from super().inspect(live)
        gone = lost(live.raw)
        way = "Apply makes it again, if git names what it leads to; else correct the route"
        return "; ".join(filter(None, [said, f"{', '.join(gone)} leads to what is gone. {way}" if gone else ""]))

    @writes("routes")
    def set_routes(self, want: Wanted, live: Live) -> Calls:
        """Replace a route in place, so that traffic never lacks one; remove the undeclared last."""
        wanted, found = ({destination(r): r for r in side} for side in (want["routes"], live.spec["routes"]))
        for to, route in wanted.items():
            if found.get(to) != route:
                yield self.call("ReplaceRoute" if to in found else "CreateRoute", routeTableId=live.id, **route)
        for to in found.keys() - wanted.keys():
            yield self.call("DeleteRoute", routeTableId=live.id, missing=("InvalidRoute.NotFound",), **dict([to]))

    @writes("subnetIds")
    def set_subnets(self, want: Wanted, live: Live) -> Calls:
        """Associate the declared subnets and let the others fall back to the main table."""
        found = associations(live.raw)
        for subnet in sorted(found.keys() - set(want["subnetIds"])):
            yield self.call(
                "DisassociateRouteTable", associationId=found[subnet], missing=("InvalidAssociationID.NotFound",)
            )
        for subnet in sorted(set(want["subnetIds"]) - found.keys()):
            yield self.call("AssociateRouteTable", routeTableId=live.id, subnetId=subnet)

    def delete(self, live: Live) -> Calls:
        """A table in use cannot be deleted."""
        for association in associations(live.raw).values():
            yield self.call(
                "DisassociateRouteTable", associationId=association, missing=("InvalidAssociationID.NotFound",)
            )
        yield from super().delete(live)


def destination(route: Raw) -> tuple[str, str]:
    """Return the parameter and the value that say where a route leads to."""
    return next((k, DESTINATIONS[k].canon(route[k])) for k in DESTINATIONS if k in route)


def associations(raw: Raw) -> Mapping[str, str]:
    """Return association ids by subnet."""
    return {a["subnetId"]: a["routeTableAssociationId"] for a in raw.get("associations", ()) if "subnetId" in a}
