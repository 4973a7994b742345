"""Everything that happens during a run, as frozen values; a report and a progress display are folds over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """Base of all events; ``at``: seconds on the run's clock."""

    at: float


@dataclass(frozen=True)
class Observed(Event):
    """AWS was read."""

    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Planned(Event):
    """A plan was made; ``plan`` is a ``plan.Plan``."""

    plan: Any


@dataclass(frozen=True)
class Started(Event):
    """A step begins; ``step`` is a ``plan.Step``."""

    step: Any


@dataclass(frozen=True)
class Finished(Event):
    """AWS accepted everything that a step asked for."""

    step: Any
    calls: tuple[str, ...]


@dataclass(frozen=True)
class Failed(Event):
    """A step did not succeed; ``final``: it is not tried again in this run."""

    step: Any
    error: str
    final: bool


@dataclass(frozen=True)
class Waiting(Event):
    """Nothing can be done but look again; ``reasons`` by address."""

    reasons: tuple[tuple[str, str], ...]


Emit = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """Take no notice."""
