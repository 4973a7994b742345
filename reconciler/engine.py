"""The loop: observe, plan, let the policy judge, apply, look again, until nothing is left to do."""

from __future__ import annotations

import math
import secrets
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from .aws import Aws
from .bases import bases_of
from .clock import Clock
from .desired.model import Stack
from .errors import AwsError, Refused, Retry, Wait
from .events import Emit, Failed, Finished, Observed, Planned, Started, Waiting
from .kind import Tags
from .kinds import KINDS
from .memory import Memory
from .observe import INDEX, Observer
from .perform import perform
from .plan import make
from .policy import allow
from .resolve import World
from .steps import Action, Plan, Step

WORKERS = 8
LOOKS = 3
"""How often an object must be found missing before a second one could be made by mistake."""
SETTLE, SETTLE_LOST = 60.0, 5.0
"""Seconds in which something just made may still be invisible; the shorter where AWS's answer was lost, and a name or
a token sees to it that making it once more makes no second one."""
FASTEST, SLOWEST = 0.25, 15.0
"""Seconds between two looks at what is not ready yet."""
RETRIES, PROPAGATION = 900.0, 120.0
"""Seconds in which a step may fail because AWS is unwell, and because IAM has not told everybody yet."""
YOUTH = timedelta(minutes=5)
"""The age at which a role counts as known to all of AWS."""
FLAPS = 3
"""How often a field may be set to the same value before it counts as one that will not settle."""


