"""What a service has to do with other resources of its stack, although no reference says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...expressions import target
from ...kind import Raw, Wanted
from ...values import leaves
from .capacity import providers
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
    balancers = want.get("loadBalancers") or ()
    groups = [item.get("targetGroupArn") for item in balancers]
    groups += [(item.get("advancedConfiguration") or {}).get("alternateTargetGroupArn") for item in balancers]
    subnets = list(leaves((want.get("networkConfiguration") or {}).get("awsvpcConfiguration", {}).get("subnets")))
    told = {"Listener": groups, "ListenerRule": groups, "RouteTable": subnets}
    for address, other in siblings.items():
        kind = address.split("/", 1)[0]
        related = (leaf for leaf in leaves(other.spec) if leaf is not None)
        if kind == "VPCEndpoint" or (kind in told and any(leaf in told[kind] for leaf in related)):
            yield address


def strange_providers(want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for capacity providers that its cluster, as git has it, does not have."""
    reference = target(want.get("cluster"))
    cluster = siblings.get(reference.address) if reference else None
    known = cluster.get("capacityProviders") if cluster else None
    if cluster is None or not isinstance(known, list) or not all(isinstance(one, str) for one in known):
        return
    for name in providers(want.get("capacityProviderStrategy")):
        if name not in known:
            yield "capacityProviderStrategy", f"{cluster.address} does not have {name}. Add it to its capacityProviders"
