"""Budgets as AWS has them: whole, with subscribers and tags, in pages, and refused where they make no sense."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from moto.budgets.models import Budget, BudgetsBackend
from moto.budgets.responses import BudgetsResponse

from reconciler.emulator.fixes.agenda import Json, Moto, now, refuse, replace_all
from reconciler.emulator.fixes.budgets_alerts import ALERTS, alerts
from reconciler.emulator.fixes.paging import page
from reconciler.emulator.patch import Method, once, replaces

COUNTED: Final = {
    "IncludeTax": True, "IncludeSubscription": True, "UseBlended": False, "IncludeRefund": True, "IncludeCredit": True,
    "IncludeUpfront": True, "IncludeRecurring": True, "IncludeOtherSubscription": True, "IncludeSupport": True,
    "IncludeDiscount": True, "UseAmortized": False,
}  # fmt: skip
LIMITS: Final = ("BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData")
OLD: Final = ("CostFilters", "CostTypes")
NEW: Final = ("FilterExpression", "Metrics")
SPENT: Final = ("COST", "USAGE")
NEVER: Final = 3706473600
"""The end of a budget that has none."""
NOTHING: Final = {"Amount": "0.0", "Unit": "USD"}


def invalid(message: str) -> None:
    """Refuse a parameter."""
    refuse("InvalidParameterException", message)


def _amounts(budget: Json) -> None:
    spends = [budget["BudgetLimit"]] if "BudgetLimit" in budget else []
    for spend in [*spends, *budget.get("PlannedBudgetLimits", {}).values()]:
        try:
            amount = float(spend["Amount"])
        except ValueError:
            invalid(f"Unable to create/update budget - {spend['Amount']} is not a number")
        if amount <= 0:
            invalid("Unable to create/update budget - the budget limit should be greater than 0")
        spend["Amount"] = str(amount)


def _complete(told: Json) -> Json:
    """Check a budget, and fill in what AWS fills in."""
    budget: Json = {**told}
    kind, limits = budget["BudgetType"], [name for name in LIMITS if name in budget]
    if len(limits) > 1 or (not limits and kind in SPENT):
        invalid(
            "Unable to create/update budget - please provide one of the followings: Budget Limit/ Planned Budget "
            "Limit/ Auto Adjust Data"
        )
    if any(name in budget for name in OLD) and any(name in budget for name in NEW):
        invalid("Unable to create/update budget - CostFilters and CostTypes exclude FilterExpression and Metrics")
    if "CostTypes" in budget and kind != "COST":
        invalid("Unable to create/update budget - CostTypes is only valid for a COST budget")
    _amounts(budget)
    if kind not in SPENT:
        budget.setdefault("BudgetLimit", {"Amount": "100.0", "Unit": "PERCENTAGE"})
        if float(budget["BudgetLimit"]["Amount"]) != 100:  # noqa: PLR2004 — the one value there is
            invalid("Unable to create/update budget - the budget limit has to be 100")
    elif "BudgetLimit" not in budget:
        budget["BudgetLimit"] = next(iter(budget.get("PlannedBudgetLimits", {}).values()), {**NOTHING})
    if kind == "COST" and not any(name in budget for name in NEW):
        budget["CostTypes"] = {**COUNTED, **budget.get("CostTypes", {})}
    month = dt.datetime.fromtimestamp(now(), dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    budget["TimePeriod"] = {"Start": month.timestamp(), "End": NEVER, **budget.get("TimePeriod", {})}
    if budget["TimePeriod"]["Start"] >= budget["TimePeriod"]["End"]:
        invalid("Unable to create/update budget - the start of the time period should be before its end")
    return {**budget, "LastUpdatedTime": now()}


def _ours(self: Moto) -> str:
    account = str(self._get_param("AccountId"))
    if account != self.current_account:
        refuse("AccessDeniedException", f"Account {self.current_account} is not authorized for account {account}")
    return account


def find(self: Moto) -> Moto:
    """Return the budget that a request names."""
    name = self._get_param("BudgetName")
    found = self.backend.budgets[_ours(self)].get(name)
    if found is None:
        refuse("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def _create(original: Method, self: Moto) -> str:
    account, budget = _ours(self), _complete(self._get_param("Budget"))
    told = alerts(self._get_param("NotificationsWithSubscribers") or [])
    name = budget["BudgetName"]
    del original
    if name in self.backend.budgets[account]:
        refuse("DuplicateRecordException", f"Error creating budget: {name} - the budget already exists.")
    made: Moto = Budget(budget, [])
    made.alerts, made.tags = told, {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags") or []}
    self.backend.budgets[account][name] = made
    return "{}"


def _update(_original: Method, self: Moto) -> str:
    told = self._get_param("NewBudget")
    found = self.backend.budgets[_ours(self)].get(told["BudgetName"])
    if found is None:
        refuse("NotFoundException", f"Unable to update budget: {told['BudgetName']} - the budget doesn't exist.")
    found.budget = _complete(told)
    return "{}"


def _shown(budget: Moto, *, filters: bool) -> Json:
    hidden = {*(() if filters else NEW[:1]), *(() if "CostTypes" in budget.budget else OLD[1:])}
    return {k: v for k, v in budget.to_dict().items() if k not in hidden}


def _describe(_original: Method, self: Moto) -> str:
    return json.dumps({"Budget": _shown(find(self), filters=bool(self._get_param("ShowFilterExpression")))})


def _describe_all(_original: Method, self: Moto) -> str:
    filters = bool(self._get_param("ShowFilterExpression"))
    rows = [_shown(one, filters=filters) for one in self.backend.budgets[_ours(self)].values()]
    some, token = page(rows, self._get_param("NextToken"), self._get_param("MaxResults"), 100)
    return json.dumps({"Budgets": some, "NextToken": token})


def _tagged(self: Moto) -> Json:
    arn = str(self._get_param("ResourceARN"))
    place, _, name = arn.partition(":budget/")
    found = self.backend.budgets[self.current_account].get(name)
    if found is None or place != f"arn:aws:budgets::{self.current_account}":
        refuse("NotFoundException", f"Unable to get resource: {arn} - the resource doesn't exist.")
    tags: Json = found.tags
    return tags


def _list_tags(_original: Method, self: Moto) -> str:
    return json.dumps({"ResourceTags": [{"Key": k, "Value": v} for k, v in _tagged(self).items()]})


def _tag(_original: Method, self: Moto) -> str:
    _tagged(self).update({tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags")})
    return "{}"


def _untag(_original: Method, self: Moto) -> str:
    tags = _tagged(self)
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return "{}"


def _on_budget(answer: Any) -> Method:
    """Have the request's budget found first."""
    return lambda _original, self: answer(self, find(self))


@once
def install() -> None:
    """Make budgets behave as on AWS."""
    replace_all(
        BudgetsResponse,
        {
            "create_budget": _create,
            "update_budget": _update,
            "describe_budget": _describe,
            "describe_budgets": _describe_all,
            "list_tags_for_resource": _list_tags,
            "tag_resource": _tag,
            "untag_resource": _untag,
            **{name: _on_budget(answer) for name, answer in ALERTS.items()},
        },
    )

    @replaces(BudgetsBackend, "delete_budget")
    def delete_budget(original: Method, self: Moto, account_id: str, budget_name: str) -> None:
        if account_id != self.account_id:
            refuse("AccessDeniedException", f"Account {self.account_id} is not authorized for account {account_id}")
        original(self, account_id, budget_name)
