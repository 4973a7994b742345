"""EC2: VPCs, subnets and internet gateways stay as long as something depends on them."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.subnets import Subnet, SubnetBackend
from moto.ec2.models.tags import TagBackend
from moto.ec2.models.vpcs import VPC, VPCBackend
from moto.ec2.responses.tags import TagResponse

from reconciler.emulator import clock
from reconciler.emulator.fixes import eni
from reconciler.emulator.patch import once, replaces

PENDING = {"available": (("pending", 0.2),)}
SMALLEST_SUBNET = 28
LARGEST_SUBNET = 16


@once
def install() -> None:
    """Mend VPCs, subnets, internet gateways and tags."""
    clock.time_state(VPC, "state", PENDING, at_once=lambda vpc: vpc.is_default)
    clock.time_state(Subnet, "state", PENDING, at_once=lambda subnet: subnet.default_for_az)
    _vpcs()
    _default_vpc()
    _subnets()
    _internet_gateways()
    _tags()


def canonical(cidr: str) -> str:
    """Clear the host bits, as AWS does; what is no CIDR stays as it is."""
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        return cidr


def _vpcs() -> None:
    @replaces(VPCBackend, "create_vpc")
    def create_vpc(original: Any, self: Any, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
        return original(self, canonical(cidr_block), *args, **kwargs)

    @replaces(VPCBackend, "delete_vpc")
    def delete_vpc(original: Any, self: Any, vpc_id: str) -> Any:
        self.get_vpc(vpc_id)
        if _has_dependents(self, vpc_id):
            raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        return original(self, vpc_id)


def _has_dependents(backend: Any, vpc: str) -> bool:
    gateways = any(g.vpc and g.vpc.id == vpc for g in backend.internet_gateways.values())
    groups = any(not group.is_default for group in backend.groups.get(vpc, {}).values())
    endpoints = any(e.vpc_id == vpc for e in backend.vpc_end_points.values())
    acls = any(acl.vpc_id == vpc and not acl.default for acl in backend.network_acls.values())
    return gateways or groups or endpoints or acls or any(True for _ in eni.of_vpc(backend, vpc))


def _default_vpc() -> None:
    @replaces(VPCBackend, "create_default_vpc")
    def create_default_vpc(original: Any, self: Any) -> Any:
        vpc = original(self)
        gateway = self.create_internet_gateway()
        gateway.vpc = vpc
        main = next(t for t in self.route_tables.values() if t.vpc_id == vpc.id and t.main_association_id)
        self.create_route(main.id, "0.0.0.0/0", gateway_id=gateway.id)
        return vpc


def _subnets() -> None:
    @replaces(SubnetBackend, "create_subnet")
    def create_subnet(original: Any, self: Any, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
        cidr_block = canonical(cidr_block) if cidr_block else cidr_block
        prefix = cidr_block.rpartition("/")[2] if cidr_block else ""
        if prefix.isdigit() and not LARGEST_SUBNET <= int(prefix) <= SMALLEST_SUBNET:
            code = "InvalidSubnet.Range"
            raise EC2ClientError(code, f"The CIDR '{cidr_block}' is invalid.")
        return original(self, vpc_id, cidr_block, *args, **kwargs)

    @replaces(SubnetBackend, "delete_subnet")
    def delete_subnet(original: Any, self: Any, subnet_id: str) -> Any:
        self.get_subnet(subnet_id)
        if eni.in_subnet(self, subnet_id):
            raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
        for table in self.route_tables.values():
            for association, target in list(table._associations.items()):
                if target == subnet_id:
                    del table._associations[association]
        return original(self, subnet_id)


def _internet_gateways() -> None:
    @replaces(InternetGatewayBackend, "attach_internet_gateway")
    def attach_internet_gateway(original: Any, self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        if any(g.vpc and g.vpc.id == vpc_id for g in self.internet_gateways.values() if g.id != internet_gateway_id):
            code = "InvalidParameterValue"
            raise EC2ClientError(code, f"Network {vpc_id} already has an internet gateway attached")
        return original(self, internet_gateway_id, vpc_id)

    @replaces(InternetGatewayBackend, "detach_internet_gateway")
    def detach_internet_gateway(original: Any, self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        if any(interface.public_ip for interface in eni.of_vpc(self, vpc_id)):
            raise DependencyViolationError(f"Network {vpc_id} has some mapped public address(es).")
        return original(self, internet_gateway_id, vpc_id)


def _tags() -> None:
    @replaces(TagResponse, "create_tags")
    def create_tags(original: Any, self: Any) -> Any:
        for tag in self._get_param("Tags", []):
            if tag["Key"].lower().startswith("aws:"):
                code = "InvalidParameterValue"
                raise EC2ClientError(code, f"Tag keys starting with 'aws:' are reserved: {tag['Key']}")
        return original(self)

    @replaces(TagBackend, "create_tags")
    def store_tags(original: Any, self: Any, resource_ids: list[str], tags: dict[str, str]) -> Any:
        return original(self, resource_ids, {key: value or "" for key, value in tags.items()})
