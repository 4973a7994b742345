"""What happens later happens in order, at its own time, and not at all after a reset."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.emulator import clock, patch
from reconciler.emulator.fixes import agenda


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Iterator[Hands]:
    moved = Hands()
    before = clock.install(clock.Time(moved))
    yield moved
    patch.forget_all()
    clock.install(before)


def test_nothing_happens_early(hands: Hands) -> None:
    done: list[str] = []
    agenda.after(1.0, lambda: done.append("late"))
    hands.seconds = 0.9
    agenda.settle()
    assert done == []
    hands.seconds = 1.0
    agenda.settle()
    assert done == ["late"]


def test_events_happen_in_the_order_of_their_times(hands: Hands) -> None:
    done: list[str] = []
    agenda.after(2.0, lambda: done.append("second"))
    agenda.after(1.0, lambda: done.append("first"))
    hands.seconds = 5.0
    agenda.settle()
    assert done == ["first", "second"]


def test_an_event_that_follows_another_counts_from_it(hands: Hands) -> None:
    times: list[float] = []

    def first() -> None:
        times.append(agenda.now())
        agenda.after(1.0, lambda: times.append(agenda.now()))

    agenda.after(1.0, first)
    hands.seconds = 10.0
    agenda.settle()
    assert times == [1.0, 2.0]


def test_the_pace_stretches_time(hands: Hands) -> None:
    clock.install(clock.Time(hands, pace=0.0))
    done: list[str] = []
    agenda.after(100.0, lambda: done.append("at once"))
    agenda.settle()
    assert done == ["at once"]


def test_a_reset_forgets_everything(hands: Hands) -> None:
    done: list[str] = []
    agenda.after(1.0, lambda: done.append("never"))
    patch.forget_all()
    hands.seconds = 5.0
    agenda.settle()
    assert done == []


def test_an_event_that_fails_does_not_stop_time(hands: Hands) -> None:
    def fail() -> None:
        raise ValueError

    done: list[str] = []
    agenda.after(1.0, fail)
    agenda.after(2.0, lambda: done.append("still"))
    hands.seconds = 5.0
    with pytest.raises(ValueError, match=r"^$"):
        agenda.settle()
    agenda.settle()
    assert done == ["still"]
