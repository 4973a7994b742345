"""Alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...kind import Api, Ask, Calls, Finding, Kind, Live, Program, Raw, Sight, Wanted, field, fixed
from ...types import Flag, Integer, Number, Ref, SetOf, Text
from . import CLOUDWATCH, TAGS
from .metrics import DIMENSIONS, QUERY, SECONDS, UNIT, mistaken

BATCH = 100
"""Names that one DescribeAlarms takes."""
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
COMPARISONS = (
    "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold",
)  # fmt: skip
ACTIONS = SetOf(Ref(kind="Topic"), most=5)
ONE_METRIC = frozenset({"metricName", "namespace", "statistic", "extendedStatistic", "dimensions", "period", "unit"})
EXCLUDES = {
    "metrics": ONE_METRIC,
    **{name: frozenset({"metrics"}) for name in ONE_METRIC},
    "statistic": frozenset({"extendedStatistic", "metrics"}),
    "extendedStatistic": frozenset({"statistic", "metrics"}),
    "threshold": frozenset({"thresholdMetricId"}),
    "thresholdMetricId": frozenset({"threshold"}),
}
"""Field → what AWS refuses beside it."""


class Alarm(Kind):
    """A watch over a metric, or over what several metrics make together."""

    service = CLOUDWATCH
    arn_like = ":alarm:"
    api = Api(
        "DescribeAlarms", "metricAlarms", "alarmName", "alarmArn", "alarmArn", create="PutMetricAlarm",
        update="PutMetricAlarm", delete="DeleteAlarms", missing=("ResourceNotFound",),
    )  # fmt: skip
    named = "alarmName"
    attributes = {"alarmName": "alarmName", "arn": "alarmArn"}
    left_out = "Composite, PromQL and log alarms, evaluation windows and warm-up: other calls, or too new to rely on."

    alarmName = fixed(Text(length=(1, 255)), "Its name in AWS.", default="the resource's name")
    alarmDescription = field(Text(length=(0, 1024)), "What to do when it goes off.")
    actionsEnabled = field(Flag(), "Whether a change of its state does anything.", default="true")
    alarmActions = field(ACTIONS, "Who is told when it goes off.", default="nobody")
    okActions = field(ACTIONS, "Who is told when all is well again.", default="nobody")
    insufficientDataActions = field(ACTIONS, "Who is told when data is missing.", default="nobody")
    metricName = field(Text(length=(1, 255)), "The metric, if it watches a single one.")
    namespace = field(Text(length=(1, 255)), "Where the metric belongs, as AWS/ECS.")
    dimensions = field(DIMENSIONS, "Whose metric it is, by name: `ClusterName: …`.")
    statistic = field(Text(enum=STATISTICS), "What is made of the values in a period.")
    extendedStatistic = field(Text(), "A percentile or trimmed mean instead, as p99.")
    period = field(SECONDS, "Seconds: 10, 20, 30 or a multiple of 60.")
    unit = field(UNIT, "Only values with this unit count.")
    metrics = field(SetOf(QUERY, by="id"), "Metrics and the expressions made of them, by id: metric math.")
    thresholdMetricId = field(Text(), "The id of the band that ANOMALY_DETECTION_BAND makes.")
    evaluationPeriods = field(Integer(1), "How many periods are looked at.", required=True)
    datapointsToAlarm = field(Integer(1), "How many of these must breach.", default="evaluationPeriods")
    threshold = field(Number(), "The value to compare with.")
    comparisonOperator = field(Text(enum=COMPARISONS), "How a value breaches.", required=True)
    treatMissingData = field(
        Text(enum=("breaching", "notBreaching", "ignore", "missing")), "What no data means.", default="missing"
    )
    evaluateLowSampleCountPercentile = field(Text(enum=("evaluate", "ignore")), "For percentiles of few values.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Ask for ours by name: an account can have thousands."""
        ours = (arn.partition(":alarm:")[2] for arn in ask.index)
        names = sorted({*ask.keys, *filter(None, ours)})
        found: list[Raw] = []
        for i in range(0, len(names), BATCH):
            answer = yield self.call("DescribeAlarms", alarmNames=names[i : i + BATCH], alarmTypes=["MetricAlarm"])
            found += answer["metricAlarms"]
        return found

    def decode(self, raw: Raw) -> dict[str, Any]:
        """AWS leaves out that missing data is just missing."""
        return {"treatMissingData": "missing", "alarmDescription": "", **super().decode(raw)}

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Repeat what nobody manages, because the call overwrites it, unless it contradicts what is wanted."""
        names = [n for n in self.fields if n not in ("alarmName", "tags")]
        barred = {n for name in want.spec for n in EXCLUDES.get(name, ())}
        kept = {n: live.raw[n] for n in names if n not in barred and live.raw.get(n) not in (None, "", [])}
        yield self.call("PutMetricAlarm", alarmName=live.id, **{**kept, **self.encode(want, names)})
        del changed

    def delete(self, live: Live) -> Calls:
        yield self.call("DeleteAlarms", alarmNames=[live.id], missing=self.api.missing)

    def health(self, live: Live) -> str:
        """An alarm that went off says why, and its description what to do."""
        if live.raw.get("stateValue") != "ALARM":
            return ""
        return ". ".join(
            filter(None, [f"in ALARM: {live.raw.get('stateReason', '')}".rstrip("."), live.raw.get("alarmDescription")])
        )

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """An alarm without data is no alarm, and worth telling."""
        yield from super().looks(live, sight)
        yield _data(live)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """It watches one metric or several, and has something to compare with."""
        for name in spec:
            for other in sorted(EXCLUDES.get(name, frozenset()) & spec.keys()):
                if name < other:
                    yield name, f"cannot stand beside {other}. Remove one of them"
        if not {"metricName", "metrics"} & spec.keys():
            yield "metricName", "is missing. Say which metric it watches, or give metrics"
        if "metricName" in spec and not {"statistic", "extendedStatistic"} & spec.keys():
            yield "statistic", f"is missing. Say one of {', '.join(STATISTICS)}, or an extendedStatistic"
        if not {"threshold", "thresholdMetricId"} & spec.keys():
            yield "threshold", "is missing. Say what the value is compared with"
        yield from times(spec)
        yield from mistaken(spec)


def _data(live: Live) -> Program[Finding]:
    yield from ()
    missing = live.raw.get("stateValue") == "INSUFFICIENT_DATA"
    return Finding(notes=("INSUFFICIENT_DATA: its metric has no values yet",) if missing else ())


def times(spec: Raw) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the numbers of periods and their length."""
    period, count, breaching = (spec.get(n) for n in ("period", "evaluationPeriods", "datapointsToAlarm"))
    if isinstance(period, int) and period not in (10, 20, 30) and period % 60:
        yield "period", f"{period} is neither 10, 20, 30 nor a multiple of 60. Choose one that is"
    if isinstance(breaching, int) and isinstance(count, int) and breaching > count:
        yield "datapointsToAlarm", f"{breaching} is more than evaluationPeriods {count}. Make it smaller"
