"""ELBv2: load balancers have one name, take time, live in two zones and hold interfaces."""

from __future__ import annotations

import re
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.elbv2.exceptions import DuplicateLoadBalancerName, ELBClientError, LoadBalancerNotFoundError, ValidationError
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer
from moto.elbv2.responses import ELBV2Response

from reconciler.emulator import clock
from reconciler.emulator.fixes import eni
from reconciler.emulator.fixes.elb_data import APPLICATION_ATTRIBUTES, HOSTED_ZONES, NETWORK_ATTRIBUTES
from reconciler.emulator.patch import once, put, replaces

NAME: Final = re.compile(r"^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$")
MOST_TAGS: Final = 50
ZONES: Final = 2


@once
def install() -> None:
    """Mend load balancers and tags."""
    clock.time_state(FakeLoadBalancer, "state", {"active": (("provisioning", 1.5),)})
    put(FakeLoadBalancer, "activate", lambda _: None)
    _creation()
    _reading()
    _attributes()
    _deletion()
    _placement()
    _tags()


def _creation() -> None:
    @replaces(ELBv2Backend, "create_load_balancer")
    def create(original: Any, self: Any, **asked: Any) -> Any:
        asked["scheme"] = asked.get("scheme") or "internet-facing"
        asked["loadbalancer_type"] = asked.get("loadbalancer_type") or "application"
        if not NAME.match(asked["name"]):
            raise ValidationError(f"The load balancer name '{asked['name']}' is not valid")
        subnets = _subnets(self, asked)
        asked["security_groups"] = _groups(self, asked, subnets[0].vpc_id)
        twin = next((lb for lb in self.load_balancers.values() if lb.name == asked["name"]), None)
        if twin is not None:
            if _settings(twin) == _wanted(asked, subnets):
                return twin
            raise DuplicateLoadBalancerName
        balancer = original(self, **asked)
        balancer.state = "active"
        _dress(self, balancer)
        return balancer


def _settings(lb: Any) -> tuple[Any, ...]:
    return lb.scheme, lb.type, lb.ip_address_type, set(lb.security_groups), {s.id for s in lb.subnets}


def _wanted(asked: dict[str, Any], subnets: list[Any]) -> tuple[Any, ...]:
    simple = asked["scheme"], asked["loadbalancer_type"], asked.get("ip_address_type", "ipv4")
    return *simple, set(asked["security_groups"]), {subnet.id for subnet in subnets}


