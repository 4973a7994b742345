"""Amazon RDS behaving like itself."""

from __future__ import annotations

from reconciler.emulator.fixes import rds_groups, rds_instance
from reconciler.emulator.patch import once


@once
def install() -> None:
    """Install every fix of the service."""
    rds_groups.install()
    rds_instance.install()
