"""Elastic Load Balancing v2: tags travel in the create call; listings leave them out, DescribeTags has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...kind import Program, Raw, Service, Tags, pairs, unpairs
from ...types import MapOf, Schema, Text

GONE = ("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound")
BATCH = 20
"""ARNs that DescribeTags takes at once."""


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one object for its tags; None if it is gone."""
    return (yield from tags_of_all([arn])).get(arn)


def tags_of_all(arns: Sequence[str]) -> Program[dict[str, Tags]]:
    """Tags by ARN, of those that exist."""
    found: dict[str, Tags] = {}
    for batch in batches(arns):
        answer = yield ELBV2.call("DescribeTags", resourceArns=batch, missing=GONE)
        found |= {item["resourceArn"]: unpairs(item.get("tags")) for item in (answer or {}).get("tagDescriptions", ())}
    return found


def batches(arns: Sequence[str]) -> Iterator[list[str]]:
    """Yield the ARNs in as few lists as AWS takes them."""
    for start in range(0, len(arns), BATCH):
        yield list(arns[start : start + BATCH])


ELBV2: Service = Service(
    "elbv2",
    tag=lambda live, tags: [ELBV2.call("AddTags", resourceArns=[live.arn], tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda raw: raw.get("tags"),
    ask_tags=ask_tags,
)
TAGS = MapOf()


@dataclass(frozen=True)
class Digits(Text):
    """A text that is mostly a number, and may be written as one."""

    def schema(self) -> Schema:
        """Return a text or a whole number."""
        return {**super().schema(), "type": ["string", "integer"]}

    def canon(self, value: Any) -> Any:
        """Return the text."""
        return self.encode(value)

    def encode(self, value: Any) -> Any:
        """Return the text."""
        return str(value) if isinstance(value, int) else value


def read_attributes(what: str, arn: str) -> Program[Raw]:
    """The attributes of a load balancer or target group, as a list of pairs under ``attributes``."""
    parameter = what[0].lower() + what[1:] + "Arn"
    answer = yield ELBV2.call(f"Describe{what}Attributes", missing=GONE, **{parameter: arn})
    return {"attributes": (answer or {}).get("attributes", [])}
