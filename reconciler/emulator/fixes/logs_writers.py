"""Log groups that a service makes because it writes to them: without retention, and again if somebody deletes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.logs.models import LogsBackend

from reconciler.emulator.fixes.agenda import loaded
from reconciler.emulator.patch import Method, once, replaces

if TYPE_CHECKING:
    from reconciler.emulator.fixes.agenda import Moto

_SILENT = ("creating", "stopped")


def _written(account: str, region: str) -> list[str]:
    """Return the groups to which databases write: also what is being deleted still has something to say."""
    rds = loaded("moto.rds.models")
    databases = rds.rds_backends[account][region].databases.values() if rds else []
    return [
        f"/aws/rds/instance/{database.db_instance_identifier}/{log}"
        for database in databases
        if database.status not in _SILENT
        for log in database.enabled_cloudwatch_logs_exports or ()
    ]


@once
def install() -> None:
    """Have the groups be there whenever somebody looks."""

    @replaces(LogsBackend, "describe_log_groups")
    def described(original: Method, self: Moto, *args: Any, **kwargs: Any) -> Any:
        for name in _written(self.account_id, self.region_name):
            if name not in self.groups:
                self.create_log_group(name, {})
        return original(self, *args, **kwargs)
