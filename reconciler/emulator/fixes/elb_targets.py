"""ELBv2: target groups have one name, and their targets become healthy with time."""

from __future__ import annotations

from typing import Any, Final

from moto.elbv2.exceptions import (
    DuplicateTargetGroupName,
    InvalidConfigurationRequest,
    LoadBalancerNotFoundError,
    ValidationError,
)
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, FakeTargetGroup, elbv2_backends

from reconciler.emulator import clock
from reconciler.emulator.fixes.elb_data import (
    HTTP_TARGET_GROUP_ATTRIBUTES,
    TARGET_GROUP_ATTRIBUTES,
    TCP_TARGET_GROUP_ATTRIBUTES,
)
from reconciler.emulator.patch import once, put, replaces

INITIAL: Final = 1.0
DRAINING: Final = 1.0
LONGEST_DELAY: Final = 3600
WEB: Final = frozenset({"HTTP", "HTTPS"})


@once
def install() -> None:
    """Mend target groups and target health."""
    put(FakeTargetGroup, "load_balancer_arns", property(_users, lambda _self, _value: None))
    _creation()
    _checks()
    _attributes()
    _reading()
    _registration()
    _health()


def _users(group: Any) -> list[str]:
    """Compute which load balancers forward to the group: moto only ever adds to its list."""
    balancers = elbv2_backends[group.account_id][group.region_name].load_balancers.values()
    return [lb.arn for lb in balancers if group.arn in _forwarded(lb)]


def _forwarded(lb: Any) -> set[str]:
    """Collect the target groups in all actions of a load balancer."""
    rules = [rule for listener in lb.listeners.values() for rule in listener.rules.values()]
    configs = [action.data.get("ForwardConfig", {}) for rule in rules for action in rule.actions]
    return {one["TargetGroupArn"] for config in configs for one in config.get("TargetGroups", [])}


def _creation() -> None:
    @replaces(ELBv2Backend, "create_target_group")
    def create(original: Any, self: Any, name: str, **asked: Any) -> Any:
        settings = {key: value for key, value in asked.items() if key != "tags"}
        twin = next((group for group in self.target_groups.values() if group.name == name), None)
        if twin is not None:
            if twin.created_with == settings:
                return twin
            raise DuplicateTargetGroupName
        for key in ("healthcheck_interval_seconds", "healthcheck_timeout_seconds"):
            if asked.get(key) is None:
                asked.pop(key, None)
        told = (asked.get("healthcheck_path"), (asked.get("matcher") or {}).get("HttpCode"))
        group = original(self, name, **asked)
        _suit(group, *told)
        group.created_with = settings
        kind = HTTP_TARGET_GROUP_ATTRIBUTES if group.protocol in WEB else TCP_TARGET_GROUP_ATTRIBUTES
        group.attributes = TARGET_GROUP_ATTRIBUTES | kind if group.target_type != "lambda" else group.attributes
        return group


def _checks() -> None:
    @replaces(ELBv2Backend, "modify_target_group")
    def modify(original: Any, self: Any, arn: str, *asked: Any, **more: Any) -> Any:
        group = self.target_groups.get(arn)
        protocol, path, codes = asked[0], asked[2], asked[7]
        if group is not None and (protocol or group.health_check_protocol) not in WEB and (path or codes):
            raise InvalidConfigurationRequest("A path and a matcher do not suit the protocol of the health check")
        changed = original(self, arn, *asked, **more)
        _suit(changed, path, codes)
        return changed


def _suit(group: Any, path: str | None, codes: str | None) -> None:
    """Give the group's check what its protocol has, and nothing else."""
    if group.health_check_protocol not in WEB:
        group.health_check_path = group.matcher = None
        return
    if group.protocol not in WEB:
        known = getattr(group, "matcher", None) or {"HttpCode": "200-399"}
        group.matcher = {"HttpCode": codes} if codes else known
    group.health_check_path = path or group.health_check_path or "/"


def _attributes() -> None:
    @replaces(ELBv2Backend, "modify_target_group_attributes")
    def modify(original: Any, self: Any, target_group_arn: str, attributes: dict[str, Any]) -> None:
        group = self.target_groups.get(target_group_arn)
        for key in attributes if group is not None else ():
            if key not in group.attributes:
                raise ValidationError(f"Target group attribute key '{key}' is not recognized")
        delay = "deregistration_delay.timeout_seconds"
        if attributes.get(delay) == str(LONGEST_DELAY) and group is not None:
            group.attributes[delay] = attributes.pop(delay)  # moto's range is one second short
        original(self, target_group_arn, attributes)


def _reading() -> None:
    @replaces(ELBv2Backend, "describe_target_groups")
    def describe(
        original: Any, self: Any, load_balancer_arn: str | None, arns: list[str], names: list[str] | None
    ) -> Any:
        if load_balancer_arn and not arns and not names:
            if load_balancer_arn not in self.load_balancers:
                raise LoadBalancerNotFoundError
            return [group for group in self.target_groups.values() if load_balancer_arn in group.load_balancer_arns]
        return original(self, load_balancer_arn, arns, names)


def _registration() -> None:
    @replaces(FakeTargetGroup, "register")
    def register(original: Any, self: Any, targets: list[dict[str, Any]]) -> None:
        since = {target_id: known.get("since") for target_id, known in self.targets.items()}
        original(self, targets)
        for target in targets:
            self.targets[target["Id"]]["since"] = since.get(target["Id"]) or clock.now()

    @replaces(FakeTargetGroup, "deregister")
    def deregister(original: Any, self: Any, targets: list[dict[str, Any]]) -> None:
        original(self, targets)
        for target in targets:
            self.deregistered_targets[target["Id"]]["until"] = clock.now()


def _health() -> None:
    @replaces(FakeTargetGroup, "health_for")
    def health_for(original: Any, self: Any, target: dict[str, Any], ec2_backend: Any) -> Any:
        seen = original(self, target, ec2_backend)
        state, reason = _seen_state(self, target["Id"], seen.status)
        if state == seen.status:
            return seen
        return FakeHealthStatus(seen.instance_id, seen.port, self.health_check_port, state, reason, reason)

    @replaces(ELBv2Backend, "describe_target_health")
    def describe(original: Any, self: Any, target_group_arn: str, targets: list[dict[str, Any]]) -> Any:
        group = self.target_groups.get(target_group_arn)
        if group is not None and not targets:
            draining = [t for t in group.deregistered_targets.values() if not clock.passed(t["until"], DRAINING)]
            targets = [*group.targets.values(), *draining]
            if not targets:
                return []
        return original(self, target_group_arn, targets)


def _seen_state(group: Any, target: str, state: str) -> tuple[str, str]:
    """Return the state of this moment and its reason; `never_healthy` on a group names targets that fail."""
    gone, known = group.deregistered_targets.get(target), group.targets.get(target)
    if gone is not None and not clock.passed(gone["until"], DRAINING):
        return "draining", "Target.DeregistrationInProgress"
    if known is None or state != "healthy":
        return state, ""
    if not group.load_balancer_arns:
        return "unused", "Target.NotInUse"
    if target in getattr(group, "never_healthy", ()):
        return "unhealthy", "Target.FailedHealthChecks"
    if not clock.passed(known["since"], INITIAL):
        return "initial", "Elb.RegistrationInProgress"
    return state, ""
