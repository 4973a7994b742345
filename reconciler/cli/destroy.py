"""``reconciler destroy``."""

from __future__ import annotations

import click

from . import common
from .converge import converge, converging


@click.command("destroy", help="Delete what the stack owns, in reverse order, except what must be kept.")
@common.STACKS
@converging
@common.reporting
def command(stacks: tuple[str, ...], form: str, output: str | None, timeout: float, *, yes: bool) -> int:
    """Destroy."""
    return converge("destroy", stacks, form, output, yes=yes, timeout=timeout)
