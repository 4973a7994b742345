"""``reconciler schema``."""

from __future__ import annotations

import json

import click

from .. import schemas
from ..kinds import KINDS
from .explain import no_kind

WRITTEN = {"Stack": schemas.stack, "Component": schemas.component}
NAMES = [*KINDS, *WRITTEN, "Report"]


@click.command("schema", help="Print the JSON Schema of a kind (or of Stack, Component or Report), or list the kinds.")
@click.argument("kind", required=False)
def command(kind: str | None) -> int:
    """Print a schema."""
    if kind is None:
        click.echo("\n".join(NAMES))
        return 0
    if kind == "Report":
        click.echo((schemas.folder() / "report.json").read_text(), nl=False)
        return 0
    if kind not in NAMES:
        no_kind(kind, NAMES)
    click.echo(json.dumps(WRITTEN[kind]() if kind in WRITTEN else schemas.document(KINDS[kind]), indent=2))
    return 0
