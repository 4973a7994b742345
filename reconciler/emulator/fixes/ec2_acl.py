"""EC2: network ACLs end in a refusal, judge what they are told, and guard every subnet, one each."""

from __future__ import annotations

from typing import Any, Final

from moto.core.responses import EmptyResult
from moto.ec2.exceptions import EC2ClientError, InvalidNetworkAclIdError, MissingParameterError
from moto.ec2.models.network_acls import NetworkAcl, NetworkAclBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.responses.network_acls import NetworkACLs

from reconciler.emulator.fixes.ec2_tokens import idempotent
from reconciler.emulator.fixes.ec2_vpc import canonical
from reconciler.emulator.patch import once, put, replaces

LAST: Final = 32767
"""The number of the entry that refuses whatever no other entry has decided."""
MOST: Final = 20
"""Entries that a direction takes."""
PROTOCOLS: Final = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}
PORTED: Final = frozenset({"6", "17"})
ICMP: Final = frozenset({"1", "58"})
HIGHEST_PORT: Final = 65535
HIGHEST_PROTOCOL: Final = 255


@once
def install() -> None:
    """Mend network ACLs, their entries and their associations."""
    idempotent(NetworkACLs, "create_network_acl")
    put(NetworkAcl, "is_default", property(lambda self: self.default))
    _creation()
    _entries()
    _associations()
    _reading()
    _deletion()


