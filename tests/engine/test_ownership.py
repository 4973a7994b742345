"""Whose is it? What is not ours is never written to, and what is taken over is taken over on purpose."""

from __future__ import annotations

from reconciler.kind import ADDRESS, STACK
from reconciler.report import exit_code
from tests.engine.small import POLICY, actions, but, change, group, network, run
from tests.support import Lab, document, only, open_steps


def somebodys(lab: Lab, name: str, tags: dict[str, str]) -> None:
    logs = lab.client("logs")
    logs.create_log_group(logGroupName=name, tags=tags)
    logs.put_retention_policy(logGroupName=name, retentionInDays=30)
    lab.aws.forget_wire()


def groups(lab: Lab) -> dict[str, int]:
    return {g["logGroupName"]: g["retentionInDays"] for g in lab.client("logs").describe_log_groups()["logGroups"]}


def test_h52_what_belongs_to_another_stack_is_never_written_to(lab: Lab) -> None:
    somebodys(lab, "app", {STACK: "neighbours", ADDRESS: "LogGroup/app"})
    stack = lab.stack([group("app", adopt=True)], policy=POLICY)
    report = run(lab, stack)
    assert (report["result"], exit_code(report)) == ("refused", 3)
    told = change(report, "LogGroup/app")
    assert (told["action"], told["cause"]) == ("refused", "conflict")
    assert "belongs to the stack neighbours" in told["reason"]
    assert run(lab, lab.stack([], policy=POLICY), "destroy")["result"] == "done"
    assert lab.boto_writes() == []


def test_h52_the_same_name_without_tags_is_a_conflict_with_the_way_out(lab: Lab) -> None:
    somebodys(lab, "app", {})
    stack = lab.stack([group("app")], policy=POLICY)
    report = run(lab, stack)
    assert (report["result"], exit_code(report)) == ("refused", 3)
    told = change(report, "LogGroup/app")
    assert told["cause"] == "conflict"
    assert "lifecycle: {adopt: true}" in told["reason"]
    assert "all.yaml:1" in told["reason"]
    assert lab.boto_writes() == []


def test_h52_adopting_shows_what_will_change_and_then_converges(lab: Lab) -> None:
    somebodys(lab, "app", {})
    stack = lab.stack([group("app", adopt=True)], policy=POLICY)
    plan = change(run(lab, stack, "plan"), "LogGroup/app")
    assert plan["action"] == "adopt"
    assert [(f["path"], f["desired"], f["live"]) for f in plan["fields"] if f["path"] == "retentionInDays"] == [
        ("retentionInDays", 7, 30)
    ]
    assert lab.boto_writes() == []
    assert run(lab, stack)["result"] == "done"
    assert groups(lab) == {"app": 7}
    _, again = lab.plan(stack)
    assert open_steps(again) == []


def test_h52_what_could_only_be_replaced_is_not_adopted(lab: Lab) -> None:
    lab.client("logs").create_log_group(logGroupName="app", logGroupClass="INFREQUENT_ACCESS")
    lab.aws.forget_wire()
    wanted = document("LogGroup", "app", {"logGroupClass": "STANDARD"}, adopt=True)
    report = run(lab, lab.stack([wanted], policy=POLICY))
    assert report["result"] == "refused"
    assert "cannot be taken over: logGroupClass cannot change in place" in change(report, "LogGroup/app")["reason"]
    assert lab.boto_writes() == []


def test_h20_two_objects_of_one_address_are_refused_and_both_are_named(lab: Lab) -> None:
    stack = lab.stack([group("app")], policy=POLICY)
    run(lab, stack)
    somebodys(lab, "twin", {STACK: "lab", ADDRESS: "LogGroup/app"})
    report = run(lab, stack)
    assert (report["result"], exit_code(report)) == ("refused", 3)
    assert "two objects carry this address: app and twin" in change(report, "LogGroup/app")["reason"]
    assert lab.boto_writes() == []
    assert set(groups(lab)) == {"app", "twin"}


def test_h20_two_networks_of_one_address_are_refused_and_both_are_named(lab: Lab) -> None:
    stack = lab.stack([document("VPC", "net", {"cidrBlock": "10.0.0.0/16"})], policy=POLICY)
    world, _ = lab.apply(stack)
    tags = [{"Key": STACK, "Value": "lab"}, {"Key": ADDRESS, "Value": "VPC/net"}]
    twin = lab.client("ec2").create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )["Vpc"]["VpcId"]
    lab.aws.forget_wire()
    told = change(run(lab, stack), "VPC/net")
    assert told["action"] == "refused"
    assert {only(world, "VPC/net").id, twin} <= set(told["reason"].replace(".", " ").split())
    assert lab.boto_writes() == []


