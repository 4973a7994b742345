"""Entries of a network ACL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...kind import Raw
from ...types import Cidr, Integer, Schema, Struct, Text

NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}
NAMES = {number: name for name, number in NUMBERS.items()}
PORTED, ICMP = ("tcp", "udp"), ("icmp", "icmpv6")
FAMILIES = {"cidrBlock": "ipv6CidrBlock", "ipv6CidrBlock": "cidrBlock"}
HIGHEST_PROTOCOL, HIGHEST_PORT = 255, 65535


@dataclass(frozen=True)
class Protocol(Text):
    """A protocol by its number, as AWS has it, or by the name that people know."""

    def schema(self) -> Schema:
        """Return a number, as text or not, or one of the names."""
        names = "|".join(NUMBERS)
        return {
            "type": ["string", "integer"],
            "pattern": rf"^({names}|-1|\d{{1,3}})$",
            "minimum": -1,
            "maximum": HIGHEST_PROTOCOL,
        }

    def canon(self, value: Any) -> Any:
        """Return the name where there is one, else the number."""
        return NAMES.get(str(value), str(value)) if isinstance(value, (str, int)) else value

    def encode(self, value: Any) -> Any:
        """Return the number."""
        return NUMBERS.get(str(value), str(value)) if isinstance(value, (str, int)) else value

    def decode(self, value: Any) -> Any:
        """Return the name where there is one."""
        return self.canon(value)


PORT = Integer(0, HIGHEST_PORT)
ENTRY = Struct({
    "ruleNumber": Integer(1, 32766),
    "protocol": Protocol(),
    "ruleAction": Text(enum=("allow", "deny")),
    "cidrBlock": Cidr(),
    "ipv6CidrBlock": Cidr(),
    "portRange": Struct({"from": PORT, "to": PORT}, required=("from", "to")),
    "icmpTypeCode": Struct({"type": Integer(-1, 255), "code": Integer(-1, 255)}, required=("type", "code")),
}, required=("ruleNumber", "protocol", "ruleAction"), docs={
    "ruleNumber": "The lowest number that fits decides.",
    "protocol": "tcp, udp, icmp, icmpv6, all, or a number.",
    "portRange": "The ports, of tcp and udp alone.",
    "icmpTypeCode": "The kind of message, of icmp and icmpv6 alone. -1: every one.",
})  # fmt: skip


def entry(raw: Raw) -> dict[str, Any]:
    """Return an entry of AWS's as git would have it."""
    found: dict[str, Any] = ENTRY.decode(raw)
    return found


def faults(entries: Sequence[Raw]) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what AWS would refuse."""
    numbers: list[Any] = []
    for i, one in enumerate(entries):
        if one["ruleNumber"] in numbers:
            yield f"[{i}].ruleNumber", f"{one['ruleNumber']} stands here a second time. Give each entry its own"
        numbers.append(one["ruleNumber"])
        if ("cidrBlock" in one) == ("ipv6CidrBlock" in one):
            yield f"[{i}]", "needs either cidrBlock or ipv6CidrBlock. Write one of them"
        for part, other in FAMILIES.items():
            if isinstance(one.get(part), str) and (":" in one[part]) != (part == "ipv6CidrBlock"):
                yield f"[{i}].{part}", f"{one[part]} is of the other family. Write {other}"
        yield from ((f"[{i}]{path}", message) for path, message in _misfits(one))


def _misfits(one: Raw) -> Iterator[tuple[str, str]]:
    protocol = ENTRY.parts["protocol"].canon(one["protocol"])
    if not isinstance(protocol, str):
        return
    for part, protocols in (("portRange", PORTED), ("icmpTypeCode", ICMP)):
        if protocol in protocols and part not in one:
            yield "", f"{protocol} needs {part}. Write one"
        elif protocol not in protocols and part in one:
            yield f".{part}", f"means nothing with the protocol {protocol}. Take it away"
    ports = one.get("portRange") or {}
    first, last = ports.get("from"), ports.get("to")
    if isinstance(first, int) and isinstance(last, int) and first > last:
        yield ".portRange.from", f"{first} is above to, {last}. Swap them"
