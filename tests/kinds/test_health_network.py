"""What status says of subnets, routes, gateways, targets, databases and caches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.elbv2.target_health import unwell
from tests.engine.small import Docs, balanced, network
from tests.kinds.looks import applied, status
from tests.support import Lab, document

NET, ANY = "${VPC/net}", "0.0.0.0/0"


def private() -> Docs:
    """Two public subnets, a private one behind a NAT gateway, and one that is to have no way out."""
    through = [{"destinationCidrBlock": ANY, "natGatewayId": "${NatGateway/nat}"}]
    return [
        *network(),
        document("Subnet", "inner", {"vpcId": NET, "cidrBlock": "10.0.11.0/24", "availabilityZone": "us-east-1a"}),
        document("Subnet", "data", {"vpcId": NET, "cidrBlock": "10.0.21.0/24", "availabilityZone": "us-east-1a"}),
        document("EIP", "nat", {}),
        document("NatGateway", "nat", {"subnetId": "${Subnet/a}", "allocationId": "${EIP/nat}"}),
        document("RouteTable", "inner", {"vpcId": NET, "routes": through, "subnetIds": ["${Subnet/inner}"]}),
        document("RouteTable", "data", {"vpcId": NET, "routes": [], "subnetIds": ["${Subnet/data}"]}),
    ]


def tables(lab: Lab, **tag: str) -> list[dict[str, Any]]:
    filters = [{"Name": "tag:Name", "Values": [tag["name"]]}]
    return list(lab.client("ec2").describe_route_tables(Filters=filters)["RouteTables"])


def test_a_network_is_well_and_is_looked_at_by_one_call(lab: Lab) -> None:
    stack = applied(lab, private())
    lab.aws.forget_wire()
    told = status(lab, stack)
    assert (told.wrong(), told.code) == ([], 0)
    assert told.line("Subnet/data").startswith("✓ no way out of the VPC")
    asked = [w for w in lab.aws.wire if w.operation == "DescribeRouteTables"]
    assert len(asked) == len(("the plan's", "that of all subnets"))


def test_a_subnet_in_no_route_table_has_no_way_out(lab: Lab) -> None:
    stack = applied(lab, private())
    (table,) = tables(lab, name="inner")
    lab.client("ec2").disassociate_route_table(AssociationId=table["Associations"][0]["RouteTableAssociationId"])
    told = status(lab, stack)
    assert told.line("Subnet/inner").startswith("✗ in no route table, and the VPC's main one has no way out. Name it")
    assert told.line("RouteTable/inner") == "✗ subnetIds"
    assert told.code == 2


def test_a_route_to_a_gateway_that_is_gone_is_a_black_hole(lab: Lab) -> None:
    stack = applied(lab, private())
    (table,) = tables(lab, name="inner")
    nat = next(r["NatGatewayId"] for r in table["Routes"] if "NatGatewayId" in r)
    lab.client("ec2").delete_nat_gateway(NatGatewayId=nat)
    lab.clock.sleep(60)
    told = status(lab, stack)
    assert f"✗ {ANY} → {nat} (blackhole) leads to what is gone. Apply makes it again" in told.line("RouteTable/inner")
    assert told.line("Subnet/inner").startswith(f"✗ its way out leads to {nat}, which is gone")
    assert told.line("NatGateway/nat").startswith("✗")
    assert told.line("Subnet/a") == "✓"


def test_a_nat_gateway_needs_a_subnet_with_a_door(lab: Lab) -> None:
    stack = applied(lab, private())
    (table,) = tables(lab, name="public")
    lab.client("ec2").delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=ANY)
    told = status(lab, stack)
    assert "stands in it, but" in told.line("Subnet/a")
    assert "has no route to an internet gateway. Add a route 0.0.0.0/0" in told.line("Subnet/a")


def test_a_vpc_without_any_way_out_may_be_meant_so(lab: Lab) -> None:
    subnet = {"vpcId": NET, "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"}
    stack = applied(lab, [document("VPC", "net", {"cidrBlock": "10.0.0.0/16"}), document("Subnet", "one", subnet)])
    assert status(lab, stack).line("Subnet/one") == "✓ no way out of the VPC, like all of it"


def test_a_nat_gateway_that_failed_says_why_and_what_next(lab: Lab) -> None:
    stack = applied(lab, private())
    ec2 = lab.client("ec2")
    (old,) = ec2.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])["NatGateways"]
    ec2.delete_nat_gateway(NatGatewayId=old["NatGatewayId"])
    lab.clock.sleep(60)
    busy = ec2.create_nat_gateway(SubnetId=old["SubnetId"], AllocationId=old["NatGatewayAddresses"][0]["AllocationId"])
    lab.clock.sleep(60)
    failed = ec2.create_nat_gateway(
        SubnetId=old["SubnetId"], AllocationId=old["NatGatewayAddresses"][0]["AllocationId"],
        TagSpecifications=[{"ResourceType": "natgateway", "Tags": old["Tags"]}],
    )  # fmt: skip
    assert busy["NatGateway"]["NatGatewayId"] != failed["NatGateway"]["NatGatewayId"]
    lab.clock.sleep(60)
    line = status(lab, stack).line("NatGateway/nat")
    assert line.startswith("✗ Elastic IP address")
    assert "It never recovers: apply makes another one" in line


def test_targets_that_take_no_requests_say_why_and_where_to_look(lab: Lab) -> None:
    stack = applied(lab, balanced())
    elb = lab.client("elbv2")
    group = elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    assert status(lab, stack).line("TargetGroup/web") == "✓"
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.1.10", "Port": 80}])
    told = status(lab, stack)
    said = "✗ 1 of 1 targets take no requests (10.0.1.10:80 Elb.RegistrationInProgress); Elb.RegistrationInProgress"
    assert told.line("TargetGroup/web") == f"{said}. Wait: it is being registered"
    assert told.code == 2
    lab.clock.sleep(60)
    assert status(lab, stack).line("TargetGroup/web") == "✓"
    elb.delete_listener(
        ListenerArn=elb.describe_listeners(LoadBalancerArn=balancer(lab))["Listeners"][0]["ListenerArn"]
    )
    assert "No listener or rule forwards to this group" in status(lab, stack).line("TargetGroup/web")


def balancer(lab: Lab) -> str:
    return str(lab.client("elbv2").describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"])


@pytest.mark.parametrize(
    ("reason", "description", "said"),
    [
        (
            "Target.ResponseCodeMismatch",
            "Health checks failed with these codes: [502]",
            "see healthCheckPath and matcher",
        ),
        ("Target.Timeout", "Request timed out", "security group lets the balancer's in"),
        ("Target.FailedHealthChecks", "Health checks failed", "listens at the port of the target group"),
    ],
)
def test_a_target_that_fails_its_checks(reason: str, description: str, said: str) -> None:
    ill = {"state": "unhealthy", "reason": reason, "description": description}
    targets = [{"target": {"id": f"10.0.0.{n}", "port": 80}, "targetHealth": ill} for n in range(7)]
    well = [{"target": {"id": "10.0.1.1", "port": 80}, "targetHealth": {"state": "healthy"}}]
    told = unwell([*targets, *well])
    assert told.startswith(f"7 of 8 targets take no requests (10.0.0.0:80 {reason}, ")
    assert ", 2 more)" in told
    assert f"{reason}: {description}" in told
    assert said in told


def database() -> Docs:
    spec = {
        "engine": "postgres", "dbInstanceClass": "db.t3.medium", "allocatedStorage": 20, "masterUsername": "root",
        "masterUserPassword": "${Secret/password:value}", "dbSubnetGroupName": "${DBSubnetGroup/data}",
        "multiAZ": True, "storageEncrypted": True,
    }  # fmt: skip
    place = {"dbSubnetGroupDescription": "data", "subnetIds": ["${Subnet/a}", "${Subnet/b}"]}
    return [
        *network(),
        document("Secret", "password", {"value": {"generate": {"length": 30, "excludePunctuation": True}}}),
        document("DBSubnetGroup", "data", place),
        document("DBInstance", "data", spec),
    ]


def test_a_database_that_stopped_says_how_to_start_it_and_what_aws_said(lab: Lab) -> None:
    stack = applied(lab, database())
    assert (status(lab, stack).wrong(), status(lab, stack).code) == ([], 0)
    rds = lab.client("rds")
    rds.stop_db_instance(DBInstanceIdentifier="data")
    lab.clock.sleep(900)
    told = status(lab, stack)
    assert told.line("DBInstance/data").startswith("✗ stopped")
    assert "aws rds start-db-instance --db-instance-identifier data" in told.line("DBInstance/data")
    assert told.code == 2


def test_a_database_that_somebody_made_single_is_drift(lab: Lab) -> None:
    stack = applied(lab, database())
    lab.client("rds").modify_db_instance(DBInstanceIdentifier="data", MultiAZ=False, ApplyImmediately=True)
    lab.clock.sleep(1800)
    told = status(lab, stack)
    assert told.resources["DBInstance/data"] | {"address": ""} == {
        "address": "", "sync": "out-of-sync", "health": "healthy", "reason": "multiAZ"
    }  # fmt: skip
    assert told.code == 2


def test_each_node_of_a_cache_must_be_available(lab: Lab) -> None:
    spec = {
        "replicationGroupDescription": "cache", "engine": "redis", "cacheNodeType": "cache.t3.micro", "numCacheClusters": 2,
        "automaticFailoverEnabled": True, "cacheSubnetGroupName": "${CacheSubnetGroup/data}",
    }  # fmt: skip
    place = {"cacheSubnetGroupDescription": "data", "subnetIds": ["${Subnet/a}", "${Subnet/b}"]}
    documents = [*network(), document("CacheSubnetGroup", "data", place), document("ReplicationGroup", "cache", spec)]
    stack = applied(lab, documents)
    assert status(lab, stack).line("ReplicationGroup/cache") == "✓"
    _, plan = lab.plan(stack)
    (step,) = [s for s in plan.steps if s.address == "ReplicationGroup/cache"]
    assert step.live is not None
    node = {**step.live.raw["nodes"][1], "cacheClusterStatus": "rebooting cluster nodes"}
    ill = replace(step.live, raw={**step.live.raw, "nodes": [step.live.raw["nodes"][0], node]})
    said = lab.engine(stack).aws.run(KINDS["ReplicationGroup"].inspect(ill))
    assert said.startswith("cache-002 is rebooting cluster nodes. Wait")
