"""SecurityGroup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...kind import Api, Calls, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import Cidr, Difference, Integer, ListOf, Ref, Struct, Text
from . import TAGS, Ec2Kind
from .holders import Holders, interfaces, referring

PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
PORT = Integer(-1, 65535)
PEERS = {"cidrIp": Cidr(), "cidrIpv6": Cidr(), "groupId": Ref(kind="SecurityGroup"), "prefixListId": Text()}
LISTS = {"ipRanges": "cidrIp", "ipv6Ranges": "cidrIpv6", "userIdGroupPairs": "groupId", "prefixListIds": "prefixListId"}
COMMON = {"ipProtocol": Text(), "fromPort": PORT, "toPort": PORT}
RULE = Struct({
    **COMMON,
    **PEERS,
    "description": Text(),
    **{name: ListOf(Struct({peer: PEERS[peer], "description": Text()}, required=(peer,))) for name, peer in LISTS.items()},
}, required=("ipProtocol",))  # fmt: skip


def rules(permissions: Iterable[Raw]) -> list[dict[str, Any]]:
    """Return one rule per protocol, ports and peer, however the permissions group them."""
    found = []
    for permission in permissions:
        protocol = PROTOCOLS.get(str(permission["ipProtocol"]), str(permission["ipProtocol"]))
        ports = {} if protocol == "-1" else {k: permission.get(k, -1) for k in ("fromPort", "toPort")}
        listed = [(item, peer) for name, peer in LISTS.items() for item in permission.get(name) or ()]
        listed += [(permission, peer) for peer in PEERS if peer in permission]
        for item, peer in listed:
            told = {"description": item["description"]} if item.get("description") else {}
            found.append({"ipProtocol": protocol, **ports, peer: PEERS[peer].canon(item[peer]), **told})
    return found


class Rules(ListOf):
    """Rules in any order and grouping; what differs is said rule by rule."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield a difference per missing and per undeclared rule."""
        wanted, found = ({identity(rule): rule for rule in rules(side or ())} for side in (want, have))
        for key in [*wanted, *(k for k in found if k not in wanted)]:
            if key not in found or key not in wanted or wanted[key].get("description") != found[key].get("description"):
                yield Difference(f"{path}[{title(key)}]", wanted.get(key), found.get(key))


RULES = Rules(RULE)


class SecurityGroup(Ec2Kind):
    """A firewall around network interfaces."""

    api = Api(
        "DescribeSecurityGroups", "securityGroups", "groupId", create="CreateSecurityGroup", delete="DeleteSecurityGroup",
        tag_type="security-group", missing=("InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
    )  # fmt: skip
    named = "groupName"
    after = ("VPC",)
    exposes = ("ingress",)
    attributes = {"vpcId": "vpcId"}
    left_out = (
        "Groups outside a VPC, and rules that other tools keep on the same group: declared rules are all the rules."
    )

    groupName = fixed(Text(length=(1, 255)), "Its name in AWS, unique in the VPC.", default="the resource's name")
    description = fixed(Text(length=(1, 255)), "What it is for. AWS cannot change it afterwards.", required=True)
    vpcId = fixed(Ref(kind="VPC"), "The VPC it protects interfaces of.", required=True)
    ingress = later(RULES, "What may come in, as IP permissions or one peer each. `[]`: nothing.", path="ipPermissions")
    egress = later(RULES, "What may go out. Absent: as AWS has it, which is everything.", path="ipPermissionsEgress")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """Names are unique per VPC only."""
        return f"{want.get('vpcId')}/{want.name}"

    def key_of(self, raw: Raw) -> str:
        """Names are unique per VPC only."""
        return f"{raw.get('vpcId')}/{raw['groupName']}"

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Return the rules in their flat form."""
        told = {name: raw[name] for name in ("groupName", "description", "vpcId")}
        return {**told, "ingress": rules(raw["ipPermissions"]), "egress": rules(raw["ipPermissionsEgress"])}

    @writes("ingress")
    def set_ingress(self, want: Wanted, live: Live) -> Calls:
        """Converge what may come in."""
        yield from self.converge(live, "Ingress", rules(want["ingress"]), rules(live.spec["ingress"]))

    @writes("egress")
    def set_egress(self, want: Wanted, live: Live) -> Calls:
        """Converge what may go out."""
        yield from self.converge(live, "Egress", rules(want["egress"]), rules(live.spec["egress"]))

    def converge(self, live: Live, side: str, want: Sequence[Raw], have: Sequence[Raw]) -> Calls:
        """Authorize before revoking: what both sides want to pass is never refused in between."""
        wanted, found = ({identity(rule): rule for rule in rules_} for rules_ in (want, have))
        new = [rule for key, rule in wanted.items() if key not in found]
        old = [rule for key, rule in found.items() if key not in wanted]
        told = [
            rule
            for key, rule in wanted.items()
            if key in found and rule.get("description") != found[key].get("description")
        ]
        if new:
            yield self.call(
                f"AuthorizeSecurityGroup{side}", groupId=live.id, ipPermissions=[permission(r) for r in new]
            )
        if told:
            yield self.call(
                f"UpdateSecurityGroupRuleDescriptions{side}",
                groupId=live.id,
                ipPermissions=[permission(r) for r in told],
            )
        if old:
            gone = ("InvalidPermission.NotFound",)
            yield self.call(
                f"RevokeSecurityGroup{side}", groupId=live.id, ipPermissions=[permission(r) for r in old], missing=gone
            )

    def delete(self, live: Live) -> Calls:
        """Revoke first: two groups that name each other could never be deleted otherwise."""
        yield from self.converge(live, "Ingress", [], [r for r in live.spec["ingress"] if "groupId" in r])
        yield from self.converge(live, "Egress", [], [r for r in live.spec["egress"] if "groupId" in r])
        yield from super().delete(live)

    def holders(self, live: Live) -> Program[Holders]:
        """Interfaces have it, and rules of other groups name it."""
        found = yield from interfaces("group-id", live)
        return {**found, **(yield from referring(live))}

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Ports must make a range, and a rule must name a peer."""
        for side in ("ingress", "egress"):
            for i, rule in enumerate(spec.get(side) or ()):
                first, last = rule.get("fromPort"), rule.get("toPort")
                if isinstance(first, int) and isinstance(last, int) and first > last:
                    yield f"{side}[{i}].fromPort", f"{first} is above toPort {last}. Swap them"
                if not any(name in rule for name in (*PEERS, *LISTS)):
                    yield f"{side}[{i}]", f"names no peer. Say one of {', '.join((*PEERS, *LISTS))}"


def identity(rule: Raw) -> tuple[Any, ...]:
    """Return what makes two rules the same rule, whatever their descriptions."""
    return tuple(sorted((k, v) for k, v in rule.items() if k != "description"))


def title(key: tuple[Any, ...]) -> str:
    """Return a rule's identity in words: ``tcp 443 with 0.0.0.0/0``."""
    rule = dict(key)
    first, last = rule.get("fromPort", -1), rule.get("toPort", -1)
    ports = "" if first == -1 else f" {first}" if first == last else f" {first}-{last}"
    peer = next(str(rule[name]) for name in PEERS if name in rule)
    return f"{'all' if rule['ipProtocol'] == '-1' else rule['ipProtocol']}{ports} with {peer}"


def permission(rule: Raw) -> dict[str, Any]:
    """Return one rule as an IP permission."""
    listed, peer = next((name, peer) for name, peer in LISTS.items() if peer in rule)
    told = {"description": rule["description"]} if "description" in rule else {}
    return {**{k: rule[k] for k in COMMON if k in rule}, listed: [{peer: rule[peer], **told}]}
