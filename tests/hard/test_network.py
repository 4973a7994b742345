"""Networks: what must go before what, and addresses that are not known everywhere the moment they exist."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from tests.engine.small import FREE, POLICY, Docs, balanced, database, network, run, without
from tests.support import Lab, document, only, open_steps

GATEWAY = "ec2:CreateNatGateway"


def gateway(**spec: Any) -> Docs:
    told = {"subnetId": "${Subnet/a}", "allocationId": "${EIP/out}", **spec}
    return [document("EIP", "out", {"domain": "vpc"}, **FREE), document("NatGateway", "out", told, **FREE)]


def settled(lab: Lab, documents: Docs) -> Any:
    stack = lab.stack(documents, policy=POLICY)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    assert open_steps(lab.plan(stack)[1]) == []
    assert not lab.aws.blunders(), lab.aws.crashes
    return world


def gateways(lab: Lab, *states: str) -> list[dict[str, Any]]:
    filters = [{"Name": "state", "Values": list(states)}] if states else []
    return list(lab.client("ec2").describe_nat_gateways(Filters=filters)["NatGateways"])


def addresses(lab: Lab) -> list[str]:
    return [a["AllocationId"] for a in lab.client("ec2").describe_addresses()["Addresses"]]


def done(lab: Lab) -> list[str]:
    """The writes that AWS did not refuse."""
    return [w.operation for w in lab.aws.wire if w.writes and w.status < 400]


def before(order: list[str], *names: str) -> bool:
    places = [order.index(name) for name in names]
    return places == sorted(places)


def test_h48_a_network_goes_in_the_order_in_which_aws_lets_go_of_it(lab: Lab) -> None:
    """Balancers, databases and gateways leave interfaces and public addresses behind for a while."""
    free = [{**d, "lifecycle": FREE} for d in [*balanced(), *without(database(), *addresses_of(network()))]]
    stack = lab.stack([*free, *gateway()], policy=POLICY)
    assert open_steps(lab.apply(stack)[1]) == []
    lab.aws.forget_wire()
    _, left = lab.destroy(stack)
    assert open_steps(left) == []
    order = done(lab)
    assert before(order, "DeleteListener", "DeleteLoadBalancer", "DetachInternetGateway", "DeleteVpc")
    assert before(order, "DeleteNatGateway", "DetachInternetGateway", "DeleteVpc")
    assert before(order, "DeleteNatGateway", "ReleaseAddress")
    assert before(order, "DeleteDBInstance", "DeleteSubnet", "DeleteVpc")
    assert before(order, "DeleteLoadBalancer", "DeleteSecurityGroup", "DeleteVpc")
    assert addresses(lab) == []
    assert [v for v in lab.client("ec2").describe_vpcs()["Vpcs"] if not v["IsDefault"]] == []
    assert not lab.aws.blunders(), lab.aws.crashes


def addresses_of(documents: Docs) -> list[str]:
    return [f"{d['kind']}/{d['metadata']['name']}" for d in documents]


def test_h48_what_somebody_else_left_in_a_subnet_is_named_at_once(lab: Lab) -> None:
    stack = lab.stack(network(), policy=POLICY)
    world, _ = lab.apply(stack)
    theirs = lab.client("ec2").create_network_interface(SubnetId=only(world, "Subnet/a").id)["NetworkInterface"]
    began = lab.clock.now()
    report = run(lab, stack, "destroy")
    (told,) = [c["reason"] for c in report["changes"] if c["address"] == "Subnet/a"]
    assert theirs["NetworkInterfaceId"] in told
    assert report["result"] == "failed"
    # The VPC waits for its subnet, which will not go: nobody waits for a quarter of an hour.
    assert lab.clock.now() - began < 120


@pytest.mark.parametrize("code", ["InvalidAllocationID.NotFound", "InvalidElasticIpID.NotFound"])
def test_h49_an_address_that_is_not_known_yet_is_waited_for(lab: Lab, code: str) -> None:
    Faults(lab.aws).add(Fault(How.ERROR_BEFORE, GATEWAY, times=3, code=code, status=400))
    settled(lab, [*network(), *gateway()])
    assert len(gateways(lab)) == 1
    assert len(addresses(lab)) == 1


def test_h49_a_deleted_gateway_that_is_still_listed_is_none(lab: Lab) -> None:
    documents = [*network(), *gateway()]
    first = only(settled(lab, documents), "NatGateway/out").id
    lab.client("ec2").delete_nat_gateway(NatGatewayId=first)
    lab.clock.sleep(60)
    second = only(settled(lab, documents), "NatGateway/out").id
    assert {g["NatGatewayId"]: g["State"] for g in gateways(lab)} == {first: "deleted", second: "available"}
    assert len(addresses(lab)) == 1


def test_h49_a_gateway_that_failed_is_made_again_with_the_same_address(lab: Lab) -> None:
    """Its address was busy elsewhere: AWS took the order, and found out afterwards."""
    home = [*network(), *gateway()]
    ours = only(settled(lab, [*network(), home[-2]]), "EIP/out").id
    ec2 = lab.client("ec2")
    place = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["b"]}])["Subnets"][0]["SubnetId"]
    busy = ec2.create_nat_gateway(SubnetId=place, AllocationId=ours)["NatGateway"]["NatGatewayId"]
    report = run(lab, lab.stack(home, policy=POLICY))
    (told,) = [c["reason"] for c in report["changes"] if c["address"] == "NatGateway/out"]
    assert "already associated" in told
    ec2.delete_nat_gateway(NatGatewayId=busy)
    lab.clock.sleep(60)
    live = only(settled(lab, home), "NatGateway/out")
    assert [g["NatGatewayId"] for g in gateways(lab, "available")] == [live.id]
    assert addresses(lab) == [ours]
