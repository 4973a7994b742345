"""Where a web ACL's log goes to, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...expressions import target
from ...kind import Calls, Live, Raw, Wanted
from ...types import Difference, ListOf, SetOf, Struct, Text
from ..logs.destination import DESTINATION, name_of
from . import WAF, Nested, region_of

START = "aws-waf-logs-"
"""What the name of every destination begins with: AWS takes no other."""


@dataclass(frozen=True)
class Whole(Struct):
    """A structure that is there or not: an empty one means none."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield one difference where there is something and none is wanted."""
        if want or not have:
            yield from super().diff(path, want, have)
        else:
            yield Difference(path, want, have)


BEHAVIOUR = Text(enum=("KEEP", "DROP"))
FILTER = Struct({
    "behavior": BEHAVIOUR,
    "requirement": Text(enum=("MEETS_ALL", "MEETS_ANY")),
    "conditions": SetOf(Nested(), least=1),
}, required=("behavior", "requirement", "conditions"))  # fmt: skip
LOGGING = Whole({
    "logDestinationConfigs": ListOf(DESTINATION, most=1, least=1),
    "redactedFields": SetOf(Nested(), most=100),
    "loggingFilter": Whole({"defaultBehavior": BEHAVIOUR, "filters": ListOf(FILTER, least=1)}),
}, docs={
    "logDestinationConfigs": f"The ARN of a log group, bucket or delivery stream whose name begins with {START}",
    "redactedFields": "Parts of a request that the log does not show.",
    "loggingFilter": "Which requests are logged. `{}`: all.",
})  # fmt: skip
WHERE = "loggingConfiguration"


def read(arn: str) -> Any:
    """Return the call that reads an ACL's logging; its answer is None where there is none."""
    gone = ("WAFNonexistentItemException",)
    return WAF.call("GetLoggingConfiguration", resourceArn=arn, region=region_of(arn), missing=gone)


def write(want: Wanted, live: Live) -> Calls:
    """Switch it on, off, or over; the call replaces everything, so what git does not manage is sent as it is."""
    wanted, region = want[WHERE], region_of(live.arn)
    if wanted:
        kept = {name: value for name, value in live.spec.get(WHERE, {}).items() if value}
        told = {**kept, **LOGGING.encode(wanted)}
        told = {name: value for name, value in told.items() if value}
        yield WAF.call("PutLoggingConfiguration", loggingConfiguration={"resourceArn": live.arn, **told}, region=region)
    else:
        gone = ("WAFNonexistentItemException",)
        yield WAF.call("DeleteLoggingConfiguration", resourceArn=live.arn, region=region, missing=gone)


def faults(spec: Raw) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what can be seen of one resource alone."""
    told = spec.get(WHERE) or {}
    if told and "logDestinationConfigs" not in told:
        yield WHERE, "leads nowhere. Write logDestinationConfigs, or {} for no log"
    rule = told.get("loggingFilter") or {}
    if rule and not {"defaultBehavior", "filters"} <= rule.keys():
        yield f"{WHERE}.loggingFilter", "needs defaultBehavior and filters. Write both, or {} for none"
    for i, value in enumerate(told.get("logDestinationConfigs") or ()):
        reference = target(value)
        if reference and not reference.attribute and reference.kind in ("LogGroup", "Bucket"):
            yield f"{WHERE}.logDestinationConfigs[{i}]", f"an ARN is wanted. Write ${{{reference.address}:arn}}"


def misnamed(want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for a destination whose name AWS would not take, where the name can be known."""
    for i, value in enumerate((want.get(WHERE) or {}).get("logDestinationConfigs") or ()):
        name = name_of(value, siblings)
        if name and not name.startswith(START):
            said = f'"{name}" is no name that AWS WAF writes to. Call it {START}{name.rpartition("/")[2]}'
            yield f"{WHERE}.logDestinationConfigs[{i}]", said