def _creation() -> None:
    @replaces(NetworkAclBackend, "create_network_acl")
    def create_network_acl(original: Any, self: Any, vpc_id: str, *args: Any, **kwargs: Any) -> Any:
        acl = original(self, vpc_id, *args, **kwargs)
        for egress in () if acl.default else (False, True):
            _put(
                acl,
                {"RuleNumber": LAST, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"},
                egress=egress,
            )
        return acl


def _entries() -> None:
    @replaces(NetworkACLs, "create_network_acl_entry")
    def create_network_acl_entry(_original: Any, self: Any) -> Any:
        acl, asked, egress = _asked(self)
        if _find(acl, asked["RuleNumber"], egress=egress):
            raise _refusal(
                "NetworkAclEntryAlreadyExists",
                f"The network acl entry identified by {asked['RuleNumber']} already exists.",
            )
        if len([e for e in acl.network_acl_entries if e.egress == egress and e.rule_number != LAST]) >= MOST:
            raise _refusal("NetworkAclEntryLimitExceeded", f"{acl.id} has {MOST} entries already")
        _put(acl, asked, egress=egress)
        return EmptyResult()

    @replaces(NetworkACLs, "replace_network_acl_entry")
    def replace_network_acl_entry(_original: Any, self: Any) -> Any:
        acl, asked, egress = _asked(self)
        acl.network_acl_entries.remove(_found(acl, asked["RuleNumber"], egress=egress))
        _put(acl, asked, egress=egress)
        return EmptyResult()

    @replaces(NetworkACLs, "delete_network_acl_entry")
    def delete_network_acl_entry(_original: Any, self: Any) -> Any:
        acl = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
        number, egress = int(self._get_param("RuleNumber")), bool(self._get_param("Egress"))
        _check_number(number)
        acl.network_acl_entries.remove(_found(acl, number, egress=egress))
        return EmptyResult()


def _asked(response: Any) -> tuple[Any, dict[str, Any], bool]:
    """Return the ACL, the entry as AWS stores it, and whether it is for what goes out. Refuses what AWS refuses."""
    asked = dict(response._get_params())
    acl = response.ec2_backend.get_network_acl(asked["NetworkAclId"])
    _check_number(int(asked["RuleNumber"]))
    protocol = asked["Protocol"] = PROTOCOLS.get(str(asked["Protocol"]).lower(), str(asked["Protocol"]))
    if not protocol.lstrip("-").isdigit() or not -1 <= int(protocol) <= HIGHEST_PROTOCOL:
        raise _invalid(f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
    if asked["RuleAction"] not in ("allow", "deny"):
        raise _invalid(f"Value ({asked['RuleAction']}) for parameter ruleAction is invalid")
    if bool(asked.get("CidrBlock")) == bool(asked.get("Ipv6CidrBlock")):
        raise MissingParameterError("cidrBlock")
    for name in ("CidrBlock", "Ipv6CidrBlock"):
        if asked.get(name):
            asked[name] = canonical(asked[name])
    _check_ports(protocol, asked)
    return acl, asked, bool(asked["Egress"])


def _check_number(number: int) -> None:
    if not 1 <= number < LAST:
        raise _invalid(f"Value ({number}) for parameter ruleNumber is invalid. It must be between 1 and {LAST - 1}.")


def _check_ports(protocol: str, asked: dict[str, Any]) -> None:
    """Check the ports or the kind of message that a protocol needs, and forget those that mean nothing with it."""
    if protocol in PORTED:
        ports = asked.get("PortRange") or {}
        if "From" not in ports or "To" not in ports:
            raise MissingParameterError("portRange")
        if not 0 <= int(ports["From"]) <= int(ports["To"]) <= HIGHEST_PORT:
            raise _invalid(f"Invalid port range ({ports['From']}:{ports['To']})")
    else:
        asked.pop("PortRange", None)
    if protocol not in ICMP:
        asked.pop("IcmpTypeCode", None)
    elif not asked.get("IcmpTypeCode"):
        raise MissingParameterError("icmpTypeCode")


def _put(acl: Any, asked: dict[str, Any], *, egress: bool) -> None:
    ports, icmp = asked.get("PortRange") or {}, asked.get("IcmpTypeCode") or {}
    acl.ec2_backend.network_acls.setdefault(acl.id, acl)
    acl.ec2_backend.create_network_acl_entry(
        network_acl_id=acl.id,
        rule_number=int(asked["RuleNumber"]),
        protocol=asked["Protocol"],
        rule_action=asked["RuleAction"],
        egress=egress,
        cidr_block=asked.get("CidrBlock"),
        ipv6_cidr_block=asked.get("Ipv6CidrBlock"),
        icmp_code=icmp.get("Code"),
        icmp_type=icmp.get("Type"),
        port_range_from=ports.get("From"),
        port_range_to=ports.get("To"),
    )


def _find(acl: Any, number: Any, *, egress: bool) -> Any:
    return next((e for e in acl.network_acl_entries if e.egress == egress and e.rule_number == int(number)), None)


def _found(acl: Any, number: Any, *, egress: bool) -> Any:
    entry = _find(acl, number, egress=egress)
    if entry is None:
        raise _refusal("InvalidNetworkAclEntry.NotFound", f"The network acl entry {number} does not exist in {acl.id}")
    return entry


def _associations() -> None:
    @replaces(NetworkAclBackend, "replace_network_acl_association")
    def replace_association(original: Any, self: Any, association_id: str, network_acl_id: str) -> Any:
        wanted = self.get_network_acl(network_acl_id)
        now = next((acl for acl in self.network_acls.values() if association_id in acl._associations), None)
        if now is None:
            raise _refusal("InvalidAssociationID.NotFound", f"The association ID '{association_id}' does not exist")
        if now.vpc_id != wanted.vpc_id:
            raise _invalid(f"{network_acl_id} and {association_id} belong to different networks")
        return original(self, association_id, network_acl_id)

    @replaces(SubnetBackend, "delete_subnet")
    def delete_subnet(original: Any, self: Any, subnet_id: str) -> Any:
        deleted = original(self, subnet_id)
        for acl in self.network_acls.values():
            for association, one in list(acl._associations.items()):
                if one.subnet_id == subnet_id:
                    del acl._associations[association]
        return deleted


def _reading() -> None:
    @replaces(NetworkAclBackend, "describe_network_acls")
    def describe(original: Any, self: Any, network_acl_ids: list[str] | None = None, filters: Any = None) -> Any:
        for wanted in network_acl_ids or []:
            if wanted not in self.network_acls:
                raise InvalidNetworkAclIdError(wanted)
        return original(self, network_acl_ids, filters)


def _deletion() -> None:
    @replaces(NetworkACLs, "delete_network_acl")
    def delete_network_acl(original: Any, self: Any) -> Any:
        acl = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
        if acl.default:
            raise _invalid(f"cannot delete the default network ACL {acl.id}")
        return original(self)


def _invalid(message: str) -> EC2ClientError:
    return _refusal("InvalidParameterValue", message)


def _refusal(code: str, message: str) -> EC2ClientError:
    return EC2ClientError(code, message)
