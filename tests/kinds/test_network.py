"""What the lifecycle of network ACLs, endpoints, flow logs and their like does not show."""

from __future__ import annotations

import pytest
from moto.ec2.models import ec2_backends

from reconciler.steps import Action
from tests.kinds.network import (
    ANY,
    FREE,
    NET,
    POLICY,
    Doc,
    acl,
    endpoint,
    entry,
    flow,
    guard,
    network,
    recorded,
    settled,
)
from tests.support import ACCOUNT, REGION, Lab, document, only


def written(lab: Lab, *operations: str) -> list[str]:
    return [w.operation for w in lab.aws.wire if w.writes and w.operation in operations]


def guarded(lab: Lab) -> dict[str, str]:
    """The ACL of each subnet."""
    found = lab.client("ec2").describe_network_acls()["NetworkAcls"]
    return {a["SubnetId"]: a["NetworkAclId"] for one in found for a in one["Associations"]}


def test_a_network_acl_guards_nothing_before_it_has_its_entries(lab: Lab) -> None:
    settled(lab, [*network(), acl(subnetIds=["${Subnet/a}"], egress=[entry(9)], ingress=[entry(1), entry(2)])])
    calls = written(lab, "CreateNetworkAclEntry", "ReplaceNetworkAclAssociation")
    assert calls == [*["CreateNetworkAclEntry"] * 3, "ReplaceNetworkAclAssociation"]


def test_what_passes_before_and_after_is_not_cut_off_in_between(lab: Lab) -> None:
    settled(lab, [*network(), acl(ingress=[entry(100), entry(200)])])
    lab.aws.forget_wire()
    deny = entry(50, ruleAction="deny", cidrBlock="192.0.2.0/24")
    settled(lab, [*network(), acl(ingress=[entry(90), entry(200, cidrBlock="10.0.0.0/8"), deny])])
    told = [(w.operation, w.params["RuleNumber"]) for w in lab.aws.wire if w.operation.endswith("AclEntry")]
    assert told == [
        ("CreateNetworkAclEntry", 90),
        ("ReplaceNetworkAclEntry", 200),
        ("CreateNetworkAclEntry", 50),
        ("DeleteNetworkAclEntry", 100),
    ]


def test_where_a_network_acl_has_no_room_for_more_the_old_entries_go_first(lab: Lab) -> None:
    settled(lab, [*network(), acl(ingress=[entry(n) for n in range(1, 21)])])
    settled(lab, [*network(), acl(ingress=[entry(n) for n in range(2, 22)])])


