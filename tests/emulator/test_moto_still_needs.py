"""Every fix is still needed: what raw moto does right by now must not be replaced any more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_raw_moto_fails_every_check() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.emulator.raw_moto"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    mended = [name for name, true in json.loads(ran.stdout).items() if true]
    assert not mended, f"moto mended this: delete the fix (and the check): {mended}"
