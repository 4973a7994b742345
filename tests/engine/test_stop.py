"""Somebody asks the run to end: what was begun is finished, nothing new is begun, and the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from reconciler.emulator import Emulator
from reconciler.emulator.server import serving
from reconciler.emulator.wire import Answer, Call
from reconciler.events import Event, Finished, Started
from tests.engine.small import POLICY, network, run
from tests.support import Lab, open_steps

CREATES = {"CreateVpc", "CreateSubnet"}
CHAIN = [d for d in network() if d["kind"] in ("VPC", "Subnet")]
"""The network alone comes first: nothing can be begun beside it."""


def test_no_step_is_begun_after_the_signal(lab: Lab) -> None:
    stop, seen = threading.Event(), []

    def stopping(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Started) and event.step.address == "VPC/net":
            stop.set()

    stack = lab.stack(CHAIN, policy=POLICY)
    engine = lab.engine(stack, stopping, stop=stop)
    world, _ = engine.plan()
    engine.reconcile(world)
    after = seen[next(i for i, e in enumerate(seen) if isinstance(e, Started) and e.step.address == "VPC/net") + 1 :]
    assert [e for e in after if isinstance(e, Started)] == []
    assert [e.step.address for e in after if isinstance(e, Finished)] == ["VPC/net"]
    assert "ec2:CreateSubnet" not in lab.boto_writes()
    assert run(lab, stack)["result"] == "done"
    assert open_steps(lab.plan(stack)[1]) == []
    assert lab.boto_writes().count("ec2:CreateVpc") == 1


class Bell:
    """A layer that signals a process while its first CreateVpc is under way, and answers when it has taken notice."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.started, self.heard = threading.Event(), threading.Event()

    def before(self, call: Call) -> Answer | None:
        if call.operation == "CreateVpc" and self.process is not None:
            self.started.wait(30)
            process, self.process = self.process, None
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("Stopping"):
                    break
            self.heard.set()
        return None

    def after(self, call: Call, answer: Answer) -> Answer:  # noqa: ARG002 - the shape of a layer
        return answer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    stack = Lab(tmp_path, monkeypatch).stack(CHAIN, policy=POLICY)
    return str(stack.folder)


def command(url: str, *words: str) -> subprocess.Popen[str]:
    told = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words], env={**os.environ, **told}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def created(aws: Emulator) -> list[str]:
    return sorted(w.operation for w in aws.wire if w.operation in CREATES)


def test_sigterm_ends_the_program_and_the_next_one_goes_on(home: str) -> None:
    aws, bell = Emulator(pace=0), Bell()
    with serving(aws) as url:
        aws.layers.append(bell)
        bell.process = process = command(url, "apply", home, "--yes")
        bell.started.set()
        assert bell.heard.wait(60)
        code, said = ended(process)
        assert code == 128 + signal.SIGTERM, said
        assert "Stopped on request" in said
        assert "1 created, 2 to create" in said
        assert created(aws) == ["CreateVpc"]
        code, said = ended(command(url, "apply", home, "--yes", "--format", "json"))
        assert code == 0, said
        assert set(created(aws)) == CREATES
        assert created(aws).count("CreateVpc") == 1
        code, said = ended(command(url, "plan", home))
        assert code == 0, said


def test_a_stop_before_anything_was_begun_writes_nothing(lab: Lab) -> None:
    stop = threading.Event()
    engine: Any = lab.engine(lab.stack(CHAIN, policy=POLICY), stop=stop)
    world, _ = engine.plan()
    stop.set()
    engine.reconcile(world)
    assert lab.boto_writes() == []
