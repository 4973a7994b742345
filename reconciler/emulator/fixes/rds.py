"""Amazon RDS behaving like itself."""

from __future__ import annotations

from reconciler.emulator.fixes import rds_copies, rds_groups, rds_instance, rds_own
from reconciler.emulator.patch import once


@once
def install() -> None:
    """Install every fix of the service."""
    rds_groups.install()
    rds_instance.install()
    rds_copies.install()
    rds_own.install()
