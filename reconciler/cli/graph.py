"""``reconciler graph``."""

from __future__ import annotations

import click

from .. import graph
from . import common


@click.command("graph", help="Print the dependency graph: what needs what.")
@click.argument("stack", type=click.Path())
@click.option("--format", "form", type=click.Choice(("text", "dot", "mermaid")), default="text", show_default=True)
@click.option("--documents", is_flag=True, help="A node for each document, rather than for each resource made of it.")
def command(stack: str, form: str, *, documents: bool) -> int:
    """Print the graph."""
    draw = {"text": graph.text, "dot": graph.dot, "mermaid": graph.mermaid}[form]
    for found in common.each_stack((stack,)):
        click.echo(draw(found.name, graph.documents(found) if documents else graph.resources(found)))
    return 0
