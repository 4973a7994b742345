"""Conditions of rules: AWS takes and shows some in two forms; here there is one, and the order of values is nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...types import Cidr, Difference, ListOf, SetOf, Struct, Text
from ...values import unknown

CONFIGS = {
    "host-header": "hostHeaderConfig", "path-pattern": "pathPatternConfig", "http-header": "httpHeaderConfig",
    "query-string": "queryStringConfig", "http-request-method": "httpRequestMethodConfig",
    "source-ip": "sourceIpConfig",
}  # fmt: skip
"""Field → where the API has its values."""
VALUES = SetOf(Text(length=(1, 128)), least=1)
MATCH = {"values": VALUES, "regexValues": VALUES}
CONDITION = Struct({
    "field": Text(enum=tuple(CONFIGS)),
    **MATCH,
    "hostHeaderConfig": Struct(MATCH),
    "pathPatternConfig": Struct(MATCH),
    "httpHeaderConfig": Struct({"httpHeaderName": Text(length=(1, 40)), **MATCH}, required=("httpHeaderName",)),
    "queryStringConfig": Struct(
        {"values": SetOf(Struct({"key": Text(), "value": Text()}, required=("value",)), least=1)}, required=("values",)
    ),
    "httpRequestMethodConfig": Struct({"values": SetOf(Text(pattern=r"^[A-Z_-]{1,40}$"), least=1)}, required=("values",)),
    "sourceIpConfig": Struct({"values": SetOf(Cidr(), least=1)}, required=("values",)),
}, required=("field",))  # fmt: skip
MOST = 5
"""Values that all conditions of a rule may have together."""


@dataclass(frozen=True)
class Conditions(ListOf):
    """What a request must be like: all of the conditions, in any order."""

    item: Struct = CONDITION
    least: int = 1

    def canon(self, value: Any) -> Any:
        """Return the conditions in their one form, in a fixed order."""
        return _ordered(
            {"field": c["field"], **{k: _ordered(_same(c["field"], k, v)) for k, v in _said(c).items()}} for c in value
        )

    def encode(self, value: Any) -> Any:
        """Return every condition in the form that the API takes for all fields."""
        return [{"field": c["field"], CONFIGS[c["field"]]: _said(c)} for c in value]

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield the conditions in their one form if they differ."""
        if unknown(want) or have is None:
            yield Difference(path, want, have)
        elif (wanted := self.canon(want)) != (found := self.canon(have)):
            yield Difference(path, wanted, found)


CONDITIONS = Conditions()


def told(condition: Mapping[str, Any]) -> str:
    """Return a condition in its one form in a few words."""
    values = [v if isinstance(v, str) else "=".join(map(str, v.values())) for k in MATCH for v in condition.get(k, ())]
    return " ".join([condition["field"], *([h] if (h := condition.get("httpHeaderName")) else []), ",".join(values)])


def _said(condition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a condition compares with, wherever it stands."""
    plain = {k: v for k, v in condition.items() if k in MATCH and v}
    return {**plain, **{k: v for k, v in (condition.get(CONFIGS[condition["field"]]) or {}).items() if v}}


def _same(field: str, part: str, value: Any) -> Any:
    """Return the value as AWS matches it: host and header names have no case."""
    if part == "httpHeaderName" or (part == "values" and field == "host-header"):
        return [v.lower() for v in value] if isinstance(value, list) else value.lower()
    return [Cidr().canon(v) for v in value] if field == "source-ip" else value


def _ordered(values: Any) -> Any:
    if isinstance(values, str):
        return values
    found = {json.dumps(v, sort_keys=True): v for v in values}
    return [found[k] for k in sorted(found)]


def faults(conditions: Any) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what AWS would refuse."""
    told = [c for c in conditions if isinstance(c["field"], str)] if isinstance(conditions, list) else []
    for condition in told:
        field, where = condition["field"], f"conditions[{conditions.index(condition)}]"
        allowed = {CONFIGS[field], *(MATCH if field != "http-header" else ())}
        for name in condition.keys() - {"field"} - allowed:
            yield f"{where}.{name}", f"does not belong to {field}. Write {CONFIGS[field]}"
        if not (_said(condition).keys() & MATCH.keys()):
            yield where, f"compares the {field} with nothing. Add {CONFIGS[field]}"
    count = sum(len(v) for c in told for k, v in _said(c).items() if k in MATCH and isinstance(v, list))
    if count > MOST:
        yield "conditions", f"has {count} values; a rule can have {MOST}. Split it into two rules"
