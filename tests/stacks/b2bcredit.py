"""The parts that the b2bcredit document speaks of, read back through boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.stacks.look import Look, pairs

ALB, CLUSTER, SERVICE, TASK = "b2bcredit-alb", "b2bcredit-cluster", "b2bcredit-service", "b2bcredit-task"
STARTER, WORKER = "b2bcreditEcsTaskExecutionRole", "b2bcreditEcsTaskRole"
MASTER, CREDENTIALS, NEXTAUTH = "b2bcredit/db/master", "b2bcredit/db/credentials", "b2bcredit/app/nextauth-secret"
PRIVATE = ["b2bcredit-private-1", "b2bcredit-private-2"]
PUBLIC = ["b2bcredit-public-1", "b2bcredit-public-2"]


def network(look: Look) -> dict[str, tuple[str, str]]:
    found = {name: look.subnet(name) for name in [*PUBLIC, *PRIVATE]}
    return {name: (one["CidrBlock"], one["AvailabilityZone"]) for name, one in found.items()}


def attribute(look: Look, name: str) -> bool:
    answer = look.lab.client("ec2").describe_vpc_attribute(VpcId=vpc(look)["VpcId"], Attribute=name)
    return bool(answer[name[0].upper() + name[1:]]["Value"])


def gateways(look: Look) -> list[str]:
    """Where the NAT gateway of each private subnet stands."""
    return [look.names_of_subnets([look.gateway(subnet)["SubnetId"]])[0] for subnet in PRIVATE]


def urls(look: Look) -> dict[str, str]:
    """The credentials with the password, which nobody knows beforehand, and the endpoint taken out."""
    password, endpoint = look.secret(MASTER), db(look)["Endpoint"]["Address"]
    told: dict[str, str] = look.secret(CREDENTIALS)
    return {k: v.replace(password, "PASSWORD").replace(endpoint, "ENDPOINT") for k, v in told.items()}


def container(look: Look) -> dict[str, Any]:
    (one,) = task(look)["containerDefinitions"]
    return dict(one)


def injected(look: Look) -> dict[str, str]:
    """The secrets of the container, the ARN replaced by the secret's name."""
    arns = {look.secret_arn(name): name for name in (CREDENTIALS, NEXTAUTH)}
    told = pairs(container(look)["secrets"], "name", "valueFrom")
    return {name: arns[":".join(v.split(":")[:7])] + ":" + ":".join(v.split(":")[7:]) for name, v in told.items()}


def allowed(look: Look, role: str) -> list[tuple[str, str]]:
    """What a role may do, with names in place of ARNs."""
    names = {look.secret_arn(name): name for name in (CREDENTIALS, NEXTAUTH)}
    return sorted((do, names.get(to, to).replace(look.bucket, "BUCKET")) for do, to in look.allowed(role))


def pointed(look: Look, name: str) -> str:
    """Where an alias leads to: api, to the balancer; app, to the distribution."""
    target = look.records[f"{name}.{look.domain}", "A"]["AliasTarget"]["DNSName"].rstrip(".").lower()
    places = {look.balancer(ALB)["DNSName"].lower(): "ALB"} | {
        d["DomainName"].lower(): "CDN" for d in look.distributions()
    }
    return places[target.removeprefix("dualstack.")]


def validated(look: Look) -> bool:
    """Whether the records that prove the domain are in the zone."""
    options = look.certificate(f"api.{look.domain}")["DomainValidationOptions"]
    records = [option["ResourceRecord"] for option in options]
    return all(
        look.records[r["Name"].rstrip("."), r["Type"]]["ResourceRecords"] == [{"Value": r["Value"]}] for r in records
    )


def alarm(look: Look, name: str) -> tuple[Any, ...]:
    one = look.alarm(name)
    return (one["MetricName"], one["ComparisonOperator"], one["Threshold"], one["Period"] * one["EvaluationPeriods"])


