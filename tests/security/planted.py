"""A stack with a planted secret in every place that may hold one, and an ear on everything that the program writes."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from reconciler.cli import common, main
from reconciler.emulator import ENDPOINT, Emulator, render
from reconciler.emulator.faults import Crash
from reconciler.emulator.wire import Answer, Call

GENERATED, EXTERNAL, PLAIN, LINK, FIELD = (
    f"c4nary{name}Qz7" for name in ("Generated", "External", "Plain", "Link", "Field")
)
CANARIES = (GENERATED, EXTERNAL, PLAIN, LINK, FIELD)
STACK = f"""\
apiVersion: reconciler/v1
kind: Stack
metadata: {{name: planted}}
spec:
  region: us-east-1
  variables: {{dbPassword: {PLAIN}, apiHost: "https://bob:{LINK}@api.example.com"}}
  policy: {{prune: true, maxDeletes: 99, maxReplaces: 9}}
  outputs:
    master: ${{Secret/db/master:value}}
    database: postgresql://app:${{Secret/db/master:value}}@db/x
    apiToken: ${{dbPassword}}
    apiHost: ${{apiHost}}
"""
SECRETS = """\
apiVersion: reconciler/v1
kind: Secret
metadata: {name: db/master}
lifecycle: {deletion: delete, replacement: allow}
spec: {value: {generate: {length: 20}}}
---
apiVersion: reconciler/v1
kind: Secret
metadata: {name: stripe/key}
lifecycle: {deletion: delete}
spec: {value: external}
---
apiVersion: reconciler/v1
kind: Secret
metadata: {name: db/credentials}
lifecycle: {deletion: delete}
spec:
  value:
    json:
      DATABASE_URL: postgresql://app:${Secret/db/master:value}@${DBInstance/data:endpointAddress}/x
      STRIPE: ${Secret/stripe/key:value}
---
apiVersion: reconciler/v1
kind: DBInstance
metadata: {name: data}
lifecycle: {deletion: delete, replacement: allow}
spec:
  engine: postgres
  engineVersion: "15"
  dbInstanceClass: db.t3.micro
  allocatedStorage: 20
  storageEncrypted: true
  masterUsername: postgres
  masterUserPassword: ${Secret/db/master:value}
  deletionProtection: false
"""
TASK = f"""\
apiVersion: reconciler/v1
kind: TaskDefinition
metadata: {{name: app}}
spec:
  networkMode: awsvpc
  requiresCompatibilities: [FARGATE]
  cpu: "256"
  memory: "512"
  containerDefinitions:
    - name: app
      image: nginx
      environment:
        STRIPE_API_KEY: {PLAIN}
        DB_PASSWORD: ${{dbPassword}}
        DATABASE_URL: postgresql://app:{LINK}@db.example.com:5432/x
        JDBC: jdbc:postgresql://db/x?user=app&password={LINK}
        LEVEL: info
"""


def write(folder: Path, **files: str) -> Path:
    """Write the stack; keywords name files that are added or replaced."""
    for name, told in {"stack": STACK, "secrets": SECRETS, "task": TASK, **files}.items():
        (folder / f"{name}.yaml").write_text(told)
    return folder


class Generator:
    """A layer that has every generated password be the planted one."""

    def before(self, call: Call) -> Answer | None:
        if call.operation != "GetRandomPassword":
            return None
        return Answer(
            200, (("Content-Type", "application/x-amz-json-1.1"),), json.dumps({"RandomPassword": GENERATED}).encode()
        )

    def after(self, _call: Call, answer: Answer) -> Answer:
        return answer


@dataclass
class Echo:
    """A layer that refuses an operation and repeats the whole request in its refusal, as some services do."""

    match: str

    def before(self, call: Call) -> Answer | None:
        if call.key != self.match:
            return None
        return render.error(
            call, "InvalidParameterValue", 400, f"Invalid request {json.dumps(dict(call.params), default=str)}"
        )

    def after(self, _call: Call, answer: Answer) -> Answer:
        return answer


@dataclass
class Ear:
    """Runs commands in this process and keeps every byte that they write anywhere."""

    aws: Emulator
    folder: Path
    capture: pytest.CaptureFixture[str]
    heard: io.StringIO = field(default_factory=io.StringIO)
    runs: int = 0

    def run(self, *words: str) -> int:
        """Run a command and return its exit code; 99 if it crashed."""
        self.runs += 1
        code = 99
        try:
            main(list(words))
        except SystemExit as end:
            code = int(str(end.code))
        except (Crash, Exception):  # noqa: BLE001 — a crash is what this test looks at
            self.heard.write(traceback.format_exc())
        told = self.capture.readouterr()
        self.heard.write(f"\n$ {' '.join(words)}\n{told.out}\n{told.err}\n")
        return code

    def leaks(self) -> list[str]:
        """Where a canary was written: the line, shortened around it."""
        files = [p.read_text() for p in self.folder.glob("*.out")]
        lines = "\n".join([self.heard.getvalue(), *files]).splitlines()
        found = [(line, c) for line in lines for c in CANARIES if c in line]
        return sorted({line[max(0, line.index(c) - 120) : line.index(c) + 40] for line, c in found})


@contextlib.contextmanager
def listening(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lead every session to the embedded AWS, and every log, however talkative it was made, to the ear."""
    real_engine, session = common.engine, ear.aws.session()
    # Its own session is made before every session is this one: attached twice, it would send everything twice.
    ear.aws.client("sts")
    monkeypatch.setattr(boto3, "Session", lambda *_a, **_k: session)
    # What will not work is not tried for long, and reads that fail are not slept over.
    monkeypatch.setattr(common, "engine", lambda *a, **more: real_engine(*a, **{**more, "timeout": 2.0}))
    monkeypatch.setattr("botocore.retries.standard.time.sleep", lambda _s: None)
    for name, seconds in (("FASTEST", 0.01), ("SLOWEST", 0.05)):
        monkeypatch.setattr(f"reconciler.engine.{name}", seconds)
    keys = {
        "ENDPOINT_URL": ENDPOINT,
        "ACCESS_KEY_ID": "test",
        "SECRET_ACCESS_KEY": "test",
        "DEFAULT_REGION": "us-east-1",
    }
    for name, value in keys.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    handler, signals = logging.StreamHandler(ear.heard), (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in signals]
    logging.getLogger().addHandler(handler)
    for logger in (None, "botocore", "boto3", "urllib3", "botocore.endpoint"):
        monkeypatch.setattr(logging.getLogger(logger), "level", logging.DEBUG)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        for number, action in zip(signals, before, strict=True):
            signal.signal(number, action)


def see(aws: Emulator, name: str) -> Any:
    """What AWS has of a secret."""
    return aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
