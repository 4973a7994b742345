"""The figures of the payment-system document, and how each is read back through boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.stacks.look import Look, listed, pairs

CLUSTER, ALB = "payment-system-cluster", "payment-system-alb"
BACKEND, FRONTEND = "payment-system-production-backend", "payment-system-production-frontend"
DATABASE, REPLICA, REDIS = "payment-system-production-db", "payment-system-production-db-replica", "payment-system-production-redis"  # fmt: skip
PASSWORD, TOKEN = "payment-system-production/db/password", "payment-system-production/redis/auth-token"
JWT, CONFIG = "payment-system-production/jwt/secret", "payment-system-production/app/config"
SECRETS = (PASSWORD, JWT, TOKEN, CONFIG)
APP = ["payment-system-private-1", "payment-system-private-2"]
DATA = ["payment-system-database-1", "payment-system-database-2"]


class Payment(Look):
    """One environment; names of the document hold the word production, in whose place each has its own."""

    def __init__(self, lab: Any, environment: str) -> None:
        self.environment = environment
        staging = environment != "production"
        super().__init__(
            lab, "-staging" if staging else "", ("staging." if staging else "") + "payment-system.example", ""
        )

    def name(self, name: str) -> str:
        return name.replace("production", self.environment) if "production" in name else super().name(name)


Read = Callable[[Payment], Any]


class Figure(NamedTuple):
    """A figure of the document; ``staging`` only where it differs from production's."""

    what: str
    read: Read
    production: Any
    staging: Any = ...


def of(read: Read, *names: str) -> Read:
    """Read some parts of one answer."""
    return lambda look: [read(look)[name] for name in names]


def db(look: Payment) -> dict[str, Any]:
    return look.database(DATABASE)


def replicas(look: Payment) -> list[list[Any]]:
    """Class and encryption of each read replica."""
    copies = [look.database(REPLICA) for name in db(look)["ReadReplicaDBInstanceIdentifiers"] if name == REPLICA]
    return [[one["DBInstanceClass"], one["StorageEncrypted"], one["ReadReplicaSourceDBInstanceIdentifier"]] for one in copies]  # fmt: skip


def redis(look: Payment) -> dict[str, Any]:
    groups = look.lab.client("elasticache").describe_replication_groups(ReplicationGroupId=look.name(REDIS))
    return dict(groups["ReplicationGroups"][0])


def key(look: Payment) -> str:
    """The ARN of the environment's key."""
    answer = look.lab.client("kms").describe_key(KeyId=look.name("alias/payment-system-production"))
    return str(answer["KeyMetadata"]["Arn"])


def encrypted(look: Payment) -> dict[str, bool]:
    """Whether all that is kept is encrypted with that key, which rotates."""
    named, client = key(look), look.lab.client("secretsmanager")
    keys = [client.describe_secret(SecretId=look.name(one)).get("KmsKeyId") for one in SECRETS]
    rotates = look.lab.client("kms").get_key_rotation_status(KeyId=named)["KeyRotationEnabled"]
    return {
        "database": db(look)["KmsKeyId"] == named,
        "cache": redis(look)["KmsKeyId"] == named,
        "secrets": all(one and named.endswith(one.rpartition("/")[2]) for one in keys),
        "rotation": rotates,
    }


def config(look: Payment) -> dict[str, str]:
    """The configuration with passwords and endpoints taken out."""
    endpoint = redis(look)["NodeGroups"][0]["PrimaryEndpoint"]["Address"]
    hidden = {look.secret(PASSWORD): "PASSWORD", look.secret(TOKEN): "TOKEN", endpoint: "CACHE", db(look)["Endpoint"]["Address"]: "DB"}  # fmt: skip
    told: dict[str, str] = look.secret(CONFIG)
    for value, word in hidden.items():
        told = {k: v.replace(value, word) for k, v in told.items()}
    return told


def container(look: Payment, part: str) -> dict[str, Any]:
    (one,) = look.task(f"payment-system-{part}-task")["containerDefinitions"]
    return dict(one)


def environment(look: Payment, part: str) -> dict[str, str]:
    """The environment with endpoints taken out."""
    hosts = {db(look)["Endpoint"]["Address"]: "DB", redis(look)["NodeGroups"][0]["PrimaryEndpoint"]["Address"]: "CACHE"}
    hosts |= {look.database(REPLICA)["Endpoint"]["Address"]: "REPLICA"} if look.environment == "production" else {}
    told = pairs(container(look, part)["environment"], "name", "value")
    return {name: hosts.get(value, value) for name, value in told.items()}


def injected(look: Payment) -> dict[str, str]:
    """The secrets of the backend, the ARN replaced by the secret's name in the document."""
    arns = {look.secret_arn(name): name for name in SECRETS}
    told = pairs(container(look, "backend")["secrets"], "name", "valueFrom")
    return {name: ":".join([arns[":".join(v.split(":")[:7])], *v.split(":")[7:]]) for name, v in told.items()}


