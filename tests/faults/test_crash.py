"""A sample of the crash proof; `make crash-proof` tries every point of whole systems."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.resolve import World
from tests.faults.census import figures, learn
from tests.support import Lab

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("stack", "verb", "every"),
    [
        ("tests/faults/stacks/small", "create", 1),
        ("tests/faults/stacks/small", "update", 6),
        ("tests/faults/stacks/small", "destroy", 6),
        ("desired/b2bcredit/dev", "create", 14),
    ],
)
def test_whoever_dies_the_next_run_finishes_the_same(stack: str, verb: str, every: int) -> None:
    """In a process of its own: it forks, and the threads of a test runner do not survive that."""
    command = [
        sys.executable,
        "-m",
        "tests.faults.crash_proof",
        stack,
        "--verbs",
        verb,
        "--every",
        str(every),
        "--jobs",
        "1",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"(\d+) writing calls, killed at (\d+) points, 0 divergences", done.stdout)
    assert told
    assert int(told[2]) // 2 == (int(told[1]) + every - every // 2 - 1) // every > 0


def test_the_census_sees_what_nobody_owns(lab: Lab) -> None:
    before = [figures(lab, World()) for _ in "12"]
    lab.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    told = learn(*before).differences(figures(lab, World()))
    assert "ec2:Vpcs = (objects): 2 instead of 1" in told


def test_undisturbed_runs_must_end_alike(lab: Lab) -> None:
    one = figures(lab, World())
    lab.client("sns").create_topic(Name="t")
    with pytest.raises(AssertionError, match="do not end alike"):
        learn(one, figures(lab, World()))
