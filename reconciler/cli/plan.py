"""``reconciler plan`` and, as another question to the same plan, ``reconciler drift``."""

from __future__ import annotations

import time
from typing import Any

import click

from . import common


def look(command: str, paths: tuple[str, ...], form: str, output: str | None, targets: tuple[str, ...]) -> int:
    """Read AWS, plan, and deliver the report of each stack."""
    stacks = common.on_target(common.each_stack(paths), targets)
    return common.deliver(common.over(stacks, lambda stack: looked(command, stack, targets)), form, output)


def looked(command: str, stack: Any, targets: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the report of one stack; nothing is written."""
    from ..events import ignore
    from ..report import document

    begin = time.monotonic()
    engine = common.engine(stack, ignore, targets=targets)
    world, plan = engine.plan()
    return document(common.outcome(command, engine, begin, world=world, plan=plan))


@click.command("plan", help="Show what apply would do, and why. Writes nothing.")
@common.STACKS
@common.reporting
@common.targeting
def command(stacks: tuple[str, ...], form: str, output: str | None, targets: tuple[str, ...]) -> int:
    """Plan."""
    return look("plan", stacks, form, output, targets)
