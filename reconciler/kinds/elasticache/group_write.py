"""What a change to a group takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...kind import Live, Wanted
from ...types import Version
from .group_read import waiting

COUNTS = ("numNodeGroups", "replicasPerNodeGroup", "numCacheClusters")
TOGETHER = (
    (("engine", "engineVersion"), ("engine", "engineVersion", "cacheParameterGroupName")),
    (("automaticFailoverEnabled", "multiAZEnabled"), ("automaticFailoverEnabled", "multiAZEnabled")),
)
"""Fields of which a change to one makes AWS want others in the same call."""
TRANSIT = ("transitEncryptionEnabled", "transitEncryptionMode")
Encode = Callable[[Wanted, Iterable[str]], dict[str, Any]]


def growing(name: str, want: Wanted, live: Live) -> bool:
    """Whether a number is to become larger."""
    return int(want[name]) > int(live.spec.get(name) or 0)


def modifications(want: Wanted, live: Live, changed: Iterable[str], encode: Encode) -> Iterator[dict[str, Any]]:
    """Yield the parameters of each call: encryption and password each want one of their own."""
    names = set(changed)
    for any_of, group in TOGETHER:
        if names & set(any_of):
            names |= {name for name in group if name in want.spec}
    params = encode(want, sorted(names))
    token = params.pop("authToken", None)
    transit = {name: params.pop(name) for name in TRANSIT if name in params}
    how = {"applyImmediately": want.get("applyImmediately", True)}
    calls = (fitting(params, want, live, names), encryption(transit, live))
    yield from ({**some, **how} for some in calls if some)
    if token is not None:
        # Whoever has no password yet would be let in without one for ever.
        strategy = want.get("authTokenUpdateStrategy", "ROTATE") if live.raw.get("authTokenEnabled") else "SET"
        yield {"authToken": token, "authTokenUpdateStrategy": strategy, "applyImmediately": True}


def fitting(params: dict[str, Any], want: Wanted, live: Live, names: set[str]) -> dict[str, Any]:
    """Return the parameters in the form of ModifyReplicationGroup, which has its own words for some."""
    if "notificationTopicArn" in names:
        params["notificationTopicStatus"] = "active" if want["notificationTopicArn"] else "inactive"
    if "logDeliveryConfigurations" in params:
        there = {log["logType"] for log in live.spec.get("logDeliveryConfigurations") or ()}
        gone = there - {log["logType"] for log in params["logDeliveryConfigurations"]}
        params["logDeliveryConfigurations"] += [{"logType": name, "enabled": False} for name in sorted(gone)]
    return params


def encryption(params: dict[str, Any], live: Live) -> dict[str, Any]:
    """Return the next step: between off and required lies preferred, or clients would be cut off."""
    if not params:
        return {}
    on, mode = live.spec.get("transitEncryptionEnabled"), live.spec.get("transitEncryptionMode")
    if params.get("transitEncryptionEnabled") is False and mode != "required":
        return {"transitEncryptionEnabled": False}
    then = params.get("transitEncryptionMode", "preferred") if on else "preferred"
    return {"transitEncryptionEnabled": True, "transitEncryptionMode": then}


def ahead(want: Wanted, live: Live) -> str:
    """Return that the engine is of another, newer major version than git says, for AWS never goes back; else nothing."""
    wanted, running = want.get("engineVersion"), str(live.spec.get("engineVersion", ""))
    if not isinstance(wanted, str) or not Version.older(wanted, running):
        return ""
    major = ".".join(running.split(".")[:2])
    return f"its engine is at {running}, ahead of git's {wanted}. AWS never goes back: write {major}"


def flushed(want: Wanted, live: Live) -> str:
    """Return that the next change carries out what waits for the maintenance window; empty if it does not."""
    at_once = waiting(live.raw) and want.get("applyImmediately", True)
    return "a change that is applied at once applies this too" if at_once else ""


def final_snapshot(live: Live) -> str | None:
    """Return the name of the last snapshot; none where AWS cannot make one."""
    failed, small = (
        live.raw.get("status") == "create-failed",
        str(live.raw.get("cacheNodeType")).startswith("cache.t1."),
    )
    born = re.sub(r"\D", "", str(live.raw.get("replicationGroupCreateTime", "")))[:14]
    return None if failed or small else "-".join(filter(None, (live.id, "final", born)))
