"""Databases made of others in the laboratory: how they are made, and looked at."""

from __future__ import annotations

from typing import Any

from reconciler.desired import Stack
from tests.engine.small import POLICY, Docs
from tests.support import REGION, Lab, document, open_steps

SOURCE = "${DBInstance/data}"


def stack(lab: Lab, documents: Docs, **more: Any) -> Stack:
    return lab.stack(documents, policy=POLICY, **more)


def settled(lab: Lab, documents: Docs) -> None:
    _, left = lab.apply(stack(lab, documents))
    assert open_steps(left) == []
    assert lab.boto_writes()
    lab.aws.forget_wire()
    _, again = lab.apply(stack(lab, documents))
    assert open_steps(again) == []
    assert lab.boto_writes() == []


def copy(**spec: Any) -> dict[str, Any]:
    return document("DBInstance", "copy", {"dbInstanceClass": "db.t3.micro", **spec})


def replica(**spec: Any) -> dict[str, Any]:
    return copy(sourceDBInstanceIdentifier=SOURCE, **spec)


def shown(lab: Lab, name: str = "copy", region: str = REGION) -> dict[str, Any]:
    (found,) = lab.client("rds", region).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return dict(found)


def sent(lab: Lab, operation: str) -> list[dict[str, Any]]:
    return [dict(w.params) for w in lab.aws.wire if w.operation == operation and w.status == 200]


def snapshot(lab: Lab, size: int = 20) -> None:
    """A snapshot of somebody's database, which had grown to this size."""
    rds = lab.client("rds")
    told = {"DBInstanceClass": "db.t3.large", "Engine": "postgres", "EngineVersion": "15.4", "AllocatedStorage": size}
    rds.create_db_instance(
        DBInstanceIdentifier="old", MasterUsername="postgres", MasterUserPassword="old-password-1", **told
    )
    lab.clock.sleep(60)
    rds.create_db_snapshot(DBInstanceIdentifier="old", DBSnapshotIdentifier="last-night")
    rds.delete_db_instance(DBInstanceIdentifier="old", SkipFinalSnapshot=True)
    lab.clock.sleep(60)
    lab.aws.forget_wire()
