"""EC2: VPC endpoints."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, Network, check, code, network

QUEUE, STORE = "com.amazonaws.us-east-1.sqs", "com.amazonaws.us-east-1.s3"


def named(aws: Aws) -> Network:
    """A network that resolves names."""
    net = network(aws)
    aws.client("ec2").modify_vpc_attribute(VpcId=net.vpc, EnableDnsHostnames={"Value": True})
    return net


def interface(aws: Aws, net: Network, **more: Any) -> Any:
    asked = {"VpcEndpointType": "Interface", "ServiceName": QUEUE, "SubnetIds": net.subnets[:1], **more}
    return aws.client("ec2").create_vpc_endpoint(VpcId=net.vpc, **asked)["VpcEndpoint"]


def gateway(aws: Aws, net: Network, **more: Any) -> Any:
    return aws.client("ec2").create_vpc_endpoint(VpcId=net.vpc, **{"ServiceName": STORE, **more})["VpcEndpoint"]


def seen(aws: Aws, made: Any) -> Any:
    found = aws.client("ec2").describe_vpc_endpoints(
        Filters=[{"Name": "vpc-endpoint-type", "Values": ["Interface", "Gateway"]}]
    )
    return next((e for e in found["VpcEndpoints"] if e["VpcEndpointId"] == made["VpcEndpointId"]), None)


def table(aws: Aws, net: Network) -> str:
    return str(aws.client("ec2").create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"])


@check("an endpoint is pending, available, deleting, and then gone")
def _(aws: Aws) -> bool:
    made = interface(aws, named(aws))
    states = [seen(aws, made)["State"]]
    aws.advance(1)
    states.append(seen(aws, made)["State"])
    aws.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    states.append(seen(aws, made)["State"])
    aws.advance(2)
    return states == ["pending", "available", "deleting"] and seen(aws, made) is None


@check("an endpoint has its defaults: the VPC's default group, private names, addresses and names of IPv4")
def _(aws: Aws) -> bool:
    net = named(aws)
    found = seen(aws, interface(aws, net))
    (default,) = aws.client("ec2").describe_security_groups(
        Filters=[{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [net.vpc]}]
    )["SecurityGroups"]
    told = (found["Groups"][0]["GroupId"], found["PrivateDnsEnabled"], found["IpAddressType"])
    return told == (default["GroupId"], True, "ipv4") and found["DnsOptions"]["DnsRecordIpType"] == "ipv4"


@check("the type of an endpoint that does not say it is Gateway, and it has no private names")
def _(aws: Aws) -> bool:
    found = seen(aws, gateway(aws, network(aws)))
    return (found["VpcEndpointType"], found["PrivateDnsEnabled"]) == ("Gateway", False)


@check("an endpoint leads to a service that exists and has endpoints of the type")
def _(aws: Aws) -> bool:
    net = named(aws)
    tried = [
        code(lambda: gateway(aws, net, ServiceName="com.amazonaws.us-east-1.nothing")),
        code(lambda: gateway(aws, net, ServiceName=QUEUE)),
        code(lambda: gateway(aws, net, SubnetIds=net.subnets)),
        code(lambda: interface(aws, net, RouteTableIds=["rtb-0"])),
    ]
    return tried == ["InvalidServiceName", *["InvalidParameter"] * 3]


@check("private names need a VPC that has names, and are there once")
def _(aws: Aws) -> bool:
    net = network(aws)
    without = code(lambda: interface(aws, net, PrivateDnsEnabled=True))
    aws.client("ec2").modify_vpc_attribute(VpcId=net.vpc, EnableDnsHostnames={"Value": True})
    return [without, *(code(lambda: interface(aws, net)) for _ in "12")] == ["InvalidParameter", "", "InvalidParameter"]


@check("a route table leads to a service once, and forgets the way when the endpoint is deleted")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    one = table(aws, net)
    made = gateway(aws, net, RouteTableIds=[one])
    second = code(lambda: gateway(aws, net, RouteTableIds=[one]))
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    routes = ec2.describe_route_tables(RouteTableIds=[one])["RouteTables"][0]["Routes"]
    return second == "RouteAlreadyExists" and len(routes) == 1


@check("the interfaces of an endpoint hold its subnets and groups until it is gone")
def _(aws: Aws) -> bool:
    net, ec2 = named(aws), aws.client("ec2")
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=net.vpc)["GroupId"]
    made = interface(aws, net, SecurityGroupIds=[group])
    aws.advance(1)
    held = [code(ec2.delete_subnet, SubnetId=net.subnets[0]), code(ec2.delete_security_group, GroupId=group)]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    held.append(code(ec2.delete_subnet, SubnetId=net.subnets[0]))
    aws.advance(2)
    free = [code(ec2.delete_subnet, SubnetId=net.subnets[0]), code(ec2.delete_security_group, GroupId=group)]
    return (held, free) == (["DependencyViolation"] * 3, ["", ""])


@check("an endpoint's subnets, groups, tables, names and policy change, when it is available")
def _(aws: Aws) -> bool:
    net, ec2 = named(aws), aws.client("ec2")
    made = interface(aws, net)
    change = {
        "VpcEndpointId": made["VpcEndpointId"],
        "AddSubnetIds": net.subnets[1:],
        "RemoveSubnetIds": net.subnets[:1],
    }
    early = code(ec2.modify_vpc_endpoint, **change)
    aws.advance(1)
    ec2.modify_vpc_endpoint(**change, PrivateDnsEnabled=False, IpAddressType="dualstack")
    found = seen(aws, made)
    told = (found["SubnetIds"], len(found["NetworkInterfaceIds"]), found["PrivateDnsEnabled"], found["IpAddressType"])
    return early == "IncorrectState" and told == (net.subnets[1:], 1, False, "dualstack")


@check("of an endpoint that does not exist the answer to a deletion says so, and that to a change is a refusal")
def _(aws: Aws) -> bool:
    ec2 = aws.client("ec2")
    (refused,) = ec2.delete_vpc_endpoints(VpcEndpointIds=["vpce-0"])["Unsuccessful"]
    changed = code(ec2.modify_vpc_endpoint, VpcEndpointId="vpce-0", ResetPolicy=True)
    return (refused["Error"]["Code"], changed) == ("InvalidVpcEndpoint.NotFound", "InvalidVpcEndpointId.NotFound")


@check("an endpoint's client token makes its creation idempotent")
def _(aws: Aws) -> bool:
    net = network(aws)
    first, again = (gateway(aws, net, ClientToken="t")["VpcEndpointId"] for _ in "12")
    return bool(first == again)


@check("two subnets of an endpoint lie in two zones")
def _(aws: Aws) -> bool:
    net = named(aws)
    asked = {"VpcId": net.vpc, "CidrBlock": "10.0.9.0/24", "AvailabilityZone": "us-east-1a"}
    third = aws.client("ec2").create_subnet(**asked)["Subnet"]["SubnetId"]
    return code(lambda: interface(aws, net, SubnetIds=[net.subnets[0], third])) == "DuplicateSubnetsInSameZone"
