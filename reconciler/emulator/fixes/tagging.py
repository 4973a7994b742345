"""The tagging API knows every tagged resource of the kinds we deploy, under the ARNs AWS gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.core.base_backend import BackendDict
from moto.core.resource_tagging import (
    TaggableResourcesMixin,
    TaggedResource,
    make_tag_matcher,
    match_resource_type,
)
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from reconciler.emulator.patch import once, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HOME: Final = "us-east-1"
"""The region in which global services show their resources."""

GLOBAL: Final = "aws"


@once
def install() -> None:
    """Replace moto's walk over its backends."""

    @replaces(ResourceGroupsTaggingAPIBackend, "_get_resources_generator")
    def resources(
        _original: Any,
        self: Any,
        tag_filters: list[dict[str, Any]] | None = None,
        resource_type_filters: list[str] | None = None,
        resource_arn_list: list[str] | None = None,
    ) -> Iterator[TaggedResource]:
        matches = make_tag_matcher(tag_filters)
        for one in _every(self.account_id, self.region_name):
            wanted = not resource_arn_list or one.arn in resource_arn_list
            of_type = match_resource_type(one.resource_type, resource_type_filters)
            if one.tags and wanted and of_type and matches(one.tags):
                yield one


def _every(account: str, region: str) -> Iterator[TaggedResource]:
    everywhere: Any = BackendDict
    for backends in list(everywhere._instances):
        if account not in backends:
            continue
        for place, backend in list(backends[account].items()):
            source = SOURCES.get(backends.service_name)
            if source is not None:
                yield from source(backend, place, region)
            elif place == region and isinstance(backend, TaggableResourcesMixin):
                yield from backend.iter_tagged_resources()


def _here(source: Callable[[Any], Iterable[TaggedResource]]) -> Callable[[Any, str, str], Iterable[TaggedResource]]:
    """Adapt a source of a regional service."""
    return lambda backend, place, region: source(backend) if place == region else ()


def _home(source: Callable[[Any], Iterable[TaggedResource]]) -> Callable[[Any, str, str], Iterable[TaggedResource]]:
    """Adapt a source of a global service."""
    return lambda backend, place, region: source(backend) if place == GLOBAL and region == HOME else ()


def _ec2(backend: Any) -> Iterator[TaggedResource]:
    # moto has another word for flow logs.
    yield from (one for one in backend.iter_tagged_resources() if ":flow-logs/" not in one.arn)
    prefix = f"arn:aws:ec2:{backend.region_name}:{backend.account_id}"
    more = {
        "elastic-ip": (address.id for address in backend.addresses),
        "network-acl": backend.network_acls,
        "vpc-endpoint": backend.vpc_end_points,
        "vpc-flow-log": backend.flow_logs,
    }
    for kind, ids in more.items():
        for one in ids:
            yield TaggedResource(f"{prefix}:{kind}/{one}", dict(backend.tags.get(one, {})), f"ec2:{kind}")


def _elbv2(backend: Any) -> Iterator[TaggedResource]:
    yield from backend.iter_tagged_resources()
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            for kind, one in [("listener", listener), *(("listener-rule", rule) for rule in listener.rules.values())]:
                tags = backend.tagging_service.get_tag_dict_for_resource(one.arn)
                yield TaggedResource(one.arn, tags, f"elasticloadbalancing:{kind}")


def _ecs(backend: Any) -> Iterator[TaggedResource]:
    """Leave out what is there for reading only: stopped tasks, inactive services, clusters and revisions."""
    inactive = {
        *(service.physical_resource_id for service in backend.services.values() if service.status == "INACTIVE"),
        *(cluster.arn for cluster in backend.clusters.values() if cluster.status == "INACTIVE"),
        *(t.arn for family in backend.task_definitions.values() for t in family.values() if t.status != "ACTIVE"),
        *(task.task_arn for tasks in backend.tasks.values() for task in tasks.values()),
    }
    return (one for one in backend.iter_tagged_resources() if one.arn not in inactive)


def _rds(backend: Any) -> Iterator[TaggedResource]:
    yield from backend.iter_tagged_resources()
    for kind, groups in (("subgrp", backend.subnet_groups), ("pg", backend.db_parameter_groups)):
        for group in groups.values():
            tags = {tag["Key"]: tag["Value"] for tag in group.get_tags()}
            yield TaggedResource(group.arn, tags, f"rds:{kind}")


def _elasticache(backend: Any) -> Iterator[TaggedResource]:
    """Nodes have the tags of their replication group."""
    tags_of = backend.tagging_service.get_tag_dict_for_resource
    prefix = f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}"
    for group in backend.replication_groups.values():
        for arn in (group.arn, *(f"{prefix}:cluster:{node.id}" for node in group.nodes())):
            yield TaggedResource(arn, tags_of(group.arn), f"elasticache:{arn.split(':')[5]}")
    parameters = getattr(backend, "cache_parameter_groups", {}).values()
    for one in (*backend.cache_subnet_groups.values(), *parameters, *backend.cache_clusters.values()):
        yield TaggedResource(one.arn, tags_of(one.arn), f"elasticache:{one.arn.split(':')[5]}")


