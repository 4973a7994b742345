"""EC2: VPC endpoints lead to services that exist, by routes or by interfaces, and take time to come and to go."""

from __future__ import annotations

import json
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, MissingParameterError
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses import EC2Response
from moto.ec2.responses.vpcs import VPCs

from reconciler.emulator import clock
from reconciler.emulator.fixes import ec2_endpoint_network as network
from reconciler.emulator.fixes.ec2_tokens import idempotent
from reconciler.emulator.patch import once, put, replaces

STAGES: Final = {"available": (("pending", 0.5),), "deleted": (("deleting", network.LEAVING),)}
DNS: Final = {
    "DnsRecordIpType": "ipv4",
    "PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY",
    "PrivateDnsSpecifiedDomains": ["*"],
}
INTERFACE_ONLY: Final = ("SubnetIds", "SecurityGroupIds")


@once
def install() -> None:
    """Mend the creation, change and deletion of endpoints."""
    clock.time_state(VPCEndPoint, "state", STAGES)
    for name, default in (("ip_address_type", "ipv4"), ("dns_options", None), ("service_region", None)):
        put(VPCEndPoint, name, default)
    put(VPCEndPoint, "groups", property(network.groups))
    put(VPCEndPoint, "network_interface_ids", property(network.interface_ids, lambda _self, _ids: None))
    _creation()
    _change()
    _deletion()
    idempotent(VPCs, "create_vpc_endpoint")


def _creation() -> None:
    @replaces(VPCs, "create_vpc_endpoint")
    def create_vpc_endpoint(original: Any, self: Any) -> Any:
        backend, asked = self.ec2_backend, self._get_params()
        kind = asked.setdefault("VpcEndpointType", "Gateway")
        backend.get_vpc(asked["VpcId"])
        service = network.service(backend, asked["ServiceName"], kind)
        if asked.get("PolicyDocument"):
            _check_policy(asked["PolicyDocument"])
        if kind == "Gateway":
            _check_gateway(backend, asked)
        else:
            _check_interface(backend, asked, service)
        answer = original(self)
        endpoint = answer.result["VpcEndpoint"]
        _complete(endpoint, asked)
        network.extend(endpoint, asked.get("SubnetIds") or [])
        return answer

    @replaces(VPCBackend, "create_vpc_endpoint")
    def store(original: Any, self: Any, **asked: Any) -> Any:
        """Let moto make neither routes nor interfaces of its own for an endpoint of type Interface."""
        kind = asked["endpoint_type"] or "Gateway"
        endpoint = original(self, **(asked | {"endpoint_type": kind, "subnet_ids": []}))
        endpoint.private_dns_enabled = kind == "Interface" and asked["private_dns_enabled"]
        return endpoint


def _complete(endpoint: Any, asked: dict[str, Any]) -> None:
    """Fill in what AWS fills in."""
    endpoint.ip_address_type = asked.get("IpAddressType") or "ipv4"
    endpoint.dns_options = {**DNS, **(asked.get("DnsOptions") or {})}
    endpoint.service_region = asked.get("ServiceRegion") or endpoint.ec2_backend.region_name
    if endpoint.vpc_endpoint_type == "Interface" and not endpoint.security_group_ids:
        default = endpoint.ec2_backend.get_default_security_group(endpoint.vpc_id)
        endpoint.security_group_ids = [default.id]


def _check_gateway(backend: Any, asked: dict[str, Any]) -> None:
    for name in INTERFACE_ONLY:
        if asked.get(name):
            raise network.invalid(f"{name} cannot be specified for an endpoint of type Gateway")
    if asked.get("PrivateDnsEnabled"):
        raise network.invalid("Private DNS can only be enabled for endpoints of type Interface")
    network.check_tables(backend, asked["VpcId"], asked["ServiceName"], asked.get("RouteTableIds") or [])


def _check_interface(backend: Any, asked: dict[str, Any], service: dict[str, Any]) -> None:
    if asked.get("RouteTableIds"):
        raise network.invalid("RouteTableIds cannot be specified for an endpoint of type Interface")
    network.check_subnets(backend, asked["VpcId"], asked.get("SubnetIds") or [])
    network.check_groups(backend, asked["VpcId"], asked.get("SecurityGroupIds") or [])
    if asked.setdefault("PrivateDnsEnabled", bool(service.get("PrivateDnsName"))):
        network.check_names(backend, asked["VpcId"], asked["ServiceName"], "")


