"""What is wrong with a service as git has it."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Raw
from . import service_shift
from .capacity import strategy_faults


def faults(spec: Raw) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for all of it."""
    if "launchType" in spec and spec.get("capacityProviderStrategy"):
        yield "launchType", "AWS takes a launch type or a capacity provider strategy. Keep one of the two"
    if spec.get("schedulingStrategy") == "DAEMON" and "desiredCount" in spec:
        yield "desiredCount", "a DAEMON runs one task an instance. Leave it out"
    yield from strategy_faults(spec.get("capacityProviderStrategy"), "capacityProviderStrategy")
    yield from service_shift.faults(spec)
    settings = spec.get("deploymentConfiguration") or {}
    least, most = settings.get("minimumHealthyPercent"), settings.get("maximumPercent")
    if isinstance(least, int) and isinstance(most, int) and most <= least:
        yield "deploymentConfiguration.maximumPercent", f"{most} leaves no room above {least} to replace a task"
    if "healthCheckGracePeriodSeconds" in spec and spec.get("loadBalancers") == []:
        yield "healthCheckGracePeriodSeconds", "it counts only behind a load balancer. Leave it out"