def _backup(backend: Any) -> Iterator[TaggedResource]:
    yield from backend.iter_tagged_resources()
    for plan in backend.plans.values():
        if plan.deletion_date is None:
            tags = backend.tagger.get_tag_dict_for_resource(plan.backup_plan_arn)
            yield TaggedResource(plan.backup_plan_arn, tags, "backup:backup-plan")


def _ecr(backend: Any) -> Iterator[TaggedResource]:
    for repository in backend.repositories.values():
        tags = backend.tagger.get_tag_dict_for_resource(repository.arn)
        yield TaggedResource(repository.arn, tags, "ecr:repository")


def _iam(backend: Any) -> Iterator[TaggedResource]:
    """AWS's index knows identity providers and policies; of roles it does not."""
    for arn, provider in backend.open_id_providers.items():
        yield TaggedResource(arn, {t["Key"]: t["Value"] for t in provider.tags.values()}, "iam:oidc-provider")
    for arn, policy in backend.managed_policies.items():
        yield TaggedResource(arn, {t["Key"]: t["Value"] for t in policy.tags.values()}, "iam:policy")


def _route53(backend: Any) -> Iterator[TaggedResource]:
    for kind, ids in (("hostedzone", backend.zones), ("healthcheck", backend.health_checks)):
        for one in ids:
            yield TaggedResource(f"arn:aws:route53:::{kind}/{one}", dict(backend.resource_tags[one]), f"route53:{kind}")


def _s3(backend: Any, place: str, region: str) -> Iterator[TaggedResource]:
    for bucket in backend.buckets.values() if place == GLOBAL else ():
        if (bucket.region_name or HOME) == region:
            yield TaggedResource(bucket.arn, backend.tagger.get_tag_dict_for_resource(bucket.arn), "s3:bucket")


def _wafv2(backend: Any, place: str, region: str) -> Iterator[TaggedResource]:
    """Web ACLs of CloudFront are kept apart by moto, and belong to us-east-1."""
    places = {region, GLOBAL} if region == HOME else {region}
    for arn in backend.wacls if place in places else ():
        yield TaggedResource(arn, backend.tagging_service.get_tag_dict_for_resource(arn), "wafv2:webacl")


def _logs(backend: Any) -> Iterator[TaggedResource]:
    for one in backend.iter_tagged_resources():
        yield TaggedResource(one.arn.removesuffix(":*"), one.tags, "logs:log-group")


def _cloudwatch(backend: Any) -> Iterator[TaggedResource]:
    yield from backend.iter_tagged_resources()
    for name in backend.dashboards:
        arn = f"arn:aws:cloudwatch::{backend.account_id}:dashboard/{name}"
        yield TaggedResource(arn, backend.tagger.get_tag_dict_for_resource(arn), "cloudwatch:dashboard")


def _budgets(backend: Any) -> Iterator[TaggedResource]:
    for account, budgets in backend.budgets.items():
        for name, budget in budgets.items():
            yield TaggedResource(f"arn:aws:budgets::{account}:budget/{name}", dict(budget.tags), "budgets:budget")


def _anomalies(backend: Any) -> Iterator[TaggedResource]:
    for kind in ("anomalymonitor", "anomalysubscription"):
        for arn in getattr(backend, f"our_{kind}", ()):
            yield TaggedResource(arn, backend.tagger.get_tag_dict_for_resource(arn), f"ce:{kind}")


def _autoscaling(backend: Any) -> Iterator[TaggedResource]:
    for by_target in backend.targets.values():
        for target in by_target.values():
            yield TaggedResource(
                target.arn, dict(getattr(target, "tags", {})), "application-autoscaling:scalable-target"
            )


SOURCES: Final[dict[str, Callable[[Any, str, str], Iterable[TaggedResource]]]] = {
    "application-autoscaling": _here(_autoscaling),
    "budgets": _home(_budgets),
    "ce": _home(_anomalies),
    "backup": _here(_backup),
    "cloudfront": _home(lambda backend: backend.iter_tagged_resources()),
    "cloudwatch": _here(_cloudwatch),
    "ec2": _here(_ec2),
    "ecr": _here(_ecr),
    "ecs": _here(_ecs),
    "elasticache": _here(_elasticache),
    "elbv2": _here(_elbv2),
    "iam": _home(_iam),
    "logs": _here(_logs),
    "rds": _here(_rds),
    "route53": _home(_route53),
    "s3": _s3,
    "wafv2": _wafv2,
}
