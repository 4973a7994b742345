"""EC2: routes lead somewhere or nowhere, and a subnet has one table."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models.route_tables import Route, RouteBackend
from moto.ec2.responses.route_tables import RouteTables

from reconciler.emulator.fixes.ec2_tokens import idempotent
from reconciler.emulator.fixes.ec2_vpc import canonical
from reconciler.emulator.patch import once, put, replaces

GONE = frozenset({"deleting", "deleted", "failed"})


@once
def install() -> None:
    """Mend route tables, their associations and their routes."""
    idempotent(RouteTables, "create_route_table")
    put(Route, "state", property(_state))
    _associations()
    _targets()
    _deletions()


def _state(route: Any) -> str:
    """Tell whether the target still exists."""
    backend = route.route_table.ec2_backend
    if route.nat_gateway and route.nat_gateway.state in GONE:
        return "blackhole"
    if route.interface and route.interface.id not in backend.enis:
        return "blackhole"
    gateway = route.gateway
    if gateway is not None and gateway.id.startswith("igw-"):
        attached = gateway.id in backend.internet_gateways and gateway.vpc is not None
        return "active" if attached else "blackhole"
    return "active"


def _associations() -> None:
    @replaces(RouteBackend, "associate_route_table")
    def associate(
        original: Any, self: Any, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None
    ) -> Any:
        self.get_route_table(route_table_id)
        for table in self.route_tables.values():
            if subnet_id and subnet_id in table._associations.values() and table.id != route_table_id:
                code = "Resource.AlreadyAssociated"
                raise EC2ClientError(code, f"{subnet_id} is associated with route table {table.id} already")
        if subnet_id and self.get_subnet(subnet_id).vpc_id != self.get_route_table(route_table_id).vpc_id:
            code = "InvalidParameterValue"
            raise EC2ClientError(code, f"Route table {route_table_id} and subnet {subnet_id} are in different networks")
        return original(self, route_table_id, gateway_id, subnet_id)


def _targets() -> None:
    @replaces(RouteBackend, "create_route")
    def create_route(
        original: Any, self: Any, route_table_id: str, destination_cidr_block: str | None, *args: Any, **target: Any
    ) -> Any:
        _check_target(self, self.get_route_table(route_table_id).vpc_id, target)
        if destination_cidr_block:
            destination_cidr_block = canonical(destination_cidr_block)
        return original(self, route_table_id, destination_cidr_block, *args, **target)

    @replaces(RouteBackend, "replace_route")
    def replace_route(original: Any, self: Any, route_table_id: str, *args: Any, **target: Any) -> Any:
        names = ("cidr", "ipv6", "prefix_list", "nat_gateway_id")
        _check_target(self, self.get_route_table(route_table_id).vpc_id, dict(zip(names, args, strict=False)) | target)
        return original(self, route_table_id, *args, **target)


def _check_target(backend: Any, vpc: str, target: dict[str, Any]) -> None:
    nat, gateway = target.get("nat_gateway_id"), target.get("gateway_id") or ""
    if nat and (nat not in backend.nat_gateways or backend.nat_gateways[nat].state in GONE):
        code = "InvalidNatGatewayID.NotFound"
        raise EC2ClientError(code, f"The natGateway ID '{nat}' does not exist")
    if gateway.startswith("igw-"):
        attached = backend.get_internet_gateway(gateway).vpc
        if attached is None or attached.id != vpc:
            code = "InvalidParameterValue"
            raise EC2ClientError(
                code, f"the route table's network {vpc} and the gateway {gateway} belong to different networks"
            )


def _deletions() -> None:
    @replaces(RouteTables, "delete_route_table")
    def delete_route_table(original: Any, self: Any) -> Any:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        if table.main_association_id:
            raise DependencyViolationError(f"The routeTable '{table.id}' has dependencies and cannot be deleted.")
        return original(self)

    @replaces(RouteTables, "delete_route")
    def delete_route(original: Any, self: Any) -> Any:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        cidr = self._get_param("DestinationCidrBlock")
        if any(route.local and route.destination_cidr_block == cidr for route in table.routes):
            code = "InvalidParameterValue"
            raise EC2ClientError(code, f"cannot remove local route {cidr} in route table {table.id}")
        return original(self)

    @replaces(RouteTables, "disassociate_route_table")
    def disassociate_route_table(original: Any, self: Any) -> Any:
        association = self._get_param("AssociationId")
        if any(table.main_association_id == association for table in self.ec2_backend.route_tables.values()):
            code = "InvalidParameterValue"
            raise EC2ClientError(code, f"cannot disassociate the main route table association {association}")
        return original(self)
