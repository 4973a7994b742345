"""A laboratory: the embedded AWS in process, a clock of its own, and stacks made of YAML on the fly."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from reconciler.aws import Aws
from reconciler.desired import Stack, load_stack
from reconciler.emulator import ENDPOINT, Emulator
from reconciler.engine import Engine
from reconciler.events import Emit, ignore
from reconciler.files import Folder
from reconciler.kind import Live
from reconciler.resolve import World
from reconciler.steps import Action, Plan, Step

ACCOUNT, REGION = "123456789012", "us-east-1"


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self._now, self._lock = 1000.0, threading.Lock()

    def now(self) -> float:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


class Lab:
    """One empty AWS, and what a test does with it."""

    def __init__(self, folder: Path, monkeypatch: Any) -> None:
        for name, value in {
            "AWS_ENDPOINT_URL": ENDPOINT,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
        }.items():
            monkeypatch.setenv(name, value)
        self.folder, self.clock, self.runs = folder, FakeClock(), 0
        self.aws = Emulator(now=self.clock.now)
        self.session = self.aws.session(REGION)

    def client(self, service: str, region: str = REGION) -> Any:
        """A plain client on the same AWS: "somebody else"."""
        return self.aws.client(service, region=region)

    def stack(self, documents: Iterable[Mapping[str, Any]], name: str = "lab", **spec: Any) -> Stack:
        """Write the documents as a stack and read it back, as a user's would be."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        head = {
            "apiVersion": "reconciler/v1",
            "kind": "Stack",
            "metadata": {"name": name},
            "spec": {"region": REGION, **spec},
        }
        (home / "stack.yaml").write_text(yaml.safe_dump(head, sort_keys=False))
        (home / "all.yaml").write_text(yaml.safe_dump_all(list(documents), sort_keys=False))
        return load_stack(Folder(), str(home))

    def engine(self, stack: Stack, emit: Emit = ignore, **more: Any) -> Engine:
        """A new process, as far as the engine can tell."""
        self.runs += 1
        door = Aws(stack.region, session=self.session, now=self.clock.now, sleep=self.clock.sleep)
        return Engine(stack, door, self.clock, emit, nonce=f"run{self.runs}", **more)

    def plan(self, stack: Stack, **more: Any) -> tuple[World, Plan]:
        return self.engine(stack, **more).plan()

    def apply(self, stack: Stack, **more: Any) -> tuple[World, Plan]:
        engine = self.engine(stack, **more)
        world, _ = engine.plan()
        return engine.reconcile(world)

    def destroy(self, stack: Stack) -> tuple[World, Plan]:
        return self.apply(stack, destroying=True)

    def boto_writes(self) -> list[str]:
        return [f"{w.service}:{w.operation}" for w in self.aws.wire if w.writes]


def document(kind: str, name: str, spec: Mapping[str, Any], **lifecycle: Any) -> dict[str, Any]:
    """A document, as YAML would have it."""
    told: dict[str, Any] = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}
    return {**told, "lifecycle": lifecycle} if lifecycle else told


def open_steps(plan: Plan) -> list[str]:
    """What is not as it should be, in words that make a failing test readable."""
    return [told(s) for s in plan.steps if s.action not in (Action.NONE, Action.KEEP)]


def told(step: Step) -> str:
    fields = "; ".join(f"{d.path}: {d.live!r} -> {d.desired!r}" for d in step.differences)
    return f"{step.action} {step.address} ({step.reason}) {fields}"


def only(world: World, address: str) -> Live:
    """The one object of an address."""
    (live,) = world.current(address)
    return live
