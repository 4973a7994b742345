"""Every figure of the payment-system document, read back through boto3 after both environments were applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from reconciler.health import examine
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.stacks.life import assert_goes, assert_settled
from tests.stacks.payment_system import BACKEND, CLUSTER, DATABASE, FRONTEND, Payment
from tests.stacks.payment_system_figures import FIGURES
from tests.support import Lab, open_steps

HOME = Path(__file__).parents[2] / "desired" / "payment-system"
STAGING, PRODUCTION = "staging", "production"
Applied = tuple[Lab, dict[str, tuple[World, Plan]]]


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """One account with both environments side by side."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("payment-system"), patch)
        yield lab, {name: lab.apply(stack(name)) for name in (STAGING, PRODUCTION)}


def stack(environment: str) -> Stack:
    return load_stack(Folder(), str(HOME / environment))


@pytest.mark.parametrize("environment", [STAGING, PRODUCTION])
def test_one_apply_is_enough(environment: str, applied: Applied) -> None:
    lab, results = applied
    assert_settled(lab, results[environment][1], stack(environment))


@pytest.mark.parametrize("environment", [STAGING, PRODUCTION])
def test_every_figure(environment: str, applied: Applied) -> None:
    look = Payment(applied[0], environment)
    wanted = {f.what: f.production if environment == PRODUCTION or f.staging is ... else f.staging for f in FIGURES}
    assert {f.what: f.read(look) for f in FIGURES} == wanted


def test_the_balancer_of_production_tells_of_its_own_errors(applied: Applied) -> None:
    one = Payment(applied[0], PRODUCTION).alarm("payment-system-alb-5xx")
    assert (one["MetricName"], one["Threshold"]) == ("HTTPCode_ELB_5XX_Count", 10.0)


def night(lab: Lab, look: Payment) -> None:
    """What the schedules do in the evening."""
    for service in (BACKEND, FRONTEND):
        cluster, name = look.name(CLUSTER), look.name(service)
        lab.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs", ScalableDimension="ecs:service:DesiredCount", ResourceId=f"service/{cluster}/{name}",
            MinCapacity=0, MaxCapacity=0,
        )  # fmt: skip
        lab.client("ecs").update_service(cluster=cluster, service=name, desiredCount=0)
    lab.client("rds").stop_db_instance(DBInstanceIdentifier=look.name(DATABASE))
    lab.clock.sleep(3600)


def test_a_night_is_no_drift_and_nobody_is_woken(applied: Applied) -> None:
    lab, _ = applied
    night(lab, Payment(lab, STAGING))
    lab.aws.forget_wire()
    assert open_steps(lab.apply(stack(STAGING))[1]) == []
    assert lab.boto_writes() == []
    engine = lab.engine(stack(STAGING))
    _, plan = engine.plan()
    assert not examine(plan, engine.aws)["DBInstance/payment-system-db"].ill
    (database,) = (s for s in plan.steps if s.address == "DBInstance/payment-system-db")
    assert database.want
    assert database.live
    assert "stopped" in database.kind.note(database.want, database.live)


def test_without_its_schedule_a_stopped_database_is_broken(applied: Applied) -> None:
    lab, _ = applied
    whole = stack(STAGING)
    resources = {a: r for a, r in whole.resources.items() if a != "Schedule/payment-system-db-stop"}
    told = open_steps(lab.plan(replace(whole, resources=resources))[1])
    assert "failed DBInstance/payment-system-db (stopped) " in told


def test_staging_goes_without_a_trace_and_leaves_production_alone(applied: Applied) -> None:
    assert_goes(applied[0], stack(STAGING), stack(PRODUCTION))


def test_production_keeps_its_data(applied: Applied) -> None:
    lab, _ = applied
    _, left = lab.plan(stack(PRODUCTION), destroying=True)
    kept = {step.kind.name for step in left.steps if step.action in ("keep", "refused")}
    assert kept >= {"DBInstance", "ReplicationGroup", "Secret", "Key", "HostedZone", "LogGroup", "Repository"}
