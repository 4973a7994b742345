"""Runs every check on moto as it is, without our fixes: prints {name: whether it is true already}."""

from __future__ import annotations

import json
import sys

from reconciler.emulator import fixes
from tests.emulator.checks.base import Aws, load


def main() -> None:
    fixes.FIXES.clear()
    results = {}
    for check in load():
        try:
            results[check.name] = check.run(Aws())
        except Exception as error:  # noqa: BLE001 - a check that falls over on raw moto is a check that fails
            sys.stderr.write(f"{check.name}: {error!r}\n")
            results[check.name] = False
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
