"""What the rules of a web ACL are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...kind import Raw
from ...types import Flag, Integer, SetOf, Struct, Text
from . import Nested

ACTIONS = Struct({"allow": Nested(), "block": Nested(), "count": Nested(), "captcha": Nested(), "challenge": Nested()})
DEFAULT_ACTION = Struct({"allow": Nested(), "block": Nested()})
VISIBILITY = Struct({
    "sampledRequestsEnabled": Flag(),
    "cloudWatchMetricsEnabled": Flag(),
    "metricName": Text(pattern=r"^[\w#:./-]{1,255}$"),
}, required=("sampledRequestsEnabled", "cloudWatchMetricsEnabled", "metricName"))  # fmt: skip
RULE = Struct({
    "name": Text(length=(1, 128)),
    "priority": Integer(0),
    "statement": Nested(),
    "action": ACTIONS,
    "overrideAction": Struct({"none": Nested(), "count": Nested()}),
    "ruleLabels": SetOf(Struct({"name": Text()}, required=("name",))),
    "visibilityConfig": VISIBILITY,
}, required=("name", "priority", "statement", "visibilityConfig"))  # fmt: skip
BODY = Struct({
    "contentType": Text(enum=("TEXT_PLAIN", "TEXT_HTML", "APPLICATION_JSON")),
    "content": Text(),
}, required=("contentType", "content"))  # fmt: skip


def faults(rules: Iterable[Raw]) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what AWS would refuse."""
    priorities: dict[Any, str] = {}
    for i, rule in enumerate(rules):
        if rule["priority"] in priorities:
            yield (
                f"rules[{i}].priority",
                f"{rule['priority']} is also the priority of {priorities[rule['priority']]}. Give each rule its own",
            )
        priorities[rule["priority"]] = rule["name"]
        group = {"managedRuleGroupStatement", "ruleGroupReferenceStatement"} & set(rule["statement"])
        wanted, other = ("overrideAction", "action") if group else ("action", "overrideAction")
        if wanted not in rule or other in rule:
            yield (
                f"rules[{i}]",
                f"a rule {'with a rule group' if group else 'of its own'} needs {wanted}, and cannot have {other}",
            )
