"""Databases that AWS changes by itself, changes later than it says, or does not change after all."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.fixes import rds_instance, rds_own
from reconciler.errors import DesiredError
from reconciler.report import exit_code
from reconciler.steps import Action
from tests.engine.small import POLICY, Docs, but, change, database, run
from tests.hard.rds import AN_HOUR, HOURS, modified, settled, shown, status
from tests.support import ACCOUNT, REGION, Lab, document, open_steps


@pytest.fixture
def made(lab: Lab) -> Lab:
    """A database that has settled."""
    settled(lab, database())
    return lab


def changed(**spec: Any) -> Docs:
    return but(database(), "DBInstance", spec)


def aws_has() -> Any:
    """The instance in the emulator's own hands: what AWS does by itself is done to it."""
    return rds_own.instance(ACCOUNT, REGION, "data")


@pytest.mark.parametrize(
    ("wanted", "runs"), [("15", "15.7"), ("15.4", "15.10"), ("15.4", "15.4"), ("14", "15.7"), ("14.9", "15.2")]
)
def test_h04_aws_upgrades_by_itself_and_nobody_goes_back(wanted: str, runs: str, made: Lab) -> None:
    rds_own.upgrade(aws_has(), runs)
    for automatic in (True, False):
        documents = changed(engineVersion=wanted, autoMinorVersionUpgrade=automatic)
        assert open_steps(made.apply(made.stack(documents, policy=POLICY))[1]) == []
        made.clock.sleep(AN_HOUR)
    assert [sent for sent in modified(made) if "EngineVersion" in sent] == []
    assert shown(made)["EngineVersion"] == runs


def test_h04_an_engine_ahead_of_git_is_told(made: Lab) -> None:
    rds_own.upgrade(aws_has(), "16.3")
    told = status(made, database())["DBInstance/data"]
    assert (told["sync"], told["health"]) == ("in-sync", "healthy")
    assert told["reason"].startswith("its engine is at 16.3, ahead of git's 15")


def test_h04_versions_are_numbers(made: Lab) -> None:
    assert shown(made)["EngineVersion"] == "15.14"
    rds_own.upgrade(aws_has(), "15.4")
    settled(made, changed(engineVersion="15.10"))
    assert shown(made)["EngineVersion"] == "15.10"


def test_h04_an_upgrade_that_somebody_ordered_is_taken_back(made: Lab) -> None:
    rds = made.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier="data", EngineVersion="16.3", AllowMajorVersionUpgrade=True)
    assert shown(made)["PendingModifiedValues"] == {"EngineVersion": "16.3"}
    made.aws.forget_wire()
    settled(made, database())
    assert shown(made)["PendingModifiedValues"] == {}
    rds_instance.open_maintenance_window(ACCOUNT, REGION)
    made.clock.sleep(AN_HOUR)
    assert shown(made)["EngineVersion"] == "15.14"


def test_h05_a_disk_that_grew_by_itself_stays_and_never_shrinks(lab: Lab) -> None:
    documents = but(database(), "DBInstance", {"allocatedStorage": 100, "maxAllocatedStorage": 500})
    settled(lab, documents)
    rds_own.grow(aws_has(), 150)
    lab.clock.sleep(HOURS)
    assert open_steps(lab.apply(lab.stack(documents, policy=POLICY))[1]) == []
    assert modified(lab) == []
    settled(lab, but(documents, "DBInstance", {"storageType": "gp2"}))
    assert (shown(lab)["AllocatedStorage"], shown(lab)["StorageType"]) == (150, "gp2")
    settled(lab, but(documents, "DBInstance", {"storageType": "gp2", "allocatedStorage": 200}))
    assert shown(lab)["AllocatedStorage"] == 200


def test_h05_growth_is_ended_by_the_size_there_is(lab: Lab) -> None:
    settled(lab, but(database(), "DBInstance", {"maxAllocatedStorage": 100}))
    settled(lab, but(database(), "DBInstance", {"maxAllocatedStorage": 20}))
    assert "MaxAllocatedStorage" not in shown(lab)
    settled(lab, but(database(), "DBInstance", {"maxAllocatedStorage": 300, "allocatedStorage": 120}))
    assert (shown(lab)["AllocatedStorage"], shown(lab)["MaxAllocatedStorage"]) == (120, 300)


