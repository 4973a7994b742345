"""Whether a budget is exceeded."""

from __future__ import annotations

from ...kind import Finding, Program, Raw, at


def spending(raw: Raw) -> Program[Finding]:
    """Compare what is spent, and what AWS expects, with the amount; other kinds of budgets want much, not little."""
    yield from ()
    limit, unit = at(raw, "budgetLimit.amount"), at(raw, "budgetLimit.unit")
    if raw.get("budgetType") not in ("COST", "USAGE") or limit is None:
        return Finding()
    spent, coming = (at(raw, f"calculatedSpend.{which}.amount") for which in ("actualSpend", "forecastedSpend"))
    if spent is not None and float(spent) > float(limit):
        way = "Cost Explorer shows what grew; or raise budgetLimit"
        return Finding(ill=(f"{spent} of {limit} {unit} are spent. {way}",))
    if coming is not None and float(coming) > float(limit):
        return Finding(notes=(f"AWS expects {coming} of {limit} {unit} to be spent at the end",))
    return Finding()