def test_entries_and_subnets_of_a_network_acl_that_somebody_changes_are_brought_back(lab: Lab) -> None:
    documents = [*network(), acl(subnetIds=["${Subnet/a}"], ingress=[entry(100)], egress=[])]
    world = settled(lab, documents)
    one, subnet, ec2 = only(world, "NetworkAcl/wall").id, only(world, "Subnet/a").id, lab.client("ec2")
    told = {"NetworkAclId": one, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": ANY}
    ec2.create_network_acl_entry(**told, RuleNumber=7, Egress=True)
    ec2.replace_network_acl_entry(**told, RuleNumber=100, Egress=False)
    (found,) = ec2.describe_network_acls(NetworkAclIds=[one])["NetworkAcls"]
    away = found["Associations"][0]["NetworkAclAssociationId"]
    default = next(
        a for a in ec2.describe_network_acls()["NetworkAcls"] if a["IsDefault"] and a["VpcId"] == found["VpcId"]
    )
    ec2.replace_network_acl_association(AssociationId=away, NetworkAclId=default["NetworkAclId"])
    stack = lab.stack(documents, policy=POLICY)
    (step,) = [s for s in lab.plan(stack)[1].steps if s.action is not Action.NONE]
    paths = {d.path for d in step.differences}
    assert {"ingress[100].protocol", "egress[7]", "subnetIds"} <= paths
    settled(lab, documents)
    assert guarded(lab)[subnet] == one


def test_a_subnet_goes_from_one_network_acl_to_another(lab: Lab) -> None:
    one, two = acl("one", subnetIds=["${Subnet/a}"]), acl("two", subnetIds=["${Subnet/b}"])
    settled(lab, [*network(), one, two])
    swapped = [acl("one", subnetIds=["${Subnet/b}"]), acl("two", subnetIds=["${Subnet/a}"])]
    world = settled(lab, [*network(), *swapped])
    found = guarded(lab)
    assert found[only(world, "Subnet/a").id] == only(world, "NetworkAcl/two").id
    assert found[only(world, "Subnet/b").id] == only(world, "NetworkAcl/one").id


def test_the_subnets_of_a_network_acl_that_git_no_longer_names_are_guarded_by_the_default_one(lab: Lab) -> None:
    world = settled(lab, [*network(), acl(subnetIds=["${Subnet/a}", "${Subnet/b}"])])
    subnet = only(world, "Subnet/a").id
    settled(lab, network())
    default = {a["NetworkAclId"] for a in lab.client("ec2").describe_network_acls()["NetworkAcls"] if a["IsDefault"]}
    assert guarded(lab)[subnet] in default


def test_network_acls_are_read_by_one_call_however_many_there_are(lab: Lab) -> None:
    documents = [*network(), acl("one", subnetIds=["${Subnet/a}"]), acl("two", subnetIds=["${Subnet/b}"])]
    settled(lab, documents)
    lab.aws.forget_wire()
    lab.plan(lab.stack(documents, policy=POLICY))
    assert [w.operation for w in lab.aws.wire].count("DescribeNetworkAcls") == 1


def test_subnets_and_groups_go_after_the_endpoint_whose_interfaces_hold_them(lab: Lab) -> None:
    group = document("SecurityGroup", "door", {"description": "d", "vpcId": NET})
    keep = [d for d in network() if d["metadata"]["name"] != "b"]
    held = endpoint(subnetIds=["${Subnet/b}"], securityGroupIds=["${SecurityGroup/door}"], privateDnsEnabled=False)
    settled(lab, [*network(), group, held])
    world = settled(lab, keep)
    assert "SecurityGroup/door" not in world.lives
    assert "Subnet/b" not in world.lives


def test_an_endpoint_that_failed_is_made_again(lab: Lab) -> None:
    documents = [*network(), endpoint(subnetIds=["${Subnet/a}"], privateDnsEnabled=False)]
    first = only(settled(lab, documents), "VPCEndpoint/queue").id
    ec2_backends[ACCOUNT][REGION].vpc_end_points[first].state = "failed"
    assert only(settled(lab, documents), "VPCEndpoint/queue").id != first


def test_a_policy_of_an_endpoint_that_git_takes_back_is_aws_s_own_again(lab: Lab) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    plain: Doc = {"subnetIds": ["${Subnet/a}"], "privateDnsEnabled": False}
    settled(lab, [*network(), endpoint(policyDocument=policy, **plain)])
    settled(lab, [*network(), endpoint(**plain)])
    (found,) = lab.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert "SendMessage" in found["PolicyDocument"]
    settled(lab, [*network(), endpoint(policyDocument={}, **plain)])
    (found,) = lab.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert "SendMessage" not in found["PolicyDocument"]


@pytest.mark.parametrize(
    ("change", "order"),
    [
        ({"trafficType": "REJECT"}, ["DeleteFlowLogs", "CreateFlowLogs"]),
        ({"logGroupName": "${LogGroup/flow-two}"}, ["CreateFlowLogs", "DeleteFlowLogs"]),
    ],
)
def test_a_flow_log_is_replaced_side_by_side_only_where_aws_does_not_take_the_two_for_one(
    lab: Lab, change: Doc, order: list[str]
) -> None:
    settled(lab, recorded(flow()))
    lab.aws.forget_wire()
    settled(lab, recorded(flow(**change)))
    assert written(lab, "CreateFlowLogs", "DeleteFlowLogs") == order


def test_a_flow_log_that_aws_refuses_inside_its_answer_has_failed_with_aws_s_own_words(lab: Lab) -> None:
    place = {"logDestinationType": "s3", "logDestination": "arn:aws:s3:::nowhere"}
    lost = flow(logGroupName=None, deliverLogsPermissionArn=None, **place)
    _, left = lab.apply(lab.stack([*network(), lost], policy=POLICY))
    (step,) = [s for s in left.steps if s.action is Action.FAILED]
    assert step.address == "FlowLog/traffic"
    assert "nowhere does not exist" in step.reason


def test_a_flow_log_of_somebody_else_to_the_same_place_is_a_conflict(lab: Lab) -> None:
    world = settled(lab, recorded())
    lab.clock.sleep(60)
    lab.client("ec2").create_flow_logs(
        ResourceIds=[only(world, "VPC/net").id], ResourceType="VPC", TrafficType="ALL", LogGroupName="flow",
        DeliverLogsPermissionArn=only(world, "Role/writer").arn,
    )  # fmt: skip
    _, plan = lab.plan(lab.stack(recorded(flow()), policy=POLICY))
    (step,) = [s for s in plan.steps if s.address == "FlowLog/traffic"]
    assert step.action is Action.REFUSED
    assert "adopt" in step.reason


def test_a_flow_log_that_cannot_deliver_is_not_well(lab: Lab) -> None:
    world = settled(lab, recorded(flow()))
    live = only(world, "FlowLog/traffic")
    lab.client("logs").delete_log_group(logGroupName="flow")
    documents = [d for d in recorded(flow(logGroupName="flow")) if d["kind"] != "LogGroup"]
    world, _ = lab.plan(lab.stack(documents, policy={"prune": False}))
    assert world.kinds["FlowLog"].health(live) == ""
    assert "Access error" in world.kinds["FlowLog"].health(only(world, "FlowLog/traffic"))


def test_the_log_of_a_web_acl_is_switched_off_only_where_git_says_so(lab: Lab) -> None:
    place = document("LogGroup", "aws-waf-logs-guard", {"retentionInDays": 1}, **FREE)
    settled(lab, [place, guard({"logDestinationConfigs": ["${LogGroup/aws-waf-logs-guard:arn}"]})])
    lab.aws.forget_wire()
    settled(lab, [place, guard(None)])
    assert written(lab, "PutLoggingConfiguration", "DeleteLoggingConfiguration") == []
    settled(lab, [place, guard({})])
    assert written(lab, "PutLoggingConfiguration", "DeleteLoggingConfiguration") == ["DeleteLoggingConfiguration"]


def test_a_part_of_a_web_acl_s_logging_that_git_does_not_manage_stays(lab: Lab) -> None:
    place = document("LogGroup", "aws-waf-logs-guard", {"retentionInDays": 1}, **FREE)
    told = {"logDestinationConfigs": ["${LogGroup/aws-waf-logs-guard:arn}"]}
    arn = only(settled(lab, [place, guard({**told, "redactedFields": [{"method": {}}]})]), "WebACL/guard").arn
    rule = {"behavior": "KEEP", "requirement": "MEETS_ANY", "conditions": [{"actionCondition": {"action": "BLOCK"}}]}
    settled(lab, [place, guard({**told, "loggingFilter": {"defaultBehavior": "DROP", "filters": [rule]}})])
    found = lab.client("wafv2").get_logging_configuration(ResourceArn=arn)["LoggingConfiguration"]
    assert found["RedactedFields"] == [{"Method": {}}]
    assert found["LoggingFilter"]["DefaultBehavior"] == "DROP"
