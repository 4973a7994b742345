"""Blue/green, linear and canary deployments of ECS: traffic moves to the new revision by stages, and may come back."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from moto.cloudwatch.models import cloudwatch_backends

from reconciler.emulator.fixes import ecs_history
from reconciler.emulator.fixes.agenda import Json, Moto, after
from reconciler.emulator.fixes.ecs_traffic import WHOLE, send

if TYPE_CHECKING:
    from collections.abc import Callable

    Fail = Callable[[str], None]

MINUTE: Final = 60.0


def stages(configuration: Json) -> list[tuple[float, int]]:
    """Return how much traffic the new revision has at each stage, and for how many minutes at least."""
    bake = int(configuration.get("bakeTimeInMinutes") or 0)
    if configuration["strategy"] == "LINEAR":
        step = configuration.get("linearConfiguration") or {}
        percent, minutes = float(step.get("stepPercent", 10)), int(step.get("stepBakeTimeInMinutes", 6))
        return [*((percent * n, minutes) for n in range(1, math.ceil(WHOLE / percent))), (WHOLE, bake)]
    if configuration["strategy"] == "CANARY":
        canary = configuration.get("canaryConfiguration") or {}
        first = float(canary.get("canaryPercent", 5)), int(canary.get("canaryBakeTimeInMinutes", 10))
        return [first, (WHOLE, bake)]
    return [(WHOLE, bake)]


def alarm(service: Moto) -> str:
    """Return what a CloudWatch alarm that watches the deployment says; empty if all is quiet."""
    watched = service.deployment_configuration.get("alarms") or {}
    if not watched.get("enable"):
        return ""
    alarms = cloudwatch_backends[service.backend.account_id][service.region_name].alarms
    rang = [name for name in watched["alarmNames"] if name in alarms and alarms[name].state_value == "ALARM"]
    return f"alarm detected: {', '.join(rang)}" if rang else ""


def shift(service: Moto, side: int, alive: Callable[[], bool], complete: Callable[[], None], fail: Fail) -> None:
    """Move the traffic to a side, stage by stage as long as the deployment is `alive`, then `complete` it.

    It is failed instead (`fail`, with the reason) if an alarm goes off before it is complete.
    """
    send(service, side, WHOLE, "testListenerRule")
    _next(service, side, stages(service.deployment_configuration), alive, complete, fail)


def _next(
    service: Moto,
    side: int,
    left: list[tuple[float, int]],
    alive: Callable[[], bool],
    complete: Callable[[], None],
    fail: Fail,
) -> None:
    if not left:
        complete()
        return
    (percent, minutes), *later = left
    ecs_history.reach(service, "PRODUCTION_TRAFFIC_SHIFT" if later else "BAKE_TIME")
    send(service, side, percent)
    _watch(service, minutes, alive, partial(_next, service, side, later, alive, complete, fail), fail)


def _watch(service: Moto, minutes: int, alive: Callable[[], bool], then: Callable[[], None], fail: Fail) -> None:
    if not alive():
        return
    if reason := alarm(service):
        fail(reason)
    elif minutes <= 0:
        then()
    else:
        after(MINUTE, partial(_watch, service, minutes - 1, alive, then, fail))
