"""``reconciler apply``."""

from __future__ import annotations

import click

from . import common
from .converge import converge, converging


@click.command("apply", help="Bring AWS to what git says, and wait until it is healthy.")
@common.STACKS
@converging
@common.reporting
@common.targeting
def command(
    stacks: tuple[str, ...], form: str, output: str | None, targets: tuple[str, ...], timeout: float, *, yes: bool
) -> int:
    """Apply."""
    return converge("apply", stacks, form, output, yes=yes, targets=targets, timeout=timeout)
