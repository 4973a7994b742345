"""The embedded AWS's sense of time: states change because time has passed, seen at the next request."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Time:
    """Seconds from an injected source; `pace` stretches every duration (0: everything is immediate)."""

    def __init__(self, now: Callable[[], float] = time.monotonic, pace: float = 1.0) -> None:
        """Read the time from `now`, which never runs backwards."""
        self._now = now
        self.pace = pace

    def now(self) -> float:
        """Return the present moment in seconds; only differences mean anything."""
        return self._now()

    def passed(self, since: float, seconds: float) -> bool:
        """Whether a duration of `seconds` (at the demo's pace) that began at `since` is over."""
        return self._now() - since >= seconds * self.pace


_current = Time()


def current() -> Time:
    """Return the clock all backends of this process go by."""
    return _current


def install(new: Time) -> Time:
    """Make `new` the process's clock and return the one before."""
    global _current
    _current, before = new, _current
    return before


def now() -> float:
    """Return the present moment of the current clock."""
    return _current.now()


def passed(since: float, seconds: float) -> bool:
    """Whether a duration that began at `since` is over by the current clock."""
    return _current.passed(since, seconds)


@dataclass(frozen=True)
class Timeline:
    """States that follow each other by elapsed time: `Timeline("available", ("creating", 3.0), ("backing-up", 0.5))`.

    It begins at the moment it is made; `state()` is computed at each look.
    """

    final: str
    stages: tuple[tuple[str, float], ...]
    began: float = field(default_factory=now)

    def __init__(self, final: str, *stages: tuple[str, float]) -> None:
        """Begin now; each stage is a state and its duration in seconds, `final` lasts for ever."""
        object.__setattr__(self, "final", final)
        object.__setattr__(self, "stages", stages)
        object.__setattr__(self, "began", now())

    def state(self) -> str:
        """Return the state of this moment."""
        end = 0.0
        for name, seconds in self.stages:
            end += seconds
            if not passed(self.began, end):
                return name
        return self.final

    def done(self) -> bool:
        """Whether the final state is reached."""
        return passed(self.began, sum(seconds for _, seconds in self.stages))


class Timed:
    """A descriptor: a state that backends assign plainly and that is reached through stages.

    `cls.state = Timed({"available": (("pending", 1.5),)})` shows "pending" for 1.5 s after `self.state = "available"`.
    Objects for which `at_once` is true skip the stages.
    """

    def __init__(
        self, stages: Mapping[str, tuple[tuple[str, float], ...]], at_once: Callable[[Any], bool] | None = None
    ) -> None:
        """Know the stages before each assigned state; states not named are reached at once."""
        self._stages = stages
        self._at_once = at_once or (lambda _: False)

    def __set_name__(self, owner: type, name: str) -> None:
        self._key = f"_timed_{name}"

    def __set__(self, instance: Any, value: str) -> None:
        instance.__dict__[self._key] = Timeline(value, *self._stages.get(value, ()))

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        timeline: Timeline = instance.__dict__[self._key]
        return timeline.final if self._at_once(instance) else timeline.state()


def time_state(cls: type, name: str, stages: Mapping[str, tuple[tuple[str, float], ...]], **more: Any) -> None:
    """Put a Timed on a class that exists already."""
    timed = Timed(stages, **more)
    timed.__set_name__(cls, name)
    setattr(cls, name, timed)
