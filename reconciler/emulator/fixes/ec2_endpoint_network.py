"""EC2: what a VPC endpoint has to do with the route tables, subnets, groups and names of its VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidRouteTableIdError,
    InvalidSecurityGroupNotFoundError,
    InvalidServiceName,
)

from reconciler.emulator.fixes import eni

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAVING: Final = 1.0
"""Seconds that the interfaces of a deleted endpoint stay."""
ALIVE: Final = frozenset({"pending", "available"})


def invalid(message: str) -> EC2ClientError:
    """Return AWS's refusal of a parameter."""
    code = "InvalidParameter"
    return EC2ClientError(code, message)


def service(backend: Any, name: str, kind: str) -> dict[str, Any]:
    """Return the service that an endpoint of this type may lead to."""
    known = backend._collect_default_endpoint_services(backend.account_id, backend.region_name)
    found = [one for one in known if one["ServiceName"] == name]
    if not found:
        raise InvalidServiceName(name)
    fits = [one for one in found if any(t["ServiceType"] == kind for t in one["ServiceType"])]
    if not fits:
        types = sorted({t["ServiceType"] for one in found for t in one["ServiceType"]})
        raise invalid(f"Endpoint type ({kind}) does not match available service types ([{', '.join(types)}]).")
    return dict(fits[0])


def check_tables(backend: Any, vpc: str, name: str, tables: Iterable[str]) -> None:
    """Refuse a table of another VPC, and one that leads to the service already."""
    for table in tables:
        if table not in backend.route_tables:
            raise InvalidRouteTableIdError(table)
        if backend.route_tables[table].vpc_id != vpc:
            raise invalid(f"Route table {table} does not belong to the network {vpc}")
        for other in _alive(backend):
            if other.service_name == name and table in other.route_table_ids:
                code = "RouteAlreadyExists"
                raise EC2ClientError(code, f"route table {table} already has a route to {name}")


def check_subnets(backend: Any, vpc: str, subnets: Iterable[str]) -> None:
    """Refuse subnets of another VPC, and two of one zone."""
    zones: dict[str, str] = {}
    for subnet in dict.fromkeys(subnets):
        found = backend.get_subnet(subnet)
        if found.vpc_id != vpc:
            raise invalid(f"Subnet {subnet} does not belong to the network {vpc}")
        if zones.setdefault(found.availability_zone, subnet) != subnet:
            code = "DuplicateSubnetsInSameZone"
            raise EC2ClientError(code, f"Found another VPC endpoint subnet in the availability zone of {subnet}.")


def check_groups(backend: Any, vpc: str, groups: Iterable[str]) -> None:
    """Refuse groups that do not exist or belong to another VPC."""
    for group in groups:
        found = backend.get_security_group_from_id(group)
        if found is None:
            raise InvalidSecurityGroupNotFoundError(group)
        if found.vpc_id != vpc:
            raise invalid(f"Security group {group} does not belong to the network {vpc}")


def check_names(backend: Any, vpc: str, name: str, endpoint: str) -> None:
    """Refuse private names where the VPC resolves none, or another endpoint has them."""
    network = backend.get_vpc(vpc)
    if not (network.enable_dns_support and network.enable_dns_hostnames):
        both = "enableDnsSupport and enableDnsHostnames VPC attributes set to true"
        raise invalid(f"Enabling private DNS requires both {both} for {vpc}")
    for other in _alive(backend):
        if (other.vpc_id, other.service_name) == (vpc, name) and other.private_dns_enabled and other.id != endpoint:
            raise invalid(
                f"private-dns-enabled cannot be set because there is already a conflicting DNS domain in {vpc}"
            )


def _alive(backend: Any) -> list[Any]:
    return [one for one in backend.vpc_end_points.values() if one.state in ALIVE]


def extend(endpoint: Any, subnets: Iterable[str]) -> None:
    """Put an interface into each of these subnets."""
    backend = endpoint.ec2_backend
    for subnet in subnets:
        if subnet not in endpoint.subnet_ids:
            endpoint.subnet_ids.append(subnet)
            told = f"VPC Endpoint Interface {endpoint.id}"
            eni.hold(backend.account_id, backend.region_name, endpoint.id, subnet, endpoint.security_group_ids, told)


def change(endpoint: Any, asked: dict[str, Any]) -> None:
    """Add and remove route tables, groups and subnets."""
    backend = endpoint.ec2_backend
    for table in asked.get("AddRouteTableIds") or []:
        endpoint.route_table_ids.append(table)
        lead = {"gateway_id": endpoint.id, "destination_prefix_list_id": endpoint.destination_prefix_list_id}
        backend.create_route(table, None, **lead)
    for table in asked.get("RemoveRouteTableIds") or []:
        _forget_route(endpoint, table)
    left = [g for g in endpoint.security_group_ids if g not in (asked.get("RemoveSecurityGroupIds") or [])]
    endpoint.security_group_ids = [*dict.fromkeys([*left, *(asked.get("AddSecurityGroupIds") or [])])]
    eni.regroup(backend.account_id, backend.region_name, endpoint.id, endpoint.security_group_ids)
    gone = set(asked.get("RemoveSubnetIds") or [])
    endpoint.subnet_ids = [subnet for subnet in endpoint.subnet_ids if subnet not in gone]
    for interface in interfaces(endpoint):
        if interface.subnet.id in gone:
            del backend.enis[interface.id]
    extend(endpoint, asked.get("AddSubnetIds") or [])


def withdraw(endpoint: Any) -> None:
    """Take the routes away at once, and the interfaces a little later."""
    for table in list(endpoint.route_table_ids):
        _forget_route(endpoint, table)
    eni.release(endpoint.ec2_backend.account_id, endpoint.ec2_backend.region_name, endpoint.id, LEAVING)


def _forget_route(endpoint: Any, table: str) -> None:
    endpoint.route_table_ids = [one for one in endpoint.route_table_ids if one != table]
    backend = endpoint.ec2_backend
    if table in backend.route_tables:
        backend.delete_route(table, None, destination_prefix_list_id=endpoint.destination_prefix_list_id)


def interfaces(endpoint: Any) -> list[Any]:
    """List the network interfaces of an endpoint."""
    return eni.held(endpoint.ec2_backend.account_id, endpoint.ec2_backend.region_name, endpoint.id)


def interface_ids(endpoint: Any) -> list[str]:
    """List the ids of the network interfaces of an endpoint."""
    return [interface.id for interface in interfaces(endpoint)]


def groups(endpoint: Any) -> list[dict[str, str]]:
    """Return an endpoint's security groups, as answers show them."""
    known = (endpoint.ec2_backend.get_security_group_from_id(one) for one in endpoint.security_group_ids)
    return [{"GroupId": group.id, "GroupName": group.name} for group in known if group]
