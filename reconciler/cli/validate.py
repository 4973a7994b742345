"""``reconciler validate``."""

from __future__ import annotations

from pathlib import Path

import click

from .. import files
from ..desired import load_documents, load_stack
from ..errors import DesiredError, Problem
from . import common


@click.command("validate", help="Name every problem in every document, without touching AWS.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())
@click.option("--watch", is_flag=True, help="Look again whenever a file changes.")
def command(paths: tuple[str, ...], *, watch: bool) -> int:
    """Validate."""
    places = paths or (".",)
    code = check(places)
    if watch:
        from watchfiles import watch as changes

        for _ in changes(*places):
            click.echo("")
            code = check(places)
    return code


def check(paths: tuple[str, ...]) -> int:
    """Check all stacks at or below the paths, and folders of documents without one."""
    problems: list[Problem] = []
    stacks = 0
    for path in paths:
        if not Path(path).exists():
            problems.append(Problem(path, 0, 0, "", "is not there"))
            continue
        found = files.stacks([path])
        stacks += len(found)
        for folder in found or [path]:
            try:
                load_stack(files.Folder(), folder) if found else load_documents(files.Folder(), folder)
            except DesiredError as error:
                problems += error.problems
    if problems:
        common.complain(problems, asked=True)
        return 1
    click.echo(f"{stacks} stack{'s' if stacks != 1 else ''} checked, no problems." if stacks else "No problems.")
    return 0
