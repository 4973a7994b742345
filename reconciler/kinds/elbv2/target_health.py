"""Why targets take no requests, and where to look for the cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...kind import Raw

WORKING = ("healthy", "draining", "unavailable")
"""Targets whose checks are off are unavailable, and take requests."""
SHOWN = 5
"""Targets that a message names at most."""
ADVICE = {
    "Target.ResponseCodeMismatch": (
        "It answers, with a code that the matcher does not count as good: see healthCheckPath and matcher, and the "
        "application's log"
    ),
    "Target.Timeout": (
        "Nothing answers in time: see that its security group lets the balancer's in at the port, that the container "
        "listens on 0.0.0.0, and healthCheckTimeoutSeconds"
    ),
    "Target.FailedHealthChecks": (
        "The connection is refused or broken: see that the container listens at the port of the target group, and "
        "that its security group lets the balancer's in"
    ),
    "Target.NotInUse": "No listener or rule forwards to this group: see the Listener, and that the zone is the balancer's",
    "Target.IpUnusable": "The address is a load balancer's own: register another one",
    "Target.InvalidState": "The instance is stopped: start it",
    "Target.NotRegistered": "It is not registered: see the events of the ECSService",
    "Elb.InitialHealthChecking": "Wait: its first checks are under way",
    "Elb.RegistrationInProgress": "Wait: it is being registered",
    "Elb.InternalError": "AWS's own fault: wait, then replace the target",
}


def unwell(targets: Sequence[Raw]) -> str:
    """Return which targets take no requests, AWS's reasons, and what to look at for the most common of them."""
    ill = [t for t in targets if t.get("targetHealth", {}).get("state", "unavailable") not in WORKING]
    if not ill:
        return ""
    codes = Counter(str(t["targetHealth"].get("reason") or t["targetHealth"]["state"]) for t in ill)
    said = {code: _described(code, ill) for code in codes}
    names = [_place(t) for t in ill[:SHOWN]] + ([f"{len(ill) - SHOWN} more"] if len(ill) > SHOWN else [])
    told = [f"{len(ill)} of {len(targets)} targets take no requests ({', '.join(names)})", *said.values()]
    return ". ".join(["; ".join(told), *(ADVICE[code] for code, _ in codes.most_common(1) if code in ADVICE)])


def _place(target: Raw) -> str:
    told = target["targetHealth"]
    where = ":".join(str(target["target"][name]) for name in ("id", "port") if target["target"].get(name))
    return f"{where} {told.get('reason') or told['state']}"


def _described(code: str, ill: Sequence[Raw]) -> str:
    """Return what AWS says of a code, which it repeats where it has nothing to say."""
    same = (t["targetHealth"] for t in ill if (t["targetHealth"].get("reason") or t["targetHealth"]["state"]) == code)
    told = next((str(h["description"]) for h in same if h.get("description") not in (None, "", code)), "")
    return f"{code}: {told}" if told else code
