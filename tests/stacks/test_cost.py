"""What looking at a settled account costs: few calls, and none that writes."""

from __future__ import annotations

from tests.stacks.drift import production
from tests.support import Lab, open_steps

MOST_READS = 62


def test_h18_a_settled_account_is_cheap_to_look_at_and_never_written_to(lab: Lab) -> None:
    stack = production()
    assert open_steps(lab.apply(stack)[1]) == []

    lab.aws.forget_wire()
    assert open_steps(lab.plan(stack)[1]) == []
    assert lab.aws.reads() <= MOST_READS, sorted(w.key for w in lab.aws.wire)
    assert lab.boto_writes() == []

    for _ in range(3):
        lab.clock.sleep(3600)
        lab.aws.forget_wire()
        assert open_steps(lab.apply(stack)[1]) == []
        assert lab.aws.reads() > 0
        assert lab.boto_writes() == []
