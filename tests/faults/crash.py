"""Kills a run at each of its writing calls, before and after it is done, and has another run finish the work.

At every writing call the process forks: the parent goes on undisturbed, each child dies there as a process dies and
then begins anew. So the work up to a call is done once, however many calls there are.
"""

from __future__ import annotations

import gc
import json
import os
import random
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import reconciler.engine
from reconciler.desired import Stack
from reconciler.emulator.faults import Crash
from reconciler.emulator.wire import Answer, Call
from reconciler.engine import Engine
from reconciler.events import Emit, ignore
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.faults.census import Figures, Reference, figures, learn
from tests.faults.serial import Serial
from tests.support import Lab, open_steps


class CrashLab(Lab):
    """A laboratory of one thread; its runs share botocore's clients, which take longer to make than a whole run."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, patch)
        patch.setattr(reconciler.engine, "ThreadPoolExecutor", Serial)
        self._clients: dict[Any, Any] = {}
        self.warm = False
        """Whether all modules are loaded and all clients are made: once, instead of in each child."""

    def engine(self, stack: Stack, emit: Emit = ignore, **more: Any) -> Engine:
        made = super().engine(stack, emit, **more)
        made.aws._clients = self._clients
        return made

    def forget_clients(self) -> None:
        """Begin with new ones: a client whose attempts keep failing makes fewer of them."""
        self._clients.clear()


@dataclass(frozen=True)
class Scenario:
    """What is under fire: ``stack`` is applied (or destroyed), after ``before`` was applied in peace."""

    name: str
    stack: Stack
    before: Stack | None = None
    destroying: bool = False

    def run(self, lab: Lab) -> tuple[World, Plan]:
        return lab.apply(self.stack, destroying=self.destroying)

    def look(self, lab: Lab) -> tuple[World, Plan]:
        return lab.plan(self.stack, destroying=self.destroying)


@dataclass(frozen=True)
class Expected:
    """How an undisturbed run ends: what exists, and what is left open (nothing, or what a guard keeps)."""

    reference: Reference
    open: list[str]


@dataclass
class Proof:
    """What was tried, and where the end differed from that of an undisturbed run."""

    writes: int = 0
    tried: int = 0
    divergences: list[str] = field(default_factory=list)


class Children:
    """Copies of this process, some side by side, each of which leaves a verdict."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self._folder, self._jobs = folder, jobs
        self._running: dict[int, str] = {}
        self.verdicts: dict[str, Any] = {}
        self.name = ""
        """Who this process is, if it is a child."""

    def split(self, name: str) -> bool:
        """Fork; return whether this is the child."""
        while len(self._running) >= self._jobs:
            self._reap()
        pid = os.fork()
        if pid == 0:
            gc.disable()
            self.name = name
            return True
        self._running[pid] = name
        return False

    def tell(self, verdict: Any) -> None:
        """End this child with its verdict."""
        (self._folder / f"{os.getpid()}.json").write_text(json.dumps(verdict))
        os._exit(0)

    def work(self, name: str, task: Callable[[], Any]) -> None:
        """Have a child do the task, and leave what it returns."""
        if self.split(name):
            try:
                self.tell(task())
            finally:
                os._exit(1)

    def wait(self) -> dict[str, Any]:
        """Return all verdicts, by name."""
        while self._running:
            self._reap()
        return self.verdicts

    def _reap(self) -> None:
        pid, status = os.wait()
        left = self._folder / f"{pid}.json"
        name = self._running.pop(pid)
        self.verdicts[name] = json.loads(left.read_text()) if left.exists() else [f"ended with {status}, no verdict"]


@dataclass
class Deaths:
    """A layer on the wire: at the chosen writing calls, one child dies before and one after the call."""

    children: Children
    chosen: Callable[[int], bool]
    writes: int = 0
    _dies_after: bool = False

    def before(self, call: Call) -> Answer | None:
        if not call.writes or self.children.name:
            return None
        number, self.writes = self.writes, self.writes + 1
        if self.chosen(number):
            if self.children.split(f"killed before write {number}, {call.key}"):
                raise Crash(call.key)
            self._dies_after = self.children.split(f"killed after write {number}, {call.key}")
        return None

    def after(self, call: Call, answer: Answer) -> Answer:
        if self._dies_after:
            self._dies_after = False
            raise Crash(call.key)
        return answer


def prove(lab: CrashLab, scenario: Scenario, chosen: Callable[[int], bool], jobs: int) -> Proof:
    """Run the scenario with deaths at the chosen writing calls."""
    if not lab.warm:
        scenario.run(lab)
        lab.warm = True
    lab.aws.reset()
    if scenario.before:
        _, left = lab.apply(scenario.before)
        assert open_steps(left) == [], open_steps(left)
    figures(lab, World())
    expected = _expected(lab, scenario)
    children = Children(lab.folder, jobs)
    deaths = Deaths(children, chosen)
    lab.aws.layers.insert(0, deaths)
    gc.collect()
    gc.freeze()
    try:
        scenario.run(lab)
    except Crash:
        children.tell(_verdict(lab, scenario, expected))
    except BaseException:
        if not children.name:
            raise
        children.tell([traceback.format_exc()])
    finally:
        gc.unfreeze()
    if children.name:
        children.tell(["something swallowed the death of the process, and the run went on"])
    verdicts = children.wait()
    return Proof(deaths.writes, len(verdicts), [f"{name}: {one}" for name, told in verdicts.items() for one in told])


def _expected(lab: CrashLab, scenario: Scenario) -> Expected:
    """Run the scenario twice in peace, each time in a process that is thrown away."""
    children = Children(lab.folder, 2)
    for seed in "12":
        children.work(seed, partial(_peaceful, lab, scenario, seed))
    one, two = children.wait().values()
    return Expected(learn(_figures(one["figures"]), _figures(two["figures"])), one["open"])


def _peaceful(lab: CrashLab, scenario: Scenario, seed: str) -> Any:
    from moto.moto_api._internal import mock_random

    # Both begin with the same state of chance; what is by chance must differ for it to be seen.
    mock_random.seed(seed)
    random.seed(seed)
    lab.runs += 100 * int(seed)
    world, left = scenario.run(lab)
    return {"figures": [[*key, times] for key, times in figures(lab, world).items()], "open": open_steps(left)}


def _figures(listed: list[Any]) -> Figures:
    return Figures({(path, value): times for path, value, times in listed})


def _verdict(lab: CrashLab, scenario: Scenario, expected: Expected) -> list[str]:
    try:
        return list(_departures(lab, scenario, expected))
    except Exception:  # noqa: BLE001 - whatever it is, it is a divergence
        return [traceback.format_exc()]


def _departures(lab: CrashLab, scenario: Scenario, expected: Expected) -> Iterator[str]:
    """Finish the work as a new process would; yield what is not as it is after an undisturbed run."""
    world, left = scenario.run(lab)
    if (told := open_steps(left)) != expected.open:
        yield f"left open: {told}"
    yield from expected.reference.differences(figures(lab, world))
    if (told := open_steps(scenario.look(lab)[1])) != expected.open:
        yield f"the next plan: {told}"
    yield from (f"the emulator failed: {blunder}" for blunder in lab.aws.blunders())
