"""Rules that somebody put on a listener of ours without telling git: they decide about requests, so they are drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...kind import STACK, Ask, Program, Raw, Wanted
from ...types import Difference, ListOf, Type
from . import ELBV2, GONE, tags_of_all
from .conditions import CONDITIONS, told


@dataclass(frozen=True)
class StrayRules(ListOf):
    """Live: the rules that carry nobody's tags. Wanted: where declared rules will be, which are none of these."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield one difference per rule that should not be."""
        for rule in have or ():
            if not belongs(rule, want):
                yield Difference(f"{path}[{title(rule)}]", None, rule)


STRAY = StrayRules(Type())


def belongs(rule: Raw, wanted: list[Raw]) -> bool:
    """Whether git declares a rule in this rule's place."""
    return any(rule["listenerArn"] == w["listenerArn"] and rule["priority"] == w["priority"] for w in wanted)


def declared(siblings: Mapping[str, Wanted]) -> list[dict[str, Any]]:
    """Return the places of the rules that git declares."""
    mine = [want for address, want in siblings.items() if address.startswith("ListenerRule/")]
    places = [want.only(("listenerArn", "priority")) for want in mine]
    return [p for p in places if isinstance(p.get("listenerArn"), str) and isinstance(p.get("priority"), int)]


def rules_of(listener: str, ask: Ask) -> Program[list[Raw]]:
    """Read the rules of a listener but the default one, each with its ``listenerArn`` and, if readable, its tags."""
    answer = yield ELBV2.call("DescribeRules", listenerArn=listener, missing=GONE)
    return (yield from tagged((answer or {}).get("rules", ()), listener, ask))


def tagged(rules: Iterable[Raw], listener: str, ask: Ask) -> Program[list[Raw]]:
    """Return the rules but the default one, each with its ``listenerArn`` and, if readable, its tags."""
    made = [{**r, "listenerArn": listener} for r in rules if not r.get("isDefault")]
    asked = yield from tags_of_all([r["ruleArn"] for r in made if r["ruleArn"] not in ask.index])
    known = {**ask.index, **asked}
    return [{**r, "tags": known[r["ruleArn"]]} if r["ruleArn"] in known else r for r in made]


def found(listener: str, ask: Ask) -> Program[dict[str, Any]]:
    """Find its default rule, and the rules that are not ours: nobody's as ``rules``, other stacks' as ``others``."""
    answer = yield ELBV2.call("DescribeRules", listenerArn=listener, missing=GONE)
    every = (answer or {}).get("rules", ())
    rows = [
        {
            "listenerArn": listener, "ruleArn": r["ruleArn"], "priority": int(r["priority"]),
            "conditions": CONDITIONS.canon(r.get("conditions", ())), "stack": r["tags"].get(STACK, ""),
        }
        for r in (yield from tagged(every, listener, ask)) if "tags" in r
    ]  # fmt: skip
    return {
        "defaultRuleArn": next((r["ruleArn"] for r in every if r.get("isDefault")), None),
        "rules": [row for row in rows if not row["stack"]],
        "others": [row for row in rows if row["stack"] not in ("", ask.stack)],
    }


def title(rule: Raw) -> str:
    """Return a rule in a few words: ``10 path-pattern /api/*``."""
    return " ".join([str(rule["priority"]), *map(told, rule["conditions"])])
