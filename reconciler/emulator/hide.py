"""Eventual consistency: what was just created is not seen by the next few reads."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.emulator import render, trees

if TYPE_CHECKING:
    from reconciler.emulator.core import Emulator
    from reconciler.emulator.wire import Answer, Call

TAG_INDEX: Final = "resourcegroupstaggingapi:GetResources"


@dataclass(frozen=True)
class Kind:
    """How a kind is created and read: the first of `keys` in the answer (or in the request) identifies the object."""

    create: str
    keys: tuple[str, ...]
    reads: tuple[str, ...]
    absent: tuple[str, int] | None = None

    @property
    def service(self) -> str:
        """The service part of `create`."""
        return self.create.partition(":")[0]


def _ec2(create: str, key: str, read: str, absent: str) -> Kind:
    return Kind(f"ec2:{create}", (key,), (read,), (absent, 400))


KINDS: Final = (
    _ec2("CreateVpc", "vpcId", "DescribeVpcs", "InvalidVpcID.NotFound"),
    _ec2("CreateSubnet", "subnetId", "DescribeSubnets", "InvalidSubnetID.NotFound"),
    _ec2("CreateInternetGateway", "internetGatewayId", "DescribeInternetGateways", "InvalidInternetGatewayID.NotFound"),
    _ec2("AllocateAddress", "allocationId", "DescribeAddresses", "InvalidAllocationID.NotFound"),
    _ec2("CreateNatGateway", "natGatewayId", "DescribeNatGateways", "NatGatewayNotFound"),
    _ec2("CreateRouteTable", "routeTableId", "DescribeRouteTables", "InvalidRouteTableID.NotFound"),
    _ec2("CreateSecurityGroup", "groupId", "DescribeSecurityGroups", "InvalidGroup.NotFound"),
    _ec2("CreateNetworkAcl", "networkAclId", "DescribeNetworkAcls", "InvalidNetworkAclID.NotFound"),
    _ec2("CreateVpcEndpoint", "vpcEndpointId", "DescribeVpcEndpoints", "InvalidVpcEndpointId.NotFound"),
    Kind("iam:CreateRole", ("RoleName", "Arn"), ("GetRole", "ListRoles", "ListRoleTags"), ("NoSuchEntity", 404)),
    Kind("kms:CreateKey", ("KeyId", "Arn"), ("DescribeKey", "ListKeys"), ("NotFoundException", 400)),
    Kind(
        "secretsmanager:CreateSecret",
        ("ARN", "Name"),
        ("DescribeSecret", "GetSecretValue", "ListSecrets"),
        ("ResourceNotFoundException", 400),
    ),
    Kind("ecs:CreateCluster", ("clusterArn", "clusterName"), ("DescribeClusters", "ListClusters")),
    Kind("ecs:CreateService", ("serviceArn", "serviceName"), ("DescribeServices", "ListServices")),
    Kind(
        "elbv2:CreateLoadBalancer",
        ("LoadBalancerArn", "LoadBalancerName"),
        ("DescribeLoadBalancers",),
        ("LoadBalancerNotFound", 400),
    ),
    Kind(
        "elbv2:CreateTargetGroup",
        ("TargetGroupArn", "TargetGroupName"),
        ("DescribeTargetGroups",),
        ("TargetGroupNotFound", 400),
    ),
    Kind("elbv2:CreateListener", ("ListenerArn",), ("DescribeListeners",), ("ListenerNotFound", 400)),
    Kind(
        "rds:CreateDBInstance",
        ("DBInstanceIdentifier", "DBInstanceArn"),
        ("DescribeDBInstances",),
        ("DBInstanceNotFound", 404),
    ),
    Kind(
        "rds:CreateDBSubnetGroup",
        ("DBSubnetGroupName", "DBSubnetGroupArn"),
        ("DescribeDBSubnetGroups",),
        ("DBSubnetGroupNotFoundFault", 404),
    ),
    Kind("acm:RequestCertificate", ("CertificateArn",), ("DescribeCertificate", "ListCertificates")),
    Kind("sns:CreateTopic", ("TopicArn",), ("GetTopicAttributes", "ListTopics"), ("NotFound", 404)),
    Kind("logs:CreateLogGroup", ("logGroupName",), ("DescribeLogGroups",)),
    Kind("cloudwatch:PutMetricAlarm", ("AlarmName",), ("DescribeAlarms",)),
)


@dataclass
class _Hidden:
    kind: Kind
    identifiers: frozenset[str]
    left: int
    place: tuple[str, str]


class Hide:
    """A layer that hides every new object from its first `reads` reads."""

    def __init__(self, emulator: Emulator, reads: int, match: str = "*") -> None:
        """Hide objects whose creating call matches the glob."""
        self._reads, self._match = reads, match
        self._hidden: list[_Hidden] = []
        emulator.layers.append(self)

    def before(self, call: Call) -> Answer | None:  # noqa: ARG002 - the shape of a layer
        """Let everything through."""
        return None

    def after(self, call: Call, answer: Answer) -> Answer:
        """Note what was created; take what is hidden out of what was read."""
        if not answer.ok:
            return answer
        self._note(call, answer)
        for hidden in [one for one in self._hidden if _shows(call, one)]:
            hidden.left -= 1
            answer = _without(call, answer, hidden)
            if not answer.ok:
                break
        self._hidden = [one for one in self._hidden if one.left > 0]
        return answer

    def _note(self, call: Call, answer: Answer) -> None:
        for kind in KINDS:
            if kind.create == call.key and fnmatch.fnmatchcase(call.key, self._match):
                tree = trees.parse(call, answer)
                found = [next(iter(tree.values([key])), call.params.get(key)) for key in kind.keys]
                identifiers = frozenset(one for one in found if isinstance(one, str))
                self._hidden.append(_Hidden(kind, identifiers, self._reads, (call.account, call.region)))


def _shows(call: Call, hidden: _Hidden) -> bool:
    if hidden.place != (call.account, call.region):
        return False
    return call.key == TAG_INDEX or (call.service == hidden.kind.service and call.operation in hidden.kind.reads)


def _without(call: Call, answer: Answer, hidden: _Hidden) -> Answer:
    tree = trees.parse(call, answer)
    if call.key == TAG_INDEX:
        arns = {arn for arn in tree.values(["ResourceARN"]) if any(_last(arn, one) for one in hidden.identifiers)}
        tree.remove(arns, ["ResourceARN"])
        return answer.with_body(tree.dump())
    if hidden.kind.absent and any(call.names(one) for one in hidden.identifiers):
        return render.error(call, *hidden.kind.absent, "not found (not yet visible)")
    removed = tree.remove(hidden.identifiers, hidden.kind.keys)
    if removed and isinstance(tree, trees.JsonTree) and isinstance(tree.root.get("failures"), list):
        tree.root["failures"].append({"arn": min(hidden.identifiers), "reason": "MISSING"})
    return answer.with_body(tree.dump())


def _last(arn: str, identifier: str) -> bool:
    return arn == identifier or arn.endswith((f"/{identifier}", f":{identifier}"))
