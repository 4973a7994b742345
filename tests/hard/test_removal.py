"""What leaves git: data that stays, names that are given to another address, fields that nobody mentions any more."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.report import exit_code
from tests.engine.small import FREE, POLICY, Docs, actions, but, change, database, group, run, served, topic
from tests.support import Lab, document, open_steps

ANCHOR = topic("anchor")


PRECIOUS = {
    "Secret": document("Secret", "word", {"value": "external"}),
    "Key": document("Key", "data", {"alias": "alias/data"}),
    "Bucket": document("Bucket", "hard-files", {}),
    "HostedZone": document("HostedZone", "zone", {"name": "example.com"}),
    "LogGroup": group("app"),
    "Repository": document("Repository", "images", {}),
}


@pytest.mark.parametrize("kind", list(PRECIOUS))
def test_h21_what_holds_data_outlives_its_document(lab: Lab, kind: str) -> None:
    """Neither a pruned document nor the destruction of the stack takes it away."""
    run(lab, lab.stack([PRECIOUS[kind], ANCHOR], policy=POLICY))
    lab.aws.forget_wire()
    report = run(lab, lab.stack([ANCHOR], policy=POLICY))
    (kept,) = report["changes"]
    assert (kept["action"], kept["cause"]) == ("none", "orphan")
    assert "lifecycle: {deletion: delete}" in kept["reason"]
    assert lab.boto_writes() == []
    assert run(lab, lab.stack([PRECIOUS[kind], ANCHOR], policy=POLICY), "destroy")["result"] == "done"
    assert lab.boto_writes() == ["sns:DeleteTopic"]


def test_h21_a_database_under_another_name_is_a_second_one_and_the_first_stays(lab: Lab) -> None:
    run(lab, lab.stack(database(), policy=POLICY))
    renamed = [d if d["kind"] != "DBInstance" else {**d, "metadata": {"name": "moved"}} for d in database()]
    told = actions(run(lab, lab.stack(renamed, policy=POLICY), "plan"))
    assert told == {"DBInstance/moved": "create", "DBInstance/data": "none"}


def test_h21_a_name_in_aws_that_another_address_of_ours_has_is_refused_at_once(lab: Lab) -> None:
    """The document was renamed, and the name in AWS was not: nothing is tried that AWS could only refuse."""
    old = document("LogGroup", "old", {"logGroupName": "/app", "retentionInDays": 7})
    new = document("LogGroup", "new", {"logGroupName": "/app", "retentionInDays": 7})
    run(lab, lab.stack([old, ANCHOR], policy=POLICY))
    lab.aws.forget_wire()
    begin = lab.clock.now()
    report = run(lab, lab.stack([new, ANCHOR], policy=POLICY))
    assert (report["result"], exit_code(report)) == ("refused", 3)
    told = change(report, "LogGroup/new")
    assert (told["action"], told["cause"]) == ("refused", "conflict")
    assert "LogGroup/old" in told["reason"]
    assert lab.boto_writes() == []
    assert lab.clock.now() - begin < 60


def test_h21_a_name_that_becomes_free_is_taken_in_the_same_run(lab: Lab) -> None:
    """What holds no data goes, and what git calls otherwise is made in its place."""
    run(lab, lab.stack([document("Topic", "old", {"name": "news"}), ANCHOR], policy=POLICY))
    stack = lab.stack([document("Topic", "new", {"name": "news"}), ANCHOR], policy=POLICY)
    assert actions(run(lab, stack, "plan")) == {"Topic/new": "create", "Topic/old": "delete"}
    assert run(lab, stack)["result"] == "done"
    assert open_steps(lab.plan(stack)[1]) == []


def test_a_text_that_is_somebody_s_name_by_chance_holds_nothing(lab: Lab) -> None:
    """The group's description is what the cluster is called: neither stands on the other."""
    group = document("SecurityGroup", "web", {"vpcId": "${VPC/net}", "description": "news"})
    network = document("VPC", "net", {"cidrBlock": "10.0.0.0/16"}, deletion="retain")
    stack = lab.stack(
        [document("ECSCluster", "news", {}), {**group, "lifecycle": {"deletion": "retain"}}, network], policy=POLICY
    )
    run(lab, stack)
    left = run(lab, stack, "destroy")
    assert {c["address"]: c["action"] for c in left["changes"]}["ECSCluster/news"] == "delete"


def test_h21_moving_the_address_tag_is_how_a_document_is_renamed(lab: Lab) -> None:
    run(lab, lab.stack([document("LogGroup", "old", {"logGroupName": "/app"}), ANCHOR], policy=POLICY))
    logs = lab.client("logs")
    arn = logs.describe_log_groups()["logGroups"][0]["arn"].removesuffix(":*")
    logs.tag_resource(resourceArn=arn, tags={"reconciler:address": "LogGroup/new"})
    lab.aws.forget_wire()
    stack = lab.stack([document("LogGroup", "new", {"logGroupName": "/app"}), ANCHOR], policy=POLICY)
    assert (run(lab, stack)["result"], lab.boto_writes()) == ("done", [])


DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "LogGroup": ({}, {"retentionInDays": 7}, {"retentionInDays": 0}),
    "Repository": ({}, {"imageTagMutability": "IMMUTABLE"}, {"imageTagMutability": "MUTABLE"}),
    "ECSCluster": (
        {}, {"settings": {"containerInsights": "enabled"}}, {"settings": {"containerInsights": "disabled"}}
    ),
    "VPC": ({"cidrBlock": "10.0.0.0/16"}, {"enableDnsHostnames": True}, {"enableDnsHostnames": False}),
    "Bucket": (
        {},
        {"lifecycleConfiguration": {"rules": [{"id": "x", "status": "Enabled", "expiration": {"days": 9}}]}},
        {"lifecycleConfiguration": {}},
    ),
    "Topic": ({}, {"displayName": "News"}, {"displayName": ""}),
}  # fmt: skip
"""Kind → what is always said, a field, and the default of the field."""


