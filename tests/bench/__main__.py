"""``python -m tests.bench``: what the program costs on this machine."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.emulator import Emulator, serving

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = ROOT / "desired" / "b2bcredit"
DOCUMENTS = 1000
HEAD = """\
apiVersion: reconciler/v1
kind: Stack
metadata: {name: thousand}
spec: {region: us-east-1, variables: {environment: bench}}
"""
PART = """\
apiVersion: reconciler/v1
kind: SecurityGroup
metadata: {name: group-%(n)04d}
spec:
  description: What service %(n)d may be reached by
  vpcId: ${VPC/main}
  ingress:
    - {ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIp: 10.%(block)d.0.0/16}
  tags: {environment: "${environment}", number: "%(n)d"}
---
apiVersion: reconciler/v1
kind: LogGroup
metadata: {name: /app/service-%(n)04d}
spec:
  retentionInDays: 30
---
apiVersion: reconciler/v1
kind: Alarm
metadata: {name: cpu-%(n)04d}
spec:
  alarmDescription: Service %(n)d works hard
  namespace: AWS/ECS
  metricName: CPUUtilization
  statistic: Average
  period: 60
  evaluationPeriods: 3
  threshold: 80
  comparisonOperator: GreaterThanThreshold
  dimensions: {ServiceName: service-%(n)04d}
---
"""
FIRST = "apiVersion: reconciler/v1\nkind: VPC\nmetadata: {name: main}\nspec: {cidrBlock: 10.0.0.0/8}\n---\n"


@dataclass(frozen=True)
class Cost:
    """Seconds that a command took by the clock and of the processor, and how it ended."""

    wall: float
    cpu: float
    code: int


def cost(*words: str, **more: str) -> Cost:
    """Run the program in a process of its own."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", *words], check=False, cwd=ROOT, capture_output=True,
        env={**os.environ, **more},
    )  # fmt: skip
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, done.returncode)


def best(times: int, measure: Callable[[], Cost]) -> Cost:
    """Return the cheapest of several measurements: the one that the rest of the machine disturbed least."""
    return min((measure() for _ in range(times)), key=lambda c: c.cpu)


def say(what: str, found: Cost, remark: str = "") -> None:
    """Print one line of figures."""
    figures = f"{found.wall * 1000:8.0f} ms wall {found.cpu * 1000:8.0f} ms CPU"
    sys.stdout.write(f"{what:32} {figures}  exit {found.code}  {remark}\n")
    sys.stdout.flush()


def thousand(folder: Path) -> Path:
    """Write a stack of a thousand documents in files of about a hundred."""
    (folder / "stack.yaml").write_text(HEAD)
    trios = [PART % {"n": n, "block": n % 250} for n in range((DOCUMENTS - 1) // 3)]
    for i in range(0, len(trios), 33):
        (folder / f"part-{i:04d}.yaml").write_text((FIRST if i == 0 else "") + "".join(trios[i : i + 33]))
    return folder


def bench_offline() -> None:
    """Measure what needs no AWS."""
    say("reconciler --help", best(5, lambda: cost("--help")), "best of 5")
    with tempfile.TemporaryDirectory() as folder:
        where = str(thousand(Path(folder)))
        say(f"validate, {DOCUMENTS} documents", best(3, lambda: cost("validate", where)), "best of 3")
    say("validate, b2bcredit production", best(3, lambda: cost("validate", str(SYSTEM / "production"))), "best of 3")


def bench_b2bcredit() -> None:
    """Measure the main job on a served embedded AWS, without its waiting times."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(SYSTEM, Path(folder) / "b2bcredit")
        stack = str(Path(folder) / "b2bcredit" / "production")
        aws = Emulator(pace=0)
        with serving(aws) as url:
            reach = {
                "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
            }  # fmt: skip
            for words in (("apply", "--yes"), ("plan",), ("drift",), ("destroy", "--yes")):
                aws.forget_wire()
                found = cost(words[0], stack, *words[1:], **reach)
                say(f"{words[0]}, b2bcredit production", found, f"{aws.reads()} reads, {aws.writes()} writes")


if __name__ == "__main__":
    bench_offline()
    bench_b2bcredit()
