"""CloudFront: global, lists are ``{quantity, items}`` on the wire and plain lists here, every change names an ETag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...kind import Program, Raw, Service, Tags, pairs, unpairs
from ...types import ListOf, MapOf, SetOf, Struct

TAGS = MapOf()


def ask_tags(arn: str) -> Program[Tags | None]:
    """Read a distribution's tags."""
    answer = yield CLOUDFRONT.call("ListTagsForResource", resource=arn)
    return unpairs(answer["tags"].get("items")) if answer else None


CLOUDFRONT: Service = Service(
    "cloudfront",
    tag=lambda live, tags: [CLOUDFRONT.call("TagResource", resource=live.arn, tags={"items": pairs(tags)})],
    create_tags=lambda _kind, tags: {"tags": {"items": pairs(tags)}},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)


@dataclass(frozen=True)
class Items(SetOf):
    """A list that CloudFront counts."""

    def encode(self, value: Any) -> Any:
        """Return ``{quantity, items}``."""
        listed = super().encode(value)
        return {"quantity": len(listed), "items": listed}

    def decode(self, value: Any) -> Any:
        """Return the plain list."""
        return super().decode(value.get("items") or []) if isinstance(value, Mapping) else super().decode(value)


@dataclass(frozen=True)
class Ordered(ListOf):
    """A list that CloudFront counts, and whose order counts."""

    def encode(self, value: Any) -> Any:
        """Return ``{quantity, items}``."""
        listed = super().encode(value)
        return {"quantity": len(listed), "items": listed}

    def decode(self, value: Any) -> Any:
        """Return the plain list."""
        return super().decode(value.get("items") or [])


@dataclass(frozen=True)
class Counted(Struct):
    """Named parts one of which, ``items``, CloudFront counts."""

    def encode(self, value: Any) -> Any:
        """Add the quantity."""
        encoded = super().encode(value)
        return {**encoded, "quantity": len(encoded.get("items", ()))}


_CERTIFICATE = ("certificate", "certificateSource", "iamCertificateId")
RIVALS: Mapping[str, tuple[str, ...]] = {
    "acmCertificateArn": ("cloudFrontDefaultCertificate", *_CERTIFICATE),
    "cloudFrontDefaultCertificate": ("acmCertificateArn", "sslSupportMethod", "minimumProtocolVersion", *_CERTIFICATE),
    "customOriginConfig": ("s3OriginConfig",),
    "s3OriginConfig": ("customOriginConfig",),
    "cachePolicyId": ("forwardedValues", "minTTL", "defaultTTL", "maxTTL"),
}
"""What a part of git takes the place of: AWS refuses to have both."""


def merged(live: Any, want: Any) -> Any:
    """Return the live configuration with everything that git manages put in its place."""
    if isinstance(live, Mapping) and isinstance(want, Mapping):
        dropped = {rival for name, value in want.items() if value for rival in RIVALS.get(name, ())}
        kept = {name: value for name, value in live.items() if name not in dropped}
        return {**kept, **{k: merged(live.get(k), v) for k, v in want.items()}}
    if isinstance(live, list) and isinstance(want, list):
        known = {_identity(item): item for item in live if _identity(item)}
        return [merged(known.get(_identity(item)), item) for item in want]
    return want


def _identity(item: Raw | str) -> str:
    return (
        str(item.get("id") or item.get("pathPattern") or item.get("errorCode") or "")
        if isinstance(item, Mapping)
        else ""
    )