@pytest.mark.parametrize("kind", list(DEFAULTS))
def test_h69_what_git_says_no_more_stays_until_its_default_is_written_down(lab: Lab, kind: str) -> None:
    always, said, default = DEFAULTS[kind]

    def stack(spec: dict[str, Any]) -> Any:
        return lab.stack([document(kind, "thing", {**always, **spec})], policy=POLICY)

    run(lab, stack(said))
    lab.aws.forget_wire()
    assert (run(lab, stack({}))["result"], lab.boto_writes()) == ("done", [])
    (field,) = said
    assert open_steps(lab.plan(stack(said))[1]) == []
    assert {
        f["path"].partition(".")[0] for f in change(run(lab, stack(default), "plan"), f"{kind}/thing")["fields"]
    } == {field}
    assert run(lab, stack(default))["result"] == "done"
    assert open_steps(lab.plan(stack(default))[1]) == []
    assert open_steps(lab.plan(stack(said))[1]) != []


def test_h69_a_database_keeps_what_another_change_does_not_mention(lab: Lab) -> None:
    """Half of the fields come back to their defaults only if they are written down."""
    rich = {"backupRetentionPeriod": 14, "copyTagsToSnapshot": True, "multiAZ": True, "deletionProtection": False}
    run(lab, lab.stack(database(**rich), policy=POLICY))
    run(lab, lab.stack(database(dbInstanceClass="db.t3.small"), policy=POLICY))
    lab.clock.sleep(600)
    (found,) = lab.client("rds").describe_db_instances()["DBInstances"]
    assert found["DBInstanceClass"] == "db.t3.small"
    assert (found["BackupRetentionPeriod"], found["CopyTagsToSnapshot"], found["MultiAZ"]) == (14, True, True)
    plain = {"backupRetentionPeriod": 1, "copyTagsToSnapshot": False, "multiAZ": False}
    stack = lab.stack(database(dbInstanceClass="db.t3.small", **plain), policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    assert open_steps(lab.plan(stack)[1]) == []


def test_h47_a_group_that_a_service_made_meanwhile_is_a_conflict_and_no_failure(lab: Lab) -> None:
    """It was not there when the plan was made; the creation finds it, and the next look says whose it is not."""
    stack = lab.stack([group("/aws/rds/instance/data/postgresql")], policy=POLICY)
    engine = lab.engine(stack)
    world, _ = engine.plan()
    lab.client("logs").create_log_group(logGroupName="/aws/rds/instance/data/postgresql")
    _, left = engine.reconcile(world)
    (told,) = open_steps(left)
    assert told.startswith("refused")
    assert "lifecycle: {adopt: true}" in told
    adopted = lab.stack([group("/aws/rds/instance/data/postgresql", adopt=True)], policy=POLICY)
    assert run(lab, adopted)["result"] == "done"
    assert lab.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 7


def logged() -> Docs:
    """A service that writes to a group."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    options = {"awslogs-group": "${LogGroup/app}", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"}
    container = {
        "name": "web", "image": "nginx:1", "portMappings": [{"containerPort": 80}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }  # fmt: skip
    task = {"executionRoleArn": "${Role/execution}", "containerDefinitions": [container]}
    return [*but(served(), "TaskDefinition", task), document("Role", "execution", role), group("app", **FREE)]


def test_h47_a_group_goes_after_all_who_write_to_it(lab: Lab) -> None:
    run(lab, lab.stack(logged(), policy=POLICY))
    lab.aws.forget_wire()
    assert run(lab, lab.stack(logged(), policy=POLICY), "destroy")["result"] == "done"
    order = [w.operation for w in lab.aws.wire if w.writes]
    assert order.index("DeleteService") < order.index("DeleteLogGroup")
    assert lab.client("logs").describe_log_groups()["logGroups"] == []


def exporting() -> Docs:
    """A database whose log git has a group for."""
    logs = document(
        "LogGroup", "log", {"logGroupName": "/aws/rds/instance/data/postgresql", "retentionInDays": 7}, **FREE
    )
    exports: dict[str, Any] = {"enableCloudwatchLogsExports": ["postgresql"], "deletionProtection": False}
    return [*but(database(**exports), "DBInstance", None, **FREE), logs]


@pytest.mark.parametrize("verb", ["destroy", "prune"])
def test_h47_the_group_of_a_database_s_log_is_there_first_and_goes_last(lab: Lab, verb: str) -> None:
    """RDS would make it by itself, for ever, and make it again while it ends."""
    stack = lab.stack([*exporting(), ANCHOR], policy=POLICY)
    assert run(lab, stack)["result"] == "done"
    assert lab.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 7
    lab.aws.forget_wire()
    less = lab.stack([ANCHOR], policy=POLICY) if verb == "prune" else stack
    assert run(lab, less, "destroy" if verb == "destroy" else "apply")["result"] == "done"
    lab.clock.sleep(600)
    assert lab.client("logs").describe_log_groups()["logGroups"] == []


def test_h47_what_git_says_depends_on_it_goes_before_it(lab: Lab) -> None:
    """No field of the topic names the group."""
    documents = [group("app", **FREE), document("Topic", "news", {}, dependsOn=["LogGroup/app"])]
    stack = lab.stack(documents, policy=POLICY)
    run(lab, stack)
    lab.aws.forget_wire()
    assert run(lab, stack, "destroy")["result"] == "done"
    assert lab.boto_writes() == ["sns:DeleteTopic", "logs:DeleteLogGroup"]
