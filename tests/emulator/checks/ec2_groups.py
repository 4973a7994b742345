"""EC2: security groups and their rules."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, Network, check, code, network


def group(aws: Aws, net: Network, name: str = "g") -> str:
    made = aws.client("ec2").create_security_group(GroupName=name, Description=name, VpcId=net.vpc)
    return str(made["GroupId"])


def web(*cidrs: str, protocol: str = "tcp", **more: Any) -> list[dict[str, Any]]:
    """Permissions for port 80."""
    ranges = [{"CidrIp": cidr, "Description": "web"} for cidr in cidrs]
    return [{"IpProtocol": protocol, "FromPort": 80, "ToPort": 80, "IpRanges": ranges, **more}]


@check("a security group stays while another refers to it")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    referred, referring = group(aws, net, "a"), group(aws, net, "b")
    rules = web(UserIdGroupPairs=[{"GroupId": referred}])
    ec2.authorize_security_group_ingress(GroupId=referring, IpPermissions=rules)
    refused = code(ec2.delete_security_group, GroupId=referred)
    ec2.revoke_security_group_ingress(GroupId=referring, IpPermissions=rules)
    return refused == "DependencyViolation" and not code(ec2.delete_security_group, GroupId=referred)


@check("a security group stays while an interface has it")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    used = group(aws, net)
    ec2.create_network_interface(SubnetId=net.subnets[0], Groups=[used])
    return code(ec2.delete_security_group, GroupId=used) == "DependencyViolation"


@check("a default security group stays")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["SecurityGroups"]
    return code(ec2.delete_security_group, GroupId=groups[0]["GroupId"]) == "CannotDelete"


@check("rules are authorised all together or not at all")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    one = group(aws, net)
    ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=web("10.1.0.0/16"))
    both = web("10.2.0.0/16", "10.1.0.0/16")
    refused = code(ec2.authorize_security_group_ingress, GroupId=one, IpPermissions=both)
    permissions = ec2.describe_security_groups(GroupIds=[one])["SecurityGroups"][0]["IpPermissions"]
    return refused == "InvalidPermission.Duplicate" and len(permissions[0]["IpRanges"]) == 1


@check("a rule is the same whatever its description and host bits")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    one, two = group(aws, net, "a"), group(aws, net, "b")
    rules = web("10.1.2.3/16", UserIdGroupPairs=[{"GroupId": two, "Description": "x"}])
    ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=rules)
    shown = ec2.describe_security_groups(GroupIds=[one])["SecurityGroups"][0]["IpPermissions"]
    again = web(UserIdGroupPairs=[{"GroupId": two, "Description": "y"}])
    duplicate = code(ec2.authorize_security_group_ingress, GroupId=one, IpPermissions=again)
    cidr = shown[0]["IpRanges"][0]["CidrIp"]
    return bool((cidr, duplicate) == ("10.1.0.0/16", "InvalidPermission.Duplicate"))


@check("a security group rule has an ARN and the description of its group")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    one, two = group(aws, net, "a"), group(aws, net, "b")
    rules = web(UserIdGroupPairs=[{"GroupId": two, "Description": "x"}])
    ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=rules)
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [one]}])["SecurityGroupRules"]
    rule = next(rule for rule in found if not rule["IsEgress"])
    return bool(rule.get("Description") == "x" and rule["SecurityGroupRuleArn"].endswith(rule["SecurityGroupRuleId"]))


@check("an IPv6 rule can be revoked where the VPC has no IPv6 block")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    one = group(aws, net)
    rules = [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]
    ec2.authorize_security_group_egress(GroupId=one, IpPermissions=rules)
    ec2.revoke_security_group_egress(GroupId=one, IpPermissions=rules)
    left = ec2.describe_security_groups(GroupIds=[one])["SecurityGroups"][0]["IpPermissionsEgress"]
    return not left[0]["Ipv6Ranges"]


@check("ports and protocols of rules are checked")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    one = group(aws, net)
    ranges = [{"CidrIp": "10.0.0.0/8"}]
    wrong: list[dict[str, Any]] = [
        {"IpProtocol": "tcp", "FromPort": 90, "ToPort": 80, "IpRanges": ranges},
        {"IpProtocol": "tcp", "IpRanges": ranges},
        {"IpProtocol": "tcq", "FromPort": 80, "ToPort": 80, "IpRanges": ranges},
    ]
    codes = {code(ec2.authorize_security_group_ingress, GroupId=one, IpPermissions=[rule]) for rule in wrong}
    return codes == {"InvalidParameterValue"}


@check("names and descriptions are checked")
def _(aws: Aws) -> bool:
    net, create = network(aws), aws.client("ec2").create_security_group
    name = code(create, GroupName="sg-mine", Description="d", VpcId=net.vpc)
    description = code(create, GroupName="g", Description="naïve", VpcId=net.vpc)
    vpc = code(create, GroupName="g", Description="d", VpcId="vpc-0")
    return (name, description, vpc) == ("InvalidParameterValue", "InvalidParameterValue", "InvalidVpcID.NotFound")
