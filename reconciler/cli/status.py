"""``reconciler status``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from . import common

if TYPE_CHECKING:
    from ..desired import Stack


@click.command("status", help="Show each resource: in sync? healthy? why not? And the outputs. Writes nothing.")
@common.STACKS
@common.reporting
def command(stacks: tuple[str, ...], form: str, output: str | None) -> int:
    """Report the status."""
    return common.deliver(common.over(common.each_stack(stacks), looked), form, output)


def looked(stack: Stack) -> dict[str, Any]:
    """Return the report of one stack, with what each object says of its health."""
    from ..events import ignore
    from ..health import examine
    from ..report import document

    begin = time.monotonic()
    engine = common.engine(stack, ignore)
    world, plan = engine.plan()
    found = examine(plan, engine.aws)
    return document(common.outcome("status", engine, begin, world=world, plan=plan, health=found))
