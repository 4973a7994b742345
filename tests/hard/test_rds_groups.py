"""Parameter groups, master passwords and the last snapshot of a database."""

from __future__ import annotations

from typing import Any

from reconciler.emulator.fixes import rds_own
from tests.engine.small import FREE, POLICY, Docs, but, database, without
from tests.hard.rds import modified, settled, shown, status
from tests.support import ACCOUNT, REGION, Lab, document, open_steps

DYNAMIC = {
    "autovacuum": "on", "deadlock_timeout": 2000, "effective_cache_size": 1000, "log_connections": True,
    "idle_in_transaction_session_timeout": 1000, "log_disconnections": "yes", "log_lock_waits": 1,
    "log_min_duration_statement": 500, "log_statement": "ddl", "log_temp_files": 10, "maintenance_work_mem": 2048,
    "max_wal_size": 4096, "pg_stat_statements.track": "all", "random_page_cost": "1.1", "rds.force_ssl": "1",
    "rds.log_retention_period": 1440, "statement_timeout": 1000, "timezone": "Europe/Berlin", "work_mem": 1024,
}  # fmt: skip
STATIC = {"max_connections": 100, "shared_buffers": 20000, "wal_buffers": 16, "rds.logical_replication": True}


def grouped(parameters: dict[str, Any], version: str = "15", **spec: Any) -> Docs:
    """A database with a parameter group of its own."""
    family = f"postgres{version}"
    group = {"dbParameterGroupFamily": family, "description": "settings", "parameters": parameters}
    more = {"engineVersion": version, "dbParameterGroupName": "${DBParameterGroup/settings}", **spec}
    return [*but(database(), "DBInstance", more), document("DBParameterGroup", "settings", group, **FREE)]


def sent(lab: Lab) -> list[dict[str, tuple[str, str]]]:
    """name → (value, method), of each call that set parameters."""
    calls = [w.params["Parameters"] for w in lab.aws.wire if w.operation == "ModifyDBParameterGroup"]
    return [{p["ParameterName"]: (p["ParameterValue"], p["ApplyMethod"]) for p in call} for call in calls]


def test_h28_the_method_is_aws_to_say_and_twenty_go_in_a_call(lab: Lab) -> None:
    stack = lab.stack(grouped({**DYNAMIC, **STATIC}), policy=POLICY)
    assert open_steps(lab.apply(stack)[1]) == []
    calls = sent(lab)
    assert sorted(map(len, calls)) == [3, 20]
    methods = {name: method for call in calls for name, (_, method) in call.items()}
    assert {methods[n] for n in DYNAMIC} == {"immediate"}
    assert {methods[n] for n in STATIC} == {"pending-reboot"}


def test_h28_switches_are_equal_however_they_are_spelled(lab: Lab) -> None:
    settled(lab, grouped({"rds.force_ssl": "on", "autovacuum": True, "log_connections": 1}))
    settled(lab, grouped({"rds.force_ssl": 1, "autovacuum": "yes", "log_connections": "TRUE"}))
    assert sent(lab) == []
    settled(lab, grouped({"rds.force_ssl": "off", "autovacuum": True, "log_connections": 1}))
    found = lab.client("rds").describe_db_parameters(DBParameterGroupName="settings", Source="user")["Parameters"]
    assert {p["ParameterName"]: p["ParameterValue"] for p in found}["rds.force_ssl"] == "0"


def test_h28_what_git_does_not_name_and_another_method_are_no_drift(lab: Lab) -> None:
    settled(lab, grouped({"work_mem": 1024}))
    theirs = [("log_statement", "ddl", "immediate"), ("work_mem", "1024", "pending-reboot")]
    told = [{"ParameterName": n, "ParameterValue": v, "ApplyMethod": m} for n, v, m in theirs]
    lab.client("rds").modify_db_parameter_group(DBParameterGroupName="settings", Parameters=told)
    assert open_steps(lab.plan(lab.stack(grouped({"work_mem": 1024}), policy=POLICY))[1]) == []


