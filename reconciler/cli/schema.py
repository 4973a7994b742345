"""``reconciler schema``."""

from __future__ import annotations

import json

import click

from .. import schemas
from ..kinds import KINDS
from .explain import no_kind


@click.command("schema", help="Print the JSON Schema of a kind (or of Stack, or Report), or list the kinds.")
@click.argument("kind", required=False)
def command(kind: str | None) -> int:
    """Print a schema."""
    if kind is None:
        click.echo("\n".join([*KINDS, "Stack", "Report"]))
        return 0
    if kind == "Report":
        click.echo((schemas.folder() / "report.json").read_text(), nl=False)
        return 0
    if kind != "Stack" and kind not in KINDS:
        no_kind(kind, [*KINDS, "Stack", "Report"])
    click.echo(json.dumps(schemas.stack() if kind == "Stack" else schemas.document(KINDS[kind]), indent=2))
    return 0
