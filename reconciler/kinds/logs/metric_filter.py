"""MetricFilter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Service, Tags, Wanted, field, fixed
from ...types import ListOf, MapOf, Number, Ref, Struct, Text
from ..cloudwatch.metrics import UNIT
from . import LOGS, ask_tags
from .marks import FILTER, marked, tag_key, tag_value

GONE = ("ResourceNotFoundException",)
DIMENSIONS = 3
TRANSFORMATION = Struct(
    {
        "metricName": Text(pattern=r"^[^:*$]{1,255}$"),
        "metricNamespace": Text(pattern=r"^[^:*$]{1,255}$"),
        "metricValue": Text(pattern=r"^(-?\d+(\.\d+)?|\$\S+)$", length=(1, 100)),
        "defaultValue": Number(),
        "dimensions": MapOf(Text(pattern=r"^\$\S+$")),
        "unit": UNIT,
    },
    required=("metricName", "metricNamespace", "metricValue"),
    docs={
        "metricValue": "What is published for each event that matches: a number, or a field of the event as `$.size`.",
        "defaultValue": "What is published while nothing matches. Not beside dimensions.",
        "dimensions": "At most three fields of the event that tell metrics of one name apart.",
    },
    defaults={"unit": "None", "dimensions": {}},
)  # fmt: skip
RIVALS = {"dimensions": "defaultValue", "defaultValue": "dimensions"}
WHOLE = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")
"""What nobody manages here, and the one call that writes a filter would take away."""


def remark(live: Live, tags: Tags) -> Calls:
    """Write the tag of the log group that keeps these tags, beside those that it has."""
    value = tag_value({**(live.tags or {}), **tags})
    yield LOGS.call("TagResource", resourceArn=live.raw.get("groupArn", ""), tags={tag_key(live.name): value})


class MetricFilter(Kind):
    """A metric made of the events of a log group. A tag of the group, `reconciler:filter:NAME`, says whose it is."""

    service = Service("logs", tag=remark, create_tags=lambda _kind, _tags: {}, read_tags=lambda raw: raw["tags"])
    api = Api(
        "DescribeMetricFilters", "metricFilters", "id", ref="filterName", create="PutMetricFilter",
        update="PutMetricFilter", delete="DeleteMetricFilter", missing=GONE,
    )  # fmt: skip
    named = "filterName"
    name_limit = 512
    coexists = False
    after = ("LogGroup",)
    attributes = {"filterName": "filterName"}
    left_out = "Filters on transformed logs and on system fields: they need transformers, which are left out as well."

    logGroupName = fixed(Ref(kind="LogGroup"), "The log group whose events it looks at.", required=True)
    filterName = fixed(Text(pattern=r"^[^:*]{1,512}$"), "Its name in AWS.", default="the resource's name")
    filterPattern = field(Text(length=(0, 1024)), "Which events count. `''`: all of them.", required=True)
    metricTransformations = field(
        ListOf(TRANSFORMATION, least=1, most=1), "The metric that is made of them: AWS takes one.", required=True
    )

    def key(self, want: Wanted) -> str:
        """A name is unique in its log group."""
        group = want.get("logGroupName")
        return f"{group}|{want.name}" if isinstance(group, str) else ""

    def key_of(self, raw: Raw) -> str:
        return str(raw["id"])

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """List those of the groups that git names, and of ours that bear a mark."""
        ours = (one for one in ask.world("LogGroup") if any(key.startswith(FILTER) for key in one.tags or ()))
        found: list[Raw] = []
        for group in sorted({*(key.partition("|")[0] for key in ask.keys), *(one.name for one in ours)}):
            arn = f"arn:aws:logs:{ask.region}:{ask.account}:log-group:{group}"
            answer = yield self.call("DescribeMetricFilters", logGroupName=group, missing=GONE)
            if answer is not None:
                rows = marked(answer.get("metricFilters", ()), (yield from ask_tags(arn)) or {})
                place = {"logGroupName": group, "groupArn": arn}
                found += [{**row, **place, "id": f"{group}|{row['filterName']}"} for row in rows]
        return found

    def create(self, want: Wanted) -> Calls:
        """Mark first: a filter without a mark would be nobody's."""
        group = want["logGroupName"]
        answer = yield self.call("DescribeLogGroups", logGroupNamePrefix=group)
        arns = [g["arn"].removesuffix(":*") for g in (answer or {}).get("logGroups", ()) if g["logGroupName"] == group]
        mark = {tag_key(want.name): tag_value(want.tags)}
        yield self.call("TagResource", resourceArn=next(iter(arns), group), tags=mark)
        yield self.call("PutMetricFilter", filterName=want.name, **self.encode(want, self.written()))

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """A filter is written as a whole: what git does not mention stays as it is."""
        del changed
        told = self.encode(want, self.written())
        found: Raw = next(iter(live.raw.get("metricTransformations", ())), {})
        told["metricTransformations"] = [merged(found, one) for one in told["metricTransformations"]]
        kept = {name: live.raw[name] for name in WHOLE if live.raw.get(name)}
        yield self.call("PutMetricFilter", filterName=live.name, **kept, **told)

    def written(self) -> list[str]:
        """Return the fields that the one call writes."""
        return [name for name in self.fields if name != self.named]

    def delete(self, live: Live) -> Calls:
        """The mark goes last."""
        where = {"logGroupName": live.spec["logGroupName"], "filterName": live.name}
        yield self.call("DeleteMetricFilter", **where, missing=GONE)
        key = live.raw.get("mark") or tag_key(live.name)
        yield self.call("UntagResource", resourceArn=live.raw.get("groupArn", ""), tagKeys=[key], missing=GONE)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Dimensions need fields to be taken from, and have no default."""
        pattern = spec.get("filterPattern")
        for i, told in enumerate(spec.get("metricTransformations", ())):
            dimensions, path = told.get("dimensions"), f"metricTransformations[{i}].dimensions"
            if dimensions and "defaultValue" in told:
                yield path, "cannot stand beside defaultValue. Remove one of them"
            if dimensions and isinstance(pattern, str) and not re.match(r"\s*[{\[]", pattern):
                yield path, "need a filterPattern with fields: one in { } or [ ]. Write such a pattern, or remove them"
            if dimensions and len(dimensions) > DIMENSIONS:
                yield path, f"are {len(dimensions)}, and AWS takes {DIMENSIONS}. Remove some"


def merged(found: Raw, told: Raw) -> dict[str, Any]:
    """Return a transformation with what stays of the one that is there."""
    barred = {RIVALS[name] for name, value in told.items() if name in RIVALS and value not in (None, {})}
    whole = {**{name: value for name, value in found.items() if name not in barred}, **told}
    return {name: value for name, value in whole.items() if value != {}}
