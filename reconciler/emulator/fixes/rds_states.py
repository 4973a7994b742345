"""The life of an RDS instance: each transitional state lasts its time, then something follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.emulator.fixes.agenda import after

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.emulator.fixes.agenda import Json, Moto

CREATING, BACKING_UP, MODIFYING, DELETING, REBOOTING, OPTIMIZING = 3.0, 0.5, 1.5, 1.0, 1.0, 1.0
"""Seconds an instance is in each transitional state."""


def wire(params: Moto) -> Json:
    """Return the request's parameters under AWS's names."""
    return {key: value for key, value in params.original_dict().items() if value is not None}


def owner(database: Moto) -> str:
    """Return the name under which the instance holds its network interface."""
    return f"rds:{database.dbi_resource_id}"


def then(database: Moto, status: str, seconds: float, do: Callable[[], None]) -> None:
    """Put the instance into a transitional state and do what follows, unless something else came between."""
    database.status = status

    def due() -> None:
        if database.status == status:
            do()

    after(seconds, due)


def available(database: Moto) -> None:
    """End a transitional state."""
    database.status = "available"


def standby(database: Moto) -> None:
    """Show the second zone exactly while there is a standby."""
    zones = {subnet.availability_zone for subnet in subnets(database)} - {database.availability_zone}
    database.secondary_availability_zone = min(zones) if database.multi_az and zones else None


def subnets(database: Moto) -> list[Moto]:
    """Return the subnets of the instance's subnet group."""
    group = getattr(database, "db_subnet_group", None)
    return list(group._subnets) if group else []
