"""``reconciler drift``."""

from __future__ import annotations

import click

from . import common
from .plan import look


@click.command("drift", help="Show where live AWS departs from what was last applied. Writes nothing.")
@common.STACKS
@common.reporting
@common.targeting
def command(stacks: tuple[str, ...], form: str, output: str | None, targets: tuple[str, ...]) -> int:
    """Report drift."""
    return look("drift", stacks, form, output, targets)
