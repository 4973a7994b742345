"""TargetGroup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, pairs, unpairs, writes
from ...types import Flag, Integer, MapOf, Ref, Struct, Text
from . import ELBV2, GONE, TAGS, Digits, read_attributes
from .target_health import unwell

PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP")
WEB = ("HTTP", "HTTPS")
CHECKS = (*WEB, "TCP")
KEYS = (
    "deregistration_delay.timeout_seconds", "stickiness.enabled", "stickiness.type",
    "load_balancing.cross_zone.enabled", "target_group_health.dns_failover.minimum_healthy_targets.count",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
    "load_balancing.algorithm.type", "load_balancing.algorithm.anomaly_mitigation", "slow_start.duration_seconds",
    "stickiness.app_cookie.cookie_name", "stickiness.app_cookie.duration_seconds",
    "stickiness.lb_cookie.duration_seconds", "lambda.multi_value_headers.enabled",
    "deregistration_delay.connection_termination.enabled", "preserve_client_ip.enabled", "proxy_protocol_v2.enabled",
    "target_health_state.unhealthy.connection_termination.enabled",
    "target_health_state.unhealthy.draining_interval_seconds",
)  # fmt: skip


class TargetGroup(Kind):
    """The targets of one kind of request, and how to tell whether they are well."""

    service = ELBV2
    arn_like = ":targetgroup/"
    api = Api(
        "DescribeTargetGroups", "targetGroups", "targetGroupArn", "targetGroupArn", create="CreateTargetGroup",
        update="ModifyTargetGroup", delete="DeleteTargetGroup", missing=GONE,
    )  # fmt: skip
    named = "name"
    name_limit = 32
    attributes = {"targetGroupName": "name", "fullName": "fullName"}
    left_out = "Gateway endpoints and registered targets: services and instances register their own."

    name = fixed(Text(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$"), "Its name in AWS.",
                 default="the resource's name")  # fmt: skip
    protocol = fixed(Text(enum=PROTOCOLS), "What the targets speak.")
    protocolVersion = fixed(Text(enum=("HTTP1", "HTTP2", "GRPC")), "Which HTTP they speak.", default="HTTP1")
    port = fixed(Integer(1, 65535), "The port of the targets; a target may have one of its own.")
    vpcId = fixed(Ref(kind="VPC"), "The VPC that the targets are in.")
    targetType = fixed(Text(enum=("instance", "ip", "lambda", "alb")), "What the targets are.", default="instance")
    ipAddressType = fixed(Text(enum=("ipv4", "ipv6")), "The kind of their addresses.", default="ipv4")
    healthCheckEnabled = field(Flag(), "Whether targets are checked.", default="true, but for functions")
    healthCheckProtocol = field(Text(enum=CHECKS), "How they are checked.", default="HTTP; TCP on network groups")
    healthCheckPort = field(
        Digits(pattern=r"^(traffic-port|\d{1,5})$"), "Where they are checked.", default="traffic-port"
    )
    healthCheckPath = field(Text(pattern=r"^/", length=(1, 1024)), "What an HTTP check asks for.", default="/")
    healthCheckIntervalSeconds = field(Integer(5, 300), "Seconds between two checks.", default="30")
    healthCheckTimeoutSeconds = field(Integer(2, 120), "Seconds in which a check must be answered.", default="5")
    healthyThresholdCount = field(Integer(2, 10), "Good answers that make a target healthy.", default="5")
    unhealthyThresholdCount = field(Integer(2, 10), "Bad answers that make it unhealthy.", default="2")
    matcher = field(Struct({"httpCode": Digits(), "grpcCode": Digits()}), "The answers that count as good.")
    behaviour = later(
        MapOf(partial=True, pair=("key", "value"), keys=KEYS),
        "How requests are spread, by AWS's attribute names. Only those named here are compared.", called="attributes",
    )  # fmt: skip
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Add what alarms and dashboards call it."""
        found = yield from super().listing(ask)
        return [
            {**group, "name": group["targetGroupName"], "fullName": group["targetGroupArn"].rpartition(":")[2]}
            for group in found
        ]

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the attributes if somebody manages any."""
        if "attributes" not in ask.fields:
            return {}
        return (yield from read_attributes("TargetGroup", raw["targetGroupArn"]))

    @writes("attributes")
    def set_attributes(self, want: Wanted, live: Live) -> Calls:
        """Send the attributes that differ."""
        have = live.spec.get("attributes", {})
        wanted = unpairs(self.encode(want, ["attributes"])["attributes"])
        changed = pairs({k: v for k, v in wanted.items() if have.get(k) != v})
        yield self.call("ModifyTargetGroupAttributes", targetGroupArn=live.id, attributes=changed)

    def inspect(self, live: Live) -> Program[str]:
        """Name the targets that do not answer, why, and where to look."""
        answer = yield self.call("DescribeTargetHealth", targetGroupArn=live.id, missing=GONE)
        return unwell((answer or {}).get("targetHealthDescriptions", ()))

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """What a group needs depends on its targets and on what they speak."""
        if spec.get("targetType") != "lambda":
            for name in ("protocol", "port", "vpcId"):
                if name not in spec:
                    yield name, "is missing. Only groups of functions do without it"
            if spec.get("healthCheckEnabled") is False:
                yield "healthCheckEnabled", "checks can be turned off for functions only. Remove it"
        interval, timeout = spec.get("healthCheckIntervalSeconds"), spec.get("healthCheckTimeoutSeconds")
        if isinstance(interval, int) and isinstance(timeout, int) and timeout >= interval:
            yield "healthCheckTimeoutSeconds", f"{timeout} is not below the interval of {interval}. Lower it"
        yield from self._check_protocols(spec)

    def _check_protocols(self, spec: Raw) -> Iterator[tuple[str, str]]:
        protocol, by_default = spec.get("protocol"), spec.get("targetType") in ("lambda", "alb")
        checks = spec.get("healthCheckProtocol", "HTTP" if protocol in WEB or by_default else "TCP")
        if protocol in WEB and checks == "TCP":
            yield "healthCheckProtocol", f"a group that speaks {protocol} cannot be checked by TCP. Set it to HTTP"
        elif checks == "TCP":
            for name in ("healthCheckPath", "matcher"):
                if name in spec:
                    yield name, "means nothing to a TCP check. Remove it, or set healthCheckProtocol to HTTP"
        if "protocolVersion" in spec and isinstance(protocol, str) and protocol not in WEB:
            yield "protocolVersion", f"means nothing to {protocol}. Remove it"
