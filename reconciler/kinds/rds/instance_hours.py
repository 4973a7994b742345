"""When an instance does not run because git says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...kind import Wanted
from ..scheduler.target import Input

STOPS = ":aws-sdk:rds:stopDBInstance"
STOPPED = frozenset({"stopped"})


def stopped_by(want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
    """Let the instance be stopped if a schedule of the stack stops it."""
    targets = [
        other.get("target") or {}
        for address, other in siblings.items()
        if address.startswith("Schedule/") and other.get("state") != "DISABLED"
    ]
    stopped = any(str(t.get("arn")).endswith(STOPS) and _whom(t) == want.name.lower() for t in targets)
    return replace(want, rests=STOPPED) if stopped else want


def _whom(target: Mapping[str, Any]) -> str:
    told = Input().decode(target.get("input"))
    return str(told.get("DbInstanceIdentifier", "")).lower() if isinstance(told, Mapping) else ""
