"""`python -m reconciler.emulator --port N`."""

from __future__ import annotations

import argparse
import sys

from reconciler.emulator.server import PortBusyError, serve


def main() -> int:
    """Run until a signal; 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=4566, help="0 means any free port")
    try:
        serve(parser.parse_args().port)
    except PortBusyError as busy:
        print(busy, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
