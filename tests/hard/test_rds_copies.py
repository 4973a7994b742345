"""Databases made of others: what their creation ignores, and what they leave behind."""

from __future__ import annotations

from typing import Any

from reconciler.kind import SEALS
from reconciler.kinds import KINDS
from reconciler.objects import Live, Wanted
from tests.engine.small import FREE, Docs, database
from tests.hard.copies import replica, sent, settled, shown, snapshot, stack
from tests.hard.rds import status
from tests.support import Lab, open_steps

KIND = KINDS["DBInstance"]


def test_h25_no_last_snapshot_is_asked_of_a_replica_and_it_goes_before_its_source(lab: Lab) -> None:
    documents = [{**d, "lifecycle": FREE} for d in [*database(), replica()]]
    settled(lab, documents)
    _, left = lab.destroy(stack(lab, documents))
    assert open_steps(left) == []
    first, second = sent(lab, "DeleteDBInstance")
    assert (first["DBInstanceIdentifier"], first["SkipFinalSnapshot"]) == ("copy", True)
    assert "FinalDBSnapshotIdentifier" not in first
    assert second["FinalDBSnapshotIdentifier"].startswith("data-final-")


def test_h38_what_the_creation_of_a_replica_ignores_is_set_afterwards(lab: Lab) -> None:
    told = {
        "backupRetentionPeriod": 3, "preferredBackupWindow": "04:00-04:30", "multiAZ": True,
        "preferredMaintenanceWindow": "mon:06:00-mon:07:00", "enablePerformanceInsights": True,
    }  # fmt: skip
    settled(lab, [*database(), replica(**told)])
    found = shown(lab)
    assert (found["BackupRetentionPeriod"], found["PreferredBackupWindow"]) == (3, "04:00-04:30")
    assert (found["MultiAZ"], found["PreferredMaintenanceWindow"]) == (True, "mon:06:00-mon:07:00")
    assert found["ReadReplicaSourceDBInstanceIdentifier"] == "data"
    assert shown(lab, "data")["ReadReplicaDBInstanceIdentifiers"] == ["copy"]


def restored(**spec: Any) -> Docs:
    """The database of git, beginning with what a snapshot has."""
    return database(dbSnapshotIdentifier="last-night", **spec)


def test_h38_what_a_restoration_ignores_is_set_afterwards(lab: Lab) -> None:
    snapshot(lab)
    told = {"preferredMaintenanceWindow": "mon:06:00-mon:07:00", "enablePerformanceInsights": True}
    lab.apply(stack(lab, restored(**told)))
    (birth,) = sent(lab, "RestoreDBInstanceFromDBSnapshot")
    assert not {"MasterUserPassword", "PreferredMaintenanceWindow", "AllocatedStorage"} & birth.keys()
    assert SEALS not in [tag["Key"] for tag in birth["Tags"]]
    changes = {name: value for params in sent(lab, "ModifyDBInstance") for name, value in params.items()}
    assert {"PreferredMaintenanceWindow", "EnablePerformanceInsights"} <= changes.keys()
    value = lab.client("secretsmanager").get_secret_value(SecretId="master")["SecretString"]
    assert changes["MasterUserPassword"] == value
    lab.aws.forget_wire()
    assert open_steps(lab.apply(stack(lab, restored(**told)))[1]) == []
    assert lab.boto_writes() == []


def test_h38_a_restored_disk_has_grown_beyond_what_git_says(lab: Lab) -> None:
    snapshot(lab, size=60)
    settled(lab, restored())
    assert shown(lab, "data")["AllocatedStorage"] == 60


def test_h38_what_it_began_with_is_of_the_beginning_only(lab: Lab) -> None:
    snapshot(lab)
    settled(lab, restored(masterUsername="postgres"))
    identity = shown(lab, "data")["DbiResourceId"]
    for documents in (database(dbSnapshotIdentifier="another"), database()):
        assert open_steps(lab.plan(stack(lab, documents))[1]) == []
    assert shown(lab, "data")["DbiResourceId"] == identity


def test_h38_what_only_the_snapshot_decides_is_told_and_replaces_nothing(lab: Lab) -> None:
    snapshot(lab)
    documents = [{**d, "lifecycle": FREE} for d in restored(masterUsername="somebody")]
    settled(lab, documents)
    told = status(lab, documents)["DBInstance/data"]
    assert told["sync"] == "in-sync"
    assert "masterUsername is postgres" in told["reason"]


def test_h27_a_managed_password_is_ordered_after_the_restoration_and_awaited(lab: Lab) -> None:
    snapshot(lab)
    documents = restored(manageMasterUserPassword=True)
    documents[-1]["spec"].pop("masterUserPassword")
    settled(lab, documents)
    assert shown(lab, "data")["MasterUserSecret"]["SecretStatus"] == "active"


def test_h27_a_database_whose_password_is_being_made_is_not_ready() -> None:
    raw = {"dbInstanceStatus": "available", "masterUserSecret": {"secretArn": "arn", "secretStatus": "creating"}}
    assert KIND.state(raw) is not KIND.state({"dbInstanceStatus": "available"})
    assert "being made" in KIND.reason(raw)


def test_h27_leaving_the_managed_password_takes_one_of_git_s(lab: Lab) -> None:
    documents = database(manageMasterUserPassword=True)
    documents[-1]["spec"].pop("masterUserPassword")
    settled(lab, documents)
    _, left = lab.apply(stack(lab, database(manageMasterUserPassword=False)))
    assert open_steps(left) == []
    (told,) = sent(lab, "ModifyDBInstance")
    assert (told["ManageMasterUserPassword"], len(told["MasterUserPassword"])) == (False, 32)
    assert "MasterUserSecret" not in shown(lab, "data")


BY_CLUSTER = {"storageType": "gp3", "vpcSecurityGroupIds": ["sg-1"], "backupRetentionPeriod": 7, "engineVersion": "16"}


def member(**spec: Any) -> tuple[Wanted, Live]:
    raw = {
        "dbInstanceIdentifier": "data", "dbClusterIdentifier": "c", "dbInstanceClass": "db.r6g.large",
        "dbInstanceStatus": "available", "storageType": "aurora", "engineVersion": "15.4",
    }  # fmt: skip
    want = Wanted("DBInstance/data", "data", {"dbInstanceClass": "db.r6g.large", **spec}, {})
    return want, Live("DBInstance", "data", KIND.decode(raw), raw=raw)


def test_h39_what_a_cluster_decides_is_neither_compared_nor_sent() -> None:
    want, live = member(**BY_CLUSTER)
    assert list(KIND.diff(want, live)) == []
    want, live = member(**BY_CLUSTER, promotionTier=1, autoMinorVersionUpgrade=True, dbInstanceClass="db.r6g.xlarge")
    assert {d.path for d in KIND.diff(want, live)} == {"dbInstanceClass", "autoMinorVersionUpgrade"}


def test_h39_no_last_snapshot_is_asked_of_a_cluster_s_member() -> None:
    (call,) = KIND.delete(member()[1])
    assert call.params["skipFinalSnapshot"] is True
