"""EC2: security groups take all rules of a request or none, and stay while they are needed."""

from __future__ import annotations

import re
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import (
    DependencyViolationError,
    EC2ClientError,
    InvalidPermissionDuplicateError,
    InvalidPermissionNotFoundError,
    InvalidSecurityGroupNotFoundError,
)
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from reconciler.emulator.fixes import eni
from reconciler.emulator.fixes.ec2_vpc import canonical
from reconciler.emulator.patch import once, put, replaces

PORTED: Final = frozenset({"tcp", "udp"})
PROTOCOLS: Final = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
HIGHEST_PORT: Final = 65535
HIGHEST_PROTOCOL: Final = 255
TEXT: Final = re.compile(r"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}$")


@once
def install() -> None:
    """Mend security groups and their rules."""
    _rule_identity()
    _creation()
    for direction in ("ingress", "egress"):
        _authorize(direction)
        _revoke(direction)
    _deletion()


def _identity(rule: Any) -> tuple[Any, ...]:
    """Return what makes two rules the same: descriptions and tags do not count."""
    ranges, group = rule.ip_range, rule.source_group
    ports = (None, None) if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
    return rule.ip_protocol, *ports, *map(ranges.get, ("CidrIp", "CidrIpv6")), group.get("GroupId"), rule.prefix_list_id


def _rule_identity() -> None:
    def equal(self: Any, other: object) -> bool:
        return isinstance(other, SecurityGroupRule) and _identity(self) == _identity(other)

    def description(self: Any) -> Any:
        return self.ip_range.get("Description") or self.source_group.get("Description")

    def arn(self: Any) -> str:
        backend = self.ec2_backend
        return f"arn:aws:ec2:{backend.region_name}:{backend.account_id}:security-group-rule/{self.id}"

    put(SecurityGroupRule, "__eq__", equal)
    put(SecurityGroupRule, "description", property(description))
    put(SecurityGroupRule, "security_group_rule_arn", property(arn))


def _creation() -> None:
    @replaces(SecurityGroupBackend, "create_security_group")
    def create_security_group(original: Any, self: Any, name: str, description: str, *rest: Any, **more: Any) -> Any:
        if name.lower().startswith("sg-"):
            raise _invalid(f"Value ({name}) for parameter groupName is invalid: it may not start with 'sg-'")
        for what, text in (("GroupName", name), ("GroupDescription", description or "")):
            if not TEXT.match(text):
                raise _invalid(f"Value ({text}) for parameter {what} is invalid: characters or length")
        if vpc := more.get("vpc_id"):
            self.get_vpc(vpc)
        return original(self, name, description, *rest, **more)


def _authorize(direction: str) -> None:
    method = f"authorize_security_group_{direction}"

    @replaces(SecurityGroups, method)
    def authorize(_original: Any, self: Any) -> Any:
        self.error_on_dryrun()
        asked = list(self._process_rules_from_querystring())
        group = _group(self)
        rules = getattr(group, f"{direction}_rules")
        before, added = list(rules), []
        for permission in asked:
            _normalise(permission)
        try:
            for permission in asked:
                made, _ = getattr(self.ec2_backend, method)(**permission)
                added += made
        except EC2ClientError:
            rules[:] = before
            raise
        return ActionResult({"Return": True, "SecurityGroupRules": added})


def _revoke(direction: str) -> None:
    @replaces(SecurityGroups, f"revoke_security_group_{direction}")
    def revoke(_original: Any, self: Any) -> Any:
        self.error_on_dryrun()
        group = _group(self)
        rules: list[Any] = getattr(group, f"{direction}_rules")
        wanted_ids = self._get_param("SecurityGroupRuleIds", [])
        doomed = [rule for rule in rules if rule.id in wanted_ids]
        unknown = len(doomed) < len(set(wanted_ids))
        for permission in [] if wanted_ids else self._process_rules_from_querystring():
            for rule in _rules(self.ec2_backend, group, permission, egress=direction == "egress"):
                same = [one for one in rules if one == rule]
                unknown = unknown or not same
                doomed += same
        if unknown:
            raise InvalidPermissionNotFoundError
        gone = {rule.id for rule in doomed}
        rules[:] = [rule for rule in rules if rule.id not in gone]
        return ActionResult({"Return": True})


def _group(response: Any) -> Any:
    name = response._get_param("GroupId") or response._get_param("GroupName")
    group = response.ec2_backend.get_security_group_by_name_or_id(name)
    if group is None:
        raise InvalidSecurityGroupNotFoundError(name)
    return group


def _rules(backend: Any, group: Any, permission: dict[str, Any], *, egress: bool) -> Any:
    _normalise(permission)
    sources = backend._add_source_group(permission["source_groups"], group.vpc_id)
    return backend._iterate_security_rules(
        permission["ip_protocol"],
        group.group_id,
        permission["from_port"],
        permission["to_port"],
        permission["ip_ranges"],
        sources,
        permission["prefix_list_ids"],
        is_egress=egress,
    )


def _normalise(permission: dict[str, Any]) -> None:
    """Spell a permission as AWS stores it, or refuse it."""
    protocol = str(permission["ip_protocol"] or "").lower()
    protocol = permission["ip_protocol"] = PROTOCOLS.get(protocol, protocol)
    _check_protocol(protocol)
    if protocol in PORTED:
        _check_ports(protocol, permission["from_port"], permission["to_port"])
    elif protocol != "-1":
        permission["from_port"] = -1 if permission["from_port"] is None else permission["from_port"]
        permission["to_port"] = -1 if permission["to_port"] is None else permission["to_port"]
    for one in permission["ip_ranges"]:
        one |= {name: canonical(one[name]) for name in ("CidrIp", "CidrIpv6") if name in one}
    for one in [*permission["ip_ranges"], *permission["source_groups"], *permission["prefix_list_ids"]]:
        if not TEXT.match(one.get("Description") or ""):
            raise _invalid("Invalid rule description: characters or length")
    if len({str(one) for one in permission["source_groups"]}) < len(permission["source_groups"]):
        raise InvalidPermissionDuplicateError


def _check_protocol(protocol: str) -> None:
    number = int(protocol) if protocol.lstrip("-").isdigit() else None
    named = protocol in PORTED or protocol in {"icmp", "icmpv6"}
    if not named and (number is None or not -1 <= number <= HIGHEST_PROTOCOL):
        raise _invalid(f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")


def _check_ports(protocol: str, first: int | None, last: int | None) -> None:
    if first is None or last is None:
        raise _invalid("Invalid value for portRange: TCP and UDP need both ports.")
    if not 0 <= int(first) <= int(last) <= HIGHEST_PORT:
        raise _invalid(f"Invalid {protocol.upper()} port range ({first}:{last})")


def _deletion() -> None:
    @replaces(SecurityGroups, "delete_security_group")
    def delete_security_group(original: Any, self: Any) -> Any:
        group = _group(self)
        if group.is_default:
            code = "CannotDelete"
            raise EC2ClientError(code, f"The default group {group.id} cannot be deleted by a user")
        others = [g for groups in self.ec2_backend.groups.values() for g in groups.values() if g.id != group.id]
        referenced = any(
            rule.source_group.get("GroupId") == group.id
            for other in others
            for rule in (*other.ingress_rules, *other.egress_rules)
        )
        if referenced or eni.with_group(self.ec2_backend, group.id):
            raise DependencyViolationError(f"resource {group.id} has a dependent object")
        return original(self)


def _invalid(message: str) -> EC2ClientError:
    code = "InvalidParameterValue"
    return EC2ClientError(code, message)
