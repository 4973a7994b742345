"""ELBv2: load balancers, listeners, rules and target groups."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, Network, check, code, network


def balancer(aws: Aws, net: Network, **more: Any) -> dict[str, Any]:
    arguments = {"Name": "lb", "Subnets": net.subnets} | more
    made: dict[str, Any] = aws.client("elbv2").create_load_balancer(**arguments)["LoadBalancers"][0]
    return made


def targets(aws: Aws, net: Network, **more: Any) -> str:
    arguments = {"Name": "tg", "Protocol": "HTTP", "Port": 80, "VpcId": net.vpc, "TargetType": "ip"} | more
    return str(aws.client("elbv2").create_target_group(**arguments)["TargetGroups"][0]["TargetGroupArn"])


def listening(lb: str, group: str, **more: Any) -> dict[str, Any]:
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    return {"LoadBalancerArn": lb, "Protocol": "HTTP", "Port": 80, "DefaultActions": forward} | more


def listener(aws: Aws, lb: str, group: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = aws.client("elbv2").create_listener(**listening(lb, group, **more))["Listeners"][0]
    return made


def rule(aws: Aws, on: str, group: str, priority: int = 1) -> dict[str, Any]:
    made: dict[str, Any] = aws.client("elbv2").create_rule(
        ListenerArn=on,
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "Values": ["/a"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Rules"][0]
    return made


def served(aws: Aws) -> tuple[Network, str, str, str]:
    """A network with a load balancer, a target group and a listener."""
    net = network(aws)
    lb, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    return net, lb, group, listener(aws, lb, group)["ListenerArn"]


def health(aws: Aws, group: str) -> list[str]:
    found = aws.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [one["TargetHealth"]["State"] for one in found]


@check("the same load balancer again is the same load balancer, another of its name is refused")
def _(aws: Aws) -> bool:
    net = network(aws)
    same = balancer(aws, net)["LoadBalancerArn"] == balancer(aws, net)["LoadBalancerArn"]
    other = code(aws.client("elbv2").create_load_balancer, Name="lb", Subnets=net.subnets, Scheme="internal")
    return same and other == "DuplicateLoadBalancerName"


@check("a load balancer is provisioned, then active")
def _(aws: Aws) -> bool:
    elbv2 = aws.client("elbv2")
    states = [balancer(aws, network(aws))["State"]["Code"]]
    for _turn in "12":
        states.append(elbv2.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"])
        aws.advance(2)
    return states == ["provisioning", "provisioning", "active"]


@check("an internet-facing load balancer needs an internet gateway")
def _(aws: Aws) -> bool:
    net = network(aws)
    aws.client("ec2").detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    return code(aws.client("elbv2").create_load_balancer, Name="lb", Subnets=net.subnets) == "InvalidSubnet"


@check("an application load balancer needs two zones, and groups and subnets that exist")
def _(aws: Aws) -> bool:
    net, create = network(aws), aws.client("elbv2").create_load_balancer
    one = code(create, Name="a", Subnets=net.subnets[:1])
    group = code(create, Name="b", Subnets=net.subnets, SecurityGroups=["sg-0"])
    subnet = code(create, Name="c", Subnets=[*net.subnets[:1], "subnet-0"])
    return [one, group, subnet] == ["ValidationError", "InvalidSecurityGroup", "SubnetNotFound"]


@check("a load balancer gets the default security group and its region's hosted zone")
def _(aws: Aws) -> bool:
    made = balancer(aws, network(aws))
    return len(made["SecurityGroups"]) == 1 and made["CanonicalHostedZoneId"] == "Z35SXDOTRQ7X7K"


@check("a load balancer and a target group have all their attributes")
def _(aws: Aws) -> bool:
    net, elbv2 = network(aws), aws.client("elbv2")
    lb, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    balancing = elbv2.describe_load_balancer_attributes(LoadBalancerArn=lb)["Attributes"]
    targeting = elbv2.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
    timeout = {"Key": "idle_timeout.timeout_seconds", "Value": "60"}
    cookie = {"Key": "stickiness.lb_cookie.duration_seconds", "Value": "86400"}
    return timeout in balancing and cookie in targeting


@check("a protected load balancer stays")
def _(aws: Aws) -> bool:
    elbv2 = aws.client("elbv2")
    lb = balancer(aws, network(aws))["LoadBalancerArn"]
    protect = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=lb, Attributes=protect)
    return code(elbv2.delete_load_balancer, LoadBalancerArn=lb) == "OperationNotPermitted"


@check("the interfaces of a load balancer keep its subnets, its group and the gateway until a moment after its end")
def _(aws: Aws) -> bool:
    net, ec2, elbv2 = network(aws), aws.client("ec2"), aws.client("elbv2")
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=net.vpc)["GroupId"]
    lb = balancer(aws, net, SecurityGroups=[group])["LoadBalancerArn"]
    elbv2.delete_load_balancer(LoadBalancerArn=lb)
    gateway = {"InternetGatewayId": net.gateway, "VpcId": net.vpc}
    before = [
        code(ec2.delete_subnet, SubnetId=net.subnets[0]),
        code(ec2.delete_security_group, GroupId=group),
        code(ec2.detach_internet_gateway, **gateway),
    ]
    aws.advance(2)
    after = [code(ec2.delete_subnet, SubnetId=net.subnets[0]), code(ec2.delete_security_group, GroupId=group)]
    return before == ["DependencyViolation"] * 3 and after == ["", ""]


@check("a list of load balancers with an unknown name fails")
def _(aws: Aws) -> bool:
    balancer(aws, network(aws))
    return code(aws.client("elbv2").describe_load_balancers, Names=["lb", "other"]) == "LoadBalancerNotFound"


@check("a load balancer without target groups has an empty list of them")
def _(aws: Aws) -> bool:
    lb = balancer(aws, network(aws))["LoadBalancerArn"]
    return bool(aws.client("elbv2").describe_target_groups(LoadBalancerArn=lb)["TargetGroups"] == [])


@check("a load balancer has up to fifty tags")
def _(aws: Aws) -> bool:
    lb = balancer(aws, network(aws))["LoadBalancerArn"]
    tags = [{"Key": f"k{n}", "Value": "v"} for n in range(10)]
    elbv2 = aws.client("elbv2")
    elbv2.add_tags(ResourceArns=[lb], Tags=tags)
    return not code(elbv2.add_tags, ResourceArns=[lb], Tags=[{"Key": "eleventh", "Value": "v"}])


@check("a name that cannot be is refused")
def _(aws: Aws) -> bool:
    net, create = network(aws), aws.client("elbv2").create_load_balancer
    return {code(create, Name=name, Subnets=net.subnets) for name in ("-lb", "internal-lb")} == {"ValidationError"}


@check("changing the security groups answers with their ids, and refuses those of another VPC")
def _(aws: Aws) -> bool:
    net, ec2, elbv2 = network(aws), aws.client("ec2"), aws.client("elbv2")
    lb = balancer(aws, net)["LoadBalancerArn"]
    own = ec2.create_security_group(GroupName="own", Description="d", VpcId=net.vpc)["GroupId"]
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    far = ec2.create_security_group(GroupName="far", Description="d", VpcId=other)["GroupId"]
    answer = elbv2.set_security_groups(LoadBalancerArn=lb, SecurityGroups=[own]).get("SecurityGroupIds")
    refused = code(elbv2.set_security_groups, LoadBalancerArn=lb, SecurityGroups=[far])
    return (answer, refused) == ([own], "InvalidConfigurationRequest")


@check("an unknown attribute of a load balancer is refused, and so is another kind's")
def _(aws: Aws) -> bool:
    lb = balancer(aws, network(aws))["LoadBalancerArn"]
    wrong = [{"Key": "ipv6.deny_all_igw_traffic", "Value": "true"}]
    refused = code(aws.client("elbv2").modify_load_balancer_attributes, LoadBalancerArn=lb, Attributes=wrong)
    return refused == "ValidationError"