@dataclass
class Engine:
    """One stack, one account, one run."""

    stack: Stack
    aws: Aws
    clock: Clock
    emit: Emit
    stop: threading.Event = field(default_factory=threading.Event)
    destroying: bool = False
    targets: tuple[str, ...] = ()
    timeout: float = 3600.0
    nonce: str = field(default_factory=lambda: secrets.token_hex(4))
    """Tells this run's idempotency tokens from those of other runs."""
    today: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())
    """The day that decides which entries of ``ignore`` have expired."""
    account: str = ""
    born: dict[str, Tags] = field(default_factory=dict)
    """Tags by ARN of what this run made: the tag index lags behind."""
    written: set[str] = field(default_factory=set)
    """ARNs that this run wrote to: what the tag index says of them is old."""
    memory: dict[str, Memory] = field(default_factory=dict)
    looked: frozenset[str] = frozenset()
    """The kinds that the last look read."""
    young: bool = False
    """Whether a role of the stack is so new that not all of AWS knows it, as after a run that was killed."""
    unwell_since: float = -1.0
    """Since when something cannot be read because AWS is busy or unwell; negative: all can."""

    def __post_init__(self) -> None:
        self.stack = self.stack.as_of(self.today)

    def plan(self) -> tuple[World, Plan]:
        """Read AWS and say what would be done. Writes nothing."""
        self.account = self.aws.account()
        if self.stack.account and self.account != self.stack.account:
            raise Refused(
                f"the credentials belong to account {self.account}, and the stack is for {self.stack.account}. Use others; nothing was read or written"
            )
        with ThreadPoolExecutor(WORKERS) as pool:
            world = self._look(pool)
        return world, self._judged(world)

    def reconcile(self, world: World) -> tuple[World, Plan]:
        """Bring AWS to what git says, or as near as it gets; the plan that is returned says what is left."""
        begin = self.clock.now()
        with ThreadPoolExecutor(WORKERS) as pool:
            while not self.stop.is_set():
                plan = self._judged(world)
                self.emit(Planned(self.clock.now(), plan))
                self._remember(plan)
                ready = [s for s in plan.ready if self._may(s)]
                touched = self._apply(ready, pool)
                pending, unread = self._pending(plan, ready), self._unread(world)
                if not touched and not pending and not unread:
                    break
                if self.clock.now() - begin > self.timeout:
                    break
                if not touched:
                    self._pause(plan, {**unread, **pending}, begin)
                again = [s for s in plan.steps if s.address in pending]
                # What AWS lists without tags is found by the tag index alone.
                searching = any(s.makes and s.kind.service.ask_tags for s in again)
                kinds = touched | {s.kind.name for s in again} | unread.keys()
                world = self._look(pool, world, kinds, index=searching or INDEX in unread)
            world = self._last_look(pool, begin) if not self.stop.is_set() else world
        return world, self._judged(world)

    def _last_look(self, pool: ThreadPoolExecutor, begin: float) -> World:
        """Look at everything once more; what AWS is too busy to show is asked for again."""
        world = self._look(pool)
        while (unread := self._unread(world)) and not self.stop.is_set() and self.clock.now() - begin <= self.timeout:
            self._pause(None, unread, begin)
            world = self._look(pool, world, unread, index=INDEX in unread)
        return world

    def _unread(self, world: World) -> dict[str, str]:
        """Return what could not be read and is worth reading again, with the reason; empty once patience has ended."""
        now = self.clock.now()
        self.unwell_since = -1.0 if not world.unwell else now if self.unwell_since < 0 else self.unwell_since
        patient = world.unwell and now - self.unwell_since <= RETRIES
        return {name: world.unknown[name] for name in sorted(world.unwell)} if patient else {}

    def _look(
        self, pool: ThreadPoolExecutor, before: World | None = None, only: Iterable[str] = (), *, index: bool = False
    ) -> World:
        observer = Observer(self.stack, KINDS, self.account, self.aws, pool, frozenset(self.written))
        self.looked = frozenset(only) or frozenset(KINDS)
        world = observer.look(before, frozenset(only), self.born, index=index)
        self.young = world.has_role_since(datetime.now(UTC) - YOUTH)
        self.emit(Observed(self.clock.now(), tuple(only)))
        return world

    def _judged(self, world: World) -> Plan:
        plan = make(self.stack, world, destroy=self.destroying)
        bases = bases_of(self.stack, plan)
        plan = make(self.stack, world, bases, destroy=self.destroying) if bases else plan
        plan = allow(plan, self.stack, destroy=self.destroying, targets=self.targets)
        if refused := {s.address: s for s in plan.steps if s.action is Action.REFUSED and s.resource}:
            # What a guard keeps as it is stays what others refer to: nothing changes for them.
            rest = make(self.stack, world, bases, destroy=self.destroying, staying=frozenset(refused))
            rest = allow(rest, self.stack, destroy=self.destroying, targets=self.targets)
            plan = replace(
                rest, steps=tuple(s if s.cause == "orphan" else refused.get(s.address, s) for s in rest.steps)
            )
        return replace(plan, steps=tuple(self._recalled(s) for s in plan.steps))

    def _recalled(self, step: Step) -> Step:
        """What failed for good stays failed for the rest of the run."""
        error = self._of(step).error
        return (
            replace(step, action=Action.FAILED, reason=error, instead_of=step.action)
            if error and (step.changes or step.action is Action.WAIT)
            else step
        )

    def _of(self, step: Step) -> Memory:
        # What a replacement superseded has its address, and a story of its own.
        old = f" {step.live.id}" if step.cause == "orphan" and step.live else ""
        return self.memory.setdefault(f"{step.address}{old}", Memory())

    def _remember(self, plan: Plan) -> None:
        now = self.clock.now()
        for step in plan.steps:
            memory = self._of(step)
            memory.absent = memory.absent + (step.kind.name in self.looked) if step.makes else 0
            if step.action is not Action.WAIT:
                memory.waits_since = -1.0
            elif memory.waits_since < 0:
                memory.waits_since = now
            elif now - memory.waits_since > step.patience:
                memory.error = f"not ready after {step.patience // 60} minutes: {step.reason}"

    def _may(self, step: Step) -> bool:
        """Whether the step may be taken at this moment."""
        memory, now = self._of(step), self.clock.now()
        if now < memory.retry_at:
            return False
        if not step.makes:
            return True
        settle = SETTLE_LOST if memory.lost and not step.kind.duplicable else SETTLE
        if memory.made >= 0 and (now - memory.made < settle or memory.absent < LOOKS):
            return False
        return memory.absent >= LOOKS or not step.kind.duplicable

    def _pending(self, plan: Plan, ready: list[Step]) -> dict[str, str]:
        """Return why to look again, by address: what is not ready, and what may be tried later."""
        waiting = {s.address: s.reason for s in plan.steps if s.action is Action.WAIT}
        later = {s.address: self._of(s).error or "looking again first" for s in plan.ready if s not in ready}
        return {**later, **waiting}

    def _pause(self, plan: Plan | None, pending: Mapping[str, str], begin: float) -> None:
        self.emit(Waiting(self.clock.now(), tuple(pending.items())))
        steps = {s.address: s for s in plan.steps} if plan else {}
        confirming = all(
            a in steps and steps[a].makes and self._of(steps[a]).made < 0 and self._of(steps[a]).retry_at <= 0
            for a in pending
        )
        waited = self.clock.now() - begin
        self.clock.sleep(FASTEST if confirming else min(SLOWEST, max(FASTEST, waited / 20)))

    def _apply(self, steps: list[Step], pool: ThreadPoolExecutor) -> frozenset[str]:
        """Take the steps side by side; one failure stops none of the others. Returns the kinds that were touched."""
        done = list(pool.map(self._take, steps))
        return frozenset(step.kind.name for step, taken in zip(steps, done, strict=True) if taken)

    def _take(self, step: Step) -> bool:
        if self.stop.is_set():
            return False
        memory = self._of(step)
        self.emit(Started(self.clock.now(), step))
        try:
            if self._given_up(step, memory):
                return True
            done = perform(step, self.aws, f"{self.nonce}{memory.made_times}")
        except AwsError as error:
            self._failed(step, error, memory)
            return True
        memory.taken[step.action] = again = memory.taken.get(step.action, 0) + 1
        # The same step once more is legitimate (switch off, then delete), but never in a hurry.
        memory.retry_at = self.clock.now() + min(SLOWEST, FASTEST * 2 ** (again - 2)) if again > 1 else 0.0
        memory.tries, memory.fails_since = 0, -1.0
        self.born |= dict.fromkeys(done.born, done.tags)
        self.written |= {step.live.arn} if step.live else set()
        if step.makes:
            memory.made, memory.lost, memory.absent, memory.made_times = (
                self.clock.now(),
                False,
                0,
                memory.made_times + 1,
            )
        self.emit(Finished(self.clock.now(), step, done.calls))
        self._flaps(step, memory)
        return True

    def _given_up(self, step: Step, memory: Memory) -> bool:
        """Whether AWS took this very change before, and says why it came to nothing: it would do so now."""
        again = step.action is Action.UPDATE and any(
            f"{d.path}={d.desired!r}" in memory.written for d in step.differences
        )
        if not again or step.live is None:
            return False
        now = self.clock.now()
        if said := self.aws.run(step.kind.setback(step.live, math.ceil((now - memory.changed) / 60) + 1)):
            memory.error = f"does not settle: AWS took the change and gave it up: {said}"
            self.emit(Failed(now, step, memory.error, final=True))
        return bool(said)

    def _failed(self, step: Step, error: AwsError, memory: Memory) -> None:
        now = self.clock.now()
        memory.tries += 1
        memory.retry_at = now + min(SLOWEST, FASTEST * 2**memory.tries)
        if isinstance(error, Retry) and error.lost and step.makes:
            memory.made, memory.lost, memory.absent = now, True, 0
        again = isinstance(error, (Retry, Wait))
        memory.fails_since = now if memory.fails_since < 0 else memory.fails_since
        if not again or now - memory.fails_since >= self._patience(step, error):
            memory.error = str(error)
        self.emit(Failed(now, step, str(error), final=bool(memory.error)))

    def _patience(self, step: Step, error: AwsError) -> float:
        """Return for how many seconds the same step may fail before it has failed for good."""
        if not isinstance(error, Wait):
            return RETRIES
        if not error.identity:
            return step.kind.deadline
        # A role that was made a moment ago is not known everywhere yet; one that is older lacks a permission.
        made = any(m.made >= 0 and address.startswith("Role/") for address, m in self.memory.items())
        return PROPAGATION if made or self.young else 0.0

    def _flaps(self, step: Step, memory: Memory) -> None:
        if step.action is Action.REPLACE and memory.taken[step.action] >= FLAPS:
            memory.error = f"does not settle: replaced {FLAPS} times, and AWS still has something else: {step.reason}"
        memory.changed = memory.changed if memory.changed >= 0 else self.clock.now()
        for difference in step.differences if step.action is Action.UPDATE else ():
            told = f"{difference.path}={difference.desired!r}"
            memory.written[told] = memory.written.get(told, 0) + 1
            if memory.written[told] >= FLAPS:
                memory.error = f"{difference.path} does not settle: set {FLAPS} times, and AWS still has another value"