def test_h06_a_change_for_the_window_is_ordered_once_and_told(made: Lab) -> None:
    documents = changed(dbInstanceClass="db.t3.medium", applyImmediately=False)
    stack = made.stack(documents, policy=POLICY)
    for _ in range(3):
        assert open_steps(made.apply(stack)[1]) == []
        made.clock.sleep(AN_HOUR)
    assert modified(made) == [{"DBInstanceClass": "db.t3.medium"}]
    assert shown(made)["DBInstanceClass"] == "db.t3.micro"
    told = status(made, documents)["DBInstance/data"]
    window = shown(made)["PreferredMaintenanceWindow"]
    assert (told["sync"], told["reason"]) == ("in-sync", f"pending until {window}: dbInstanceClass")
    rds_instance.open_maintenance_window(ACCOUNT, REGION)
    made.clock.sleep(AN_HOUR)
    assert open_steps(made.plan(stack)[1]) == []
    assert shown(made)["DBInstanceClass"] == "db.t3.medium"


def test_h06_what_others_left_for_the_window_is_told_before_a_change_applies_it(made: Lab) -> None:
    made.client("rds").modify_db_instance(DBInstanceIdentifier="data", MultiAZ=True)
    report = run(made, made.stack(changed(backupRetentionPeriod=14), policy=POLICY), "plan")
    reason = change(report, "DBInstance/data")["reason"]
    assert "multiAZ" in reason
    assert "a change that is applied at once applies this too" in reason
    waits = changed(backupRetentionPeriod=14, applyImmediately=False)
    assert (
        "applies this too"
        not in change(run(made, made.stack(waits, policy=POLICY), "plan"), "DBInstance/data")["reason"]
    )


def test_h06_the_plan_says_what_takes_the_database_down(made: Lab) -> None:
    report = run(made, made.stack(changed(dbInstanceClass="db.t3.medium"), policy=POLICY), "plan")
    assert change(report, "DBInstance/data")["impact"] == "reboot"
    report = run(made, made.stack(changed(backupRetentionPeriod=14), policy=POLICY), "plan")
    assert change(report, "DBInstance/data")["impact"] == "none"


def test_h31_a_disk_that_rests_holds_up_nothing_else_and_is_asked_once(made: Lab) -> None:
    assert open_steps(made.apply(made.stack(changed(allocatedStorage=30), policy=POLICY))[1]) == []
    made.clock.sleep(AN_HOUR)
    made.aws.forget_wire()
    both = made.stack(changed(allocatedStorage=40, dbInstanceClass="db.t3.medium"), policy=POLICY)
    report = run(made, both)
    assert exit_code(report) == 1
    assert "six hours" in change(report, "DBInstance/data")["reason"]
    assert modified(made) == [
        {"DBInstanceClass": "db.t3.medium"},
        {"AllocatedStorage": 40, "StorageType": "gp3"},
    ]
    assert shown(made)["DBInstanceClass"] == "db.t3.medium"
    made.clock.sleep(HOURS)
    assert run(made, both)["result"] == "done"
    assert shown(made)["AllocatedStorage"] == 40


def test_h32_a_disk_is_told_its_size_with_its_speed(lab: Lab) -> None:
    fast = {"allocatedStorage": 400, "iops": 12000, "storageThroughput": 500}
    settled(lab, but(database(), "DBInstance", fast))
    assert open_steps(lab.plan(lab.stack(but(database(), "DBInstance", fast), policy=POLICY))[1]) == []
    settled(lab, but(database(), "DBInstance", {**fast, "iops": 14000}))
    assert (shown(lab)["Iops"], shown(lab)["AllocatedStorage"]) == (14000, 400)


def test_h33_spellings_that_aws_has_its_own_way_with_are_no_drift(lab: Lab) -> None:
    documents = but(database(), "DBInstance", {
        "dbInstanceIdentifier": "Data", "engine": "Postgres", "preferredMaintenanceWindow": "Sun:03:00-Sun:04:00",
        "dbParameterGroupName": "Settings", "storageEncrypted": True, "kmsKeyId": "${Key/data}",
    })  # fmt: skip
    group = {"dbParameterGroupFamily": "postgres15", "description": "d", "dbParameterGroupName": "Settings"}
    documents += [document("DBParameterGroup", "settings", group), document("Key", "data", {})]
    settled(lab, documents)
    assert open_steps(lab.plan(lab.stack(documents, policy=POLICY))[1]) == []
    assert shown(lab)["PreferredMaintenanceWindow"] == "sun:03:00-sun:04:00"
    for form in (shown(lab)["KmsKeyId"], shown(lab)["KmsKeyId"].rsplit("/", 1)[-1]):
        again = but(documents, "DBInstance", {"kmsKeyId": form})
        assert open_steps(lab.plan(lab.stack(again, policy=POLICY))[1]) == []


