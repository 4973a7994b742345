"""Every kind again, on an AWS that is slow to show, cuts its lists short, and loses its answers."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from reconciler.emulator.hide import Hide
from reconciler.emulator.pages import Pages
from reconciler.events import Event, Finished, Started
from reconciler.kinds import KINDS
from tests.faults.census import figures, learn
from tests.faults.crash import CrashLab
from tests.kinds import test_conformance as conformance
from tests.support import open_steps

SAMPLE = ("VPC", "Secret", "Listener", "TaskDefinition", "HostedZone")
"""Made up by AWS, scheduled for deletion, below another, renewed, tagged late; all the others are marked slow."""
ALL = [pytest.param(kind, marks=() if kind in SAMPLE else pytest.mark.slow) for kind in KINDS]


@pytest.mark.parametrize("kind", ALL)
def test_in_pages_of_two(kind: str, lab: CrashLab) -> None:
    Pages(lab.aws, 2)
    conformance.test_lifecycle(kind, lab)


@pytest.mark.parametrize("kind", ALL)
def test_hidden_from_two_reads_and_slow_to_change(kind: str, lab: CrashLab) -> None:
    Hide(lab.aws, 2)
    lab.aws.time.pace = 10.0
    conformance.test_lifecycle(kind, lab)


@pytest.mark.parametrize("how", [How.DROP_AFTER, How.ERROR_AFTER])
@pytest.mark.parametrize("kind", ALL)
def test_each_answer_of_its_creation_is_lost_in_turn(kind: str, how: How, lab: CrashLab) -> None:
    """One run, no restart: what was done is seen by looking, and done once."""
    documents = conformance.documents(kind, "create")
    reference = learn(*(created(lab, kind, documents)[1] for _ in "12"))
    writes, _ = created(lab, kind, documents)
    assert writes
    for number in writes:
        _, found = created(lab, kind, documents, Fault(how, skip=number, writes_only=True))
        assert reference.differences(found) == [], number


def created(
    lab: CrashLab, kind: str, documents: list[dict[str, Any]], fault: Fault | None = None
) -> tuple[list[int], Any]:
    """Create the documents; return which of the writing calls made the object under test, and what there is."""
    lab.aws.reset()
    faults = Faults(lab.aws)
    if fault:
        faults.add(fault)
    own: list[int] = []
    begun = 0

    def note(event: Event) -> None:
        nonlocal begun
        if isinstance(event, Started):
            begun = lab.aws.writes()
        elif isinstance(event, Finished) and event.step.address == conformance.address(kind):
            own.extend(range(begun, lab.aws.writes()))

    stack = lab.stack(documents)
    world, left = lab.apply(stack, emit=note)
    assert open_steps(left) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    assert open_steps(lab.plan(stack)[1]) == []
    return own, figures(lab, world)
