"""The life of replicas, what is restored to a moment, and what cannot begin as git says."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.fixes import rds_own
from reconciler.errors import DesiredError
from reconciler.steps import Action
from tests.engine.small import POLICY, change, database, run
from tests.hard.copies import SOURCE, copy, replica, settled, shown, stack
from tests.hard.rds import status
from tests.support import ACCOUNT, REGION, Lab, document, open_steps


def test_a_replica_is_promoted_in_place_when_git_says_that_it_is_none(lab: Lab) -> None:
    settled(lab, [*database(), replica(backupRetentionPeriod=7)])
    before = shown(lab)["DbiResourceId"]
    settled(lab, [*database(), copy(sourceDBInstanceIdentifier="", multiAZ=True)])
    found = shown(lab)
    assert found["DbiResourceId"] == before
    assert "ReadReplicaSourceDBInstanceIdentifier" not in found
    assert (found["BackupRetentionPeriod"], found["MultiAZ"]) == (7, True)
    assert shown(lab, "data")["ReadReplicaDBInstanceIdentifiers"] == []


def test_a_replica_of_which_git_no_longer_names_the_source_stays_one(lab: Lab) -> None:
    settled(lab, [*database(), replica()])
    known = {"engine": "postgres", "masterUsername": "postgres", "allocatedStorage": 20}
    documents = [
        *database(),
        copy(**known, manageMasterUserPassword=False, masterUserPassword="${Secret/master:value}"),
    ]
    _, plan = lab.plan(stack(lab, documents))
    step = next(s for s in plan.steps if s.address == "DBInstance/copy")
    assert "sourceDBInstanceIdentifier" not in step.fields
    assert step.action is not Action.REPLACE


def test_a_replica_that_somebody_promoted_is_told_and_never_made_anew(lab: Lab) -> None:
    settled(lab, [*database(), replica()])
    lab.client("rds").promote_read_replica(DBInstanceIdentifier="copy")
    lab.clock.sleep(60)
    lab.aws.forget_wire()
    report = run(lab, stack(lab, [*database(), replica()]))
    told = change(report, "DBInstance/copy")
    assert told["action"] == "refused"
    assert "sourceDBInstanceIdentifier cannot change in place" in told["reason"]
    assert told["fields"][0]["live"] is None
    assert [w for w in lab.boto_writes() if "DBInstance" in w] == []


def test_a_replica_that_stopped_following_is_unwell(lab: Lab) -> None:
    documents = [*database(), replica()]
    settled(lab, documents)
    rds_own.instance(ACCOUNT, REGION, "copy").replication = "error"
    told = status(lab, documents)["DBInstance/copy"]
    assert told["sync"] == "in-sync"
    assert "read replication error" in told["reason"]


def test_a_replica_of_another_region_names_its_source_by_arn(lab: Lab) -> None:
    settled(lab, database(backupRetentionPeriod=7))
    arn = shown(lab, "data")["DBInstanceArn"]
    told = copy(sourceDBInstanceIdentifier=arn, vpcSecurityGroupIds=["${SecurityGroup/db}"])
    away = [d for d in database() if d["kind"] not in ("DBInstance", "Secret")]
    for one in away:
        if zone := one["spec"].get("availabilityZone"):
            one["spec"]["availabilityZone"] = zone.replace(REGION, "eu-west-1")
    told["spec"]["dbSubnetGroupName"] = "${DBSubnetGroup/data}"
    documents = [*away, told]
    for turn in ("made", "seen again"):
        far = lab.stack(documents, name="far", policy=POLICY, region="eu-west-1")
        _, left = lab.apply(far)
        assert open_steps(left) == [], turn
    found = shown(lab, region="eu-west-1")
    assert found["ReadReplicaSourceDBInstanceIdentifier"] == arn
    assert found["DBSubnetGroup"]["DBSubnetGroupName"] == "data"


def test_a_moment_of_another_database_is_restored(lab: Lab) -> None:
    moment = {"sourceDBInstanceIdentifier": SOURCE, "useLatestRestorableTime": True}
    documents = [*database(), copy(restoreToPointInTime=moment, dbSubnetGroupName="${DBSubnetGroup/data}")]
    settled(lab, documents)
    assert shown(lab)["MasterUsername"] == "postgres"
    assert "ReadReplicaSourceDBInstanceIdentifier" not in shown(lab)


def test_what_somebody_restores_with_our_tags_is_one_object_too_many(lab: Lab) -> None:
    settled(lab, database())
    rds = lab.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier="data", DBSnapshotIdentifier="by-hand")
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="by-hand", DBSnapshotIdentifier="by-hand")
    lab.clock.sleep(60)
    lab.aws.forget_wire()
    told = change(run(lab, stack(lab, database())), "DBInstance/data")
    assert told["action"] == "refused"
    assert "data" in told["reason"]
    assert "by-hand" in told["reason"]
    assert [w for w in lab.boto_writes() if "DBInstance" in w] == []


MOMENT: dict[str, Any] = {"sourceDBInstanceIdentifier": SOURCE}
WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"sourceDBInstanceIdentifier": SOURCE, "dbSnapshotIdentifier": "s"}, "Keep one of the two"),
    ({}, {"sourceDBInstanceIdentifier": SOURCE, "engine": "postgres"}, "a replica has what its source has"),
    ({}, {"sourceDBInstanceIdentifier": SOURCE, "dbSubnetGroupName": "${DBSubnetGroup/data}"}, "lies where its source"),
    ({}, {"restoreToPointInTime": MOMENT}, "it needs one of restoreTime, useLatestRestorableTime"),
    ({}, {"restoreToPointInTime": {"useLatestRestorableTime": True}}, "it needs one of sourceDBInstanceIdentifier"),
    ({}, {"restoreToPointInTime": {**MOMENT, "restoreTime": "yesterday"}}, "does not have the form"),
    (
        {},
        {"restoreToPointInTime": {**MOMENT, "restoreTime": "2026-03-01T00:00:00Z", "useLatestRestorableTime": True}},
        "restoreTime says it already",
    ),
    (
        {"backupRetentionPeriod": 0},
        {"sourceDBInstanceIdentifier": SOURCE},
        "copy is made of it, for which it must make",
    ),
    (
        {"backupRetentionPeriod": 0},
        {"restoreToPointInTime": {**MOMENT, "useLatestRestorableTime": True}},
        "copy is made of it",
    ),
]


@pytest.mark.parametrize(("source", "spec", "said"), WRONG)
def test_what_cannot_begin_so_is_told_offline(
    source: dict[str, Any], spec: dict[str, Any], said: str, lab: Lab
) -> None:
    with pytest.raises(DesiredError) as caught:
        stack(lab, [*database(**source), copy(**spec)])
    assert said in str(caught.value)


def test_a_replica_of_a_replica_that_makes_no_backups_is_told_offline(lab: Lab) -> None:
    third = document(
        "DBInstance", "third", {"dbInstanceClass": "db.t3.micro", "sourceDBInstanceIdentifier": "${DBInstance/copy}"}
    )
    with pytest.raises(DesiredError, match="third is made of it"):
        stack(lab, [*database(), replica(), third])
    stack(lab, [*database(), replica(backupRetentionPeriod=1), third])
