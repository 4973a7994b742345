"""Environments whose names hold the word production, and what more than one system is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.stacks.look import Look
from tests.support import Lab


class Named(Look):
    """One environment; where a name of the document says production, each has its own word."""

    def __init__(self, lab: Lab, system: str, environment: str) -> None:
        self.system, self.environment = system, environment
        below = "" if environment == "production" else f"{environment}."
        super().__init__(lab, f"-{environment}", f"{below}{system}.example", f"{system}-{environment}-backups")

    def name(self, name: str) -> str:
        return name.replace("production", self.environment) if "production" in name else super().name(name)

    def plain(self, text: str) -> str:
        """A text of AWS's in the words of the document."""
        return text.replace(self.environment, "production")

    def places(self, subnets: list[str], groups: list[str]) -> tuple[list[str], list[str]]:
        """Names of subnets and security groups."""
        return self.names_of_subnets(subnets), [self.name_of_group(group) for group in groups]

    def place_of_database(self, name: str) -> tuple[list[str], list[str]]:
        one = self.database(name)
        subnets = [s["SubnetIdentifier"] for s in one["DBSubnetGroup"]["Subnets"]]
        return self.places(subnets, [g["VpcSecurityGroupId"] for g in one["VpcSecurityGroups"]])

    def place_of_service(self, cluster: str, name: str) -> tuple[Any, ...]:
        net = self.service(cluster, name)["networkConfiguration"]["awsvpcConfiguration"]
        return (*self.places(net["subnets"], net["securityGroups"]), net["assignPublicIp"])

    def has_exit(self, subnet: str) -> bool:
        """Whether the table of a subnet leads anywhere beside the VPC."""
        filters = [{"Name": "association.subnet-id", "Values": [self.subnet(subnet)["SubnetId"]]}]
        (table,) = self.lab.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
        return any(route.get("GatewayId") != "local" for route in table["Routes"])

    def cache(self, name: str) -> dict[str, Any]:
        answer = self.lab.client("elasticache").describe_replication_groups(ReplicationGroupId=self.name(name))
        (found,) = answer["ReplicationGroups"]
        return dict(found)

    def node(self, name: str) -> dict[str, Any]:
        """The first node of a cache."""
        member = self.cache(name)["MemberClusters"][0]
        return dict(self.lab.client("elasticache").describe_cache_clusters(CacheClusterId=member)["CacheClusters"][0])

    def place_of_cache(self, name: str) -> tuple[list[str], list[str]]:
        node = self.node(name)
        answer = self.lab.client("elasticache").describe_cache_subnet_groups(
            CacheSubnetGroupName=node["CacheSubnetGroupName"]
        )
        subnets = [s["SubnetIdentifier"] for s in answer["CacheSubnetGroups"][0]["Subnets"]]
        return self.places(subnets, [g["SecurityGroupId"] for g in node["SecurityGroups"]])

    def key(self, alias: str) -> str:
        """The ARN of the key behind an alias, which must rotate."""
        client, name = self.lab.client("kms"), self.name(alias)
        arn = str(client.describe_key(KeyId=name)["KeyMetadata"]["Arn"])
        assert client.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"]
        return arn

    def key_of_secret(self, name: str) -> str:
        return str(self.lab.client("secretsmanager").describe_secret(SecretId=self.name(name))["KmsKeyId"])

    def key_of_logs(self, name: str) -> str:
        """The key of a log group, by its name in production."""
        listed = self.lab.client("logs").describe_log_groups(logGroupNamePrefix=self.name(name))["logGroups"]
        (found,) = (one for one in listed if one["logGroupName"] == self.name(name))
        return str(found["kmsKeyId"])

    def rules(self, name: str) -> list[tuple[str, str, float, int]]:
        """What makes an alarm go off: of each metric, comparison, threshold, seconds."""
        one = self.alarm(name)
        metrics = [m["MetricStat"] for m in one.get("Metrics", []) if "MetricStat" in m]
        pairs = {(m["Metric"]["MetricName"], m["Period"]) for m in metrics} or {(one["MetricName"], one["Period"])}
        return sorted(
            (metric, one["ComparisonOperator"], one["Threshold"], period * one["EvaluationPeriods"])
            for metric, period in pairs
        )

    def heard(self) -> set[tuple[str, str]]:
        """Who gets word from every alarm; each must tell somebody."""
        pages = self.lab.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=self.system)
        ours = [a for page in pages for a in page["MetricAlarms"] if a["AlarmName"].endswith(self.suffix)]
        return {who for one in ours for (topic,) in [one["AlarmActions"]] for who in self.subscriptions(topic)}

    def bounds(self, cluster: str, service: str) -> tuple[int, int, dict[str, float]]:
        """Least and most tasks, and what they follow."""
        client, what = (
            self.lab.client("application-autoscaling"),
            f"service/{self.name(cluster)}/{self.name(service)}",
        )
        (target,) = client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[what])["ScalableTargets"]
        policies = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=what)["ScalingPolicies"]
        told = [p["TargetTrackingScalingPolicyConfiguration"] for p in policies]
        follows = {t["PredefinedMetricSpecification"]["PredefinedMetricType"]: t["TargetValue"] for t in told}
        return target["MinCapacity"], target["MaxCapacity"], follows

    def pointed(self, host: str, balancer: str) -> bool:
        """Whether a name leads to a load balancer."""
        target = self.records[f"{host}.{self.domain}", "A"]["AliasTarget"]["DNSName"].rstrip(".").lower()
        return str(target).removeprefix("dualstack.") == str(self.balancer(balancer)["DNSName"]).lower()


Read = Callable[[Named], Any]


class Figure(NamedTuple):
    """A figure of the document; ``staging`` only where it differs from production's."""

    what: str
    read: Read
    production: Any
    staging: Any = ...

    def value(self, environment: str) -> Any:
        """What the environment must answer."""
        return self.production if environment == "production" or self.staging is ... else self.staging


def of(read: Read, *names: str) -> Read:
    """Read some parts of one answer."""
    return lambda look: [read(look)[name] for name in names]
