"""Small stacks, and how a test runs them: what the command line does, without the command line."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from reconciler.aws import Aws
from reconciler.cli.common import outcome
from reconciler.cli.converge import Record
from reconciler.desired import Stack
from reconciler.events import ignore
from reconciler.kind import Call
from reconciler.report import document as told
from reconciler.schemas import folder
from tests.support import Lab, document

FREE = {"deletion": "delete", "replacement": "allow"}
POLICY = {"prune": True, "maxReplaces": 9, "maxDeletes": 99}
Docs = list[dict[str, Any]]
SCHEMA = json.loads((folder() / "report.json").read_text())


def run(lab: Lab, stack: Stack, verb: str = "apply", **more: Any) -> dict[str, Any]:
    """What ``reconciler VERB --format json`` tells."""
    record = Record(ignore)
    engine = lab.engine(stack, record, destroying=verb == "destroy", **more)
    world, plan = engine.plan()
    left = None
    after = world
    if verb in ("apply", "destroy"):
        after, left = engine.reconcile(world)
    report = told(outcome(verb, engine, 0.0, world=after, plan=plan, left=left, done=dict(record.done)))
    jsonschema.validate(json.loads(json.dumps(report, default=str)), SCHEMA)
    return report


def change(report: dict[str, Any], address: str) -> dict[str, Any]:
    """The one entry of an address."""
    (found,) = (c for c in report["changes"] if c["address"] == address)
    return dict(found)


def actions(report: dict[str, Any]) -> dict[str, str]:
    return {c["address"]: c["action"] for c in report["changes"]}


class Killed(BaseException):
    """The process dies here."""


class Mortal:
    """Lets some writes pass, and then none: as if the process had been killed before the next one."""

    def __init__(self, aws: Aws, passes: int) -> None:
        self.left = passes
        aws.watch = self

    def __call__(self, call: Call) -> None:
        if self.left <= 0:
            raise Killed(str(call))
        self.left -= 1


def killed(lab: Lab, stack: Stack, after: int) -> bool:
    """Apply in a process that dies after so many writes; False if it came to its end before."""
    engine = lab.engine(stack)
    Mortal(engine.aws, after)
    world, _ = engine.plan()
    try:
        engine.reconcile(world)
    except Killed:
        return True
    return False


def group(name: str, **lifecycle: Any) -> dict[str, Any]:
    return document("LogGroup", name, {"retentionInDays": 7}, **lifecycle)


def topic(name: str, **lifecycle: Any) -> dict[str, Any]:
    return document("Topic", name, {}, **lifecycle)


def network() -> Docs:
    net = "${VPC/net}"
    zones = [("a", "10.0.1.0/24"), ("b", "10.0.2.0/24")]
    routes = [{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "${InternetGateway/door}"}]
    return [
        document("VPC", "net", {"cidrBlock": "10.0.0.0/16"}),
        *(document("Subnet", z, {"vpcId": net, "cidrBlock": c, "availabilityZone": f"us-east-1{z}"}) for z, c in zones),
        document("InternetGateway", "door", {"vpcId": net}),
        document("RouteTable", "public", {"vpcId": net, "routes": routes, "subnetIds": ["${Subnet/a}", "${Subnet/b}"]}),
    ]


def balanced(port: int = 80, guard: str = "the app") -> Docs:
    """A load balancer, its group, its listener and where that leads."""
    forward = [{"type": "forward", "targetGroupArn": "${TargetGroup/web}"}]
    alb = {"subnets": ["${Subnet/a}", "${Subnet/b}"], "securityGroups": ["${SecurityGroup/app}"]}
    listener = {"loadBalancerArn": "${LoadBalancer/edge}", "protocol": "HTTP", "port": 80, "defaultActions": forward}
    return [
        *network(),
        document("SecurityGroup", "app", {"vpcId": "${VPC/net}", "description": guard}),
        document("LoadBalancer", "edge", alb),
        document("TargetGroup", "web", {"vpcId": "${VPC/net}", "protocol": "HTTP", "port": port, "targetType": "ip"}),
        document("Listener", "http", listener),
    ]


def served(port: int = 80, image: str = "nginx:1", guard: str = "the app") -> Docs:
    """A service behind a load balancer."""
    container = {"name": "web", "image": image, "portMappings": [{"containerPort": 80}]}
    size = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    place = {"subnets": ["${Subnet/a}"], "securityGroups": ["${SecurityGroup/app}"], "assignPublicIp": "ENABLED"}
    service = {
        "cluster": "${ECSCluster/main}", "taskDefinition": "${TaskDefinition/web}", "desiredCount": 1, "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": place},
        "loadBalancers": [{"targetGroupArn": "${TargetGroup/web}", "containerName": "web", "containerPort": 80}],
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    }  # fmt: skip
    return [
        *balanced(port, guard),
        document("ECSCluster", "main", {}),
        document("TaskDefinition", "web", {**size, "containerDefinitions": [container]}),
        document("ECSService", "web", service),
    ]


def database(**spec: Any) -> Docs:
    """A database with its password, in the network."""
    told = {
        "engine": "postgres", "engineVersion": "15", "dbInstanceClass": "db.t3.micro", "allocatedStorage": 20,
        "storageType": "gp3", "masterUsername": "postgres", "masterUserPassword": "${Secret/master:value}",
        "dbSubnetGroupName": "${DBSubnetGroup/data}", "vpcSecurityGroupIds": ["${SecurityGroup/db}"], **spec,
    }  # fmt: skip
    subnets = {"dbSubnetGroupDescription": "data", "subnetIds": ["${Subnet/a}", "${Subnet/b}"]}
    return [
        *network(),
        document("SecurityGroup", "db", {"vpcId": "${VPC/net}", "description": "the database"}),
        document("DBSubnetGroup", "data", subnets),
        document("Secret", "master", {"value": {"generate": {"length": 32, "excludePunctuation": True}}}),
        document("DBInstance", "data", told),
    ]


def zone() -> dict[str, Any]:
    return document("HostedZone", "zone", {"name": "example.com"})


def certificate(zoned: bool = True, **spec: Any) -> dict[str, Any]:
    where = {"hostedZoneId": "${HostedZone/zone}"} if zoned else {}
    return document("Certificate", "api", {"domainName": "example.com", "validationMethod": "DNS", **where, **spec})


def but(documents: Docs, kind: str, spec: dict[str, Any] | None = None, **lifecycle: Any) -> Docs:
    """The documents with some fields, or the lifecycle, of the one of a kind changed."""
    return [_but(one, spec or {}, lifecycle) if one["kind"] == kind else one for one in documents]


def _but(one: dict[str, Any], spec: dict[str, Any], lifecycle: dict[str, Any]) -> dict[str, Any]:
    life = {**one.get("lifecycle", {}), **lifecycle}
    return {**one, "spec": {**one["spec"], **spec}, **({"lifecycle": life} if life else {})}


def without(documents: Docs, *addresses: str) -> Docs:
    return [d for d in documents if f"{d['kind']}/{d['metadata']['name']}" not in addresses]
