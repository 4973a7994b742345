"""``reconciler graph``."""

from __future__ import annotations

import click

from .. import graph
from . import common


@click.command("graph", help="Print the dependency graph: what needs what.")
@click.argument("stack", type=click.Path())
@click.option("--format", "form", type=click.Choice(("text", "dot", "mermaid")), default="text", show_default=True)
def command(stack: str, form: str) -> int:
    """Print the graph."""
    draw = {"text": graph.text, "dot": graph.dot, "mermaid": graph.mermaid}[form]
    for found in common.each_stack((stack,)):
        click.echo(draw(found))
    return 0
