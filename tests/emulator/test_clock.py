"""The virtual clock: states follow each other by elapsed time, read at each look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.emulator import clock

if TYPE_CHECKING:
    from collections.abc import Iterator


class Fake:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Iterator[Fake]:
    fake = Fake()
    before = clock.install(clock.Time(fake))
    yield fake
    clock.install(before)


def test_stages_end_exactly_when_their_time_is_over(now: Fake) -> None:
    timeline = clock.Timeline("available", ("creating", 3.0), ("backing-up", 0.5))
    seen = []
    for now.seconds in (0.0, 2.999, 3.0, 3.499, 3.5):
        seen.append((timeline.state(), timeline.done()))
    assert seen == [
        ("creating", False),
        ("creating", False),
        ("backing-up", False),
        ("backing-up", False),
        ("available", True),
    ]


@pytest.mark.parametrize(("pace", "after"), [(0.0, 0.0), (0.5, 1.5), (2.0, 6.0)])
def test_pace_stretches_durations(pace: float, after: float) -> None:
    fake = Fake()
    before = clock.install(clock.Time(fake, pace))
    try:
        timeline = clock.Timeline("done", ("doing", 3.0))
        fake.seconds = max(0.0, after - 0.001)
        early = timeline.state()
        fake.seconds = after
        assert (early, timeline.state()) == ("doing" if after else "done", "done")
    finally:
        clock.install(before)


def test_an_assigned_state_is_reached_through_its_stages(now: Fake) -> None:
    class Gateway:
        state = clock.Timed({"available": (("pending", 1.0),)}, at_once=lambda gateway: gateway.old)

        def __init__(self, *, old: bool) -> None:
            self.old = old
            self.state = "available"

    young, old = Gateway(old=False), Gateway(old=True)
    assert (young.state, old.state) == ("pending", "available")
    now.seconds = 1.0
    assert young.state == "available"
