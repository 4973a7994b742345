"""``reconciler emulator``."""

from __future__ import annotations

import click


@click.command("emulator", help="Run the embedded AWS by itself, on loopback, until it is told to end.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; 0 takes a free one.")
def command(port: int) -> int:
    """Serve."""
    try:
        from ..emulator import serve
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the embedded AWS is an extra: pip install 'reconciler[emulator]' ({error.name} is missing)"
        ) from None
    serve(port)
    return 0
