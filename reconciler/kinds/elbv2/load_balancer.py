"""LoadBalancer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, pairs, unpairs, writes
from ...types import MapOf, Ref, SetOf, Text
from . import ELBV2, GONE, TAGS, read_attributes

ZONES = 2
"""Subnets that an application load balancer needs at least, each in a zone of its own."""
PROTECTION = "deletion_protection.enabled"
KEYS = (
    PROTECTION, "load_balancing.cross_zone.enabled", "access_logs.s3.enabled", "access_logs.s3.bucket",
    "access_logs.s3.prefix", "ipv6.deny_all_igw_traffic", "zonal_shift.config.enabled", "idle_timeout.timeout_seconds",
    "client_keep_alive.seconds", "connection_logs.s3.enabled", "connection_logs.s3.bucket", "connection_logs.s3.prefix",
    "health_check_logs.s3.enabled", "health_check_logs.s3.bucket", "health_check_logs.s3.prefix",
    "routing.http.desync_mitigation_mode", "routing.http.drop_invalid_header_fields.enabled",
    "routing.http.preserve_host_header.enabled", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "routing.http.xff_client_port.enabled", "routing.http.xff_header_processing.mode", "routing.http2.enabled",
    "waf.fail_open.enabled", "dns_record.client_routing_policy", "secondary_ips.auto_assigned.per_subnet",
)  # fmt: skip
NAME = r"^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$"
TYPES = ("application", "network")
HTTP_ONLY = re.compile(r"(routing|waf|idle_timeout|client_keep_alive|connection_logs|health_check_logs)\.")
ADDRESSES = ("ipv4", "dualstack", "dualstack-without-public-ipv4")


class LoadBalancer(Kind):
    """Where clients come in: it hands their requests to targets in several zones."""

    service = ELBV2
    arn_like = ":loadbalancer/"
    api = Api(
        "DescribeLoadBalancers", "loadBalancers", "loadBalancerArn", "loadBalancerArn", create="CreateLoadBalancer",
        delete="DeleteLoadBalancer", missing=GONE, status="state.code", ready=frozenset({"active", "active_impaired"}),
        failed=frozenset({"failed"}),
    )  # fmt: skip
    named = "name"
    while_pending = frozenset({"attributes"})
    name_limit = 32
    attributes = {
        "dnsName": "dnsName", "canonicalHostedZoneId": "canonicalHostedZoneId", "loadBalancerName": "name",
        "fullName": "fullName", "vpcId": "vpcId",
    }  # fmt: skip
    left_out = "Gateway load balancers, fixed addresses per subnet and address pools: none of the systems uses them."

    name = fixed(Text(pattern=NAME), "Its name in AWS.", default="the resource's name")
    scheme = fixed(Text(enum=("internet-facing", "internal")), "Who reaches it.", default="internet-facing")
    type = fixed(Text(enum=TYPES), "HTTP, or TCP and UDP.", default="application")
    ipAddressType = field(Text(enum=ADDRESSES), "The kinds of address that it has.", update=False, default="ipv4")
    subnets = field(
        SetOf(Ref(kind="Subnet"), least=1),
        "Where it stands: one subnet per zone.", required=True, update=False, path="availabilityZones.*.subnetId",
    )  # fmt: skip
    securityGroups = field(SetOf(Ref(kind="SecurityGroup")), "The firewalls around it.", update=False)
    behaviour = later(
        MapOf(partial=True, pair=("key", "value"), keys=KEYS),
        "How it behaves, by AWS's attribute names. Only those named here are compared.", called="attributes",
    )  # fmt: skip
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Add what alarms and dashboards call it."""
        found = yield from super().listing(ask)
        return [
            {**lb, "name": lb["loadBalancerName"], "fullName": lb["loadBalancerArn"].partition(":loadbalancer/")[2]}
            for lb in found
        ]

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the attributes always: one of them forbids its deletion."""
        del ask
        return (yield from read_attributes("LoadBalancer", raw["loadBalancerArn"]))

    @writes("attributes")
    def set_attributes(self, want: Wanted, live: Live) -> Calls:
        """Send the attributes that differ."""
        changed = {k: v for k, v in unpairs(self.encode(want, ["attributes"])["attributes"]).items()
                   if live.spec.get("attributes", {}).get(k) != v}  # fmt: skip
        yield self.call("ModifyLoadBalancerAttributes", loadBalancerArn=live.id, attributes=pairs(changed))

    @writes("subnets")
    def set_subnets(self, want: Wanted, live: Live) -> Calls:
        yield self.call("SetSubnets", loadBalancerArn=live.id, subnets=want["subnets"])

    @writes("securityGroups")
    def set_groups(self, want: Wanted, live: Live) -> Calls:
        yield self.call("SetSecurityGroups", loadBalancerArn=live.id, securityGroups=want["securityGroups"])

    @writes("ipAddressType")
    def set_addresses(self, want: Wanted, live: Live) -> Calls:
        yield self.call("SetIpAddressType", loadBalancerArn=live.id, ipAddressType=want["ipAddressType"])

    def reason(self, raw: Raw) -> str:
        """Return AWS's explanation, or the bare state."""
        state = raw.get("state", {})
        return str(state.get("reason") or state.get("code", ""))

    def health(self, live: Live) -> str:
        """Impaired is in service, and short of room."""
        impaired = live.raw.get("state", {}).get("code") == "active_impaired"
        return f"impaired: {live.reason}" if impaired else super().health(live)

    def protected(self, live: Live) -> str:
        """Say which attribute to change."""
        on = live.spec.get("attributes", {}).get(PROTECTION) == "true"
        return f'deletion protection is on. Write `attributes: {{{PROTECTION}: "false"}}` and apply' if on else ""

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """AWS wants a door to the internet in front of it, and a bucket that takes its logs behind it."""
        if want.get("scheme") != "internal":
            yield from (address for address in siblings if address.startswith("InternetGateway/"))
        buckets = [value for name, value in (want.get("attributes") or {}).items() if name.endswith(".s3.bucket")]
        yield from (a for a, other in siblings.items() if a.startswith("Bucket/") and other.name in buckets)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Two zones at least, and no attribute that only the other type has."""
        subnets = spec.get("subnets")
        network = spec.get("type") == "network"
        if isinstance(subnets, list) and not network and len(subnets) < ZONES:
            yield "subnets", "an application load balancer needs two subnets in different zones. Add one"
        for name in spec.get("attributes") or ():
            if network and HTTP_ONLY.match(name):
                yield f"attributes.{name}", "is for application load balancers only. Remove it"
