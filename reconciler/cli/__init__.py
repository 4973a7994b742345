"""The commands: verbs → one engine call each, exit codes, nothing else."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from .. import __version__

COMMANDS = {
    "validate": "Name every problem in every document, without touching AWS.",
    "plan": "Show what apply would do, and why. Writes nothing.",
    "apply": "Bring AWS to what git says, and wait until it is healthy.",
    "drift": "Show where live AWS departs from what was last applied.",
    "status": "Show each resource: in sync? healthy? why not? And the outputs.",
    "outputs": "Print the outputs of a stack, or the value of one.",
    "destroy": "Delete what the stack owns, except what must be kept.",
    "schema": "Print the JSON Schema of a kind, or list the kinds.",
    "explain": "Say what a kind or a field is, its default, what a change does.",
    "graph": "Print the dependency graph.",
    "emulator": "Run the embedded AWS by itself, on loopback.",
    "demo": "Show all of it on the embedded AWS: no account, no network.",
}
USAGE = 64


class Lazy(click.Group):
    """A group that imports a command only when it runs: help must be there at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f".{cmd_name}", __package__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the command that was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            raise click.UsageError(f'There is no command "{args[0]}".{hint} Commands: {", ".join(COMMANDS)}')
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reconciler")
def cli() -> None:
    """Bring AWS to what the YAML in git says, and show where it departs from it.

    STACK is a folder with a stack.yaml, or a folder above several.

    Exit codes: 0 in sync or done, 1 error, 2 changes or drift found, 3 refused, 4 applied but not settled, 64 wrong usage.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program and end the process with its exit code."""
    try:
        code: Any = cli.main(arguments, prog_name="reconciler", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        code = USAGE
    except click.ClickException as error:
        error.show()
        code = 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was done stays done; run again to go on.", err=True)
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 1
    except Exception as error:  # noqa: BLE001 — the last door: whatever comes here is a fault of ours
        click.echo(unexpected(error), err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def unexpected(error: Exception) -> str:
    """Return where the program failed, without the error's own text, which may repeat a value."""
    import traceback

    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    return (
        f"internal error: {type(error).__name__}. This is a fault of reconciler, not of yours: please report it with these lines.\n"
        f"{where}What was done stays done, and nothing is lost: AWS and git are all there is to know. Run again to go on."
    )
