"""ListenerRule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...kind import STACK, Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, writes
from ...types import Difference, Integer, Ref
from . import ELBV2, GONE, TAGS, tags_of_all
from .actions import Actions
from .actions import faults as action_faults
from .conditions import CONDITIONS
from .conditions import faults as condition_faults
from .shares import kept, moving
from .stray_rules import rules_of


class ListenerRule(Kind):
    """Which requests of a listener go somewhere else than the others."""

    service = ELBV2
    arn_like = ":listener-rule/"
    api = Api(
        "DescribeRules", "rules", "ruleArn", "ruleArn", create="CreateRule", update="ModifyRule", delete="DeleteRule",
        missing=GONE,
    )  # fmt: skip
    after = ("Listener",)
    left_out = "Rewriting of hosts and paths (transforms): none of the systems uses it."

    listenerArn = fixed(Ref(kind="Listener"), "The listener whose requests it sorts.", required=True)
    priority = fixed(
        Integer(1, 50000), "Its place among the listener's rules: the lowest that matches wins.", required=True
    )
    conditions = field(CONDITIONS, "What a request must be like; all of it.", required=True)
    actions = field(Actions(), "What happens to such a request; the last action answers it.", required=True)
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """Only one rule has a listener's priority."""
        return rule_key(want.get("listenerArn"), want.get("priority"))

    def key_of(self, raw: Raw) -> str:
        """Only one rule has a listener's priority."""
        return rule_key(raw["listenerArn"], raw["priority"])

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Ask each listener that concerns us; there is no listing of all rules."""
        found: list[Raw] = []
        for listener in listeners(ask):
            found += yield from rules_of(listener, ask)
        return found

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """Deployments of services may own the shares of its target groups."""
        return moving(want, "actions", siblings)

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Shares that are not git's are no drift."""
        return super().diff(kept(want, live, "actions"), live)

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Leave shares as they are that are not git's."""
        return super().update(kept(want, live, "actions"), live, changed)

    @writes("priority")
    def set_priority(self, want: Wanted, live: Live) -> Calls:
        """Change places with the rule of ours that has the priority; its own step will put it right."""
        answer = yield self.call("DescribeRules", listenerArn=want["listenerArn"])
        places = {r["ruleArn"]: r["priority"] for r in (answer or {}).get("rules", ())}
        wanted, mine = str(want["priority"]), places.get(live.id, str(live.spec["priority"]))
        if mine == wanted and places:
            return
        moves = {live.id: wanted}
        if occupant := next((arn for arn, place in places.items() if place == wanted), ""):
            tags = yield from tags_of_all([occupant])
            # Somebody else's rule stays where it is, and AWS refuses.
            moves |= {occupant: mine} if tags.get(occupant, {}).get(STACK) == want.tags[STACK] else {}
        to = [{"ruleArn": arn, "priority": int(place)} for arn, place in moves.items()]
        yield self.call("SetRulePriorities", rulePriorities=to)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Say what AWS would refuse."""
        yield from condition_faults(spec.get("conditions"))
        yield from action_faults(spec.get("actions"), "actions")

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """No two rules of a listener can have one priority."""
        taken: dict[str, str] = {}
        for name, spec in specs.items():
            first = taken.setdefault(rule_key(spec.get("listenerArn"), spec.get("priority")), name)
            if first != name:
                yield name, "priority", f"{spec.get('priority')} is that of ListenerRule/{first} too. Choose another"


def rule_key(listener: object, priority: object) -> str:
    """Return what only one rule has."""
    return f"{listener}:{priority}"


def listeners(ask: Ask) -> list[str]:
    """Return the listeners on which rules of ours may be, or are wanted."""
    found = [live.id for live in ask.world("Listener")]
    found += [key.rpartition(":")[0] for key in sorted(ask.keys) if key.startswith("arn:")]
    for arn in ask.index:
        head, mark, tail = arn.partition(":listener-rule/")
        found += [f"{head}:listener/{tail.rpartition('/')[0]}"] if mark else []
    return list(dict.fromkeys(found))
