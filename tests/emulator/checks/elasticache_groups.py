"""ElastiCache: what caches stand on, their settings, their tags."""

from __future__ import annotations

import json

from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.elasticache import available, create, modify, nodes


def setting(aws: Aws, name: str, value: str) -> str:
    change = [{"ParameterName": name, "ParameterValue": value}]
    modify_group = aws.client("elasticache").modify_cache_parameter_group
    return code(modify_group, CacheParameterGroupName="tuned", ParameterNameValues=change)


@check("what a group stands on cannot be deleted, nor its subnets taken away")
def _(aws: Aws) -> bool:
    available(aws)
    cache = aws.client("elasticache")
    subnets = [s["SubnetIdentifier"] for s in cache.describe_cache_subnet_groups()["CacheSubnetGroups"][0]["Subnets"]]
    tried = [
        code(cache.delete_cache_subnet_group, CacheSubnetGroupName="net"),
        code(cache.modify_cache_subnet_group, CacheSubnetGroupName="net", SubnetIds=subnets[:1]),
        code(cache.delete_cache_parameter_group, CacheParameterGroupName="tuned"),
        code(aws.client("ec2").delete_subnet, SubnetId=subnets[0]),
    ]
    return tried == ["CacheSubnetGroupInUse", "SubnetInUse", "InvalidCacheParameterGroupState", "DependencyViolation"]


@check("a parameter group takes the engine's parameters and values, tells what was set, and resets it")
def _(aws: Aws) -> bool:
    available(aws)
    cache = aws.client("elasticache")
    tried = [setting(aws, *pair) for pair in (
        ("maxmemory-policy", "allkeys-lru"), ("maxmemory-policy", "sometimes"), ("no-such", "1"), ("appendonly", "yes"),
    )]  # fmt: skip
    own = cache.describe_cache_parameters(CacheParameterGroupName="tuned", Source="user")["Parameters"]
    reset = [{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}]
    cache.reset_cache_parameter_group(CacheParameterGroupName="tuned", ParameterNameValues=reset)
    left = cache.describe_cache_parameters(CacheParameterGroupName="tuned", Source="user")["Parameters"]
    return (
        tried == ["", *["InvalidParameterValue"] * 3]
        and [(p["ParameterName"], p["ParameterValue"]) for p in own] == [("maxmemory-policy", "allkeys-lru")]
        and left == []
    )


@check("a parameter that needs a reboot waits for one, and is shown to wait")
def _(aws: Aws) -> bool:
    available(aws)
    setting(aws, "timeout", "300")
    aws.advance(1)
    at_once = nodes(aws)[0]["CacheParameterGroup"]["ParameterApplyStatus"]
    setting(aws, "databases", "32")
    return (at_once, nodes(aws)[0]["CacheParameterGroup"]["ParameterApplyStatus"]) == ("in-sync", "pending-reboot")


@check("more than twenty parameters at once, another engine's group and unknown groups are refused")
def _(aws: Aws) -> bool:
    available(aws)
    cache = aws.client("elasticache")
    cache.create_cache_parameter_group(
        CacheParameterGroupName="valkey", CacheParameterGroupFamily="valkey8", Description="x"
    )
    many = [{"ParameterName": "timeout", "ParameterValue": "0"}] * 21
    tried = [
        code(cache.modify_cache_parameter_group, CacheParameterGroupName="tuned", ParameterNameValues=many),
        modify(aws, CacheParameterGroupName="valkey"),
        modify(aws, CacheParameterGroupName="nobody"),
        code(cache.describe_cache_subnet_groups, CacheSubnetGroupName="nobody"),
    ]
    return tried == ["InvalidParameterCombination"] * 2 + [
        "CacheParameterGroupNotFound",
        "CacheSubnetGroupNotFoundFault",
    ]


@check("listings come in pages, the default parameter groups among them")
def _(aws: Aws) -> bool:
    create(aws)
    pages = aws.client("elasticache").get_paginator("describe_cache_parameter_groups")
    seen = [page["CacheParameterGroups"] for page in pages.paginate(PaginationConfig={"PageSize": 20})]
    names = {group["CacheParameterGroupName"] for page in seen for group in page}
    more = aws.client("elasticache").get_paginator("describe_cache_parameters")
    parameters = list(more.paginate(CacheParameterGroupName="tuned", PaginationConfig={"PageSize": 20}))
    return {"tuned", "default.redis7.cluster.on"} <= names and len(parameters) == 2


@check("the tag index has the group, its nodes, its subnet group and its parameter group")
def _(aws: Aws) -> bool:
    available(aws)
    cache = aws.client("elasticache")
    for name in ("subnetgroup:net", "parametergroup:tuned"):
        arn = f"arn:aws:elasticache:us-east-1:123456789012:{name}"
        cache.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "team", "Value": "app"}])
    filters = [{"Key": "team", "Values": ["app"]}]
    found = aws.client("resourcegroupstaggingapi").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    names = {one["ResourceARN"].split(":", 5)[5] for one in found}
    return names == {"replicationgroup:cache", "cluster:cache-001", "cluster:cache-002", "subnetgroup:net",
                     "parametergroup:tuned"}  # fmt: skip


@check("a node can differ from its group")
def _(aws: Aws) -> bool:
    available(aws)
    aws.client("elasticache").modify_cache_cluster(
        CacheClusterId="cache-002", PreferredMaintenanceWindow="mon:01:00-mon:02:00"
    )
    return len({json.dumps(n["PreferredMaintenanceWindow"]) for n in nodes(aws)}) == 2
