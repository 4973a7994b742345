"""Who dies twice finishes the same; and what one resource can never have costs the others no time."""

from __future__ import annotations

from itertools import cycle, product

import pytest

from reconciler.emulator.faults import Crash, Fault, Faults, How
from reconciler.events import Event, Planned
from reconciler.steps import Action, Plan
from tests.faults.census import Reference, figures, learn
from tests.faults.crash import CrashLab
from tests.faults.test_faults import reach, small
from tests.support import open_steps

DEATHS = (How.CRASH_BEFORE, How.CRASH_AFTER)
STRIDE = 29
"""Pairs between two that are tried."""
POISONS = {
    "DBInstance": "rds:CreateDBInstance",
    "LoadBalancer": "elbv2:CreateLoadBalancer",
    "Secret": "secretsmanager:CreateSecret",
    "Role": "iam:CreateRole",
}
"""Kind → the call that never succeeds."""
SLOWER = 1.2


@pytest.fixture
def calm(lab: CrashLab) -> tuple[int, Reference]:
    """How many writing calls a run takes in peace, and what there is then."""
    found = []
    for _ in "12":
        lab.aws.reset()
        world, left = lab.apply(small())
        assert open_steps(left) == []
        found.append(figures(lab, world))
    count = len(lab.boto_writes())
    lab.aws.reset()
    return count, learn(*found)


def dies(lab: CrashLab, at: int, how: How) -> bool:
    """Whether a run dies at a writing call of its own."""
    faults = Faults(lab.aws)
    faults.at_write(at, how)
    try:
        lab.apply(small())
    except Crash:
        return True
    finally:
        lab.aws.layers.remove(faults)
    return False


@pytest.mark.slow
def test_whoever_dies_twice_is_finished_by_the_third(lab: CrashLab, calm: tuple[int, Reference]) -> None:
    count, reference = calm
    pairs = [(k, m) for k in range(count) for m in range(count - k - 1)]
    chosen = pairs[STRIDE // 2 :: STRIDE]
    assert len(chosen) > len(DEATHS) ** 2
    for (first, second), ways in zip(chosen, cycle(product(DEATHS, DEATHS)), strict=False):
        lab.aws.reset()
        deaths = [dies(lab, at, how) for at, how in zip((first, second), ways, strict=True)]
        world, left = lab.apply(small())
        where = f"killed at {first} and then at {second}, {ways}"
        assert deaths == [True, True], where
        assert open_steps(left) == [], where
        assert list(reference.differences(figures(lab, world))) == [], where
        assert open_steps(lab.plan(small())[1]) == [], where


def settled(lab: CrashLab, among: frozenset[str] | None = None) -> tuple[float, Plan]:
    """Apply, and return after how many seconds all of these (or all there are) were seen as they should be."""
    begun, seen = lab.clock.now(), []

    def emit(event: Event) -> None:
        if isinstance(event, Planned):
            steps = [s for s in event.plan.steps if among is None or s.address in among]
            seen.extend([event.at] if all(s.action is Action.NONE for s in steps) else [])

    _, left = lab.apply(small(), emit=emit)
    return (seen[0] if seen else lab.clock.now()) - begun, left


@pytest.mark.parametrize(
    "kind", [kind for kind in POISONS if any(kind == r.kind.name for r in small().resources.values())]
)
def test_what_never_succeeds_holds_nobody_up(kind: str, lab: CrashLab) -> None:
    _, plan = lab.plan(small())
    needs = {s.address: {r.address for r in reach(s, plan)} for s in plan.steps}
    poisoned = {s.address for s in plan.steps if s.kind.name == kind}
    behind = {address for address, needed in needs.items() if needed & poisoned}
    others = frozenset(s.address for s in plan.steps) - behind
    first = {address for address in poisoned if needs[address] & poisoned == {address}}
    calm, _ = settled(lab, others)
    lab.aws.reset()
    faults = Faults(lab.aws)
    faults.add(Fault(How.ERROR_BEFORE, match=POISONS[kind], times=None, code="InvalidParameterValue", status=400))
    try:
        took, left = settled(lab, others)
    finally:
        lab.aws.layers.remove(faults)
    assert took <= calm * SLOWER
    assert {s.address for s in left.steps if s.action is Action.FAILED} == first
    assert {s.address for s in left.steps if s.action is not Action.NONE} == behind
