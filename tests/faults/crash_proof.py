"""The crash proof: ``python -m tests.faults.crash_proof [STACK…]``, where a stack is a folder with a stack.yaml."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.crash import CrashLab, prove
from tests.faults.scenarios import scenes

STACKS = ("desired/b2bcredit/dev", "desired/b2bcredit/production")
VERBS = ("create", "update", "destroy")


def main(arguments: list[str] | None = None) -> int:
    """Try every point, say what was tried, and return 1 if any ended otherwise than an undisturbed run."""
    parser = argparse.ArgumentParser(prog="crash_proof", description=__doc__)
    parser.add_argument("stacks", nargs="*", default=STACKS, metavar="STACK")
    parser.add_argument("--verbs", default=",".join(VERBS), help="create,update,destroy")
    parser.add_argument("--every", type=int, default=1, help="kill at every N-th writing call only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args(arguments)
    bad = 0
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        lab = CrashLab(Path(scratch), patch)
        for folder in told.stacks:
            for scene in scenes(Path(folder), Path(scratch)):
                if scene.name.split()[0] not in told.verbs.split(","):
                    continue
                begin = time.perf_counter()
                proof = prove(lab, scene, _each(told.every), told.jobs)
                bad += len(proof.divergences)
                sys.stdout.write(
                    f"{scene.name}: {proof.writes} writing calls, killed at {proof.tried} points, "
                    f"{len(proof.divergences)} divergences, {time.perf_counter() - begin:.0f} s\n"
                )
                sys.stdout.write("".join(f"  {one}\n" for one in proof.divergences))
                sys.stdout.flush()
    return 1 if bad else 0


def _each(step: int) -> Callable[[int], bool]:
    # From the middle of each stretch, so that a sample is not made of the easy first calls.
    return lambda number: number % step == step // 2


if __name__ == "__main__":
    sys.exit(main())