def allowed(look: Payment, part: str) -> list[tuple[str, str]]:
    """What starts the tasks of a service may do, with names in place of ARNs."""
    names = {look.secret_arn(name): name for name in SECRETS} | {key(look): "KEY"}
    return sorted((do, names.get(to, to)) for do, to in look.allowed(f"payment-system-{part}-execution"))


def routing(look: Payment) -> dict[str, str]:
    """Which paths lead to which target group."""
    groups = {look.target_group(f"payment-production-{part}")["TargetGroupArn"]: part for part in ("backend", "frontend")}  # fmt: skip
    rules = look.lab.client("elbv2").describe_rules(ListenerArn=look.listener(ALB, 443)["ListenerArn"])["Rules"]
    return {
        ",".join(v for c in rule["Conditions"] for v in c.get("Values") or c["PathPatternConfig"]["Values"]) or "else": groups[
            rule["Actions"][0]["TargetGroupArn"]
        ]
        for rule in rules
    }  # fmt: skip


def endpoints(look: Payment) -> dict[str, tuple[str, list[str], bool]]:
    """Type, private subnets that use it, and whether the service's own names lead to it."""
    vpc = look.ec2("describe_vpcs", "Vpcs", "payment-system-vpc")["VpcId"]
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    ec2, found = look.lab.client("ec2"), {}
    for one in ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]:
        tables = ec2.describe_route_tables(RouteTableIds=one["RouteTableIds"])["RouteTables"] if one["RouteTableIds"] else []  # fmt: skip
        routed = [a["SubnetId"] for table in tables for a in table["Associations"]]
        subnets = look.names_of_subnets([*one["SubnetIds"], *routed])
        service = one["ServiceName"].removeprefix("com.amazonaws.us-east-1.")
        found[service] = (one["VpcEndpointType"], subnets, bool(one.get("PrivateDnsEnabled")))
    return found


def ways_out(look: Payment, subnets: list[str]) -> list[bool]:
    """Whether each subnet's table has a default route."""
    ids, found = [look.subnet(name)["SubnetId"] for name in subnets], []
    for one in ids:
        filters = [{"Name": "association.subnet-id", "Values": [one]}]
        (table,) = look.lab.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
        found.append(any(route.get("DestinationCidrBlock") == "0.0.0.0/0" for route in table["Routes"]))
    return found


def flow_log(look: Payment) -> list[Any]:
    vpc = look.ec2("describe_vpcs", "Vpcs", "payment-system-vpc")["VpcId"]
    filters = [{"Name": "resource-id", "Values": [vpc]}]
    (one,) = look.lab.client("ec2").describe_flow_logs(Filters=filters)["FlowLogs"]
    return [one["TrafficType"], one["LogGroupName"] == look.name("/vpc/payment-system"), one["FlowLogStatus"]]


def firewall(look: Payment) -> dict[str, Any]:
    """The firewall of the load balancer: rules by what they do, and where it logs."""
    waf = look.lab.client("wafv2")
    arn = waf.get_web_acl_for_resource(ResourceArn=look.balancer(ALB)["LoadBalancerArn"])["WebACL"]["ARN"]
    name, identity = arn.split("/")[-2:]
    acl = waf.get_web_acl(Name=name, Id=identity, Scope="REGIONAL")["WebACL"]
    statements = [rule["Statement"] for rule in acl["Rules"]]
    (log,) = waf.get_logging_configuration(ResourceArn=arn)["LoggingConfiguration"]["LogDestinationConfigs"]
    return {
        "rates": [s["RateBasedStatement"]["AggregateKeyType"] for s in statements if "RateBasedStatement" in s],
        "groups": sorted(
            s["ManagedRuleGroupStatement"]["Name"] for s in statements if "ManagedRuleGroupStatement" in s
        ),
        "log": log.partition(":log-group:")[2].removesuffix(":*").replace(look.environment, "production"),
    }


def scaling(look: Payment, service: str) -> tuple[int, int, list[str]]:
    """Bounds, and the metrics that the number of tasks follows."""
    client, what = look.lab.client("application-autoscaling"), f"service/{look.name(CLUSTER)}/{look.name(service)}"
    (target,) = client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[what])["ScalableTargets"]
    policies = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=what)["ScalingPolicies"]
    specs = [p["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"] for p in policies]
    return target["MinCapacity"], target["MaxCapacity"], sorted(s["PredefinedMetricType"] for s in specs)


def hours(look: Payment) -> list[tuple[str, str, int, int]]:
    """When the bounds of the backend change, and to what."""
    what = f"service/{look.name(CLUSTER)}/{look.name(BACKEND)}"
    client = look.lab.client("application-autoscaling")
    actions = client.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=what)["ScheduledActions"]
    return sorted(
        (a["Schedule"], a["Timezone"], a["ScalableTargetAction"]["MinCapacity"], a["ScalableTargetAction"]["MaxCapacity"])
        for a in actions
    )  # fmt: skip


