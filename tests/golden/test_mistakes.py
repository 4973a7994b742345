"""What a person reads after each mistake: the folders in ``mistakes/`` against the lines of ``mistakes.txt``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUN = """
import sys
from reconciler.cli import main
try:
    main(["validate", "mistakes"])
finally:
    print("loaded:", *(name for name in ("boto3", "botocore", "moto", "socket") if name in sys.modules))
"""
LINES = (HERE / "mistakes.txt").read_text(encoding="utf-8").splitlines()
SEVERAL = {"broken-file": 3}
"""Folders whose one mistake stands beside others that it must not hide."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """One run over all of them, in a process of its own."""
    folder = tmp_path_factory.mktemp("golden")
    shutil.copytree(HERE / "mistakes", folder / "mistakes")
    (folder / "mistakes/symlink/linked.yaml").symlink_to("all.yaml")
    environment = {"PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, "-c", RUN]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def test_each_mistake_is_told_in_the_expected_words(told: subprocess.CompletedProcess[str]) -> None:
    assert told.stdout.splitlines()[:-1] == LINES
    assert told.stderr.splitlines()[-1].startswith(f"{len(LINES)} problems. Nothing was read from AWS")


def test_mistakes_are_an_error(told: subprocess.CompletedProcess[str]) -> None:
    assert told.returncode == 1


def test_looking_for_mistakes_needs_no_aws(told: subprocess.CompletedProcess[str]) -> None:
    assert told.stdout.splitlines()[-1] == "loaded:"


@pytest.mark.parametrize("folder", sorted(p.name for p in (HERE / "mistakes").iterdir()))
def test_a_mistake_is_told_once(folder: str) -> None:
    found = [line for line in LINES if line.startswith(f"mistakes/{folder}/")]
    assert len(found) == SEVERAL.get(folder, 1)


def test_a_secret_is_not_repeated(told: subprocess.CompletedProcess[str]) -> None:
    assert "correct-horse" not in told.stderr + told.stdout
