"""What CreateService and UpdateService refuse of deployments that move traffic from one target group to another."""

from __future__ import annotations

import json
from typing import NoReturn

from moto.elbv2.models import elbv2_backends

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.fixes.agenda import Json, Moto, refuse
from reconciler.emulator.fixes.ecs_traffic import found

_NEEDED = ("alternateTargetGroupArn", "productionListenerRule", "roleArn")
_BAKED = ("BLUE_GREEN",)


def request(service: Moto, wanted: Json, balancers: list[Json]) -> None:
    """Fail unless strategy and load balancers fit each other."""
    told = wanted.get("deploymentConfiguration") or {}
    strategy = told.get("strategy") or (service.deployment_configuration or {}).get("strategy", "ROLLING")
    if told.get("strategy") in _BAKED and told.get("bakeTimeInMinutes") is None:
        _invalid(f"bakeTimeInMinutes is required for the deployment strategy {strategy}.")
    if any(":" in name for name in (told.get("alarms") or {}).get("alarmNames", ())):
        _invalid("alarmNames takes names of CloudWatch alarms.")
    for balancer in balancers:
        advanced = balancer.get("advancedConfiguration")
        if strategy == "ROLLING" and advanced:
            _invalid("advancedConfiguration is not supported with the ROLLING deployment strategy.")
        if strategy != "ROLLING":
            if not advanced:
                _invalid(
                    "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING "
                    "deployment strategy."
                )
            _advanced(service, balancer, advanced)


def _advanced(service: Moto, balancer: Json, advanced: Json) -> None:
    for name in _NEEDED:
        if not advanced.get(name):
            _invalid(f"{name} is required in advancedConfiguration.")
    blue, green = balancer["targetGroupArn"], advanced["alternateTargetGroupArn"]
    elb: Moto = elbv2_backends[service.backend.account_id][service.region_name]
    if green not in elb.target_groups:
        _invalid(f"The target group {green} does not exist.")
    if blue == green:
        _invalid("targetGroupArn and alternateTargetGroupArn must be two target groups.")
    for name in ("productionListenerRule", "testListenerRule"):
        _rule(service, name, advanced.get(name), (blue, green))
    if not iam_spread.assumable(service.backend.account_id, advanced["roleArn"], "ecs.amazonaws.com"):
        _invalid(f"ECS was unable to assume the role '{advanced['roleArn']}' that was provided for load balancing.")


def _rule(service: Moto, name: str, arn: str | None, groups: tuple[str, str]) -> None:
    rules = [rule for _, rule in found(service, arn)] if arn else []
    if arn and not rules:
        _invalid(f"The {name} {arn} does not exist.")
    if arn and ":listener/app/" in arn:
        _invalid(f"The {name} of an Application Load Balancer must be a listener rule, not a listener.")
    for rule in rules:
        if not any(group in json.dumps([a.data for a in rule.actions], default=str) for group in groups):
            _invalid(f"The {name} {arn} does not forward to the target groups of the service.")


def _invalid(message: str) -> NoReturn:
    refuse("InvalidParameterException", message)
