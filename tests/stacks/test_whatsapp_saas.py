"""whatsapp-saas: both environments side by side in one account, and every figure of its document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.stacks.life import assert_goes, assert_settled
from tests.stacks.named import Named
from tests.stacks.whatsapp_saas import FIGURES
from tests.support import Lab

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
    assert_settled(lab, results[environment][1], stack(environment))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_figure(environment: str, applied: Applied) -> None:
    look = Named(applied[0], "whatsapp-saas", environment)
    assert {f.what: f.read(look) for f in FIGURES} == {f.what: f.value(environment) for f in FIGURES}


def test_staging_goes_without_a_trace_and_leaves_production_alone(applied: Applied) -> None:
    assert_goes(applied[0], stack(STAGING), stack(PRODUCTION))


def test_production_keeps_its_data_and_what_that_stands_on(applied: Applied) -> None:
    lab, _ = applied
    _, left = lab.plan(stack(PRODUCTION), destroying=True)
    assert {step.kind.name for step in left.steps if step.action in ("keep", "refused")} == DATA | BELOW_DATA
