"""Budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...kind import Api, Ask, Call, Calls, Finding, Kind, Live, Program, Raw, Sight, Wanted, field, fixed, writes
from ...types import Flag, Integer, MapOf, Moment, Number, Schema, SetOf, Struct, Text
from ..ce.expression import Expression, faults
from . import BUDGETS, GONE, TAGS
from .notifications import NOTIFICATION, Notifications, check, converge, read, when
from .spending import spending


@dataclass(frozen=True)
class Amount(Number):
    """A number that the API has as a text: ``100`` is ``"100.0"``."""

    def schema(self) -> Schema:
        """Return a number, or a text that is one."""
        return {"type": ["number", "string"], "pattern": r"^([0-9]*\.)?[0-9]+$", "minimum": 0}

    def canon(self, value: Any) -> Any:
        """Return a float, whatever the number was written as."""
        return float(value) if isinstance(value, (int, float, str)) else value

    def encode(self, value: Any) -> Any:
        """Return the digits, never with an exponent."""
        return format(Decimal(str(value)), "f") if isinstance(value, (int, float)) else value

    def decode(self, value: Any) -> Any:
        """Return the number."""
        return int(self.canon(value)) if self.canon(value) == int(self.canon(value)) else self.canon(value)


SPEND = Struct({"amount": Amount(), "unit": Text()}, required=("amount", "unit"))
COUNTED = {
    "includeTax": True, "includeSubscription": True, "includeRefund": True, "includeCredit": True, "includeUpfront": True,
    "includeRecurring": True, "includeOtherSubscription": True, "includeSupport": True, "includeDiscount": True,
    "useBlended": False, "useAmortized": False,
}  # fmt: skip
"""Which costs count where nobody says it."""
ADJUSTED = Struct({
    "autoAdjustType": Text(enum=("HISTORICAL", "FORECAST")),
    "historicalOptions": Struct({"budgetAdjustmentPeriod": Integer(1, 60)}, required=("budgetAdjustmentPeriod",)),
}, required=("autoAdjustType",))  # fmt: skip
METRICS = (
    "BlendedCost", "UnblendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost", "UsageQuantity",
    "NormalizedUsageAmount", "Hours",
)  # fmt: skip
TYPES = (
    "COST", "USAGE", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE",
)  # fmt: skip
LIMITS = ("budgetLimit", "plannedBudgetLimits", "autoAdjustData")
OLD, NEW = ("costFilters", "costTypes"), ("filterExpression", "metrics")
"""The two ways to say which costs count: AWS refuses a mixture."""
RIVALS = {
    **{name: tuple(other for other in LIMITS if other != name) for name in LIMITS},
    **dict.fromkeys(OLD, NEW), **dict.fromkeys(NEW, OLD),
}  # fmt: skip


class Budget(Kind):
    """An amount that is not to be exceeded, and who is told when it is about to be."""

    service = BUDGETS
    arn_like = ":budget/"
    api = Api(
        "DescribeBudgets", "budgets", "budgetName", create="CreateBudget", update="UpdateBudget",
        delete="DeleteBudget", missing=GONE,
    )  # fmt: skip
    named = "budgetName"
    name_limit = 100
    attributes = {"budgetName": "budgetName"}
    left_out = (
        "Actions of budgets, which change permissions and stop instances by themselves: that is git's business here."
    )

    budgetName = fixed(Text(pattern=r"^[^:\\]{1,100}$"), "Its name in AWS.", default="the resource's name")
    budgetType = field(Text(enum=TYPES), "What it counts.", required=True)
    timeUnit = field(
        Text(enum=("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM")), "How often it begins anew.", required=True
    )
    timePeriod = field(Struct({"start": Moment(), "end": Moment()}), "From when to when.", default="from now on")
    budgetLimit = field(SPEND, "The amount: 100 USD.")
    plannedBudgetLimits = field(MapOf(SPEND), "An amount for each period, by its start in seconds since 1970.")
    autoAdjustData = field(ADJUSTED, "Where AWS sets the amount by itself.")
    costFilters = field(MapOf(SetOf(Text())), "What counts, by dimension: `Service: […]`.", default="everything")
    costTypes = field(
        Struct(dict.fromkeys(COUNTED, Flag()), defaults=COUNTED), "Which costs count.", default="all but blended"
    )
    filterExpression = field(Expression(), "What counts, as an expression, instead of costFilters.")
    metrics = field(SetOf(Text(enum=METRICS), most=1), "How costs are counted, instead of costTypes.")
    billingViewArn = field(Text(), "The billing view that it counts in.", default="the account's")
    notifications = field(
        Notifications(NOTIFICATION, most=10), "When somebody is told, and who. Others are removed.", update=False
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Filters are shown on demand only, and whoever changes anything must repeat them."""
        answer = yield self.call(self.api.read, accountId=ask.account, showFilterExpression=True, missing=GONE)
        return (answer or {}).get("budgets") or ()

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the notifications if somebody manages any."""
        if "notifications" not in ask.fields:
            return {}
        found = yield from read({"accountId": ask.account, "budgetName": raw["budgetName"]})
        return None if found is None else {"notifications": found}

    def arn_of(self, raw: Raw, ask: Ask) -> str:
        """The listing has no ARNs."""
        return f"arn:aws:budgets::{ask.account}:budget/{raw['budgetName']}"

    def create(self, want: Wanted) -> Calls:
        """Create it with its notifications, in the account that the credentials belong to."""
        who = yield Call("sts", "GetCallerIdentity")
        budget = {"budgetName": want.name, **self.encode(want, BODY)}
        told = [{"notification": when(n), "subscribers": list(n["subscribers"])} for n in want.get("notifications", ())]
        yield self.call(
            "CreateBudget", accountId=(who or {}).get("account"), budget=budget,
            notificationsWithSubscribers=told or None, **BUDGETS.create_tags("", want.tags),
        )  # fmt: skip

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """The call replaces everything: what git does not mention is sent as it is."""
        del changed
        yield self.call(
            "UpdateBudget", accountId=_account(live), newBudget={"budgetName": live.id, **self.whole(want, live)}
        )

    def whole(self, want: Wanted, live: Live) -> dict[str, Any]:
        """Return the budget that is wanted, with what stays of the one that there is."""
        told = self.encode(want, BODY)
        kept = {n: self.fields[n].type.encode(live.spec[n]) for n in BODY if live.spec.get(n) not in (None, {}, [])}
        barred = {rival for n in told for rival in RIVALS.get(n, ())}
        modern = told.keys() & {*NEW} or ("metrics" in kept and not told.keys() & {*OLD})
        barred |= {*OLD} if modern else {*NEW}
        if not told.keys() & {*LIMITS} and kept.keys() & {*LIMITS[1:]}:
            # The amount of the moment follows from these; AWS refuses to be told it as well.
            barred.add("budgetLimit")
        both: dict[str, Any] = {n: {**kept.get(n, {}), **told[n]} for n in ("timePeriod", "costTypes") if n in told}
        return {**{n: v for n, v in kept.items() if n not in barred}, **told, **both}

    @writes("notifications")
    def set_notifications(self, want: Wanted, live: Live) -> Calls:
        budget = {"accountId": _account(live), "budgetName": live.id}
        yield from converge(budget, want["notifications"], live.spec.get("notifications", []))

    def delete(self, live: Live) -> Calls:
        """Its notifications go with it."""
        yield self.call("DeleteBudget", accountId=_account(live), budgetName=live.id, missing=GONE)

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """It is there so that nobody spends more."""
        yield from super().looks(live, sight)
        yield spending(live.raw)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """One amount, one way to say what counts, and nobody told twice."""
        limits = [name for name in LIMITS if name in spec]
        if not limits and spec.get("budgetType") in TYPES[:2]:
            yield "budgetLimit", f"is missing. Write one of {', '.join(LIMITS)}"
        for name in limits[1:]:
            yield name, f"cannot stand beside {limits[0]}. Remove one of them"
        for name in (n for n in NEW if n in spec):
            yield from ((name, f"cannot stand beside {other}. Remove one of them") for other in OLD if other in spec)
        if "costTypes" in spec and spec.get("budgetType") in TYPES[1:]:
            yield "costTypes", f"{spec['budgetType']} has none. Remove it"
        yield from faults(spec.get("filterExpression"), "filterExpression")
        yield from check(spec.get("notifications"))


BODY = tuple(n for n, f in Budget.fields.items() if f.create and n not in ("budgetName", "notifications", "tags"))
"""What stands in the budget itself."""


def _account(live: Live) -> str:
    return live.arn.split(":")[4]
