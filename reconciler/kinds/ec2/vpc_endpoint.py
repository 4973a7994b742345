"""VPCEndpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from ...expressions import target
from ...kind import Api, Calls, Live, Raw, State, Wanted, field, fixed
from ...policies import faults, meaning
from ...types import Difference, Document, Flag, Ref, SetOf, Struct, Text
from . import TAGS, Ec2Kind

ALLOW_ALL = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
POLICY = Document(lambda document: meaning(document or ALLOW_ALL))
BY_TYPE = {
    "Gateway": ("subnetIds", "securityGroupIds", "privateDnsEnabled"),
    "Interface": ("routeTableIds",),
}
"""What an endpoint of each type cannot have."""
GATEWAYS = ("s3", "dynamodb", "s3express")
"""The services that have endpoints of the type Gateway."""
LISTS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


class VPCEndpoint(Ec2Kind):
    """A way from a VPC to a service that does not lead through the internet."""

    api = Api(
        "DescribeVpcEndpoints", "vpcEndpoints", "vpcEndpointId", create="CreateVpcEndpoint", update="ModifyVpcEndpoint",
        delete="DeleteVpcEndpoints", tag_type="vpc-endpoint", token="clientToken", status="state",
        ready=frozenset({"available"}), failed=frozenset({"failed", "rejected", "expired"}),
        leaving=frozenset({"deleting"}), gone=frozenset({"deleted"}),
        missing=("InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"),
    )  # fmt: skip
    # Two ways to one service collide, in the route tables or in the VPC's private names.
    coexists = False
    attributes = {
        "dnsName": "dnsEntries.0.dnsName",
        "hostedZoneId": "dnsEntries.0.hostedZoneId",
        "networkInterfaceIds": "networkInterfaceIds",
    }
    left_out = (
        "Endpoints for gateway load balancers, resources and service networks, chosen addresses (subnetConfigurations) "
        "and the prefix list that a gateway's routes lead by: none of the systems uses them."
    )

    vpcEndpointType = fixed(
        Text(enum=tuple(BY_TYPE)), "By routes (Gateway) or by interfaces in subnets.", default="Gateway"
    )
    vpcId = fixed(Ref(kind="VPC"), "The VPC it leads out of.", required=True)
    serviceName = fixed(Text(length=(1, 255)), "The service: `com.amazonaws.us-east-1.s3`.", required=True)
    serviceRegion = fixed(Text(), "The region of the service, if it is another one.", default="the stack's")
    policyDocument = field(POLICY, "Who may do what through it. `{}`: everybody everything, as AWS has it.")
    routeTableIds = field(SetOf(Ref(kind="RouteTable")), "Whose traffic takes it. For Gateway.")
    subnetIds = field(SetOf(Ref(kind="Subnet")), "Where its interfaces stand, one subnet a zone. For Interface.")
    securityGroupIds = field(
        SetOf(Ref(kind="SecurityGroup"), least=1), "The firewall around its interfaces.", path="groups.*.groupId",
        default="the VPC's default group",
    )  # fmt: skip
    privateDnsEnabled = field(Flag(), "Whether the service's own names lead to it. For Interface.", default="true")
    ipAddressType = field(Text(enum=("ipv4", "dualstack", "ipv6")), "The addresses it has.", default="ipv4")
    dnsOptions = field(
        Struct({
            "dnsRecordIpType": Text(enum=("ipv4", "dualstack", "ipv6", "service-defined")),
            "privateDnsOnlyForInboundResolverEndpoint": Flag(),
        }),
        "What its names resolve to, and for whom.",
    )  # fmt: skip
    tags = field(TAGS, "Tags, beside those of the stack.")

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """The two types share few fields, and a gateway leads to few services."""
        yield from (
            (f"policyDocument{path}", said) for path, said in faults(spec.get("policyDocument"), principal=True)
        )
        kind, service = spec.get("vpcEndpointType", "Gateway"), spec.get("serviceName")
        for name in BY_TYPE.get(kind, ()) if isinstance(kind, str) else ():
            if spec.get(name) not in (None, False, []):
                yield name, f"an endpoint of the type {kind} has none. Take it away, or change vpcEndpointType"
        if kind == "Gateway" and isinstance(service, str) and service.rpartition(".")[2] not in GATEWAYS:
            yield "vpcEndpointType", f"{service} cannot be reached by a gateway. Say vpcEndpointType: Interface"

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """Two ways to one service cannot share a route table, nor both have its names."""
        for one, other in combinations(specs, 2):
            first, second = specs[one], specs[other]
            if any(str(first.get(n)) != str(second.get(n)) for n in ("vpcId", "serviceName")):
                continue
            tables = {str(t) for t in first.get("routeTableIds") or ()}
            for i, table in enumerate(second.get("routeTableIds") or ()):
                if str(table) in tables:
                    yield other, f"routeTableIds[{i}]", f"{table} leads to VPCEndpoint/{one} already. Take it off one"
            if first.get("privateDnsEnabled") is True and second.get("privateDnsEnabled") is True:
                said = f"VPCEndpoint/{one} has the service's names already. Say false here, or take one of them away"
                yield other, "privateDnsEnabled", said

    def check_between(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
        """Private names need a VPC that resolves names."""
        reference = target(want.get("vpcId"))
        vpc = siblings.get(reference.address) if reference else None
        if want.get("privateDnsEnabled") is not True or vpc is None:
            return
        for name, default in (("enableDnsSupport", True), ("enableDnsHostnames", False)):
            if vpc.get(name, default) is False:
                yield "privateDnsEnabled", f"needs a VPC with {name}. Say {name}: true in {vpc.address}"

    def state(self, raw: Raw) -> State | None:
        """AWS writes the states in small letters or not, as it pleases."""
        return super().state({**raw, "state": str(raw.get("state", "")).lower()})

    def reason(self, raw: Raw) -> str:
        """Return AWS's message if something went wrong, and whose turn it is where a service asks for consent."""
        if str(raw.get("state", "")).lower() == "pendingacceptance":
            return "pendingAcceptance: the owner of the service has to accept it"
        said = raw.get("failureReason") or (raw.get("lastError") or {}).get("message")
        return str(said or raw.get("state", ""))

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """One that failed never works: another is made in its place. Whether it is rejected is not for us to decide."""
        yield from super().diff(want, live)
        if str(live.raw.get("state", "")).lower() == "failed":
            yield Difference("state", "available", "failed")

    def create(self, want: Wanted) -> Calls:
        """Say nothing of a policy that is AWS's own."""
        told = {name: value for name, value in want.spec.items() if name != "policyDocument" or value}
        yield from super().create(replace(want, spec=told))

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Send one call: lists as what is added and what is removed."""
        told: dict[str, Any] = self.encode(want, [n for n in changed if n not in LISTS])
        if told.get("policyDocument") == "{}":
            told = {**{n: v for n, v in told.items() if n != "policyDocument"}, "resetPolicy": True}
        for name in (n for n in LISTS if n in changed):
            wanted, found = want[name], live.spec.get(name, ())
            told[f"add{LISTS[name]}"] = [one for one in wanted if one not in found] or None
            told[f"remove{LISTS[name]}"] = [one for one in found if one not in wanted] or None
        yield self.call("ModifyVpcEndpoint", vpcEndpointId=live.id, **told)

    def delete(self, live: Live) -> Calls:
        """The call takes several; its interfaces keep their subnets and groups until they are gone."""
        yield self.call("DeleteVpcEndpoints", vpcEndpointIds=[live.id], missing=self.api.missing)
