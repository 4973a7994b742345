"""What ``reconciler status`` says in the laboratory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.cli.common import outcome
from reconciler.desired import Stack
from reconciler.health import examine
from reconciler.report import document, exit_code
from reconciler.report.text import render
from tests.engine.small import POLICY, Docs
from tests.support import Lab, open_steps


@dataclass(frozen=True)
class Status:
    """One answer of the command."""

    code: int
    text: str
    resources: dict[str, dict[str, str]]

    def line(self, address: str) -> str:
        """The sign of a resource, and what is said of it."""
        (found,) = (line for line in self.text.splitlines() if f" {address} " in line)
        return f"{found.strip()[0]} {self.resources[address]['reason']}".strip()

    def wrong(self) -> list[str]:
        """The addresses that are not ✓."""
        return [address for address in self.resources if not self.line(address).startswith("✓")]


def status(lab: Lab, documents: Docs | Stack, now: datetime | None = None) -> Status:
    stack = documents if isinstance(documents, Stack) else lab.stack(documents, policy=POLICY)
    engine = lab.engine(stack)
    world, plan = engine.plan()
    health = examine(plan, engine.aws, now)
    told: dict[str, Any] = document(outcome("status", engine, 0.0, world=world, plan=plan, health=health))
    assert not lab.aws.blunders(), lab.aws.crashes
    return Status(exit_code(told), render(told), {one["address"]: one for one in told["resources"]})


def applied(lab: Lab, documents: Docs) -> Stack:
    """Apply, see that all is well, and let some time pass."""
    stack = lab.stack(documents, policy=POLICY)
    _, left = lab.apply(stack)
    assert open_steps(left) == []
    lab.clock.sleep(600)
    return stack
