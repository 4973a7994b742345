"""``reconciler explain``."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ..desired.words import meant
from ..explain import describe_field, describe_kind, summary
from ..kinds import KINDS


@click.command("explain", help="Say what a kind or a field is, its default, what a change does.")
@click.argument("subject", metavar="[KIND[.field]]", required=False)
def command(subject: str | None) -> int:
    """Explain."""
    if subject is None:
        click.echo(summary())
        return 0
    kind, _, path = subject.partition(".")
    if kind not in KINDS:
        no_kind(kind, KINDS)
    told = describe_field(KINDS[kind], path) if path else describe_kind(KINDS[kind])
    if told is None:
        fields = list(KINDS[kind].fields)
        raise click.UsageError(f"{kind} has no field {path}.{meant(path, fields)} It has {', '.join(fields)}")
    click.echo(told)
    return 0


def no_kind(kind: str, known: Iterable[str]) -> None:
    """Say that there is no such kind, and which was probably meant."""
    raise click.UsageError(f'"{kind}" is not a kind.{meant(kind, known)} Kinds: {", ".join(known)}')
