"""Keeps below AWS's request limits, so that AWS need not throttle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

LIMITS = {"elbv2": (40.0, 10.0), "route53": (10.0, 5.0), "ec2": (100.0, 20.0), "ecs": (50.0, 20.0)}
"""service → (burst, requests a second); as AWS documents its own token buckets."""


@dataclass
class Bucket:
    """A token bucket: ``burst`` requests at once, then ``rate`` a second."""

    burst: float
    rate: float
    level: float = 0.0
    last: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self, now: float) -> float:
        """Take one token; return the seconds to wait before using it."""
        with self.lock:
            idle = 0.0 if self.last is None else now - self.last
            self.level = min(self.burst, self.level + idle * self.rate)
            self.last = now
            self.level -= 1
            return max(0.0, -self.level / self.rate)


class Pace:
    """One bucket per service that has a limit."""

    def __init__(self, now: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Take the clock from outside."""
        self._now, self._sleep = now, sleep
        self._buckets = {service: Bucket(*limits) for service, limits in LIMITS.items()}

    def wait(self, service: str) -> None:
        """Return when the next request to the service is within its limit."""
        bucket = self._buckets.get(service)
        delay = bucket.take(self._now()) if bucket else 0.0
        if delay > 0:
            self._sleep(delay)
