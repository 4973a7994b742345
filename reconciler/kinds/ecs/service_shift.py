"""Deployments that move traffic from one set of tasks to another: blue/green, canary, linear."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...kind import Live, Raw, Wanted

Faults = Iterator[tuple[str, str]]
NEEDED = ("alternateTargetGroupArn", "productionListenerRule", "roleArn")
STEPS = {"LINEAR": "linearConfiguration", "CANARY": "canaryConfiguration"}


def minutes(configuration: Raw) -> int:
    """Return how long a deployment takes for moving and baking, without its tasks' time to start."""
    strategy, bake = configuration.get("strategy", "ROLLING"), configuration.get("bakeTimeInMinutes", 0)
    step = configuration.get(STEPS.get(strategy, "")) or {}
    if strategy == "LINEAR":
        percent = max(3.0, float(step.get("stepPercent", 10)))
        bake += (math.ceil(100 / percent) - 1) * step.get("stepBakeTimeInMinutes", 6)
    if strategy == "CANARY":
        bake += step.get("canaryBakeTimeInMinutes", 10)
    return int(bake) if strategy != "ROLLING" else 0


def changes_strategy(want: Wanted, live: Live) -> bool:
    """Whether another strategy is wanted than the service has."""
    told, have = (side.get("deploymentConfiguration") or {} for side in (want.spec, live.spec))
    return "strategy" in told and told["strategy"] != have.get("strategy", "ROLLING")


def faults(spec: Raw) -> Faults:
    """Yield (path, message) for what is wrong with how its deployments move traffic."""
    configuration = spec.get("deploymentConfiguration") or {}
    strategy = configuration.get("strategy", "ROLLING")
    if strategy == "BLUE_GREEN" and "bakeTimeInMinutes" not in configuration:
        yield "deploymentConfiguration", "BLUE_GREEN needs bakeTimeInMinutes. Say how long blue stays; 0 is not at all"
    for name, settings in STEPS.items():
        if settings in configuration and strategy != name:
            yield f"deploymentConfiguration.{settings}", f"means nothing to {strategy}. Say strategy: {name}"
    if (spec.get("deploymentController") or {}).get("type", "ECS") == "ECS":
        yield from _balancers(spec, strategy)


def _balancers(spec: Raw, strategy: str) -> Faults:
    balancers = spec.get("loadBalancers")
    for i, balancer in enumerate(balancers if isinstance(balancers, list) else ()):
        path, advanced = f"loadBalancers[{i}].advancedConfiguration", balancer.get("advancedConfiguration")
        if strategy == "ROLLING" and advanced:
            yield path, "a rolling deployment moves no traffic. Take it away, or say strategy: BLUE_GREEN"
        if strategy != "ROLLING":
            lacking = [name for name in NEEDED if name not in (advanced or {})]
            if lacking:
                yield path, f"{strategy} needs {', '.join(lacking)}. Add what is missing"
            elif str(advanced["alternateTargetGroupArn"]) == str(balancer.get("targetGroupArn")):
                yield f"{path}.alternateTargetGroupArn", "is the same group. Give green one of its own"
