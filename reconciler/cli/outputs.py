"""``reconciler outputs``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from . import common

if TYPE_CHECKING:
    from ..desired import Stack


@click.command("outputs", help="Print the outputs of a stack as AWS has them now, or the value of one. Writes nothing.")
@click.argument("stack", type=click.Path())
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(stack: str, name: str | None, form: str) -> int:
    """Print outputs; one that is asked for by name and not known yet is an error."""
    stacks = common.each_stack((stack,))
    if len(stacks) > 1:
        raise click.UsageError(f"{len(stacks)} stacks are at {stack}, and outputs are those of one. Name its folder")
    if name is not None and name not in stacks[0].outputs:
        from ..desired.words import meant

        known = ", ".join(stacks[0].outputs) or "none"
        raise click.UsageError(f"{stacks[0].name} has no output {name}.{meant(name, stacks[0].outputs)} It has {known}")
    reports, codes = common.over(stacks, read)
    if not reports:
        return codes[0]
    found = reports[0]
    if name is not None and found[name] is None:
        common.fail(f"{name} is not known: what it consists of is not there yet. reconciler apply {stack} makes it")
    told = found if name is None else found[name]
    if form == "json":
        click.echo(json.dumps(told, indent=2))
    elif name is not None:
        click.echo(told)
    else:
        click.echo("\n".join(f"{n} = {'(not known yet)' if v is None else v}" for n, v in found.items()))
    return 0


def read(stack: Stack) -> dict[str, Any]:
    """Return the outputs by name; None for those that are not known yet."""
    from ..events import ignore
    from ..report import outputs

    return outputs(stack, common.engine(stack, ignore).plan()[0])
