"""What tells one revision of a task definition from another."""

from __future__ import annotations

from typing import Any

from ...kind import STACK, Ask, Program, Raw
from . import ECS, batches

HOST_PORT_FOLLOWS = ("awsvpc", "host")


def ours(raw: Raw, ask: Ask) -> bool:
    """Whether the revision carries our stack's tag."""
    return (ECS.read_tags(raw) or {}).get(STACK) == ask.stack


def family_of(arn: str) -> str:
    """Return the family in a revision's ARN."""
    return arn.rsplit("/", 1)[-1].split(":", maxsplit=1)[0]


def revision_of(arn: str) -> int:
    """Return the number in a revision's ARN."""
    number = arn.rsplit(":", 1)[-1]
    return int(number) if number.isdigit() else 0


def in_use(family: str, ask: Ask) -> Program[Raw | None]:
    """Return the revision of the family that a service of ours runs, whoever registered it; None if none does."""
    gone = ("ServiceNotFoundException", "ClusterNotFoundException")
    clusters: dict[str, list[str]] = {}
    for arn in sorted(a for a in ask.index if ":ecs:" in a and ":service/" in a):
        cluster, _, name = arn.split(":service/", 1)[1].partition("/")
        clusters.setdefault(cluster, []).append(name)
    for cluster, names in clusters.items():
        for some in batches(names, 10):
            answer = yield ECS.call("DescribeServices", missing=gone, cluster=cluster, services=some)
            for service in (answer or {}).get("services", ()):
                running = str(service.get("taskDefinition", ""))
                if service.get("status") == "ACTIVE" and family_of(running) == family:
                    told = yield ECS.call(
                        "DescribeTaskDefinition", taskDefinition=running, missing=("ClientException",)
                    )
                    return (told or {}).get("taskDefinition")
    return None


def settled(spec: Raw) -> dict[str, Any]:
    """Return the content without host ports where they cannot but equal the container's."""
    containers = spec.get("containerDefinitions")
    if spec.get("networkMode") not in HOST_PORT_FOLLOWS or not isinstance(containers, list):
        return dict(spec)
    return {**spec, "containerDefinitions": [_without_host_ports(container) for container in containers]}


def _without_host_ports(container: Raw) -> dict[str, Any]:
    ports = [{k: v for k, v in port.items() if k != "hostPort"} for port in container.get("portMappings") or ()]
    return {**container, "portMappings": ports}
