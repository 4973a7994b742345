"""``reconciler destroy``."""

from __future__ import annotations

import click

from . import common
from .converge import converge


@click.command("destroy", help="Delete what the stack owns, in reverse order, except what must be kept.")
@common.STACKS
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--timeout",
    type=float,
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait until everything is gone.",
)
@common.reporting
def command(stacks: tuple[str, ...], form: str, output: str | None, timeout: float, *, yes: bool) -> int:
    """Destroy."""
    return converge("destroy", stacks, form, output, yes=yes, timeout=timeout)
