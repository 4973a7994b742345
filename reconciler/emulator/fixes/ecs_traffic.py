"""Who gets a service's requests while two revisions of it run: the weights that ECS writes into listener rules."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from moto.elbv2.models import FakeAction, elbv2_backends

if TYPE_CHECKING:
    from reconciler.emulator.fixes.agenda import Json, Moto

WHOLE: Final = 100


def shifting(service: Moto) -> bool:
    """Whether the service's deployments move traffic instead of replacing tasks."""
    return bool(service.deployment_configuration.get("strategy", "ROLLING") != "ROLLING")


def group_of(balancer: Json, side: int) -> str | None:
    """Return the target group of one of the two sides of a load balancer."""
    alternate = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    group: str | None = alternate if side else balancer.get("targetGroupArn")
    return group


def send(service: Moto, side: int, percent: float, rule: str = "productionListenerRule") -> None:
    """Let a side have so much of the traffic of a rule, and the other side the rest."""
    for balancer in service.load_balancers:
        advanced = balancer.get("advancedConfiguration") or {}
        shares = {group_of(balancer, side): round(percent), group_of(balancer, 1 - side): WHOLE - round(percent)}
        for place, one in found(service, advanced.get(rule)):
            _weigh(place, one, shares)


def found(service: Moto, arn: str | None) -> list[tuple[Moto, Moto]]:
    """Return the listener and the rule of an ARN; the default rule where it is a listener's."""
    elb: Moto = elbv2_backends[service.backend.account_id][service.region_name]
    listeners = [one for balancer in elb.load_balancers.values() for one in balancer.listeners.values()]
    rules = [(listener, rule) for listener in listeners for rule in listener.rules.values()]
    return [(o, rule) for o, rule in rules if arn == rule.arn or (arn == o.arn and rule.is_default)]


def _weigh(listener: Moto, rule: Moto, shares: dict[str | None, int]) -> None:
    forward = next(action for action in reversed(rule.actions) if action.type == "forward")
    data = {k: copy.deepcopy(v) for k, v in forward.data.items() if k != "TargetGroupArn"}
    data["ForwardConfig"]["TargetGroups"] = [{"TargetGroupArn": g, "Weight": w} for g, w in shares.items()]
    rule.actions = [FakeAction(data) if action is forward else action for action in rule.actions]
    if rule.is_default:
        listener.default_actions = rule.actions
