"""What can go wrong between a client and AWS, on purpose: for tests."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from reconciler.emulator import clock, render
from reconciler.emulator.wire import Answer, Call, DroppedError

if TYPE_CHECKING:
    from reconciler.emulator.core import Emulator


class How(Enum):
    """The ways to fail. BEFORE: nothing happened. AFTER: it happened, and the client does not learn of it."""

    DROP_BEFORE = "drop before"
    DROP_AFTER = "drop after"
    ERROR_BEFORE = "error before"
    ERROR_AFTER = "error after"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    THROTTLE = "throttle"
    DENY = "deny"


AFTERWARDS = frozenset({How.DROP_AFTER, How.ERROR_AFTER, How.CRASH_AFTER})


class Crash(BaseException):
    """The client's process dies here. Only a test catches this, and it works in process only."""


@dataclass
class Fault:
    """One disturbance: let `skip` matching calls pass, then fail the next `times` (None: all of them)."""

    how: How
    match: str = "*"
    skip: int = 0
    times: int | None = 1
    writes_only: bool = False
    code: str = "InternalFailure"
    status: int = 500
    message: str = "injected"
    hits: int = field(default=0, init=False)

    def strikes(self, call: Call) -> bool:
        """Whether this call fails; counts it."""
        if not fnmatch.fnmatchcase(call.key, self.match) or (self.writes_only and not call.writes):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True


class Faults:
    """A layer that fails calls as it is told; `faults = Faults(emulator)` adds it."""

    def __init__(self, emulator: Emulator) -> None:
        """Stand before every other layer of `emulator`."""
        self._faults: list[Fault] = []
        self._due: Fault | None = None
        emulator.layers.insert(0, self)

    def add(self, fault: Fault) -> Fault:
        """Arm a fault; the first armed one that matches strikes."""
        self._faults.append(fault)
        return fault

    def at_write(self, k: int, how: How) -> Fault:
        """Strike at the k-th writing call from now on, counted from 0."""
        return self.add(Fault(how, skip=k, writes_only=True))

    def deny(self, *operations: str) -> list[Fault]:
        """Take away the permission for `service:Operation` (globs) for good."""
        return [self.add(Fault(How.DENY, match=one, times=None)) for one in operations]

    def throttle(self, match: str, times: int | None = 1) -> Fault:
        """Tell the next `times` matching callers to slow down."""
        return self.add(Fault(How.THROTTLE, match=match, times=times))

    def down(self, service: str) -> Fault:
        """Have a whole service answer 503."""
        return self.add(
            Fault(How.ERROR_BEFORE, match=f"{service}:*", times=None, code="ServiceUnavailable", status=503)
        )

    def clear(self) -> None:
        """Disarm everything."""
        self._faults.clear()

    def before(self, call: Call) -> Answer | None:
        """Fail the call before the backends see it, or remember to fail its answer."""
        self._due = None
        fault = next((one for one in self._faults if one.strikes(call)), None)
        if fault is None:
            return None
        if fault.how in AFTERWARDS:
            self._due = fault
            return None
        return _strike(fault, call)

    def after(self, call: Call, answer: Answer) -> Answer:
        """Lose or falsify the answer of a call that was carried out."""
        fault, self._due = self._due, None
        return answer if fault is None else _strike(fault, call)


def _strike(fault: Fault, call: Call) -> Answer:
    if fault.how in {How.CRASH_BEFORE, How.CRASH_AFTER}:
        raise Crash(call.key)
    if fault.how in {How.DROP_BEFORE, How.DROP_AFTER}:
        raise DroppedError(call.key)
    if fault.how is How.THROTTLE:
        return render.throttled(call)
    if fault.how is How.DENY:
        return render.denied(call)
    return render.error(call, fault.code, fault.status, fault.message)


class RateLimit:
    """A layer with one token bucket for all matching calls of an account and region."""

    def __init__(self, emulator: Emulator, match: str, rate: float, burst: float) -> None:
        """Refill `rate` tokens a second up to `burst`."""
        self._match, self._rate, self._burst = match, rate, burst
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}
        emulator.layers.append(self)

    def before(self, call: Call) -> Answer | None:
        """Take a token, or tell the caller to slow down."""
        if not fnmatch.fnmatchcase(call.key, self._match):
            return None
        place, now = (call.account, call.region), clock.now()
        level, then = self._levels.get(place, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        enough = level >= 1
        self._levels[place] = (level - 1 if enough else level, now)
        return None if enough else render.throttled(call)

    def after(self, call: Call, answer: Answer) -> Answer:  # noqa: ARG002 - the shape of a layer
        """Leave answers alone."""
        return answer