def _check_policy(document: str) -> None:
    try:
        sound = isinstance(json.loads(document).get("Statement"), (list, dict))
    except (ValueError, AttributeError):
        sound = False
    if not sound:
        code = "InvalidPolicyDocument"
        raise EC2ClientError(code, "The policy document is not a valid JSON policy document.")


def _change() -> None:
    @replaces(VPCs, "modify_vpc_endpoint")
    def modify_vpc_endpoint(_original: Any, self: Any) -> Any:
        backend, asked = self.ec2_backend, self._get_params()
        endpoint = backend.get_vpc_end_point(asked["VpcEndpointId"])
        if endpoint.state != "available":
            code = "IncorrectState"
            raise EC2ClientError(code, f"The endpoint {endpoint.id} is in the state {endpoint.state}")
        _check_change(endpoint, asked)
        if asked.get("ResetPolicy"):
            endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
        if asked.get("PolicyDocument"):
            _check_policy(asked["PolicyDocument"])
            endpoint.policy_document = asked["PolicyDocument"]
        endpoint.private_dns_enabled = asked.get("PrivateDnsEnabled", endpoint.private_dns_enabled)
        endpoint.ip_address_type = asked.get("IpAddressType") or endpoint.ip_address_type
        endpoint.dns_options = {**endpoint.dns_options, **(asked.get("DnsOptions") or {})}
        network.change(endpoint, asked)
        return ActionResult({"Return": True})


def _check_change(endpoint: Any, asked: dict[str, Any]) -> None:
    backend, vpc, gateway = endpoint.ec2_backend, endpoint.vpc_id, endpoint.vpc_endpoint_type == "Gateway"
    foreign = ("SubnetIds", "SecurityGroupIds") if gateway else ("RouteTableIds",)
    for name in (f"{what}{one}" for what in ("Add", "Remove") for one in foreign):
        if asked.get(name):
            raise network.invalid(f"{name} is not valid for an endpoint of type {endpoint.vpc_endpoint_type}")
    network.check_tables(backend, vpc, endpoint.service_name, asked.get("AddRouteTableIds") or [])
    kept = [s for s in endpoint.subnet_ids if s not in (asked.get("RemoveSubnetIds") or [])]
    network.check_subnets(backend, vpc, [*kept, *(asked.get("AddSubnetIds") or [])])
    network.check_groups(backend, vpc, asked.get("AddSecurityGroupIds") or [])
    left = {*endpoint.security_group_ids, *(asked.get("AddSecurityGroupIds") or [])}
    if not gateway and not left - set(asked.get("RemoveSecurityGroupIds") or []):
        raise MissingParameterError("securityGroupIds")
    if asked.get("PrivateDnsEnabled"):
        if gateway:
            raise network.invalid("Private DNS can only be enabled for endpoints of type Interface")
        network.check_names(backend, vpc, endpoint.service_name, endpoint.id)


def _deletion() -> None:
    @replaces(VPCs, "delete_vpc_endpoints")
    def delete_vpc_endpoints(_original: Any, self: Any) -> Any:
        backend, refused = self.ec2_backend, []
        for wanted in self._get_param("VpcEndpointIds", []):
            endpoint = backend.vpc_end_points.get(wanted)
            if endpoint is None:
                said = {
                    "Code": "InvalidVpcEndpoint.NotFound",
                    "Message": f"The VpcEndpoint Id '{wanted}' does not exist",
                }
                refused.append({"ResourceId": wanted, "Error": said})
            elif endpoint.state not in ("deleting", "deleted"):
                network.withdraw(endpoint)
                endpoint.state = "deleted"
        return ActionResult({"Unsuccessful": refused})

    @replaces(EC2Response, "call_action")
    def call_action(original: Any, self: Any) -> Any:
        endpoints = self.ec2_backend.vpc_end_points
        for gone in [one for one, endpoint in endpoints.items() if endpoint.state == "deleted"]:
            del endpoints[gone]
            self.ec2_backend.tags.pop(gone, None)
        return original(self)
