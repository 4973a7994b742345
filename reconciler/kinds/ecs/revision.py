"""What tells one revision of a task definition from another."""

from __future__ import annotations

from typing import Any

from ...kind import STACK, Ask, Raw
from . import ECS

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


def settled(spec: Raw) -> dict[str, Any]:
    """Return the content without host ports where they cannot but equal the container's."""
    containers = spec.get("containerDefinitions")
    if spec.get("networkMode") not in HOST_PORT_FOLLOWS or not isinstance(containers, list):
        return dict(spec)
    return {**spec, "containerDefinitions": [_without_host_ports(container) for container in containers]}


def _without_host_ports(container: Raw) -> dict[str, Any]:
    ports = [{k: v for k, v in port.items() if k != "hostPort"} for port in container.get("portMappings") or ()]
    return {**container, "portMappings": ports}