def test_tags_that_somebody_took_off_a_named_object(lab: Lab) -> None:
    stack = lab.stack([group("app")], policy=POLICY)
    run(lab, stack)
    arn = lab.client("logs").describe_log_groups()["logGroups"][0]["arn"].removesuffix(":*")
    lab.client("logs").untag_resource(resourceArn=arn, tagKeys=[STACK, ADDRESS])
    lab.aws.forget_wire()
    report = run(lab, stack)
    assert report["result"] == "refused"
    assert change(report, "LogGroup/app")["cause"] == "conflict"
    assert lab.boto_writes() == []


def test_tags_that_somebody_took_off_an_object_without_a_name(lab: Lab) -> None:
    stack = lab.stack(network(), policy=POLICY)
    world, _ = lab.apply(stack)
    ec2, mine = lab.client("ec2"), only(world, "VPC/net").id
    ec2.delete_tags(Resources=[mine], Tags=[{"Key": STACK}, {"Key": ADDRESS}])
    lab.aws.forget_wire()
    report = run(lab, stack)
    assert report["result"] == "refused"
    assert actions(report)["VPC/net"] == "refused"
    found = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]
    assert [v["VpcId"] for v in found] == [mine]


def test_adopted_again_after_the_tags_were_lost(lab: Lab) -> None:
    run(lab, lab.stack([group("app")], policy=POLICY))
    arn = lab.client("logs").describe_log_groups()["logGroups"][0]["arn"].removesuffix(":*")
    lab.client("logs").untag_resource(resourceArn=arn, tagKeys=[STACK, ADDRESS])
    assert run(lab, lab.stack([group("app", adopt=True)], policy=POLICY))["result"] == "done"
    assert groups(lab) == {"app": 7}


def test_what_stands_on_a_lost_object_is_not_touched(lab: Lab) -> None:
    """Its id cannot be told, which is no reason to make anything anew that refers to it."""
    stack = lab.stack(network(), policy=POLICY)
    world, _ = lab.apply(stack)
    lab.client("ec2").delete_tags(Resources=[only(world, "VPC/net").id], Tags=[{"Key": STACK}, {"Key": ADDRESS}])
    lab.aws.forget_wire()
    run(lab, stack)
    assert lab.boto_writes() == []


def test_the_plan_of_an_adoption_knows_what_is_adopted(lab: Lab) -> None:
    """What refers to it is as it should be, and the plan says so before anything is written."""
    world, _ = lab.apply(lab.stack(network(), policy=POLICY))
    lab.client("ec2").delete_tags(Resources=[only(world, "VPC/net").id], Tags=[{"Key": STACK}, {"Key": ADDRESS}])
    stack = lab.stack(but(network(), "VPC", adopt=True), policy=POLICY)
    assert actions(run(lab, stack, "plan")) == {"VPC/net": "adopt"}
    after, left = lab.apply(stack)
    assert open_steps(left) == []
    assert only(after, "VPC/net").id == only(world, "VPC/net").id


def test_the_plan_of_an_adoption_knows_what_is_replaced_on_it(lab: Lab) -> None:
    world, _ = lab.apply(lab.stack(network(), policy=POLICY))
    lab.client("ec2").delete_tags(Resources=[only(world, "VPC/net").id], Tags=[{"Key": STACK}, {"Key": ADDRESS}])
    documents = but(network(), "VPC", adopt=True)
    documents = [
        d if d["metadata"]["name"] != "b" else {**d, "spec": {**d["spec"], "cidrBlock": "10.0.3.0/24"}}
        for d in documents
    ]
    stack = lab.stack(documents, policy=POLICY)
    told = actions(run(lab, stack, "plan"))
    assert (told.pop("VPC/net"), told.pop("Subnet/b")) == ("adopt", "replace")
    assert set(told) <= {"RouteTable/public"}


def test_a_database_that_is_adopted_gets_the_password_of_git(lab: Lab) -> None:
    told = {
        "engine": "postgres", "dbInstanceClass": "db.t3.micro", "allocatedStorage": 20, "masterUsername": "root",
        "masterUserPassword": "${Secret/word:value}",
    }  # fmt: skip
    documents = [
        document("DBInstance", "data", told, adopt=True),
        document("Secret", "word", {"value": {"generate": {"length": 20, "excludePunctuation": True}}}),
    ]
    lab.client("rds").create_db_instance(
        DBInstanceIdentifier="data", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="root", MasterUserPassword="somebody-elses",
    )  # fmt: skip
    lab.clock.sleep(3600)
    lab.aws.forget_wire()
    assert open_steps(lab.apply(lab.stack(documents, policy=POLICY))[1]) == []
    passwords = [w.params["MasterUserPassword"] for w in lab.aws.wire if "MasterUserPassword" in w.params]
    value = lab.client("secretsmanager").get_secret_value(SecretId="word")["SecretString"]
    assert passwords == [value]
