"""What AWS would refuse of network ACLs, endpoints, flow logs and logs of web ACLs, found before anybody asks it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from tests.kinds.network import FREE, NET, Doc, acl, endpoint, entry, flow, guard, network, recorded, settled
from tests.support import Lab, document


def faults(lab: Lab, *documents: Doc, **spec: Any) -> str:
    with pytest.raises(DesiredError) as caught:
        lab.stack(documents, **spec)
    return str(caught.value)


GATEWAY: Doc = {"vpcEndpointType": None, "serviceName": "com.amazonaws.us-east-1.s3"}
WRONG: list[tuple[Doc, str]] = [
    (acl(ingress=[entry(1), entry(1)]), "stands here a second time"),
    (acl(ingress=[entry(1, portRange=None)]), "tcp needs portRange"),
    (acl(ingress=[entry(1, protocol="icmp", portRange=None)]), "icmp needs icmpTypeCode"),
    (acl(egress=[entry(1, protocol=-1)]), "means nothing with the protocol all"),
    (acl(egress=[entry(1, cidrBlock=None)]), "either cidrBlock or ipv6CidrBlock"),
    (acl(egress=[entry(1, cidrBlock="::/0")]), "Write ipv6CidrBlock"),
    (acl(egress=[entry(1, portRange={"from": 9, "to": 1})]), "Swap them"),
    (acl(egress=[entry(32767)]), "32767"),
    (acl(egress=[entry(1, protocol="http")]), "protocol"),
    (endpoint(**GATEWAY, subnetIds=["${Subnet/a}"]), "of the type Gateway has none"),
    (endpoint(routeTableIds=["rtb-1"]), "of the type Interface has none"),
    (endpoint(vpcEndpointType="Gateway"), "cannot be reached by a gateway"),
    (endpoint(privateDnsEnabled=True), "Say enableDnsHostnames: true in VPC/net"),
    (endpoint(policyDocument={"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}), "Principal"),
    (flow(logGroupName=None), "needs one destination, and has 0"),
    (flow(logDestination="arn:aws:s3:::b", logDestinationType="s3"), "needs one destination, and has 2"),
    (flow(deliverLogsPermissionArn=None), "needs deliverLogsPermissionArn"),
    (flow(resourceType="Subnet"), "is of the type VPC"),
    (flow(logGroupName=None, logDestination="${LogGroup/flow}"), "Write ${LogGroup/flow:arn}"),
    (flow(destinationOptions={"fileFormat": "parquet"}), "only a bucket has files"),
    (guard({"redactedFields": [{"method": {}}]}), "leads nowhere"),
    (guard({"logDestinationConfigs": ["${LogGroup/flow}"]}), "Write ${LogGroup/flow:arn}"),
    (guard({"logDestinationConfigs": ["${LogGroup/flow:arn}"]}), '"flow" is no name that AWS WAF writes to'),
    (guard({"logDestinationConfigs": ["arn:aws:s3:::logs"]}), '"logs" is no name that AWS WAF writes to'),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_aws_would_refuse_is_found_before(lab: Lab, wrong: Doc, said: str) -> None:
    assert said in faults(lab, *recorded(wrong))


def test_two_network_acls_cannot_guard_one_subnet(lab: Lab) -> None:
    both = [acl(name, subnetIds=["${Subnet/a}"]) for name in ("one", "two")]
    assert "a subnet has one ACL" in faults(lab, *network(), *both)


def test_two_endpoints_of_one_service_share_neither_a_route_table_nor_names(lab: Lab) -> None:
    table = document("RouteTable", "way", {"vpcId": NET})
    gateways = [endpoint(name, **GATEWAY, routeTableIds=["${RouteTable/way}"]) for name in ("one", "two")]
    assert "leads to VPCEndpoint/one already" in faults(lab, *network(), table, *gateways)
    named = [endpoint(name, privateDnsEnabled=True) for name in ("one", "two")]
    assert "has the service's names already" in faults(lab, *network(enableDnsHostnames=True), *named)


def test_the_name_that_a_stack_s_prefix_makes_is_what_counts(lab: Lab) -> None:
    place = document("LogGroup", "guard", {"retentionInDays": 1}, **FREE)
    acl_ = guard({"logDestinationConfigs": ["${LogGroup/guard:arn}"]})
    assert "writes to" in faults(lab, place, acl_)
    settled(lab, [place, acl_], namePrefix="aws-waf-logs-")
