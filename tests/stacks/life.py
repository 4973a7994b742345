"""What holds of every system: one apply is enough, and what may go leaves nothing."""

from __future__ import annotations

from reconciler.desired import Stack
from reconciler.kind import State
from reconciler.steps import Plan
from tests.support import Lab, open_steps


def assert_settled(lab: Lab, first: Plan, stack: Stack) -> None:
    """The first apply left nothing open, a second writes nothing, and a plan is empty."""
    assert open_steps(first) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    lab.aws.forget_wire()
    assert open_steps(lab.apply(stack)[1]) == []
    assert open_steps(lab.plan(stack)[1]) == []
    assert lab.boto_writes() == []


def assert_goes(lab: Lab, stack: Stack, other: Stack) -> None:
    """Destroying the stack leaves no object of it, and nothing to do for the other."""
    world, left = lab.destroy(stack)
    assert open_steps(left) == []
    assert [live for lives in world.lives.values() for live in lives if live.state is not State.DELETED] == []
    assert open_steps(lab.plan(other)[1]) == []
