"""Longer stories on the embedded AWS, in which several services meet."""

from __future__ import annotations

import pytest

from reconciler.emulator.fixes.ecs_rollout import broken_task_definitions
from reconciler.emulator.fixes.rds_instance import open_maintenance_window
from tests.emulator.checks import ecs, rds
from tests.emulator.checks.base import Aws, code


@pytest.fixture
def aws() -> Aws:
    return Aws()


def test_without_a_pace_everything_is_there_at_the_next_look() -> None:
    at_once = Aws(pace=0.0)
    made = ecs.app(at_once)
    at_once.client("ecs").create_service(**ecs.serving(made))
    rds.prepared(at_once)
    rds.create(at_once)
    assert ecs.rollouts(at_once) == [("PRIMARY", "COMPLETED", "f:1", 2)]
    assert rds.shown(at_once)["DBInstanceStatus"] == "available"
    assert not at_once.emulator.blunders(), at_once.emulator.crashes


def test_without_a_pace_a_broken_revision_ends_as_well() -> None:
    at_once = Aws(pace=0.0)
    made = ecs.app(at_once)
    at_once.client("ecs").create_service(**ecs.serving(made, taskDefinition="f:3", deploymentConfiguration={}))
    assert ecs.service(at_once)["runningCount"] == 0
    assert ecs.service(at_once)["deployments"][0]["failedTasks"] > 0


def test_the_first_revision_has_nothing_to_roll_back_to(aws: Aws) -> None:
    made = ecs.app(aws)
    aws.client("ecs").create_service(**ecs.serving(made, taskDefinition="f:3"))
    aws.advance(10)
    assert ecs.rollouts(aws) == [("PRIMARY", "FAILED", "f:3", 0)]


def test_a_failed_rollout_is_over_when_the_next_one_is_good(aws: Aws) -> None:
    made = ecs.app(aws)
    aws.client("ecs").create_service(**ecs.serving(made, taskDefinition="f:3"))
    aws.advance(10)
    aws.client("ecs").update_service(cluster="c", service="s", taskDefinition="f:2")
    aws.advance(3)
    assert ecs.rollouts(aws) == [("PRIMARY", "COMPLETED", "f:2", 2)]


def test_a_test_can_break_any_revision(aws: Aws) -> None:
    ecs.running(aws)
    broken_task_definitions.add("arn:aws:ecs:us-east-1:123456789012:task-definition/f:2")
    aws.client("ecs").update_service(cluster="c", service="s", taskDefinition="f:2")
    aws.advance(5)
    assert ecs.service(aws)["taskDefinition"].endswith("f:1")
    aws.emulator.reset()
    assert broken_task_definitions == set()


def test_the_same_revision_again_is_no_deployment_unless_forced(aws: Aws) -> None:
    ecs.running(aws)
    client = aws.client("ecs")
    before = ecs.service(aws)["deployments"][0]["id"]
    client.update_service(cluster="c", service="s", taskDefinition="f:1", healthCheckGracePeriodSeconds=0)
    assert ecs.service(aws)["deployments"][0]["id"] == before
    client.update_service(cluster="c", service="s", forceNewDeployment=True)
    assert ecs.service(aws)["deployments"][0]["id"] != before


def test_a_missing_log_group_stops_the_tasks(aws: Aws) -> None:
    made = ecs.app(aws)
    options = {"awslogs-group": "/none", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "a"}
    ecs.register(
        aws, made.role, family="g", container={"logConfiguration": {"logDriver": "awslogs", "options": options}}
    )
    aws.client("ecs").create_service(**ecs.serving(made, taskDefinition="g"))
    aws.advance(10)
    assert any("log group does not exist" in event["message"] for event in ecs.service(aws)["events"])


def test_a_service_on_instances_waits_for_some(aws: Aws) -> None:
    made = ecs.app(aws)
    ecs.register(aws, made.role, family="g", requiresCompatibilities=["EC2"])
    aws.client("ecs").create_service(**ecs.serving(made, taskDefinition="g", launchType="EC2"))
    aws.advance(10)
    assert ecs.service(aws)["runningCount"] == 0


