"""Folders with stacks in them, and repositories, made on the fly."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reconciler.desired import load_stack
from reconciler.desired.model import Stack
from reconciler.errors import DesiredError
from reconciler.files import Folder

VPC = "apiVersion: reconciler/v1\nkind: VPC\nmetadata: {name: main}\nspec:\n  cidrBlock: 10.0.0.0/16\n"
SUBNET = VPC.replace("VPC", "Subnet") + "  vpcId: vpc-1\n"
GROUP = "apiVersion: reconciler/v1\nkind: LogGroup\nmetadata: {name: app}\nspec:\n"


def head(spec: str = "", name: str = "test") -> str:
    lines = "".join(f"  {line}\n" for line in spec.strip().splitlines())
    return f"apiVersion: reconciler/v1\nkind: Stack\nmetadata: {{name: {name}}}\nspec:\n  region: eu-west-1\n{lines}"


def write(folder: Path, **files: str) -> Path:
    """Write files; two underscores in a name are a slash."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def load(folder: Path, at: str = "") -> Stack:
    return load_stack(Folder(), str(folder / at))


def problems(folder: Path, at: str = "") -> list[str]:
    with pytest.raises(DesiredError) as caught:
        load(folder, at)
    return [str(p).replace(f"{folder}/", "") for p in caught.value.problems]


def spec(stack: Stack, address: str = "LogGroup/app") -> Any:
    return stack.resources[address].spec


def git(folder: Path, *words: str) -> str:
    who = {
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@example.com",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@example.com",
    }
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, text=True, env=environment
    )
    return done.stdout.strip()


def commit(folder: Path) -> str:
    if not (folder / ".git").exists():
        git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return git(folder, "rev-parse", "HEAD")
