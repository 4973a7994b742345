"""A database in the laboratory: how it is made, changed by AWS itself, and looked at."""

from __future__ import annotations

from typing import Any

from reconciler.cli.common import outcome
from reconciler.health import examine
from reconciler.report import document
from tests.engine.small import POLICY, Docs
from tests.support import Lab, open_steps

AN_HOUR, HOURS = 3600, 7 * 3600


def settled(lab: Lab, documents: Docs) -> None:
    """Apply, see that nothing is left, and let the day pass."""
    _, left = lab.apply(lab.stack(documents, policy=POLICY))
    assert open_steps(left) == []
    lab.clock.sleep(HOURS)
    lab.aws.forget_wire()


def shown(lab: Lab) -> dict[str, Any]:
    (found,) = lab.client("rds").describe_db_instances(DBInstanceIdentifier="data")["DBInstances"]
    return dict(found)


def modified(lab: Lab) -> list[dict[str, Any]]:
    """What was sent to change it, without what says which and when."""
    told = [w.params for w in lab.aws.wire if w.operation == "ModifyDBInstance"]
    return [{k: v for k, v in p.items() if k not in ("DBInstanceIdentifier", "ApplyImmediately")} for p in told]


def status(lab: Lab, documents: Docs) -> dict[str, dict[str, str]]:
    """What ``reconciler status`` says of each resource."""
    engine = lab.engine(lab.stack(documents, policy=POLICY))
    world, plan = engine.plan()
    told = document(outcome("status", engine, 0.0, world=world, plan=plan, health=examine(plan, engine.aws)))
    return {one["address"]: one for one in told["resources"]}