def switches(look: Payment) -> list[tuple[str, str, str]]:
    """What is done to the environment's database by the clock."""
    client, found = look.lab.client("scheduler"), []
    for one in client.list_schedules()["Schedules"]:
        told = client.get_schedule(Name=one["Name"])
        operation = told["Target"]["Arn"].rpartition(":")[2]
        ours = json.loads(told["Target"]["Input"]) == {"DbInstanceIdentifier": look.name(DATABASE)}
        found += [(operation, told["ScheduleExpression"], told["ScheduleExpressionTimezone"])] if ours else []
    return sorted(found)


def providers(look: Payment, service: str) -> dict[str, tuple[int, int]]:
    """Base and weight of each capacity provider."""
    told = look.service(CLUSTER, service)["capacityProviderStrategy"]
    return {one["capacityProvider"]: (one.get("base", 0), one.get("weight", 0)) for one in told}


def alarm(look: Payment, name: str) -> tuple[Any, ...]:
    one = look.alarm(name)
    return (one["MetricName"], one["ComparisonOperator"], one["Threshold"])


def heard(look: Payment) -> set[tuple[str, str]]:
    """Who gets word from every alarm of the environment; each alarm must tell somebody."""
    alarms = look.lab.client("cloudwatch").describe_alarms(AlarmNamePrefix="payment-system")["MetricAlarms"]
    ours = [a for a in alarms if a["AlarmName"].endswith("-staging") == (look.environment == "staging")]
    return {who for one in ours for (topic,) in [one["AlarmActions"]] for who in look.subscriptions(topic)}


def untagged(look: Payment) -> list[str]:
    """What does not say to which system and environment it belongs."""
    pages = look.lab.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(
        TagFilters=[{"Key": "reconciler:stack", "Values": [f"payment-system-{look.environment}"]}]
    )  # fmt: skip
    told = [(one["ResourceARN"], pairs(one["Tags"])) for page in pages for one in page["ResourceTagMappingList"]]
    right = {"system": "payment-system", "environment": look.environment}
    return ["nothing at all"] if not told else [arn for arn, tags in told if not right.items() <= tags.items()]


def place(look: Payment, subnets: list[str], groups: list[str]) -> tuple[list[str], list[str]]:
    """Names of subnets and security groups."""
    return look.names_of_subnets(subnets), [look.name_of_group(group) for group in groups]


def place_of_database(look: Payment) -> tuple[list[str], list[str]]:
    subnets = [s["SubnetIdentifier"] for s in db(look)["DBSubnetGroup"]["Subnets"]]
    return place(look, subnets, [g["VpcSecurityGroupId"] for g in db(look)["VpcSecurityGroups"]])


def place_of_cache(look: Payment) -> tuple[list[str], list[str]]:
    client = look.lab.client("elasticache")
    node = client.describe_cache_clusters(CacheClusterId=redis(look)["MemberClusters"][0])["CacheClusters"][0]
    (group,) = client.describe_cache_subnet_groups(CacheSubnetGroupName=node["CacheSubnetGroupName"])["CacheSubnetGroups"]  # fmt: skip
    return place(look, [s["SubnetIdentifier"] for s in group["Subnets"]], [g["SecurityGroupId"] for g in node["SecurityGroups"]])  # fmt: skip


def place_of_service(look: Payment, name: str) -> tuple[Any, ...]:
    net = look.service(CLUSTER, name)["networkConfiguration"]["awsvpcConfiguration"]
    return (*place(look, net["subnets"], net["securityGroups"]), net["assignPublicIp"])


def charts(look: Payment, name: str) -> list[list[str]]:
    """The metrics of each widget."""
    return [sorted({one for one in widget if one != "."}) for widget in look.charts(f"payment-system-{name}")]


def spread(look: Payment) -> int:
    """In how many zones there is a NAT gateway that a private subnet uses."""
    return len({look.gateway(subnet)["SubnetId"] for subnet in APP})


def certificate(look: Payment) -> list[str]:
    one = look.certificate(f"payment.{look.domain}")
    return [one["Status"], one["ValidationMethod"] if "ValidationMethod" in one else one["DomainValidationOptions"][0]["ValidationMethod"]]  # fmt: skip


def trusted(look: Payment) -> set[str]:
    """Who may become what starts tasks, and what they are."""
    roles = [look.role(f"payment-system-{part}-{what}") for part in ("backend", "frontend") for what in ("execution", "task")]  # fmt: skip
    return {s["Principal"]["Service"] for role in roles for s in listed(role["AssumeRolePolicyDocument"]["Statement"])}