@pytest.mark.parametrize("form", ["alias/data", "arn:aws:kms:us-east-1:123456789012:alias/data"])
def test_h33_an_alias_that_aws_would_never_show_is_refused_offline(form: str, lab: Lab) -> None:
    with pytest.raises(DesiredError, match="behind an alias"):
        lab.stack(but(database(), "DBInstance", {"storageEncrypted": True, "kmsKeyId": form}))


def test_h34_what_aws_backup_decides_is_neither_compared_nor_sent(made: Lab) -> None:
    settled(made, changed(backupRetentionPeriod=7, preferredBackupWindow="01:00-02:00"))
    rds_own.take_over(aws_has())
    both = {"backupRetentionPeriod": 7, "preferredBackupWindow": "01:00-02:00"}
    settled(made, changed(**both, dbInstanceClass="db.t3.medium"))
    assert shown(made)["BackupRetentionPeriod"] == 30
    assert shown(made)["DBInstanceClass"] == "db.t3.medium"


def test_h35_only_what_changed_is_sent(made: Lab) -> None:
    _, left = made.apply(made.stack(changed(copyTagsToSnapshot=True), policy=POLICY))
    assert open_steps(left) == []
    assert modified(made) == [{"CopyTagsToSnapshot": True}]
    made.aws.forget_wire()
    how = changed(copyTagsToSnapshot=True, applyImmediately=False, allowMajorVersionUpgrade=True)
    assert open_steps(made.apply(made.stack(how, policy=POLICY))[1]) == []
    assert made.boto_writes() == []


def test_h37_a_change_that_aws_gave_up_fails_with_aws_words_and_is_not_sent_again(made: Lab) -> None:
    why = "Unable to modify database instance class: insufficient instance capacity"
    rds_own.fail_changes(aws_has(), why)
    stack = made.stack(changed(dbInstanceClass="db.t3.medium"), policy=POLICY)
    report = run(made, stack)
    assert exit_code(report) == 4
    assert why in change(report, "DBInstance/data")["reason"]
    assert modified(made) == [{"DBInstanceClass": "db.t3.medium"}]
    rds_own.fail_changes(aws_has(), "")
    assert run(made, stack)["result"] == "done"


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("storage-optimization", Action.UPDATE), ("storage-full", Action.UPDATE), ("modifying", Action.WAIT),
        ("upgrading", Action.WAIT), ("configuring-enhanced-monitoring", Action.WAIT), ("something-new", Action.WAIT),
        ("deleting", Action.WAIT),
    ],
)  # fmt: skip
def test_h36_every_state_says_whether_to_act_or_to_wait(status: str, action: Action, made: Lab) -> None:
    aws_has().status = status
    _, plan = made.plan(made.stack(changed(allocatedStorage=30), policy=POLICY))
    assert {s.address: s.action for s in plan.steps}["DBInstance/data"] is action


@pytest.mark.parametrize("status", ["failed", "incompatible-network", "inaccessible-encryption-credentials"])
def test_h36_an_end_of_all_states_is_no_success(status: str, made: Lab) -> None:
    aws_has().status = status
    begin = made.clock.now()
    report = run(made, made.stack(database(), policy=POLICY))
    assert exit_code(report) == 4
    assert made.clock.now() - begin < 60
    assert status in change(report, "DBInstance/data")["reason"]
    assert made.boto_writes() == []


def test_h36_a_full_disk_may_still_grow(made: Lab) -> None:
    aws_has().status = "storage-full"
    settled(made, changed(allocatedStorage=30, copyTagsToSnapshot=True))
    assert (shown(made)["AllocatedStorage"], shown(made)["CopyTagsToSnapshot"]) == (30, True)


def test_h36_a_state_nobody_knows_ends_after_its_time(made: Lab) -> None:
    aws_has().status = "something-new"
    report = run(made, made.stack(database(), policy=POLICY), timeout=1e6)
    assert exit_code(report) == 4
    assert "not ready after 60 minutes: something-new" in change(report, "DBInstance/data")["reason"]
