"""Checks of AWS's behaviour, written once: true on the embedded AWS, and not true on raw moto."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from reconciler.emulator import Emulator


class _Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


_clock = _Clock()
_shared = Emulator(now=_clock)  # its clients are made once for all checks: that is what takes time


class Aws:
    """An emulator, empty, with a clock that the check moves."""

    def __init__(self, pace: float = 1.0) -> None:
        _clock.seconds = 0.0
        self.emulator = _shared
        self.emulator.time.pace = pace
        self.emulator.reset()

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return self.emulator.client(service, region)

    def advance(self, seconds: float) -> None:
        _clock.seconds += seconds


Run = Callable[[Aws], bool]


@dataclass(frozen=True)
class Check:
    name: str
    run: Run


CHECKS: dict[str, Check] = {}


def check(sentence: str) -> Callable[[Run], Run]:
    """Register a check under its module and a sentence that says what AWS does."""

    def register(run: Run) -> Run:
        name = f"{run.__module__.rpartition('.')[2]}: {sentence}"
        assert name not in CHECKS, name
        CHECKS[name] = Check(name, run)
        return run

    return register


def load() -> list[Check]:
    """Import every module of checks beside this one."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem != "base":
            importlib.import_module(f"tests.emulator.checks.{path.stem}")
    return sorted(CHECKS.values(), key=lambda one: one.name)


def code(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the error code of a call, or an empty string when it succeeds."""
    try:
        call(**arguments)
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return ""


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@dataclass
class Network:
    vpc: str
    subnets: list[str]
    gateway: str


def network(aws: Aws) -> Network:
    """A VPC with an internet gateway and subnets in two zones."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for n, zone in enumerate("ab")
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return Network(vpc, [subnet["SubnetId"] for subnet in subnets], gateway)
