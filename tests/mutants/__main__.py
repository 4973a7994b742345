"""``python -m tests.mutants``: break each rule in a copy of the project, and see its test turn red."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from .rules import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("reconciler", "tests", "desired", "schemas", "docs", "pyproject.toml", "README.md", "Makefile")
FAILED = 1
"""What pytest ends with if tests ran and some failed; an error in the test's own code ends otherwise."""


def copied(folder: Path) -> None:
    """Copy the project as it stands, without what it was installed with."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)


def noticed(mutant: Mutant, folder: Path) -> bool:
    """Whether the test is green without the mutant and red with it."""
    path = folder / mutant.file
    whole = path.read_text(encoding="utf-8")
    before = ran(mutant.test, folder)
    path.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return (before, ran(mutant.test, folder)) == (0, FAILED)
    finally:
        path.write_text(whole, encoding="utf-8")


def ran(test: str, folder: Path) -> int:
    """Run one test in the copy, and return pytest's exit code."""
    words = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", test]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode


def main() -> int:
    """Try every mutant; end with 1 if one of them lived."""
    lived = 0
    with tempfile.TemporaryDirectory() as place:
        copied(Path(place))
        for mutant in MUTANTS:
            red = noticed(mutant, Path(place))
            lived += not red
            click.echo(f"{'red  ' if red else 'LIVES'}  {mutant.rule}  ({mutant.test.rpartition('::')[2]})")
    click.echo(f"{len(MUTANTS)} rules broken, {len(MUTANTS) - lived} noticed")
    return 1 if lived else 0


if __name__ == "__main__":
    sys.exit(main())
