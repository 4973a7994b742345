"""``reconciler demo``."""

from __future__ import annotations

import sys

import click

from .common import painter


@click.command("demo", help="Show all of it on the embedded AWS: no account, no network, under half a minute.")
def command() -> int:
    """Tell the story."""
    try:
        from ..demo import run
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the embedded AWS is an extra: pip install 'reconciler[emulator]' ({error.name} is missing)"
        ) from None
    return run(click.echo, painter(sys.stdout))
