"""Route 53: one for all regions; zones take tags only after their creation, records never."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...kind import ADDRESS, IMPLIED, STACK, Call, Calls, Program, Raw, Service, Tags, Wanted, pairs, unpairs
from ...types import MapOf, Text

GONE = ("NoSuchHostedZone",)
MOST_TAGS = 10
"""How many tags a call can set."""
LONGEST = 96
"""Characters of a caller reference that are left beside the token."""


def set_tags(number: str, tags: Tags, kind: str = "hostedzone") -> Calls:
    """Set the tags of a zone or a health check."""
    listed = pairs(tags)
    for start in range(0, len(listed), MOST_TAGS):
        some = listed[start : start + MOST_TAGS]
        yield ROUTE53.call("ChangeTagsForResource", resourceType=kind, resourceId=number, addTags=some)


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one zone for its tags; one that was made and not tagged yet says whose it is by its caller reference."""
    zone = arn.rpartition("/")[2]
    answer = yield ROUTE53.call("ListTagsForResource", resourceType="hostedzone", resourceId=zone, missing=GONE)
    tags = unpairs((answer or {}).get("resourceTagSet", {}).get("tags"))
    if STACK in tags:
        return tags
    found = yield ROUTE53.call("GetHostedZone", id=zone, missing=GONE)
    implied = owner((found or {}).get("hostedZone", {}))
    return {**implied, **tags, IMPLIED: "caller reference"} if implied else tags


def reference(want: Wanted) -> str:
    """Return a caller reference that names the owner, as far as there is room for it."""
    told = f"reconciler:{want.tags.get(STACK, '')}:{want.address}:"
    return (told if len(told) <= LONGEST else "") + want.token


def owner(zone: Raw) -> dict[str, str]:
    """Return the ownership tags that a zone's caller reference stands for."""
    parts = str(zone.get("callerReference", "")).split(":")
    ours = parts[0] == "reconciler" and len(parts) == len(("reconciler", "stack", "address", "token"))
    return {STACK: parts[1], ADDRESS: parts[2]} if ours else {}


ROUTE53: Service = Service(
    "route53",
    tag=lambda live, tags: set_tags(live.id, tags),
    create_tags=lambda _kind, _tags: {},
    read_tags=lambda raw: raw["tags"] if "tags" in raw else owner(raw) or None,
    ask_tags=ask_tags,
)
TAGS = MapOf()


def plain(name: str) -> str:
    """Return the one form of a DNS name: small letters, no dot at the end, no octal codes."""
    return re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), name).lower().rstrip(".")


@dataclass(frozen=True)
class DnsName(Text):
    """A DNS name; ``dualstack``: the prefix of that name, which says nothing new, does not count."""

    dualstack: bool = False

    def canon(self, value: Any) -> Any:
        """Return its one form."""
        if not isinstance(value, str):
            return value
        return plain(value).removeprefix("dualstack.") if self.dualstack else plain(value)


def change(zone: str, changes: Iterable[tuple[str, Raw]], missing: tuple[str, ...] = ()) -> Call:
    """Return the call that changes records of a zone, all of them or none."""
    batch = {"changes": [{"action": action, "resourceRecordSet": record} for action, record in changes]}
    return ROUTE53.call("ChangeResourceRecordSets", hostedZoneId=zone, changeBatch=batch, missing=missing)
