"""What the commands share: options, reading stacks, writing reports, and one place where errors become words."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .. import files
from ..desired import load_stack
from ..errors import DesiredError, ReconcilerError

if TYPE_CHECKING:
    from ..desired import Stack
    from ..engine import Engine
    from ..events import Event
    from ..report import Outcome

F = TypeVar("F", bound=Callable[..., Any])
STACKS = click.argument("stacks", metavar="STACK...", nargs=-1, required=True, type=click.Path())
FORMATS = ("text", "json")
GRACE = 25.0
"""Seconds that a signal leaves for what was begun."""


def reporting(command: F) -> F:
    """Add the options of every command that ends in a report."""
    output = click.option(
        "--output",
        "-o",
        type=click.Path(dir_okay=False),
        callback=_writable,
        help="Write the result to a file instead of stdout.",
    )
    form = click.option(
        "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Form of the result."
    )
    return output(form(command))


def _writable(_context: click.Context, _option: click.Parameter, path: str | None) -> str | None:
    """A report that cannot be written is better known before the work than after it."""
    if path is not None and not Path(path).absolute().parent.is_dir():
        raise click.BadParameter(f"the folder of {path} is not there")
    return path


def targeting(command: F) -> F:
    """Add the option that narrows a command to some resources and what they need."""
    option = click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="ADDR",
        help="Only this resource (Kind/name) and what it needs; may be repeated.",
    )
    return option(command)


def each_stack(paths: tuple[str, ...]) -> list[Stack]:
    """Read every stack at or below the paths; say everything that is wrong with any of them, and end with 1."""
    found = files.stacks(list(paths))
    if not found:
        fail(f"no stack at {', '.join(paths)}: a stack is a folder with a stack.yaml, and none is there or below")
    problems, stacks = [], []
    for folder in found:
        try:
            stacks.append(load_stack(files.Folder(), folder, files.revision(folder)))
        except DesiredError as error:
            problems += error.problems
    if problems:
        complain(problems)
        raise SystemExit(1)
    return stacks


def on_target(stacks: list[Stack], targets: tuple[str, ...]) -> list[Stack]:
    """Return the stacks that have any of the targets; all of them if there are no targets."""
    from ..desired.words import meant

    known = {address for stack in stacks for address in stack.resources}
    for target in targets:
        if target not in known:
            raise click.UsageError(
                f"no resource has the address {target}.{meant(target, known)} An address is Kind/name"
            )
    return [s for s in stacks if not targets or s.resources.keys() & set(targets)]


def complain(problems: list[Any], *, asked: bool = False) -> None:
    """Print problems, each once, and how many they are: to stderr, unless they are what somebody asked for."""
    each = sorted(set(problems))
    click.echo("\n".join(map(str, each)), err=not asked)
    click.echo(
        f"\n{len(each)} problem{'s' if len(each) > 1 else ''}. Nothing was read from AWS and nothing was changed.",
        err=True,
    )


def fail(message: str, code: int = 1) -> None:
    """Print one clear error and end."""
    click.echo(f"error: {message}", err=True)
    raise SystemExit(code)


def over(stacks: list[Stack], work: Callable[[Stack], dict[str, Any]]) -> tuple[list[dict[str, Any]], list[int]]:
    """Do the work for each stack; one that cannot be done is said on stderr and does not stop the others.

    Returns the reports, and an exit code for each stack without one.
    """
    from ..errors import Refused

    reports, codes = [], []
    for stack in stacks:
        try:
            reports.append(work(stack))
        except Refused as error:
            click.echo(f"{stack.name}: refused: {error}", err=True)
            codes.append(3)
        except ReconcilerError as error:
            click.echo(f"{stack.name}: error: {error}", err=True)
            codes.append(1)
    return reports, codes


def engine(stack: Stack, emit: Callable[[Event], None], stop: Stop | None = None, **more: Any) -> Engine:
    """Return the engine of a stack on the account that the standard AWS environment points to."""
    from ..aws import Aws
    from ..clock import RealClock
    from ..engine import Engine

    stop = stop or Stop()
    clock = RealClock(stop)
    return Engine(stack, Aws(stack.region, stack.role, now=clock.now, sleep=clock.sleep), clock, emit, stop, **more)


class Stop(threading.Event):
    """Set by SIGTERM and Ctrl-C; ``code`` is then what the process ends with."""

    code = 0


def stopping() -> Stop:
    """Return the event that signals set from now on; a second signal ends the process at once."""
    stop = Stop()

    def ask(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.code = 128 + number
        stop.set()
        click.echo("Stopping: no new step is begun; what was begun is finished. Once more to leave at once.", err=True)
        killer = threading.Timer(GRACE, os._exit, (128 + number,))
        killer.daemon = True
        killer.start()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask)
    return stop


def deliver(done: tuple[list[dict[str, Any]], list[int]], form: str, output: str | None) -> int:
    """Write the reports, as text or JSON, and return the worst exit code."""
    reports, codes = done
    from ..report import WORST, exit_code, text

    if form == "json":
        told = json.dumps(reports[0] if len(reports) == 1 else reports, indent=2, default=str) + "\n"
    else:
        paint = text.plain if output else painter(sys.stdout)
        told = "\n".join(text.render(report, paint) for report in reports)
    if not reports:
        return next(code for code in WORST if code in codes)
    if output:
        whole = Path(output)
        part = whole.with_name(whole.name + ".part")
        part.write_text(told)
        part.replace(whole)
    else:
        click.echo(told, nl=False)
    codes = [*codes, *(exit_code(report) for report in reports)]
    return next(code for code in WORST if code in codes)


def coloured(stream: Any) -> bool:
    """Whether colours are wanted: on a terminal, unless NO_COLOR says otherwise."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painter(stream: Any) -> Callable[[str, str], str]:
    """Return what colours a text on this stream, or leaves it."""
    if not coloured(stream):
        return lambda text, _colour: text
    return lambda text, colour: click.style(text, fg=colour) if colour else text


def outcome(command: str, engine: Engine, begin: float, **more: Any) -> Outcome:
    """Return what a command found, with the calls that it cost."""
    from ..report import Outcome

    return Outcome(
        command, engine.stack, engine.account, calls=dict(engine.aws.count), seconds=time.monotonic() - begin, **more
    )
