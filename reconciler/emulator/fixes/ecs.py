"""Amazon ECS behaving like itself."""

from __future__ import annotations

from reconciler.emulator.fixes import ecs_cluster, ecs_service, ecs_taskdef
from reconciler.emulator.patch import once


@once
def install() -> None:
    """Install every fix of the service."""
    ecs_taskdef.install()
    ecs_service.install()
    ecs_cluster.install()
