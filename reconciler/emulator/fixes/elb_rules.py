"""ELBv2: rules show their conditions in both forms and may swap priorities."""

from __future__ import annotations

from typing import Any, Final

from moto.elbv2.exceptions import (
    DuplicatePriorityError,
    ELBClientError,
    PriorityInUseError,
    RuleNotFoundError,
    ValidationError,
)
from moto.elbv2.models import ELBv2Backend

from reconciler.emulator.fixes.elb_listener import check_actions
from reconciler.emulator.patch import once, replaces

CONFIGS: Final = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}
HIGHEST_PRIORITY: Final = 50000


@once
def install() -> None:
    """Mend listener rules."""
    _creation()
    _modification()
    _reading()
    _priorities()
    _deletion()


def _both_forms(condition: dict[str, Any]) -> dict[str, Any]:
    config = CONFIGS.get(condition.get("Field", ""))
    if config is None:
        return condition
    values = condition.get("Values") or condition[config]["Values"]
    return condition | {"Values": values, config: {"Values": values}}


def _creation() -> None:
    @replaces(ELBv2Backend, "create_rule")
    def create(original: Any, self: Any, **asked: Any) -> Any:
        listener = self.describe_listeners(None, [asked["listener_arn"]])[0]
        if not 1 <= int(asked["priority"]) <= HIGHEST_PRIORITY:
            raise ValidationError(f"Priority '{asked['priority']}' must be between 1 and {HIGHEST_PRIORITY}")
        check_actions(self, self.load_balancers[listener.load_balancer_arn], asked["actions"])
        rule = original(self, **asked)
        rule.conditions = [_both_forms(condition) for condition in rule.conditions]
        return rule


def _modification() -> None:
    @replaces(ELBv2Backend, "modify_rule")
    def modify(original: Any, self: Any, rule_arn: str, conditions: list[Any], actions: list[Any]) -> Any:
        rule = self.describe_rules(None, [rule_arn])[0]
        if rule.is_default:
            raise ELBClientError("OperationNotPermitted", f"Default rule '{rule_arn}' cannot be modified")
        listener = self.describe_listeners(None, [rule.listener_arn])[0]
        check_actions(self, self.load_balancers[listener.load_balancer_arn], actions)
        rule = original(self, rule_arn=rule_arn, conditions=conditions, actions=actions)
        rule.conditions = [_both_forms(condition) for condition in rule.conditions]
        return rule


def _reading() -> None:
    @replaces(ELBv2Backend, "describe_rules")
    def describe(original: Any, self: Any, listener_arn: str | None, rule_arns: list[str] | None) -> list[Any]:
        found = original(self, listener_arn, rule_arns)
        return sorted(found, key=lambda rule: HIGHEST_PRIORITY + 1 if rule.is_default else int(rule.priority))


def _priorities() -> None:
    @replaces(ELBv2Backend, "set_rule_priorities")
    def set_priorities(_original: Any, self: Any, rule_priorities: list[dict[str, Any]]) -> list[Any]:
        wanted = {one["RuleArn"]: int(one["Priority"]) for one in rule_priorities}
        for priority in wanted.values():
            if list(wanted.values()).count(priority) > 1:
                raise DuplicatePriorityError(str(priority))
        rules: list[Any] = self.describe_rules(None, list(wanted))
        for rule in rules:
            if rule.is_default:
                raise ELBClientError("OperationNotPermitted", f"Default rule '{rule.arn}' has no priority")
            listener = self.describe_listeners(None, [rule.listener_arn])[0]
            taken = {int(o.priority) for o in listener.rules.values() if not o.is_default and o.arn not in wanted}
            if wanted[rule.arn] in taken:
                raise PriorityInUseError
        for rule in rules:
            rule.priority = wanted[rule.arn]
        return rules


def _deletion() -> None:
    @replaces(ELBv2Backend, "delete_rule")
    def delete(original: Any, self: Any, arn: str) -> None:
        every = [
            rule for lb in self.load_balancers.values() for li in lb.listeners.values() for rule in li.rules.values()
        ]
        rule = next((one for one in every if one.arn == arn), None)
        if rule is None:
            raise RuleNotFoundError
        if rule.is_default:
            raise ELBClientError("OperationNotPermitted", f"Default rule '{arn}' cannot be deleted")
        original(self, arn)
