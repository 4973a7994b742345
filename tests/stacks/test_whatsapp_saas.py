"""whatsapp-saas: both environments side by side in one account, and every figure of its document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from reconciler.kind import State
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.stacks.named import Named
from tests.stacks.whatsapp_saas import FIGURES
from tests.support import Lab, open_steps

HOME = Path(__file__).parents[2] / "desired" / "whatsapp-saas"
ENVIRONMENTS = STAGING, PRODUCTION = "staging", "production"
BELOW_DATA = {
    "CacheParameterGroup", "CacheSubnetGroup", "DBParameterGroup", "DBSubnetGroup", "SecurityGroup", "Subnet", "VPC",
}  # fmt: skip
DATA = {"Bucket", "DBInstance", "HostedZone", "Key", "LogGroup", "ReplicationGroup", "Repository", "Secret"}
Applied = tuple[Lab, dict[str, tuple[World, Plan]]]


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """One account with both environments."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("whatsapp-saas"), patch)
        yield lab, {name: lab.apply(stack(name)) for name in ENVIRONMENTS}


def stack(environment: str) -> Stack:
    return load_stack(Folder(), str(HOME / environment))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_apply_is_enough(environment: str, applied: Applied) -> None:
    lab, results = applied
    assert open_steps(results[environment][1]) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    lab.aws.forget_wire()
    assert open_steps(lab.apply(stack(environment))[1]) == []
    assert open_steps(lab.plan(stack(environment))[1]) == []
    assert lab.boto_writes() == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_figure(environment: str, applied: Applied) -> None:
    look = Named(applied[0], "whatsapp-saas", environment)
    assert {f.what: f.read(look) for f in FIGURES} == {f.what: f.value(environment) for f in FIGURES}


def test_staging_goes_without_a_trace_and_leaves_production_alone(applied: Applied) -> None:
    lab, _ = applied
    world, left = lab.destroy(stack(STAGING))
    assert open_steps(left) == []
    assert [live for lives in world.lives.values() for live in lives if live.state is not State.DELETED] == []
    assert open_steps(lab.plan(stack(PRODUCTION))[1]) == []


def test_production_keeps_its_data_and_what_that_stands_on(applied: Applied) -> None:
    lab, _ = applied
    _, left = lab.plan(stack(PRODUCTION), destroying=True)
    assert {step.kind.name for step in left.steps if step.action in ("keep", "refused")} == DATA | BELOW_DATA
