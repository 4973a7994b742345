"""Whether what leaves a subnet gets anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...kind import Finding, Live, Program, Raw, Sight
from . import EC2

EVERYWHERE = ("0.0.0.0/0", "::/0")
TO = (
    "gatewayId", "natGatewayId", "transitGatewayId", "egressOnlyInternetGatewayId", "vpcPeeringConnectionId",
    "networkInterfaceId", "instanceId",
)  # fmt: skip
LOST = "blackhole"


def lost(table: Raw) -> list[str]:
    """Return, in words, the routes of a table that lead to what is gone."""
    return [f"{_end(r)} → {_target(r)} (blackhole)" for r in table.get("routes", ()) if r.get("state") == LOST]


def reach(live: Live, sight: Sight) -> Program[Finding]:
    """Find the table that a subnet uses, and whether it leads where the subnet's tenants must get."""
    vpc = str(live.spec.get("vpcId"))
    answer = yield EC2.call("DescribeRouteTables", filters=[{"name": "vpc-id", "values": [vpc]}])
    tables = list((answer or {}).get("routeTables", ()))
    own = next((t for t in tables if any(a.get("subnetId") == live.id for a in t.get("associations", ()))), None)
    return _unnamed(tables) if own is None else _named(own, list(_needs(live, sight)))


def _unnamed(tables: Sequence[Raw]) -> Finding:
    main = next((t for t in tables if any(a.get("main") for a in t.get("associations", ()))), {})
    if _exits(main):
        return Finding(notes=(f"in no route table of its own: the VPC's main one ({main['routeTableId']}) serves it",))
    if any(map(_exits, tables)):
        way = "Name it in the subnetIds of a RouteTable; one with `routes: []` if it is to have no way out"
        return Finding(ill=(f"in no route table, and the VPC's main one has no way out. {way}",))
    return Finding(notes=("no way out of the VPC, like all of it",))


def _named(table: Raw, needs: Iterable[str]) -> Finding:
    name, exits = table["routeTableId"], _exits(table)
    gone = [route for route in table.get("routes", ()) if _end(route) in EVERYWHERE and route.get("state") == LOST]
    if gone:
        way = "Apply makes it again, if git names what it leads to"
        return Finding(ill=tuple(f"its way out leads to {_target(r)}, which is gone ({name}). {way}" for r in gone))
    if not any(_target(route).startswith("igw-") for route in exits):
        way = "Add a route 0.0.0.0/0 with a gatewayId to its RouteTable"
        wrong = tuple(f"{need}, but {name} has no route to an internet gateway. {way}" for need in needs)
        if wrong:
            return Finding(ill=wrong)
    return Finding(notes=() if exits else (f"no way out of the VPC: {name} has none",))


def _needs(live: Live, sight: Sight) -> Iterator[str]:
    """Yield what is of no use without a door to the internet."""
    if live.spec.get("mapPublicIpOnLaunch"):
        yield "it gives public addresses"
    for nat in sight.lives("NatGateway"):
        if nat.spec.get("subnetId") == live.id and nat.spec.get("connectivityType", "public") == "public":
            yield f"{nat.id} stands in it"


def _exits(table: Raw) -> list[Raw]:
    return [r for r in table.get("routes", ()) if _end(r) in EVERYWHERE and r.get("state") != LOST]


def _end(route: Raw) -> str:
    ends = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    return str(next((route[name] for name in ends if route.get(name)), ""))


def _target(route: Raw) -> str:
    return str(next((route[name] for name in TO if route.get(name)), "nothing"))