def heard(look: Look) -> set[tuple[str, str]]:
    """Who gets word from every alarm."""
    topics = [
        look.alarm(name)["AlarmActions"] for name in ("b2bcredit-ecs-cpu", "b2bcredit-db-connections", "b2bcredit-5xx")
    ]
    return {who for (topic,) in topics for who in look.subscriptions(topic)}


def edge(look: Look) -> list[tuple[bool, list[str], list[str]]]:
    """For each distribution: whether a firewall is in front, the names, what is behind."""
    behind = {look.balancer(ALB)["DNSName"]: "ALB", f"{look.bucket}.s3.us-east-1.amazonaws.com": "bucket"}
    return [
        (
            ":global/webacl/" in d["WebACLId"],
            d["Aliases"]["Items"],
            sorted(behind[o["DomainName"]] for o in d["Origins"]["Items"]),
        )
        for d in look.distributions()
    ]


def bucket(look: Look, operation: str, *steps: Any) -> Any:
    answer = getattr(look.lab.client("s3"), operation)(Bucket=look.bucket)
    for step in steps:
        answer = answer[step]
    return answer


def of(read: Callable[[Look], Any], *names: str) -> Callable[[Look], Any]:
    """Read some parts of one answer."""
    return lambda look: [read(look)[name] for name in names]


def db(look: Look) -> dict[str, Any]:
    return look.database("b2bcredit-db")


def vpc(look: Look) -> dict[str, Any]:
    return look.ec2("describe_vpcs", "Vpcs", "b2bcredit-vpc")


def balancer(look: Look) -> dict[str, Any]:
    return look.balancer(ALB)


def tg(look: Look) -> dict[str, Any]:
    return look.target_group("b2bcredit-tg")


def task(look: Look) -> dict[str, Any]:
    return look.task(TASK)


def service(look: Look) -> dict[str, Any]:
    return look.service(CLUSTER, SERVICE)


def scaling(look: Look) -> dict[str, Any]:
    return look.scaling(CLUSTER, SERVICE)


def public_exits(look: Look) -> set[bool]:
    """Whether the default route of the public subnets leads to the internet gateway."""
    door = look.ec2("describe_internet_gateways", "InternetGateways", "b2bcredit-igw")["InternetGatewayId"]
    return {look.exit(subnet)["GatewayId"] == door for subnet in PUBLIC}


def where(look: Look, subnets: list[str], groups: list[str]) -> tuple[list[str], list[str]]:
    """Names of subnets and security groups."""
    return look.names_of_subnets(subnets), [look.name_of_group(group) for group in groups]


def place_of_service(look: Look) -> tuple[Any, ...]:
    net = service(look)["networkConfiguration"]["awsvpcConfiguration"]
    return (*where(look, net["subnets"], net["securityGroups"]), net["assignPublicIp"])


def place_of_balancer(look: Look) -> tuple[Any, ...]:
    return where(
        look, [zone["SubnetId"] for zone in balancer(look)["AvailabilityZones"]], balancer(look)["SecurityGroups"]
    )


def place_of_database(look: Look) -> tuple[Any, ...]:
    subnets = [s["SubnetIdentifier"] for s in db(look)["DBSubnetGroup"]["Subnets"]]
    return where(look, subnets, [g["VpcSecurityGroupId"] for g in db(look)["VpcSecurityGroups"]])


def forwards(look: Look) -> list[tuple[str, bool]]:
    """What HTTPS does, and whether it does it to the target group."""
    return [
        (a["Type"], a["TargetGroupArn"] == tg(look)["TargetGroupArn"])
        for a in look.listener(ALB, 443)["DefaultActions"]
    ]


def behind_balancer(look: Look) -> list[tuple[bool, str, int]]:
    return [
        (b["targetGroupArn"] == tg(look)["TargetGroupArn"], b["containerName"], b["containerPort"])
        for b in service(look)["loadBalancers"]
    ]


def trusted(look: Look) -> set[str]:
    """Who may become one of the two roles."""
    documents = [look.role(role)["AssumeRolePolicyDocument"] for role in (STARTER, WORKER)]
    return {statement["Principal"]["Service"] for document in documents for statement in document["Statement"]}