def test_services_stable_waits_for_the_rollout(aws: Aws) -> None:
    made = ecs.app(aws)
    aws.client("ecs").create_service(**ecs.serving(made))
    stable = aws.client("ecs").get_waiter("services_stable")
    aws.advance(3)
    stable.wait(cluster="c", services=["s"], WaiterConfig={"Delay": 0, "MaxAttempts": 1})


def test_the_maintenance_window_applies_what_waits(aws: Aws) -> None:
    rds.available(aws)
    rds.modify(aws, DBInstanceClass="db.t3.large")
    open_maintenance_window("123456789012", "us-east-1")
    aws.advance(2)
    assert rds.shown(aws)["DBInstanceClass"] == "db.t3.large"


def test_taking_a_pending_change_back_leaves_nothing_pending(aws: Aws) -> None:
    rds.available(aws)
    rds.modify(aws, DBInstanceClass="db.t3.large")
    rds.modify(aws, DBInstanceClass="db.t3.medium")
    assert rds.shown(aws)["PendingModifiedValues"] == {}


def test_a_major_upgrade_takes_a_parameter_group_of_the_new_family_in_the_same_call(aws: Aws) -> None:
    rds.available(aws)
    upgrade = {"EngineVersion": "16", "AllowMajorVersionUpgrade": True, "ApplyImmediately": True}
    assert code(lambda: rds.modify(aws, **upgrade)) == "InvalidParameterCombination"
    wanted = {"DBParameterGroupName": "p16", "DBParameterGroupFamily": "postgres16", "Description": "p"}
    aws.client("rds").create_db_parameter_group(**wanted)
    rds.modify(aws, DBParameterGroupName="p16", **upgrade)
    aws.advance(2)
    assert rds.shown(aws)["EngineVersion"].startswith("16.")
    assert rds.shown(aws)["DBParameterGroups"][0]["ParameterApplyStatus"] == "pending-reboot"


def test_a_renamed_instance_is_found_under_its_new_name(aws: Aws) -> None:
    rds.available(aws)
    rds.modify(aws, NewDBInstanceIdentifier="other", ApplyImmediately=True)
    aws.advance(2)
    found = aws.client("rds").describe_db_instances()["DBInstances"]
    assert [one["DBInstanceIdentifier"] for one in found] == ["other"]


def test_final_snapshots_need_names_of_their_own(aws: Aws) -> None:
    delete = aws.client("rds").delete_db_instance
    rds.available(aws)
    delete(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")
    aws.advance(2)
    rds.create(aws)
    aws.advance(4)
    taken = code(delete, DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")
    assert taken == "DBSnapshotAlreadyExists"


def test_a_task_definition_has_its_tags(aws: Aws) -> None:
    made = ecs.app(aws)
    arn = ecs.register(aws, made.role, family="g", tags=[{"key": "a", "value": "b"}])["taskDefinitionArn"]
    assert aws.client("ecs").list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "a", "value": "b"}]


def test_a_deleted_replica_leaves_its_source_alone(aws: Aws) -> None:
    net = rds.available(aws)
    client = aws.client("rds")
    client.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="db")
    aws.advance(3600)
    client.delete_db_instance(DBInstanceIdentifier="replica", SkipFinalSnapshot=True)
    aws.advance(2)
    assert rds.shown(aws)["DBInstanceStatus"] == "available"
    assert code(aws.client("ec2").delete_subnet, SubnetId=net.subnets[0]) == "DependencyViolation"


def test_an_instance_without_security_groups_gets_its_own_networks_default(aws: Aws) -> None:
    net = rds.available(aws)
    group = rds.shown(aws)["VpcSecurityGroups"][0]["VpcSecurityGroupId"]
    found = aws.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert (found["VpcId"], found["GroupName"]) == (net.vpc, "default")
