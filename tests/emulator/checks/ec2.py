"""EC2: what a VPC is made of."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, Network, check, code, network

ANYWHERE = "0.0.0.0/0"


def nat(aws: Aws, net: Network, **more: Any) -> tuple[str, str]:
    """Make a public NAT gateway; returns its id and the address's."""
    ec2 = aws.client("ec2")
    allocation = more.pop("AllocationId", None) or ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=net.subnets[0], AllocationId=allocation, **more)
    return made["NatGateway"]["NatGatewayId"], allocation


def nat_state(aws: Aws, gateway: str) -> str:
    found = aws.client("ec2").describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    return str(found[0]["State"])


@check("a NAT gateway is pending, then available; deleting, then deleted")
def _(aws: Aws) -> bool:
    gateway, _allocation = nat(aws, network(aws))
    states = [nat_state(aws, gateway)]
    aws.advance(2)
    states.append(nat_state(aws, gateway))
    aws.client("ec2").delete_nat_gateway(NatGatewayId=gateway)
    states.append(nat_state(aws, gateway))
    aws.advance(2)
    return [*states, nat_state(aws, gateway)] == ["pending", "available", "deleting", "deleted"]


@check("a NAT gateway fails late in a VPC without an internet gateway")
def _(aws: Aws) -> bool:
    net = network(aws)
    aws.client("ec2").detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    gateway, _allocation = nat(aws, net)
    aws.advance(2)
    return nat_state(aws, gateway) == "failed"


@check("a NAT gateway's client token makes its creation idempotent, with the same parameters only")
def _(aws: Aws) -> bool:
    net = network(aws)
    first, allocation = nat(aws, net, ClientToken="t")
    again, _allocation = nat(aws, net, ClientToken="t", AllocationId=allocation)
    other = code(aws.client("ec2").create_nat_gateway, SubnetId=net.subnets[1], ClientToken="t")
    return first == again and other == "IdempotentParameterMismatch"


@check("a route table's client token makes its creation idempotent")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    made = [ec2.create_route_table(VpcId=net.vpc, ClientToken="t")["RouteTable"]["RouteTableId"] for _ in "12"]
    return bool(made[0] == made[1])


@check("a NAT gateway on an unknown subnet or address is refused, and none is found by an unknown id")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    subnet = code(ec2.create_nat_gateway, SubnetId="subnet-0", AllocationId="eipalloc-0")
    address = code(ec2.create_nat_gateway, SubnetId=net.subnets[0], AllocationId="eipalloc-0")
    unknown = code(ec2.describe_nat_gateways, NatGatewayIds=["nat-0"])
    return (subnet, address, unknown) == (
        "InvalidSubnetID.NotFound",
        "InvalidAllocationID.NotFound",
        "NatGatewayNotFound",
    )


@check("NAT gateways are filtered by tag")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "k", "Value": "v"}]}]
    nat(aws, net)
    tagged, _allocation = nat(aws, net, TagSpecifications=tags)
    found = ec2.describe_nat_gateways(Filter=[{"Name": "tag:k", "Values": ["v"]}])["NatGateways"]
    return [one["NatGatewayId"] for one in found] == [tagged]


@check("an address is released only when its NAT gateway is gone")
def _(aws: Aws) -> bool:
    ec2 = aws.client("ec2")
    gateway, allocation = nat(aws, network(aws))
    busy = code(ec2.release_address, AllocationId=allocation)
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    aws.advance(2)
    return busy == "InvalidIPAddress.InUse" and not code(ec2.release_address, AllocationId=allocation)


@check("a VPC has one internet gateway")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    return code(ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=net.vpc) == "InvalidParameterValue"


@check("an internet gateway stays while the VPC has mapped public addresses")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    nat(aws, net)
    refused = code(ec2.detach_internet_gateway, InternetGatewayId=net.gateway, VpcId=net.vpc)
    return refused == "DependencyViolation"


@check("a subnet stays while it has interfaces, and its route table forgets it when it goes")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=net.subnets[0])
    interface = ec2.create_network_interface(SubnetId=net.subnets[0])["NetworkInterface"]["NetworkInterfaceId"]
    refused = code(ec2.delete_subnet, SubnetId=net.subnets[0])
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_subnet(SubnetId=net.subnets[0])
    left = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Associations"]
    return refused == "DependencyViolation" and not left


