"""What the fields of a service may say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from ...kind import Raw
from ...types import Difference, Flag, Integer, MapOf, Number, Ref, SetOf, Struct, Text
from ...values import unknown
from .container import DRIVERS, PORT, SECRETS


class Band(int):
    """A number of tasks that autoscaling owns: itself at first, from then on anything within the bounds."""

    least: int
    most: int

    def __new__(cls, count: int, least: int, most: int) -> Self:
        """Begin within the bounds."""
        band = super().__new__(cls, max(least, min(most, count)))
        band.least, band.most = least, most
        return band

    def nearest(self, have: int) -> int:
        """Return the number within the bounds that is nearest to what there is."""
        return max(self.least, min(self.most, have))


@dataclass(frozen=True)
class Count(Integer):
    """A number of tasks, or the bounds within which autoscaling chooses it."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield a difference only outside the bounds."""
        if not isinstance(want, Band):
            yield from super().diff(path, want, have)
        elif have is None or want.nearest(have) != have:
            yield Difference(path, int(want) if have is None else want.nearest(have), have)


@dataclass(frozen=True)
class Revision(Ref):
    """A task definition: a revision, or a family that stands for whichever revision runs."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare families where git names no revision."""
        wanted = self.canon(want)
        found = self.canon(have)
        if not unknown(want) and isinstance(found, str) and ":" not in str(wanted):
            found = found.split(":", maxsplit=1)[0]
        if wanted != found:
            yield Difference(path, want, have)


@dataclass(frozen=True)
class AlarmName(Ref):
    """An alarm, by reference or by name: here AWS wants the name."""

    kind: str = "Alarm"

    def canon(self, value: Any) -> Any:
        """Return the name."""
        return value.partition(":alarm:")[2] or value if isinstance(value, str) else value

    def encode(self, value: Any) -> Any:
        """Return the name."""
        return self.canon(value)


NETWORK = Struct({
    "awsvpcConfiguration": Struct({
        "subnets": SetOf(Ref(kind="Subnet"), least=1, most=16),
        "securityGroups": SetOf(Ref(kind="SecurityGroup"), most=5),
        "assignPublicIp": Text(enum=("ENABLED", "DISABLED")),
    }, required=("subnets",), defaults={"assignPublicIp": "DISABLED"}),
}, required=("awsvpcConfiguration",))  # fmt: skip

LOAD_BALANCERS = SetOf(Struct({
    "targetGroupArn": Ref(kind="TargetGroup"),
    "containerName": Text(),
    "containerPort": PORT,
    "advancedConfiguration": Struct({
        "alternateTargetGroupArn": Ref(kind="TargetGroup"),
        "productionListenerRule": Ref(kind="ListenerRule|Listener"),
        "testListenerRule": Ref(kind="ListenerRule|Listener"),
        "roleArn": Ref(kind="Role"),
    }),
}, required=("targetGroupArn", "containerName", "containerPort")), by="targetGroupArn")  # fmt: skip

REGISTRIES = SetOf(
    Struct(
        {"registryArn": Text(), "port": PORT, "containerName": Text(), "containerPort": PORT}, required=("registryArn",)
    ),
    by="registryArn",
)

BREAKER = Struct({
    "enable": Flag(),
    "rollback": Flag(),
    "resetOnHealthyTask": Flag(),
    "thresholdConfiguration": Struct({
        "type": Text(enum=("COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT")),
        "value": Integer(1),
    }, required=("type", "value")),
}, required=("enable", "rollback"), defaults={"enable": False, "rollback": False})  # fmt: skip

HOOK = Struct({
    "hookTargetArn": Text(),
    "roleArn": Ref(kind="Role"),
    "lifecycleStages": SetOf(Text(enum=(
        "RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
        "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT",
    ))),
}, required=("hookTargetArn", "roleArn", "lifecycleStages"))  # fmt: skip

DEPLOYMENT = Struct({
    "deploymentCircuitBreaker": BREAKER,
    "maximumPercent": Integer(0),
    "minimumHealthyPercent": Integer(0, 100),
    "alarms": Struct({
        "alarmNames": SetOf(AlarmName()),
        "enable": Flag(),
        "rollback": Flag(),
    }, required=("alarmNames", "enable", "rollback")),
    "strategy": Text(enum=("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")),
    "bakeTimeInMinutes": Integer(0, 1440),
    "lifecycleHooks": SetOf(HOOK, by="hookTargetArn"),
    "linearConfiguration": Struct({"stepPercent": Number(0, 100), "stepBakeTimeInMinutes": Integer(0, 1440)}),
    "earlySuccessCriteria": Struct({
        "enable": Flag(),
        "healthyPercent": Integer(0, 100),
        "sourceServiceRevisionCleanup": Text(enum=("BLOCKING", "DEFERRED")),
    }),
    "canaryConfiguration": Struct({"canaryPercent": Number(0, 100), "canaryBakeTimeInMinutes": Integer(0, 1440)}),
}, defaults={"strategy": "ROLLING", "bakeTimeInMinutes": 0, "lifecycleHooks": []})  # fmt: skip

CONNECT = Struct({
    "enabled": Flag(),
    "namespace": Text(),
    "services": SetOf(Struct({
        "portName": Text(),
        "discoveryName": Text(),
        "clientAliases": SetOf(Struct({"port": PORT, "dnsName": Text()}, required=("port",))),
        "ingressPortOverride": PORT,
        "timeout": Struct({"idleTimeoutSeconds": Integer(0), "perRequestTimeoutSeconds": Integer(0)}),
    }, required=("portName",)), by="portName"),
    "logConfiguration": Struct(
        {"logDriver": Text(enum=DRIVERS), "options": MapOf(), "secretOptions": SECRETS}, required=("logDriver",)
    ),
}, required=("enabled",))  # fmt: skip


def network(have: Raw, want: Raw) -> Raw:
    """Return the wanted network with what git does not mention as it is: AWS would take its defaults there."""
    now = (have.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    return {"awsvpcConfiguration": {**now, **(want.get("awsvpcConfiguration") or {})}}
