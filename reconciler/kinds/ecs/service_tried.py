"""Whether ECS has tried what git wants, and given it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...kind import Field, Raw, Wanted
from .service_read import QUIET, REVISED

LATEST = "LATEST"


def tried(fields: Mapping[str, Field], want: Wanted, failed: Raw | None) -> bool:
    """Whether the revision that failed says all that git wants of a revision."""
    if not failed or "taskDefinition" not in failed:
        return False
    return not any(_differs(fields[name], name, want[name], failed) for name in REVISED if name in want.spec)


def _differs(known: Field, name: str, wanted: Any, failed: Raw) -> bool:
    if (name, wanted) == ("platformVersion", LATEST) or (name == "capacityProviderStrategy" and not wanted):
        # A revision has the version that was the latest, and the strategy that was the cluster's.
        return False
    quiet = {**QUIET, "serviceConnectConfiguration": {"enabled": False}}
    told = failed.get(name) if failed.get(name) is not None else quiet.get(name)
    have = known.type.decode(told) if told is not None else None
    return any(known.type.diff(name, _plain(name, wanted), _plain(name, have)))


def _plain(name: str, value: Any) -> Any:
    """Return load balancers without what a strategy adds: the strategy is none of a revision's."""
    if name != "loadBalancers" or not isinstance(value, list):
        return value
    return [{k: v for k, v in one.items() if k != "advancedConfiguration"} for one in value]
