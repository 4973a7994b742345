"""What a plan is made of: steps, and which of them can be taken now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .desired.model import Resource
from .kind import Kind, Live, State, Wanted
from .types import Difference


class Action(StrEnum):
    """What a step does."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    RESTORE = "restore"
    ADOPT = "adopt"
    WAIT = "wait"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    KEEP = "keep"
    NONE = "none"


CHANGING = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.RESTORE, Action.ADOPT})


@dataclass(frozen=True)
class Step:
    """What has to happen to one object, and why."""

    address: str
    action: Action
    kind: Kind
    reason: str = ""
    cause: str = ""
    differences: tuple[Difference, ...] = ()
    causes: Mapping[str, str] = field(default_factory=dict)
    """Path → cause, where the base revision is known."""
    bases: Mapping[str, Any] = field(default_factory=dict)
    want: Wanted | None = None
    live: Live | None = None
    needs: frozenset[str] = frozenset()
    """Addresses that must be settled before."""
    refers: frozenset[str] = frozenset()
    """Addresses that must exist and be well before, whatever else has to happen to them."""
    instead_of: Action | None = None
    """What a refused step would have done."""
    resource: Resource | None = None

    @property
    def changes(self) -> bool:
        """Whether the step writes anything."""
        return self.action in CHANGING

    @property
    def makes(self) -> bool:
        """Whether the step brings an object into existence."""
        return self.action is Action.CREATE or (self.action is Action.REPLACE and self.beside)

    @property
    def beside(self) -> bool:
        """Whether what replaces the object can stand beside it."""
        return bool(self.want and self.live and self.kind.stands_beside(self.want, self.live))

    @property
    def patience(self) -> int:
        """For how many seconds the object may be on its way."""
        return self.kind.patience(self.want) if self.want else self.kind.deadline

    @property
    def fleeting(self) -> bool:
        """Whether what others would refer to is not there, not well, not ours, or about to be another object.

        A guard that forbids the step does not make it any better.
        """
        action = self.instead_of or self.action
        nobody_knows_which = self.action is Action.REFUSED and action is Action.NONE
        renewed = action in (Action.CREATE, Action.REPLACE) or (action is Action.UPDATE and self.kind.renews)
        return (
            self.live is None
            or self.live.state is not State.READY
            or renewed
            or action in (Action.ADOPT, Action.UNKNOWN)
            or nobody_knows_which
        )

    @property
    def fields(self) -> list[str]:
        """Return the top-level fields that differ."""
        return list(dict.fromkeys(d.path.partition(".")[0].partition("[")[0] for d in self.differences))

    def refused(self, reason: str) -> Step:
        """Return the step as one that a guard forbids."""
        return replace(self, action=Action.REFUSED, instead_of=self.action, reason=reason)


@dataclass(frozen=True)
class Plan:
    """All steps of a stack, in the order of the documents; deletions last."""

    steps: tuple[Step, ...]
    wants: Mapping[str, Wanted]

    @property
    def ready(self) -> list[Step]:
        """Return the steps that can be taken now, side by side."""
        unready = {s.address for s in self.steps if s.fleeting}
        free = [s for s in self.steps if s.changes and not self._blocked(s, unready)]
        return free or self._knot()

    def _blocked(self, step: Step, unready: set[str]) -> bool:
        """Whether something else must happen first."""
        # What a replacement superseded has its address, and goes last of all: nobody waits for it.
        kept = {s.address for s in self.steps if s.cause != "orphan"}
        others = [s for s in self.steps if s is not step and not (s.cause == "orphan" and s.address in kept)]
        needed = [s for s in others if s.address in step.needs and not self._awaits(s, step, unready)]
        # What could not be deleted still stands on what it needs: nobody need ask AWS whether that can go.
        stuck = {s.address for s in needed if s.cause == "orphan" and s.action is Action.FAILED}
        busy = stuck | {s.address for s in needed if s.changes or s.action is Action.WAIT}
        absent = (
            unready if step.action is Action.CREATE else {s.address for s in others if s.live is None and not s.changes}
        )
        return bool(step.needs & (busy | absent) or step.refers & unready)

    def _awaits(self, other: Step, step: Step, unready: set[str]) -> bool:
        """Whether the other one is there and well, and lacks only what cannot exist before this step is taken.

        A bucket's policy names the distribution that reads it, and the distribution cannot be made without the bucket.
        """
        if other.fleeting or other.action is not Action.UPDATE:
            return False
        by_address = {s.address: s for s in self.steps}
        todo, seen = list(other.refers & unready), set[str]()
        while todo:
            address = todo.pop()
            if address == step.address:
                return True
            if address not in seen and address in by_address:
                seen.add(address)
                todo += by_address[address].needs & unready
        return False

    def _knot(self) -> list[Step]:
        """Return the deletions that wait for nothing but each other: AWS says which of them can go first."""
        knot = [s for s in self.steps if s.action is Action.DELETE]
        while loose := [s for s in knot if not s.needs <= {other.address for other in knot}]:
            knot = [s for s in knot if s not in loose]
        return knot
