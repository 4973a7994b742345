"""What a record may be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...types import Flag, Schema, SetOf, Struct, Text
from . import DnsName

TYPES = (
    "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT",
)  # fmt: skip
ROUTING = ("weight", "region", "failover", "multiValueAnswer")
RIVALS: Mapping[str, tuple[str, ...]] = {
    "aliasTarget": ("ttl", "resourceRecords"),
    "resourceRecords": ("aliasTarget",),
    **dict.fromkeys(ROUTING, ROUTING),
}
"""What a field of git takes the place of."""
ALIAS = Struct(
    {"hostedZoneId": Text(), "dnsName": DnsName(dualstack=True), "evaluateTargetHealth": Flag()},
    required=("hostedZoneId", "dnsName"),
    defaults={"evaluateTargetHealth": False},
)


@dataclass(frozen=True)
class Values(SetOf):
    """The values of a record, as plain texts or as ``{value: …}``; their order does not count."""

    def schema(self) -> Schema:
        """Return an array of either form."""
        wrapped = {"properties": {"value": {"type": "string"}}, "required": ["value"], "additionalProperties": False}
        return {"type": "array", "minItems": 1, "items": {"type": ["string", "object"], **wrapped}}

    def canon(self, value: Any) -> Any:
        """Return the texts in a fixed order."""
        return super().canon(self.decode(value))

    def encode(self, value: Any) -> Any:
        """Return the wrapped form."""
        return [{"value": text(v)} for v in value]

    def decode(self, value: Any) -> Any:
        """Return the texts."""
        return [text(v) for v in value]


def text(value: Any) -> Any:
    """Return a record's value without its wrapping."""
    return value["value"] if isinstance(value, Mapping) else value
