"""Time, passed in: the engine never looks at the wall by itself."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that only go forward, and a way to let them pass."""

    def now(self) -> float:
        """Return the seconds since some fixed moment."""

    def sleep(self, seconds: float) -> None:
        """Return after that long, or earlier if the run is to end."""


class RealClock:
    """The machine's monotonic clock; ``stop`` wakes every sleeper."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        """Take the event that ends the run."""
        self._stop = stop or threading.Event()

    def now(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep unless the run is to end."""
        self._stop.wait(seconds)
