"""What ``apply`` and ``destroy`` share: plan, ask, converge, report."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from . import common
from .progress import Progress

if TYPE_CHECKING:
    from ..desired import Stack
    from ..engine import Engine
    from ..events import Event
    from ..resolve import World
    from ..steps import Plan, Step


class Record:
    """Folds a run's events into what was done, by address."""

    def __init__(self, progress: Callable[[Event], None]) -> None:
        """Pass every event on to a display."""
        self.done: dict[str, tuple[Step, tuple[str, ...]]] = {}
        self._progress = progress

    def __call__(self, event: Event) -> None:
        """Take notice of one event."""
        from ..events import Finished

        if isinstance(event, Finished):
            first, calls = self.done.get(event.step.address, (event.step, ()))
            self.done[event.step.address] = first, tuple(dict.fromkeys((*calls, *event.calls)))
        self._progress(event)


def converging(command: common.F) -> common.F:
    """Add the options of the commands that write."""
    told = "How long to wait for everything to settle."
    timeout = click.option("--timeout", type=float, default=3600.0, show_default=True, metavar="SECONDS", help=told)
    return click.option("--yes", is_flag=True, help="Do not ask.")(timeout(command))


def converge(verb: str, paths: tuple[str, ...], form: str, output: str | None, *, yes: bool, **more: Any) -> int:
    """Do it for each stack in turn and deliver the reports."""
    stacks = common.on_target(common.each_stack(paths), more.get("targets", ()))
    if not yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError(f"{verb} asks before it writes, and there is no terminal to ask on. Add --yes")
    stop = common.stopping()
    code = common.deliver(common.over(stacks, lambda stack: _one(verb, stack, stop, yes=yes, **more)), form, output)
    if stop.is_set():
        click.echo("Stopped on request. What was done stays done; run again to go on.", err=True)
    return stop.code or code


def _one(verb: str, stack: Stack, stop: common.Stop, *, yes: bool, **more: Any) -> dict[str, Any]:
    from ..errors import Interrupted
    from ..report import document

    if stop.is_set():
        raise Interrupted("not begun")
    begin = time.monotonic()
    with Progress(sys.stderr) as progress:
        record = Record(progress)
        engine = common.engine(stack, record, stop, destroying=verb == "destroy", **more)
        world, plan = engine.plan() if yes else _agreed(verb, engine, progress)
        if not _busy(plan):
            return document(common.outcome(verb, engine, begin, world=world, plan=plan, left=plan))
        after, left = engine.reconcile(world)
    return document(common.outcome(verb, engine, begin, world=after, plan=plan, left=left, done=dict(record.done)))


def _busy(plan: Plan) -> bool:
    return any(step.changes or step.action.value == "wait" for step in plan.steps)


def _agreed(verb: str, engine: Engine, progress: Progress) -> tuple[World, Plan]:
    """Show the plan and ask; then look again, for the answer may have taken an hour: only what was shown is agreed to."""
    from ..report import document

    world, plan = engine.plan()
    shown: Any = None
    while _busy(plan):
        told = document(common.outcome(verb, engine, time.monotonic(), world=world, plan=plan))["changes"]
        if told == shown:
            break
        with progress.away():
            if shown is not None:
                click.echo("Something has changed since you were asked. Now it would be this:", err=True)
            click.echo(_preview(verb, engine, world, plan), err=True)
            if not click.confirm(f"{verb.capitalize()} this?", err=True):
                raise click.Abort
        shown = told
        world, plan = engine.plan()
    return world, plan


def _preview(verb: str, engine: Any, world: Any, plan: Plan) -> str:
    from ..report import document, text

    return text.render(
        document(common.outcome(verb, engine, time.monotonic(), world=world, plan=plan)), common.painter(sys.stderr)
    )
