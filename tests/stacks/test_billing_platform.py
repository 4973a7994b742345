"""billing-platform: both environments side by side in one account, and every figure of its document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.stacks.billing_platform import DATABASE, FIGURES, JWT, PASSWORD, STRIPE, connections
from tests.stacks.life import assert_goes, assert_settled
from tests.stacks.named import Named
from tests.support import Lab, open_steps

HOME = Path(__file__).parents[2] / "desired" / "billing-platform"
ROTATED = "r0tated" * 4
ENVIRONMENTS = STAGING, PRODUCTION = "staging", "production"


class Applied(NamedTuple):
    """The account, and what the first apply of each environment left open."""

    lab: Lab
    results: dict[str, tuple[World, Plan]]


class Person:
    """Somebody who sets the value of a secret as soon as it waits for one, while ``apply`` runs."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.pass_time = lab, lab.clock.sleep

    def sleep(self, seconds: float) -> None:
        self.pass_time(seconds)
        client = self.lab.client("secretsmanager")
        for page in client.get_paginator("list_secrets").paginate():
            for one in page["SecretList"]:
                if not one.get("SecretVersionsToStages"):
                    client.put_secret_value(SecretId=one["ARN"], SecretString="a person's")


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """One account with both environments."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("billing-platform"), patch)
        with pytest.MonkeyPatch.context() as until:
            until.setattr(lab.clock, "sleep", Person(lab).sleep)
            results = {name: lab.apply(stack(name)) for name in ENVIRONMENTS}
        yield Applied(lab, results)


def stack(environment: str) -> Stack:
    return load_stack(Folder(), str(HOME / environment))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_apply_is_enough(environment: str, applied: Applied) -> None:
    lab, results = applied
    assert_settled(lab, results[environment][1], stack(environment))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_figure(environment: str, applied: Applied) -> None:
    look = Named(applied.lab, "billing-platform", environment)
    assert {f.what: f.read(look) for f in FIGURES} == {f.what: f.value(environment) for f in FIGURES}


def test_a_rotated_password_reaches_whoever_uses_it_and_what_persons_set_stays(applied: Applied) -> None:
    look = Named(applied.lab, "billing-platform", STAGING)
    client = look.lab.client("secretsmanager")
    client.put_secret_value(SecretId=look.name(PASSWORD), SecretString=ROTATED)
    client.put_secret_value(SecretId=look.name(STRIPE), SecretString="another")
    before = connections(look)["DATABASE_URL"]
    assert "PASSWORD" not in before
    look.lab.aws.forget_wire()
    assert open_steps(look.lab.apply(stack(STAGING))[1]) == []
    given = [w.params for w in look.lab.aws.wire if "MasterUserPassword" in (w.params or {})]
    assert [(p["DBInstanceIdentifier"], p["MasterUserPassword"]) for p in given] == [(look.name(DATABASE), ROTATED)]
    assert "PASSWORD" in connections(look)["DATABASE_URL"]
    assert [look.secret(STRIPE), look.secret(JWT)] == ["another", "a person's"]


def test_staging_goes_without_a_trace_and_leaves_production_alone(applied: Applied) -> None:
    assert_goes(applied[0], stack(STAGING), stack(PRODUCTION))


def test_production_keeps_its_data_and_its_protected_balancer(applied: Applied) -> None:
    lab, _ = applied
    _, left = lab.plan(stack(PRODUCTION), destroying=True)
    kept = {step.kind.name for step in left.steps if step.action == "keep"}
    assert kept >= {
        "DBInstance",
        "HostedZone",
        "Key",
        "LogGroup",
        "ReplicationGroup",
        "Repository",
        "Secret",
        "InternetGateway",
    }
    assert [step.address for step in left.steps if step.action == "refused"] == ["LoadBalancer/billing-platform-alb"]
