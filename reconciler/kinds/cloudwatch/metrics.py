"""Metrics, and what is made of several of them: metric math."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...kind import Raw
from ...types import Flag, Integer, MapOf, Struct, Text

AMOUNTS = ("Bytes", "Bits", *(size + of for size in ("Kilo", "Mega", "Giga", "Tera") for of in ("bytes", "bits")))
UNITS = (
    "Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None",
    *(amount + per for amount in AMOUNTS for per in ("", "/Second")),
)  # fmt: skip
UNIT = Text(enum=UNITS)
DIMENSIONS = MapOf(pair=("name", "value"))
SECONDS = Integer(1, 604800)
METRIC = Struct({"namespace": Text(), "metricName": Text(), "dimensions": DIMENSIONS}, required=("metricName",))
STAT = Struct(
    {"metric": METRIC, "period": SECONDS, "stat": Text(), "unit": UNIT}, required=("metric", "period", "stat")
)
QUERY = Struct(
    {
        "id": Text(pattern=r"^[a-z]\w*$"), "metricStat": STAT, "expression": Text(), "label": Text(),
        "returnData": Flag(), "period": SECONDS, "accountId": Text(),
    },
    required=("id",), defaults={"returnData": True},
)  # fmt: skip
MOST = 10
"""Metrics that an alarm may be made of."""
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
WORD = re.compile(r"(?<![\w.])[a-z]\w*(?!\w|\s*\()")
"""The id of a metric, in an expression: functions and operators are in capitals."""


def mistaken(spec: Raw) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the metrics of an alarm, of which AWS only says that the list is invalid."""
    queries = spec.get("metrics")
    if not isinstance(queries, Sequence) or not queries:
        return
    ids = [query.get("id") for query in queries]
    for i, query in enumerate(queries):
        path = f"metrics[{i}]"
        if ids.index(ids[i]) < i:
            yield f"{path}.id", f'"{ids[i]}" stands there twice. Give each its own'
        if ("metricStat" in query) == ("expression" in query):
            yield path, "needs either a metricStat or an expression. Write one of them"
        yield from ((f"{path}.expression", fault) for fault in _faults(query.get("expression"), ids))
    if len(queries) > MOST:
        yield "metrics", f"are {len(queries)}, and AWS takes {MOST}. Remove some"
    yield from _returned(spec.get("thresholdMetricId"), queries, ids)


def _faults(expression: Any, ids: Sequence[Any]) -> Iterator[str]:
    """Yield what is wrong with an expression; one in SQL is AWS's to read."""
    if not isinstance(expression, str) or expression.upper().startswith("SELECT"):
        return
    if "SEARCH(" in expression.upper():
        yield "SEARCH has no place in an alarm. Name each metric"
        return
    known = ", ".join(map(str, ids))
    for word in dict.fromkeys(WORD.findall(QUOTED.sub("", expression))):
        if word not in ids:
            yield f'"{word}" is not the id of a metric here. Ids: {known}'


def _returned(band: Any, queries: Sequence[Raw], ids: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with what the metrics give to the alarm: one value, and the band, if there is one."""
    flags = [query.get("returnData", True) for query in queries]
    wanted = 2 if band else 1
    if all(isinstance(flag, bool) for flag in flags) and sum(flags) != wanted:
        need = "exactly two return data: the band and what it is compared with" if band else "exactly one returns data"
        yield "metrics", f"{sum(flags)} of them return data, but {need}. Write `returnData: false` at the others"
    if isinstance(band, str) and band not in ids:
        yield "thresholdMetricId", f'"{band}" is not the id of a metric here. Ids: {", ".join(map(str, ids))}'
