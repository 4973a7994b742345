"""Network interfaces that a service holds in somebody's subnet: they keep subnets and security groups in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_public_ip

from reconciler.emulator import clock
from reconciler.emulator.patch import once, put, replaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def hold(  # noqa: PLR0913 - these are what an interface is
    account: str,
    region: str,
    owner: str,
    subnet: str,
    groups: Iterable[str],
    description: str = "",
    *,
    public: bool = False,
) -> Any:
    """Put an interface into `subnet` for `owner` (an ARN or any unique name); a public one gets an address."""
    backend = ec2_backends[account][region]
    eni: Any = backend.create_network_interface(subnet, [], group_ids=list(groups), description=description)
    eni.requester_managed = True
    eni.status = "in-use"
    eni.held_by = owner
    if public:
        eni.public_ip = random_public_ip()
    return eni


def release(account: str, region: str, owner: str, after: float = 0.0) -> None:
    """Let go of everything `owner` holds, `after` so many (virtual) seconds."""
    for eni in held(account, region, owner):
        eni.release = (clock.now(), after)
    sweep(ec2_backends[account][region])


def regroup(account: str, region: str, owner: str, groups: Iterable[str]) -> None:
    """Give the interfaces of `owner` other security groups."""
    backend = ec2_backends[account][region]
    found = [group for one in groups if (group := backend.get_security_group_from_id(one))]
    for eni in held(account, region, owner):
        eni._group_set = found


def held(account: str, region: str, owner: str) -> list[Any]:
    """List the interfaces that `owner` holds."""
    enis = ec2_backends[account][region].enis.values()
    return [eni for eni in enis if getattr(eni, "held_by", None) == owner]


def sweep(backend: Any) -> None:
    """Remove the interfaces whose time has come."""
    for eni in list(backend.enis.values()):
        due: tuple[float, float] | None = getattr(eni, "release", None)
        if due is not None and clock.passed(*due):
            del backend.enis[eni.id]


def in_subnet(backend: Any, subnet: str) -> bool:
    """Whether any interface is in the subnet."""
    return any(eni.subnet.id == subnet for eni in backend.enis.values())


def of_vpc(backend: Any, vpc: str) -> Iterator[Any]:
    """Give the interfaces of a VPC."""
    return (eni for eni in backend.enis.values() if eni.vpc_id == vpc)


def with_group(backend: Any, group: str) -> bool:
    """Whether any interface is a member of the security group."""
    return any(member.id == group for eni in backend.enis.values() for member in eni.group_set or [])


@once
def install() -> None:
    """Sweep before each EC2 request; an interface that a service holds cannot be deleted by hand."""
    put(NetworkInterface, "private_dns_name", None)  # moto sets it only where the VPC has DNS host names

    @replaces(EC2Response, "call_action")
    def call_action(original: Any, self: Any) -> Any:
        sweep(self.ec2_backend)
        return original(self)

    @replaces(EC2Response, "delete_network_interface")
    def delete_network_interface(original: Any, self: Any) -> Any:
        eni = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
        if getattr(eni, "held_by", None):
            code = "InvalidParameterValue"
            raise EC2ClientError(code, f"Network interface '{eni.id}' is currently in use.")
        return original(self)
