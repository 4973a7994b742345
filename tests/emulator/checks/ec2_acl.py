"""EC2: network ACLs."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code, network

ANYWHERE = "0.0.0.0/0"
TCP: dict[str, Any] = {
    "RuleNumber": 100,
    "Protocol": "6",
    "RuleAction": "allow",
    "Egress": False,
    "CidrBlock": "10.0.0.0/8",
    "PortRange": {"From": 443, "To": 443},
}


def acl(aws: Aws, vpc: str, **more: Any) -> str:
    return str(aws.client("ec2").create_network_acl(VpcId=vpc, **more)["NetworkAcl"]["NetworkAclId"])


def entries(aws: Aws, identity: str) -> list[Any]:
    found = aws.client("ec2").describe_network_acls(NetworkAclIds=[identity])["NetworkAcls"][0]["Entries"]
    return sorted(found, key=lambda e: (e["Egress"], e["RuleNumber"]))


def put(aws: Aws, identity: str, *, operation: str = "create", **more: Any) -> str:
    asked = {name: value for name, value in {**TCP, **more}.items() if value is not None}
    return code(getattr(aws.client("ec2"), f"{operation}_network_acl_entry"), NetworkAclId=identity, **asked)


def association(aws: Aws, subnet: str) -> tuple[str, str]:
    """Return the ids of a subnet's association and of its ACL."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (found,) = aws.client("ec2").describe_network_acls(Filters=filters)["NetworkAcls"]
    return next(
        (a["NetworkAclAssociationId"], a["NetworkAclId"]) for a in found["Associations"] if a["SubnetId"] == subnet
    )


@check("a new network ACL has two entries, which refuse everything")
def _(aws: Aws) -> bool:
    found = entries(aws, acl(aws, network(aws).vpc))
    return [(e["Egress"], e["RuleNumber"], e["RuleAction"]) for e in found] == [
        (False, 32767, "deny"),
        (True, 32767, "deny"),
    ]


@check("an entry of a network ACL loses its host bits and keeps the kind of message")
def _(aws: Aws) -> bool:
    identity = acl(aws, network(aws).vpc)
    asked: dict[str, Any] = {
        "Protocol": "1",
        "CidrBlock": "10.1.2.3/8",
        "PortRange": None,
        "IcmpTypeCode": {"Type": 3, "Code": 4},
    }
    put(aws, identity, **asked)
    first = entries(aws, identity)[0]
    return (first["CidrBlock"], first.get("IcmpTypeCode")) == ("10.0.0.0/8", {"Type": 3, "Code": 4})


@check("an entry of a network ACL without ports, of an unknown protocol, or behind the last one is refused")
def _(aws: Aws) -> bool:
    identity = acl(aws, network(aws).vpc)
    tried = [
        put(aws, identity, PortRange=None),
        put(aws, identity, Protocol="1", PortRange=None),
        put(aws, identity, Protocol="tcpp"),
        put(aws, identity, RuleNumber=32767),
        put(aws, identity, CidrBlock=None),
    ]
    return tried == [
        "MissingParameter",
        "MissingParameter",
        "InvalidParameterValue",
        "InvalidParameterValue",
        "MissingParameter",
    ]


@check("only an entry that exists can be replaced or deleted, and a network ACL takes twenty a side")
def _(aws: Aws) -> bool:
    identity = acl(aws, network(aws).vpc)
    where = {"NetworkAclId": identity, "RuleNumber": 7, "Egress": False}
    absent = {
        put(aws, identity, operation="replace"),
        code(aws.client("ec2").delete_network_acl_entry, **where),
    }
    many = [put(aws, identity, RuleNumber=n) for n in range(1, 22)]
    return absent == {"InvalidNetworkAclEntry.NotFound"} and many == [*[""] * 20, "NetworkAclEntryLimitExceeded"]


@check("a subnet moves between the network ACLs of its VPC only, by an association that exists")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    other = acl(aws, ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])
    identity, (before, _default) = acl(aws, net.vpc), association(aws, net.subnets[0])
    tried = [
        code(ec2.replace_network_acl_association, AssociationId=before, NetworkAclId=other),
        code(ec2.replace_network_acl_association, AssociationId=before, NetworkAclId=identity),
        code(ec2.replace_network_acl_association, AssociationId=before, NetworkAclId=identity),
    ]
    return tried == ["InvalidParameterValue", "", "InvalidAssociationID.NotFound"]


@check("the association of a subnet with its network ACL ends with the subnet")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    identity, (before, _default) = acl(aws, net.vpc), association(aws, net.subnets[0])
    ec2.replace_network_acl_association(AssociationId=before, NetworkAclId=identity)
    used = code(ec2.delete_network_acl, NetworkAclId=identity)
    ec2.delete_subnet(SubnetId=net.subnets[0])
    return (used, code(ec2.delete_network_acl, NetworkAclId=identity)) == ("DependencyViolation", "")


@check("the default network ACL stays, and none is found by an unknown id")
def _(aws: Aws) -> bool:
    net, ec2 = network(aws), aws.client("ec2")
    _association, default = association(aws, net.subnets[0])
    unknown = code(ec2.describe_network_acls, NetworkAclIds=["acl-0"])
    return (code(ec2.delete_network_acl, NetworkAclId=default), unknown) == (
        "InvalidParameterValue",
        "InvalidNetworkAclID.NotFound",
    )


@check("a network ACL's client token makes its creation idempotent")
def _(aws: Aws) -> bool:
    vpc = network(aws).vpc
    return acl(aws, vpc, ClientToken="t") == acl(aws, vpc, ClientToken="t")
