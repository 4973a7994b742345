"""Small stacks of network ACLs, endpoints, flow logs and web ACLs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support import Lab, document, open_steps

FREE = {"deletion": "delete", "replacement": "allow"}
POLICY = {"prune": True, "maxReplaces": 9, "maxDeletes": 99}
ANY = "0.0.0.0/0"
NET = "${VPC/net}"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
VISIBLE = {"metricName": "guard", "cloudWatchMetricsEnabled": True, "sampledRequestsEnabled": True}
Doc = dict[str, Any]


def network(**vpc: Any) -> list[Doc]:
    """A VPC with subnets in two zones."""
    subnets = [
        document("Subnet", z, {"vpcId": NET, "cidrBlock": f"10.0.{i}.0/24", "availabilityZone": f"us-east-1{z}"})
        for i, z in enumerate("ab")
    ]
    return [document("VPC", "net", {"cidrBlock": "10.0.0.0/16", **vpc}), *subnets]


def entry(number: int, **more: Any) -> Doc:
    told = {"protocol": "tcp", "ruleAction": "allow", "cidrBlock": ANY, "portRange": {"from": 443, "to": 443}}
    return {k: v for k, v in {"ruleNumber": number, **told, **more}.items() if v is not None}


def acl(name: str = "wall", **spec: Any) -> Doc:
    return document("NetworkAcl", name, {"vpcId": NET, **spec}, **FREE)


def endpoint(called: str = "queue", **spec: Any) -> Doc:
    told = {"vpcId": NET, "vpcEndpointType": "Interface", "serviceName": "com.amazonaws.us-east-1.sqs"}
    return document("VPCEndpoint", called, {k: v for k, v in {**told, **spec}.items() if v is not None}, **FREE)


def flow(**spec: Any) -> Doc:
    told = {
        "resourceId": NET,
        "resourceType": "VPC",
        "trafficType": "ALL",
        "logGroupName": "${LogGroup/flow}",
        "deliverLogsPermissionArn": "${Role/writer:arn}",
    }
    return document("FlowLog", "traffic", {k: v for k, v in {**told, **spec}.items() if v is not None}, **FREE)


def recorded(*more: Doc) -> list[Doc]:
    """What a flow log of a VPC needs."""
    groups = [document("LogGroup", name, {"retentionInDays": 1}, **FREE) for name in ("flow", "flow-two")]
    return [*network(), document("Role", "writer", {"assumeRolePolicyDocument": TRUST}), *groups, *more]


def guard(logging: Mapping[str, Any] | None) -> Doc:
    told = {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": VISIBLE}
    return document(
        "WebACL", "guard", {**told, **({} if logging is None else {"loggingConfiguration": logging})}, **FREE
    )


def settled(lab: Lab, documents: list[Doc], **spec: Any) -> Any:
    """Apply, and return the world that is left with nothing to do."""
    world, left = lab.apply(lab.stack(documents, **{"policy": POLICY, **spec}))
    assert open_steps(left) == []
    return world