def _subnets(backend: Any, asked: dict[str, Any]) -> list[Any]:
    ids = [*(asked.get("subnet_ids") or []), *(m["SubnetId"] for m in asked.get("subnet_mappings") or [])]
    subnets = [find_subnet(backend, one) for one in ids]
    zones = [subnet.availability_zone for subnet in subnets]
    if len(set(zones)) < len(zones):
        raise _error("InvalidConfigurationRequest", "Only one subnet per Availability Zone may be given")
    if len(zones) < (ZONES if asked["loadbalancer_type"] == "application" else 1):
        raise ValidationError("At least two subnets in two different Availability Zones must be specified")
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise _error("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
    vpc = subnets[0].vpc_id
    attached = any(g.vpc and g.vpc.id == vpc for g in backend.ec2_backend.internet_gateways.values())
    if asked["scheme"] == "internet-facing" and not attached:
        raise _error("InvalidSubnet", f"VPC {vpc} has no internet gateway")
    return subnets


def find_subnet(backend: Any, subnet: str) -> Any:
    """Return the subnet, or fail as ELBv2 does."""
    try:
        return backend.ec2_backend.get_subnet(subnet)
    except EC2ClientError:
        raise _error("SubnetNotFound", f"The subnet ID '{subnet}' is not valid") from None


def _groups(backend: Any, asked: dict[str, Any], vpc: str) -> list[str]:
    if asked["loadbalancer_type"] == "application" and not asked.get("security_groups"):
        return [backend.ec2_backend.get_default_security_group(vpc).id]
    _check_groups(backend, asked.get("security_groups") or [], vpc)
    return list(asked.get("security_groups") or [])


def _check_groups(backend: Any, groups: list[str], vpc: str) -> None:
    for one in groups:
        group = backend.ec2_backend.get_security_group_from_id(one)
        if group is None:
            raise _error("InvalidSecurityGroup", f"Security group '{one}' does not exist")
        if group.vpc_id != vpc:
            raise _error("InvalidConfigurationRequest", f"Security group '{one}' is not in the VPC {vpc}")


def _dress(backend: Any, lb: Any) -> None:
    """Give a new load balancer what AWS would have given it."""
    application = lb.type == "application"
    lb.attrs = dict(APPLICATION_ATTRIBUTES if application else NETWORK_ATTRIBUTES)
    zones = HOSTED_ZONES.get(backend.region_name, HOSTED_ZONES["us-east-1"])
    lb.canonical_hosted_zone_id = zones[0 if application else 1]
    number = int(lb.arn.rpartition("/")[2][:8], 16)
    prefix = "internal-" if lb.scheme == "internal" and application else ""
    place = f"{backend.region_name}.elb" if application else f"elb.{backend.region_name}"
    lb.dns_name = f"{prefix}{lb.name}-{number}.{place}.amazonaws.com"
    _hold(backend, lb)


def _hold(backend: Any, lb: Any) -> None:
    description = "ELB " + lb.arn.rpartition(":loadbalancer/")[2]
    public = lb.scheme == "internet-facing"
    for subnet in lb.subnets:
        eni.hold(
            backend.account_id, backend.region_name, lb.arn, subnet.id, lb.security_groups, description, public=public
        )


def _reading() -> None:
    @replaces(ELBv2Backend, "describe_load_balancers")
    def describe(_original: Any, self: Any, arns: list[str] | None, names: list[str] | None) -> list[Any]:
        every = list(self.load_balancers.values())
        if not arns and not names:
            return every
        found = [lb for lb in every if lb.arn in (arns or []) or lb.name in (names or [])]
        if len(found) < len(set(arns or [])) + len(set(names or [])):
            raise LoadBalancerNotFoundError
        return found


def _attributes() -> None:
    @replaces(ELBv2Backend, "modify_load_balancer_attributes")
    def modify(original: Any, self: Any, arn: str, attrs: dict[str, Any]) -> Any:
        lb = self.load_balancers.get(arn)
        for key in attrs if lb is not None else ():
            if key not in lb.attrs:
                raise ValidationError(f"Load balancer attribute key '{key}' is not recognized")
        return original(self, arn, attrs)


def _deletion() -> None:
    @replaces(ELBv2Backend, "delete_load_balancer")
    def delete(original: Any, self: Any, arn: str) -> None:
        lb = self.load_balancers.get(arn)
        if lb is not None and lb.attrs.get("deletion_protection.enabled") == "true":
            raise _error("OperationNotPermitted", f"Load balancer '{arn}' is protected from deletion")
        original(self, arn)
        eni.release(self.account_id, self.region_name, arn, after=1.0)


def _placement() -> None:
    @replaces(ELBv2Backend, "set_subnets")
    def set_subnets(original: Any, self: Any, arn: str, subnets: list[str], mappings: list[dict[str, Any]]) -> Any:
        result = original(self, arn, subnets, mappings)
        eni.release(self.account_id, self.region_name, arn)
        _hold(self, self.load_balancers[arn])
        return result

    @replaces(ELBv2Backend, "set_security_groups")
    def set_security_groups(original: Any, self: Any, arn: str, sec_groups: list[str]) -> None:
        if (lb := self.load_balancers.get(arn)) is not None:
            _check_groups(self, sec_groups, lb.vpc_id)
        original(self, arn, sec_groups)
        eni.regroup(self.account_id, self.region_name, arn, sec_groups)

    @replaces(ELBV2Response, "set_security_groups")
    def respond(_original: Any, self: Any) -> Any:
        groups = self._get_param("SecurityGroups", [])
        self.elbv2_backend.set_security_groups(self._get_param("LoadBalancerArn"), groups)
        return ActionResult({"SecurityGroupIds": groups})


def _tags() -> None:
    @replaces(ELBv2Backend, "add_tags")
    def add_tags(_original: Any, self: Any, resource_arns: list[str], tags: list[dict[str, str]]) -> None:
        for arn in resource_arns:
            self._get_resource_by_arn(arn)
            merged = self.tagging_service.get_tag_dict_for_resource(arn) | {tag["Key"]: tag["Value"] for tag in tags}
            if len(merged) > MOST_TAGS:
                raise _error("TooManyTags", "A resource has at most 50 tags")
            self.tagging_service.tag_resource(arn, tags)

    @replaces(ELBv2Backend, "describe_tags")
    def describe_tags(original: Any, self: Any, resource_arns: list[str]) -> Any:
        for arn in resource_arns:
            self._get_resource_by_arn(arn)
        return original(self, resource_arns)


def _error(code: str, message: str) -> ELBClientError:
    return ELBClientError(code, message)
