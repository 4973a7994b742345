"""What a service has to do with other resources of its stack, although no reference says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...kind import Raw, Wanted
from ...values import leaves
from .service_types import Band


def scaled(want: Wanted, key: str, siblings: Mapping[str, Wanted]) -> Wanted:
    """Leave the number of tasks to the scalable target of the service, if it has one."""
    for address, other in siblings.items():
        if address.startswith("ScalableTarget/") and other.get("resourceId") == f"service/{key}":
            least, most = capacity(other.spec)
            if least and most:
                band = Band(want.get("desiredCount", min(least)), min(least), max(most))
                return replace(want, spec={**want.spec, "desiredCount": band})
    return want


def capacity(target: Raw) -> tuple[list[int], list[int]]:
    """Return every lower and every upper bound that a scalable target and its schedule set."""
    bounds = [target, *(a.get("scalableTargetAction") or {} for a in target.get("scheduledActions") or ())]
    least, most = ([b[name] for b in bounds if isinstance(b.get(name), int)] for name in ("minCapacity", "maxCapacity"))
    return least, most


def prerequisites(want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[str]:
    """Yield what must be there first: listeners that forward to its target groups, and ways to pull an image."""
    groups = [item.get("targetGroupArn") for item in want.get("loadBalancers") or ()]
    subnets = list(leaves((want.get("networkConfiguration") or {}).get("awsvpcConfiguration", {}).get("subnets")))
    told = {"Listener": groups, "ListenerRule": groups, "RouteTable": subnets}
    for address, other in siblings.items():
        kind = address.split("/", 1)[0]
        related = (leaf for leaf in leaves(other.spec) if leaf is not None)
        if kind == "VPCEndpoint" or (kind in told and any(leaf in told[kind] for leaf in related)):
            yield address
