"""What a health check looks at, by type, and what AWS refuses of that."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from ...kind import Raw
from ...types import Flag, Integer, Ref, SetOf, Struct, Text
from . import DnsName

REGIONS = (
    "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "sa-east-1",
)  # fmt: skip
MATCHING = ("HTTP_STR_MATCH", "HTTPS_STR_MATCH")
ENDPOINTS = ("HTTP", "HTTPS", *MATCHING, "TCP")
HEALTHY = Text(enum=("Healthy", "Unhealthy", "LastKnownStatus"))
COMMON = ("type", "inverted", "disabled")
OF_ENDPOINT = (
    "ipAddress", "port", "fullyQualifiedDomainName", "requestInterval", "failureThreshold", "measureLatency", "regions",
)  # fmt: skip
OF_WEB = (*OF_ENDPOINT, "resourcePath", "enableSNI")
PARTS = {
    **dict.fromkeys(("HTTP", "HTTPS"), OF_WEB),
    **dict.fromkeys(MATCHING, (*OF_WEB, "searchString")),
    "TCP": OF_ENDPOINT,
    "CALCULATED": ("childHealthChecks", "healthThreshold"),
    "CLOUDWATCH_METRIC": ("alarmIdentifier", "insufficientDataHealthStatus"),
}
"""Type → the parts that belong to it, beside those of all types."""
CONFIG = Struct(
    {
        "type": Text(enum=tuple(PARTS)),
        "ipAddress": Text(length=(2, 45)),
        "port": Integer(1, 65535),
        "fullyQualifiedDomainName": DnsName(length=(0, 255)),
        "resourcePath": Text(length=(0, 255)),
        "searchString": Text(length=(1, 255)),
        "requestInterval": Integer(choices=(10, 30)),
        "failureThreshold": Integer(1, 10),
        "measureLatency": Flag(),
        "inverted": Flag(),
        "disabled": Flag(),
        "enableSNI": Flag(),
        "regions": SetOf(Text(enum=REGIONS), least=3),
        "alarmIdentifier": Struct({"region": Text(), "name": Text(length=(1, 256))}, required=("region", "name")),
        "insufficientDataHealthStatus": HEALTHY,
        "childHealthChecks": SetOf(Ref(kind="HealthCheck"), most=256),
        "healthThreshold": Integer(0, 256),
    },
    required=("type",),
    docs={
        "type": "What is looked at: an endpoint, a CloudWatch alarm or other health checks. A change replaces it.",
        "ipAddress": "The endpoint's public address. One that has none gets one by a replacement.",
        "fullyQualifiedDomainName": "The endpoint's name; beside an address, what the Host header says. `''`: none.",
        "resourcePath": "The path that is asked for. `''`: none.",
        "searchString": "What the first 5120 bytes of the answer must contain.",
        "requestInterval": "Seconds between two requests, 30 unless set. A change replaces it.",
        "failureThreshold": "How many requests in a row must fail, or succeed, for the state to change: 3 unless set.",
        "measureLatency": "Whether the time to the answer is measured. A change replaces it.",
        "inverted": "Whether good means bad.",
        "disabled": "Whether nothing is asked any more, and all is taken to be well.",
        "enableSNI": "Whether TLS is told the name.",
        "regions": "From where it is asked: at least three. All of them unless set.",
        "alarmIdentifier": "The alarm that is believed.",
        "insufficientDataHealthStatus": "What holds while the alarm has no data.",
        "childHealthChecks": "The health checks that are counted.",
        "healthThreshold": "How many of them must be healthy.",
    },
    defaults={"inverted": False, "disabled": False, "measureLatency": False, "childHealthChecks": []},
)  # fmt: skip
RESETS = {
    "childHealthChecks": "ChildHealthChecks",
    "fullyQualifiedDomainName": "FullyQualifiedDomainName",
    "resourcePath": "ResourcePath",
}
"""What is taken away by name, and not by an empty value."""


def mistaken(config: Raw) -> Iterator[tuple[str, str]]:
    """Yield (part, message) for what does not go together."""
    kind = config.get("type")
    if not isinstance(kind, str) or kind not in PARTS:
        return
    for part in config:
        if part not in (*COMMON, *PARTS[kind]):
            yield part, f"does not belong to a health check of type {kind}. Remove it, or choose another type"
    for part in _needed(kind):
        if not config.get(part):
            yield part, f"is missing: a health check of type {kind} needs it"
    if kind in ENDPOINTS and not config.get("ipAddress") and not config.get("fullyQualifiedDomainName"):
        yield "fullyQualifiedDomainName", "is missing. Say what is asked, by name or by ipAddress"
    yield from _address(config.get("ipAddress"))
    least, children = config.get("healthThreshold"), config.get("childHealthChecks")
    if isinstance(least, int) and isinstance(children, list) and least > len(children):
        yield "healthThreshold", f"{least} is more than there are childHealthChecks. Make it smaller"


def _needed(kind: str) -> tuple[str, ...]:
    return (
        (("port",) if kind == "TCP" else ())
        + (("searchString",) if kind in MATCHING else ())
        + (("childHealthChecks", "healthThreshold") if kind == "CALCULATED" else ())
        + (("alarmIdentifier",) if kind == "CLOUDWATCH_METRIC" else ())
    )


def _address(address: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(address, str) or "$" in address:
        return
    try:
        public = ipaddress.ip_address(address).is_global
    except ValueError:
        yield "ipAddress", f'"{address}" is not an address. Write one as 198.51.100.7, or a fullyQualifiedDomainName'
        return
    if not public:
        yield "ipAddress", f"{address} cannot be reached from the internet. Name a public one"
