"""What cannot change in place is made anew, without a gap, and a process that dies on the way leaves nothing behind."""

from __future__ import annotations

from typing import Any

from tests.engine.small import (
    POLICY,
    Docs,
    actions,
    but,
    change,
    database,
    killed,
    run,
    served,
)  # fmt: skip
from tests.support import Lab, document, only, open_steps


def converged(lab: Lab, documents: Docs) -> Any:
    stack = lab.stack(documents, policy=POLICY)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    assert open_steps(lab.plan(stack)[1]) == []
    return world


def target_groups(lab: Lab) -> list[dict[str, Any]]:
    return list(lab.client("elbv2").describe_target_groups()["TargetGroups"])


def used_groups(lab: Lab) -> list[str]:
    """The target groups that the listener and the service name."""
    elb, ecs = lab.client("elbv2"), lab.client("ecs")
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]
    (service,) = ecs.describe_services(cluster="main", services=["web"])["services"]
    return [listener["DefaultActions"][0]["TargetGroupArn"], service["loadBalancers"][0]["targetGroupArn"]]


def test_a_replacement_can_be_replaced(lab: Lab) -> None:
    converged(lab, served(80))
    names = {only(converged(lab, served(port)), "TargetGroup/web").name for port in (81, 82)}
    assert len(names) == 2
    assert [t["Port"] for t in target_groups(lab)] == [82]


def test_a_replacement_of_what_git_names_settles_under_a_second_name(lab: Lab) -> None:
    names = [
        only(converged(lab, but(served(port), "TargetGroup", {"name": "front"})), "TargetGroup/web").name
        for port in (80, 81, 82)
    ]
    assert names[0] == "front"
    assert all(name.startswith("front-") for name in names[1:])
    assert [t["Port"] for t in target_groups(lab)] == [82]


def test_git_goes_back_while_a_replacement_is_on_its_way(lab: Lab) -> None:
    converged(lab, served(80))
    assert killed(lab, lab.stack(served(81), policy=POLICY), after=2)
    converged(lab, served(80))
    assert [t["Port"] for t in target_groups(lab)] == [80]
    assert used_groups(lab) == [target_groups(lab)[0]["TargetGroupArn"]] * 2


def test_a_database_is_not_replaced_unless_git_says_so(lab: Lab) -> None:
    url = "postgresql://${DBInstance/data:endpointAddress}/x"
    user = document("Secret", "url", {"value": {"json": {"URL": url}}})
    before = converged(lab, [*database(), user])
    lab.aws.forget_wire()
    changed = [*but(database(), "DBInstance", {"storageEncrypted": True}), user]
    report = run(lab, lab.stack(changed, policy=POLICY))
    assert report["result"] == "refused"
    assert actions(report) == {"DBInstance/data": "refused"}
    told = change(report, "DBInstance/data")
    assert "lifecycle: {replacement: allow}" in told["reason"]
    assert told["impact"] == "data loss"
    assert lab.boto_writes() == []
    after = converged(lab, but(changed, "DBInstance", replacement="allow"))
    assert only(after, "DBInstance/data").raw["dbiResourceId"] != only(before, "DBInstance/data").raw["dbiResourceId"]
    assert lab.client("rds").describe_db_instances()["DBInstances"][0]["StorageEncrypted"] is True


def test_what_else_has_to_change_is_not_held_up_by_a_refused_replacement(lab: Lab) -> None:
    """What refers to the refused object still gets its other changes."""
    url = "postgresql://${DBInstance/data:endpointAddress}/x"
    secret = document("Secret", "url", {"value": {"json": {"URL": url}}, "description": "one"})
    converged(lab, [*database(), secret])
    changed = [
        *but(database(), "DBInstance", {"storageEncrypted": True}),
        *but([secret], "Secret", {"description": "two"}),
    ]
    report = run(lab, lab.stack(changed, policy=POLICY))
    assert report["result"] == "refused"
    assert actions(report) == {"DBInstance/data": "refused", "Secret/url": "update"}
    assert lab.client("secretsmanager").describe_secret(SecretId="url")["Description"] == "two"


def test_a_protected_database_is_refused_with_the_way_out(lab: Lab) -> None:
    documents = but(database(), "DBInstance", {"deletionProtection": True}, deletion="delete")
    stack = lab.stack(documents, policy=POLICY)
    converged(lab, documents)
    report = run(lab, stack, "destroy")
    told = change(report, "DBInstance/data")
    assert report["result"] == "refused"
    assert told["action"] == "refused"
    assert "Set deletionProtection: false and apply, then delete" in told["reason"]
    assert len(lab.client("rds").describe_db_instances()["DBInstances"]) == 1
    free = but(documents, "DBInstance", {"deletionProtection": False})
    converged(lab, free)
    assert run(lab, lab.stack(free, policy=POLICY), "destroy")["result"] == "done"
    assert lab.client("rds").describe_db_instances()["DBInstances"] == []


def test_a_database_that_is_being_changed_is_waited_for(lab: Lab) -> None:
    converged(lab, database())
    lab.client("rds").modify_db_instance(
        DBInstanceIdentifier="data", DBInstanceClass="db.t3.small", ApplyImmediately=True
    )
    lab.aws.forget_wire()
    stack = lab.stack(database(backupRetentionPeriod=5), policy=POLICY)
    assert actions(run(lab, stack, "plan")) == {"DBInstance/data": "wait"}
    assert lab.boto_writes() == []
    report = run(lab, stack)
    assert report["result"] == "done"
    (instance,) = lab.client("rds").describe_db_instances()["DBInstances"]
    assert (instance["DBInstanceClass"], instance["BackupRetentionPeriod"]) == ("db.t3.micro", 5)
    refused = [w.operation for w in lab.aws.wire if w.writes and w.status >= 400]
    assert refused == []