def test_h29_what_waits_for_a_reboot_is_told_and_left_to_a_person(lab: Lab) -> None:
    documents = grouped({"max_connections": 100})
    settled(lab, documents)
    documents = grouped({"max_connections": 200})
    settled(lab, documents)
    assert open_steps(lab.apply(lab.stack(documents, policy=POLICY))[1]) == []
    assert "rds:RebootDBInstance" not in lab.boto_writes()
    assert (status(lab, documents)["DBInstance/data"]["health"], reason(lab, documents)) == (
        "healthy", "settings of settings wait for a reboot",
    )  # fmt: skip
    lab.client("rds").reboot_db_instance(DBInstanceIdentifier="data")
    lab.clock.sleep(60)
    assert reason(lab, documents) == ""


def reason(lab: Lab, documents: Docs) -> str:
    return status(lab, documents)["DBInstance/data"]["reason"]


def test_h30_a_group_that_is_used_is_replaced_with_the_engine_in_one_call(lab: Lab) -> None:
    settled(lab, grouped({"work_mem": 1024}))
    lab.aws.forget_wire()
    documents = grouped({"work_mem": 1024}, version="16", allowMajorVersionUpgrade=True)
    assert open_steps(lab.apply(lab.stack(documents, policy=POLICY))[1]) == []
    (change,) = modified(lab)
    assert change.keys() == {"EngineVersion", "DBParameterGroupName", "AllowMajorVersionUpgrade"}
    names = [g["DBParameterGroupName"] for g in lab.client("rds").describe_db_parameter_groups()["DBParameterGroups"]]
    assert [n for n in names if not n.startswith("default.")] == [change["DBParameterGroupName"]]
    order = [w.operation for w in lab.aws.wire if w.writes and "DB" in w.operation and w.status == 200]
    assert order.index("CreateDBParameterGroup") < order.index("ModifyDBInstance")
    assert order.index("ModifyDBInstance") < order.index("DeleteDBParameterGroup")
    assert shown(lab)["EngineVersion"].startswith("16.")


def test_h25_the_last_snapshot_has_a_name_of_its_own_each_time(lab: Lab) -> None:
    documents = but(database(), "DBInstance", {}, **FREE)
    snapshots: list[str] = []
    for turn in (1, 2):
        settled(lab, documents)
        settled(lab, without(documents, "DBInstance/data"))
        found = lab.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
        snapshots = [s["DBSnapshotIdentifier"] for s in found]
        assert len(set(snapshots)) == turn
    assert all(name.startswith("data-final-") for name in snapshots)


def test_h25_a_deletion_that_is_tried_again_asks_for_the_same_snapshot(lab: Lab) -> None:
    documents = but(database(), "DBInstance", {}, **FREE)
    settled(lab, documents)
    rds_own.instance(ACCOUNT, REGION, "data").status = "stopping"
    names = set()
    for _ in range(2):
        _, plan = lab.plan(lab.stack(without(documents, "DBInstance/data"), policy=POLICY))
        (step,) = (s for s in plan.steps if s.address == "DBInstance/data")
        assert step.live is not None
        (call,) = step.kind.delete(step.live)
        names.add(call.params["finalDBSnapshotIdentifier"])
    assert len(names) == 1


def passwords(lab: Lab) -> int:
    return sum("MasterUserPassword" in sent for sent in modified(lab))


def test_h26_a_password_is_sent_again_only_when_its_secret_has_another_version(lab: Lab) -> None:
    stack = lab.stack(database(), policy=POLICY)
    for _ in range(3):
        assert open_steps(lab.apply(stack)[1]) == []
    assert passwords(lab) == 0
    lab.client("secretsmanager").put_secret_value(SecretId="master", SecretString="another-password-1")
    for _ in range(3):
        assert open_steps(lab.apply(stack)[1]) == []
    assert passwords(lab) == 1
    (wire,) = (w for w in lab.aws.wire if w.operation == "ModifyDBInstance")
    assert wire.params["MasterUserPassword"] == "another-password-1"
    tags = {t["Key"]: t["Value"] for t in shown(lab)["TagList"]}
    assert not any("another-password-1" in value for value in tags.values())
