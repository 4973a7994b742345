"""Everything that exists in the embedded account, ours or not, as figures that two runs can be compared by."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.resolve import World
from tests.support import Lab

Figures = Counter[tuple[str, str]]
"""(path, value) → how often. Lists have no order in a path, so that nothing needs to be aligned."""

LISTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("ec2", "describe_vpcs", "Vpcs", {}),
    ("ec2", "describe_subnets", "Subnets", {}),
    ("ec2", "describe_internet_gateways", "InternetGateways", {}),
    ("ec2", "describe_addresses", "Addresses", {}),
    ("ec2", "describe_nat_gateways", "NatGateways", {}),
    ("ec2", "describe_route_tables", "RouteTables", {}),
    ("ec2", "describe_security_groups", "SecurityGroups", {}),
    ("iam", "get_account_authorization_details", "RoleDetailList", {"Filter": ["Role"]}),
    ("kms", "list_keys", "Keys", {}),
    ("kms", "list_aliases", "Aliases", {}),
    ("secretsmanager", "list_secrets", "SecretList", {"IncludePlannedDeletion": True}),
    ("elbv2", "describe_load_balancers", "LoadBalancers", {}),
    ("elbv2", "describe_target_groups", "TargetGroups", {}),
    ("ecr", "describe_repositories", "repositories", {}),
    ("ecs", "list_clusters", "clusterArns", {}),
    ("ecs", "list_task_definitions", "taskDefinitionArns", {"status": "ACTIVE"}),
    ("application-autoscaling", "describe_scalable_targets", "ScalableTargets", {"ServiceNamespace": "ecs"}),
    ("application-autoscaling", "describe_scaling_policies", "ScalingPolicies", {"ServiceNamespace": "ecs"}),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", {}),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups", {}),
    ("rds", "describe_db_instances", "DBInstances", {}),
    ("route53", "list_hosted_zones", "HostedZones", {}),
    ("acm", "list_certificates", "CertificateSummaryList", {}),
    ("s3", "list_buckets", "Buckets", {}),
    ("cloudfront", "list_distributions", "DistributionList", {}),
    ("cloudfront", "list_origin_access_controls", "OriginAccessControlList", {}),
    ("wafv2", "list_web_acls", "WebACLs", {"Scope": "CLOUDFRONT"}),
    ("wafv2", "list_web_acls", "WebACLs", {"Scope": "REGIONAL"}),
    ("logs", "describe_log_groups", "logGroups", {}),
    ("cloudwatch", "describe_alarms", "MetricAlarms", {}),
    ("cloudwatch", "list_dashboards", "DashboardEntries", {}),
    ("sns", "list_topics", "Topics", {}),
    ("sns", "list_subscriptions", "Subscriptions", {}),
    ("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", {}),
)  # fmt: skip
HISTORY = frozenset({"events", "ResponseMetadata"})
"""What tells how an object came to be as it is, and not how it is."""

MADE_UP = re.compile(r"[0-9a-f-]{32,36}")
"""A key that is an identifier: the version of a secret."""
MINUTE = re.compile(r"\d{4}-\d\d-\d\d-\d\d-\d\d")
"""What RDS puts into the names of its snapshots."""


def figures(lab: Lab, world: World) -> Figures:
    """Return all there is, with the name of git in place of each identifier that AWS made up."""
    found: Figures = Counter()
    names = _names(world)
    for what, item in _objects(lab):
        for path, value in _leaves(item, what):
            for identifier, address in names:
                if identifier in value:
                    value = value.replace(identifier, address)  # noqa: PLW2901 - one after the other
            found[path, value] += 1
        found[what, "(objects)"] += 1
    return found


def _names(world: World) -> list[tuple[str, str]]:
    """Identifier → address, the longest first: an ARN contains an id."""
    lives = [live for lives in world.lives.values() for live in lives]
    found = {i: f"<{live.address}>" for live in lives for i in (live.id, live.ref, live.arn) if len(i) > len("sg-12")}
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


def _objects(lab: Lab) -> Iterator[tuple[str, Any]]:
    listed: dict[str, list[Any]] = {}
    for service, operation, key, params in LISTS:
        client = lab.client(service)
        paged = client.can_paginate(operation)
        ask = client.get_paginator(operation).paginate(**params).build_full_result if paged else None
        answer = ask() if ask else getattr(client, operation)(**params)
        found = answer.get(key, [])
        items = found.get("Items", []) if isinstance(found, dict) else found
        listed[f"{service}:{key}"] = items
        yield from ((f"{service}:{key}", item) for item in items)
    yield from _children(lab, listed)


def _children(lab: Lab, listed: Mapping[str, list[Any]]) -> Iterator[tuple[str, Any]]:
    """What AWS lists only below its parent."""
    elb, ecs, dns = lab.client("elbv2"), lab.client("ecs"), lab.client("route53")
    for balancer in listed["elbv2:LoadBalancers"]:
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            yield "elbv2:Listeners", listener
            rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
            yield from (("elbv2:Rules", rule) for rule in rules)
    for group in listed["elbv2:TargetGroups"]:
        told = elb.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])
        yield "elbv2:Attributes", told["Attributes"]
    for cluster in listed["ecs:clusterArns"]:
        arns = ecs.list_services(cluster=cluster)["serviceArns"]
        found = ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else []
        yield from (("ecs:services", service) for service in found)
    for zone in listed["route53:HostedZones"]:
        records = dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        yield from (("route53:records", record) for record in records)


def _leaves(tree: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if key not in HISTORY:
                yield from _leaves(value, f"{path}.{'*' if MADE_UP.fullmatch(key) else key}")
    elif isinstance(tree, list):
        for value in tree:
            yield from _leaves(value, f"{path}[]")
    else:
        yield path, "(time)" if isinstance(tree, dt.datetime) else MINUTE.sub("(time)", json.dumps(tree))


@dataclass(frozen=True)
class Reference:
    """How AWS is after undisturbed runs; ``masked``: the paths at which two of them differ."""

    figures: Figures
    masked: frozenset[str]

    def differences(self, other: Figures) -> list[str]:
        """Return how another state departs from this one, in words."""
        unequal = _unequal(_blurred(self.figures, self.masked), _blurred(other, self.masked))
        return [f"{path} = {value}: {there} instead of {here}" for (path, value), here, there in unequal]


def learn(one: Figures, two: Figures) -> Reference:
    """Take as the reference what two undisturbed runs have in common."""
    reference = Reference(one, frozenset(path for (path, _), _, _ in _unequal(one, two)))
    if told := reference.differences(two):
        raise AssertionError("two undisturbed runs do not end alike", told)
    return reference


def _blurred(figures: Figures, masked: frozenset[str]) -> Figures:
    """Only the number of values counts where values are by chance."""
    found: Figures = Counter()
    for (path, value), times in figures.items():
        found[path, "(any)" if path in masked else value] += times
    return found


def _unequal(one: Figures, two: Figures) -> list[tuple[tuple[str, str], int, int]]:
    return [(key, one[key], two[key]) for key in sorted(one.keys() | two.keys()) if one[key] != two[key]]