@check("a VPC stays while it has an internet gateway")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    for subnet in net.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    return code(ec2.delete_vpc, VpcId=net.vpc) == "DependencyViolation"


@check("a VPC stays while it has security groups")
def _(aws: Aws) -> bool:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)
    return code(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"


@check("VPCs and subnets are pending for a moment")
def _(aws: Aws) -> bool:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.0.0.0/24")["Subnet"]
    return bool(vpc["State"] == subnet["State"] == "pending")


@check("host bits of CIDRs are cleared")
def _(aws: Aws) -> bool:
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.7.9/16")["Vpc"]
    return bool(vpc["CidrBlock"] == "10.0.0.0/16")


@check("a subnet is no smaller than /28")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    return code(ec2.create_subnet, VpcId=net.vpc, CidrBlock="10.0.9.0/29") == "InvalidSubnet.Range"


@check("the default VPC has an internet gateway and a route to it")
def _(aws: Aws) -> bool:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    return any(route.get("GatewayId", "").startswith("igw-") for route in tables[0]["Routes"])


@check("a subnet is associated with one route table")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    first, second = (ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"] for _ in "12")
    ec2.associate_route_table(RouteTableId=first, SubnetId=net.subnets[0])
    refused = code(ec2.associate_route_table, RouteTableId=second, SubnetId=net.subnets[0])
    return refused == "Resource.AlreadyAssociated"


@check("a route to a deleted NAT gateway is a black hole")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    gateway, _allocation = nat(aws, net)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, NatGatewayId=gateway)
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return [route["State"] for route in routes if route.get("NatGatewayId")] == ["blackhole"]


@check("a route leads to a NAT gateway that exists, or to an internet gateway of its VPC")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    stray = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": ANYWHERE}
    refused = [code(ec2.create_route, **route, **one) for one in ({"NatGatewayId": "nat-0"}, {"GatewayId": stray})]
    return refused == ["InvalidNatGatewayID.NotFound", "InvalidParameterValue"]


@check("the main route table is not deletable")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    filters = [{"Name": "vpc-id", "Values": [net.vpc]}, {"Name": "association.main", "Values": ["true"]}]
    main = ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
    return code(ec2.delete_route_table, RouteTableId=main) == "DependencyViolation"


@check("tag keys beginning with aws: are refused")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    return code(ec2.create_tags, Resources=[net.vpc], Tags=[{"Key": "aws:x", "Value": "y"}]) == "InvalidParameterValue"


@check("local routes and the main association stay")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["RouteTables"][0]
    local = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": "10.0.0.0/16"}
    association = table["Associations"][0]["RouteTableAssociationId"]
    codes = [code(ec2.delete_route, **local), code(ec2.disassociate_route_table, AssociationId=association)]
    return codes == ["InvalidParameterValue"] * 2


@check("a subnet and its route table are in one VPC")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=other)["RouteTable"]["RouteTableId"]
    return code(ec2.associate_route_table, RouteTableId=table, SubnetId=net.subnets[0]) == "InvalidParameterValue"


@check("an interface that a service holds is not deletable by hand")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    nat(aws, net)
    interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": net.subnets}])
    held = interfaces["NetworkInterfaces"][0]["NetworkInterfaceId"]
    return code(ec2.delete_network_interface, NetworkInterfaceId=held) == "InvalidParameterValue"


@check("a VPC endpoint's client token makes its creation idempotent, and it is pending at first")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    wanted = {"VpcId": net.vpc, "ServiceName": "com.amazonaws.us-east-1.s3", "ClientToken": "t"}
    first, again = (ec2.create_vpc_endpoint(**wanted)["VpcEndpoint"] for _ in "12")
    return bool(first["VpcEndpointId"] == again["VpcEndpointId"] and first["State"] == "pending")


@check("an address shows its pool and its border group")
def _(aws: Aws) -> bool:
    ec2 = aws.client("ec2")
    ec2.allocate_address(Domain="vpc")
    address = ec2.describe_addresses()["Addresses"][0]
    return (address.get("PublicIpv4Pool"), address.get("NetworkBorderGroup")) == ("amazon", "us-east-1")
