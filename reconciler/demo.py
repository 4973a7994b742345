"""The whole main job on the embedded AWS, told as a story: no account, no network, nothing left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import files
from .desired import Stack, load_stack
from .emulator import ENDPOINT, Emulator
from .report import text

PACE = 0.15
"""The embedded AWS takes its time like AWS; a demonstration must not."""
Say = Callable[[str], None]


def folder() -> Path:
    """Return where the demonstrated stack is: in the installed package, or at the top of the checkout."""
    installed = Path(__file__).with_name("_desired")
    return (installed if installed.is_dir() else Path(__file__).parent.parent / "desired") / "b2bcredit" / "production"


def run(say: Say, paint: text.Paint = text.plain) -> int:
    """Tell the story; return 0 if every part of it came out as it should."""
    os.environ.update(
        AWS_ENDPOINT_URL=ENDPOINT,
        AWS_ACCESS_KEY_ID="demo",
        AWS_SECRET_ACCESS_KEY="demo",
        AWS_DEFAULT_REGION="us-east-1",
    )
    show = Demonstration(say, paint)
    steps = (show.create, show.nothing_to_do, show.sabotage, show.drift, show.heal, show.destroy)
    good = [step() for step in steps]
    say(
        paint(
            f"All of this took {time.monotonic() - show.begin:.0f} s, without an account and without a network.", "bold"
        )
    )
    return 0 if all(good) else 1


class Demonstration:
    """One stack on one embedded AWS."""

    def __init__(self, say: Say, paint: text.Paint) -> None:
        """Read the stack and start an empty AWS in this process."""
        import boto3

        self.begin = time.monotonic()
        self.say, self.paint = say, paint
        where = os.path.relpath(folder())
        self.stack: Stack = load_stack(files.Folder(), where)
        self.aws = Emulator(pace=PACE)
        self.session = self.aws.attach(boto3.Session())
        self.client: Callable[[str], Any] = self.aws.client
        say(
            f"{self.stack.name}: {len(self.stack.resources)} resources in YAML under {where}; an AWS account with nothing in it."
        )

    def title(self, number: int, words: str) -> None:
        """Begin a part of the story."""
        self.say("\n" + self.paint(f"{number}. {words}", "bold"))
