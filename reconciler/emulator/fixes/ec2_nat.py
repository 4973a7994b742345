"""EC2: NAT gateways take time, fail late, and keep their addresses busy."""

from __future__ import annotations

from typing import Any, Final

from moto.ec2.exceptions import EC2ClientError, MissingParameterError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.utils import generic_filter

from reconciler.emulator import clock
from reconciler.emulator.fixes.ec2_tokens import idempotent
from reconciler.emulator.patch import once, put, replaces

STAGES: Final = {
    "available": (("pending", 1.5),),
    "failed": (("pending", 1.5),),
    "deleted": (("deleting", 1.0),),
}
KNOWN_FILTERS: Final = frozenset({"nat-gateway-id", "vpc-id", "subnet-id", "state"})


@once
def install() -> None:
    """Mend NAT gateways and the addresses they use."""
    clock.time_state(NatGateway, "state", STAGES)
    idempotent(NatGateways, "create_nat_gateway")
    _creation()
    _reading()
    _deletion()
    _addresses()


def _creation() -> None:
    @replaces(NatGatewayBackend, "create_nat_gateway")
    def create_nat_gateway(original: Any, self: Any, **asked: Any) -> Any:
        allocation = asked.get("allocation_id")
        asked["connectivity_type"] = asked.get("connectivity_type") or "public"
        subnet = self.get_subnet(asked["subnet_id"])
        failure: tuple[str, str] | None = None
        if asked["connectivity_type"] == "public":
            if not allocation:
                raise MissingParameterError("AllocationId")
            failure = _failure(self, subnet.vpc_id, self.address_by_allocation([allocation])[0])
        nat = original(self, **(asked | {"allocation_id": None} if failure else asked))
        nat._eni.requester_managed, nat._eni.status = True, "in-use"
        nat._eni.held_by = nat.id
        nat._eni.description = f"Interface for NAT Gateway {nat.id}"
        nat.address_set[0] |= {"isPrimary": True, "status": "failed" if failure else "succeeded"}
        nat.failure_code = nat.failure_message = None
        if failure:
            nat.address_set[0]["allocationId"] = allocation
            nat.failure_code, nat.failure_message = failure
            nat.state = "failed"
            nat._eni.release = (clock.now(), 1.5)
        return nat


def _failure(backend: Any, vpc: str, address: ElasticAddress) -> tuple[str, str] | None:
    """Say why the gateway will fail: AWS accepts the request and finds out afterwards."""
    if address.association_id:
        return "Resource.AlreadyAssociated", f"Elastic IP address [{address.allocation_id}] is already associated"
    if not any(gateway.vpc and gateway.vpc.id == vpc for gateway in backend.internet_gateways.values()):
        return "Gateway.NotAttached", f"Network {vpc} has no Internet gateway attached"
    return None


def _reading() -> None:
    @replaces(NatGatewayBackend, "describe_nat_gateways")
    def describe_nat_gateways(original: Any, self: Any, filters: Any, nat_gateway_ids: list[str] | None) -> Any:
        for wanted in nat_gateway_ids or []:
            _find(self, wanted)
        filters = filters or {}
        plain = {name: values for name, values in filters.items() if name in KNOWN_FILTERS}
        others = {name: values for name, values in filters.items() if name not in KNOWN_FILTERS}
        return generic_filter(others, original(self, plain, nat_gateway_ids))


def _deletion() -> None:
    @replaces(NatGatewayBackend, "delete_nat_gateway")
    def delete_nat_gateway(original: Any, self: Any, nat_gateway_id: str) -> Any:
        nat = _find(self, nat_gateway_id)
        if nat.state in {"deleting", "deleted"}:
            return nat
        nat._eni.release = (clock.now(), 1.0)
        return original(self, nat_gateway_id)


def _find(backend: Any, gateway: str) -> Any:
    if gateway not in backend.nat_gateways:
        code = "NatGatewayNotFound"
        raise EC2ClientError(code, f"The Nat Gateway {gateway} was not found")
    return backend.nat_gateways[gateway]


def _addresses() -> None:
    put(ElasticAddress, "public_ipv4_pool", "amazon")
    put(ElasticAddress, "network_border_group", property(lambda self: self.ec2_backend.region_name))

    @replaces(ElasticAddressBackend, "release_address")
    def release_address(original: Any, self: Any, address: str | None = None, allocation_id: str | None = None) -> None:
        found = self.address_by_ip([address]) if address else self.address_by_allocation([allocation_id])
        if _busy(self, found[0]):
            code = "InvalidIPAddress.InUse"
            raise EC2ClientError(code, f"The address {found[0].public_ip} is in use: disassociate it first")
        original(self, address, allocation_id)

    @replaces(ElasticAddressBackend, "describe_addresses")
    def describe_addresses(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        for address in self.addresses:
            _busy(self, address)
        return original(self, *args, **kwargs)

    @replaces(ElasticAddressBackend, "address_by_allocation")
    def address_by_allocation(original: Any, self: Any, allocation_ids: list[str]) -> Any:
        found = original(self, allocation_ids)
        for address in found:
            _busy(self, address)
        return found


def _busy(backend: Any, address: Any) -> bool:
    """Whether the address is associated, after letting go of an interface that is no more."""
    if address.eni and address.eni.id not in backend.enis:
        address.eni = address.association_id = None
    return bool(address.association_id)
