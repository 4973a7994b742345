"""The door to AWS, on the embedded one: what is sent, how often, and what comes back."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.exceptions as boto
import pytest

from reconciler.aws import READING, WRITING, Aws
from reconciler.calls import Call
from reconciler.emulator.faults import Fault, Faults, How
from reconciler.emulator.pages import Pages
from reconciler.errors import AwsError, Denied, Rejected, Retry
from tests.support import REGION, Lab
from tests.unit.doors import CANARY, VPC, VPCS, Nobody, sent


@pytest.fixture
def door(lab: Lab) -> Aws:
    return Aws(REGION, session=lab.session, now=lab.clock.now, sleep=lab.clock.sleep)


@pytest.fixture
def faults(lab: Lab) -> Faults:
    return Faults(lab.aws)


@pytest.fixture(autouse=True)
def _no_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore sleeps between its tries."""
    monkeypatch.setattr("botocore.retries.standard.time.sleep", lambda _s: None)


# What is sent, and how often.


def test_a_call_speaks_our_spelling_both_ways(door: Aws) -> None:
    made = door.perform(VPC)["vpc"]
    assert (made["cidrBlock"], made["ownerId"]) == ("10.0.0.0/16", "123456789012")
    (found,) = (v for v in door.perform(VPCS)["vpcs"] if v["vpcId"] == made["vpcId"])
    assert found["isDefault"] is False


def test_none_is_not_sent(door: Aws, lab: Lab) -> None:
    door.perform(Call("ec2", "CreateVpc", {"cidrBlock": "10.0.0.0/16", "instanceTenancy": None}))
    assert sent(lab, "CreateVpc")[0].keys() == {"CidrBlock"}


def test_a_token_goes_into_the_parameter_that_takes_one(door: Aws, lab: Lab) -> None:
    door.perform(Call("acm", "RequestCertificate", {"domainName": "a.example.com"}, token="idempotencyToken"), "t1")
    door.perform(Call("acm", "RequestCertificate", {"domainName": "b.example.com"}, token="idempotencyToken"))
    assert [p.get("IdempotencyToken") for p in sent(lab, "RequestCertificate")] == ["t1", None]


@pytest.mark.parametrize("how", [How.DROP_BEFORE, How.DROP_AFTER, How.ERROR_BEFORE, How.ERROR_AFTER, How.THROTTLE])
def test_a_write_is_sent_once(door: Aws, lab: Lab, faults: Faults, how: How) -> None:
    faults.add(Fault(how, match="ec2:CreateVpc", times=None))
    with pytest.raises(Retry) as caught:
        door.perform(VPC)
    assert len(sent(lab, "CreateVpc")) == 1
    assert caught.value.lost is (how is not How.THROTTLE)


@pytest.mark.parametrize("how", [How.DROP_BEFORE, How.ERROR_BEFORE, How.THROTTLE])
def test_a_read_is_sent_again(door: Aws, lab: Lab, faults: Faults, how: How) -> None:
    faults.add(Fault(how, match="ec2:DescribeVpcs", times=3))
    assert door.perform(VPCS)["vpcs"]
    assert len(sent(lab, "DescribeVpcs")) == 4


def test_a_read_gives_up_in_the_end(door: Aws, lab: Lab, faults: Faults) -> None:
    faults.down("ec2")
    with pytest.raises(Retry, match="ec2:DescribeVpcs failed: ServiceUnavailable"):
        door.perform(VPCS)
    assert len(sent(lab, "DescribeVpcs")) == READING.retries["total_max_attempts"]
    assert WRITING.retries["total_max_attempts"] == 1


def test_every_page_is_read(door: Aws, lab: Lab) -> None:
    for i in range(5):
        door.perform(Call("logs", "CreateLogGroup", {"logGroupName": f"/g/{i}"}))
    Pages(lab.aws, 2)
    lab.aws.forget_wire()
    found = door.perform(Call("logs", "DescribeLogGroups"))["logGroups"]
    assert [g["logGroupName"] for g in found] == [f"/g/{i}" for i in range(5)]
    assert len(sent(lab, "DescribeLogGroups")) > 1


def test_calls_are_counted_and_writes_are_watched(door: Aws) -> None:
    seen: list[str] = []
    door.watch = lambda call: seen.append(str(call))
    door.perform(VPC)
    door.perform(VPCS)
    assert dict(door.count) == {("ec2:CreateVpc", True): 1, ("ec2:DescribeVpcs", False): 1}
    assert seen == ["ec2:CreateVpc"]


def test_who_watches_can_stop_a_write(door: Aws, lab: Lab) -> None:
    def stop(call: Call) -> None:
        raise Rejected(str(call), "Stopped", "not now")

    door.watch = stop
    with pytest.raises(Rejected):
        door.perform(VPC)
    assert lab.aws.wire == []


# What comes back.


def test_only_the_codes_of_a_call_mean_that_it_is_not_there(door: Aws) -> None:
    absent = Call("ec2", "DescribeSubnets", {"subnetIds": ["subnet-1"]}, ("InvalidSubnetID.NotFound",))
    assert door.perform(absent) is None
    with pytest.raises(Rejected, match=r"InvalidSubnetID\.NotFound"):
        door.perform(Call("ec2", "DescribeSubnets", {"subnetIds": ["subnet-1"]}, ("NoSuchThing",)))


def test_a_denial_is_never_absence(door: Aws, faults: Faults) -> None:
    faults.deny("ec2:DescribeSubnets")
    with pytest.raises(Denied, match="Grant ec2:DescribeSubnets to the caller"):
        door.perform(Call("ec2", "DescribeSubnets", {}, ("InvalidSubnetID.NotFound",)))


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"cidrBlock": {"inside": CANARY}}, "CidrBlock"),
        ({"cidrBlock": "10.0.0.0/8", "tagSpecifications": [{"tags": [{"key": "a", "value": [CANARY]}]}]}, r"TagSpecifications\[0\]\.Tags\[0\]\.Value"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named_without_its_value(door: Aws, params: Any, named: str) -> None:
    with pytest.raises(Rejected, match=f"ParamValidation: {named}: missing, or not of the type") as caught:
        door.perform(Call("ec2", "CreateVpc", params))
    assert CANARY not in str(caught.value)


def test_an_unknown_parameter_is_named(door: Aws, lab: Lab) -> None:
    with pytest.raises(Rejected, match=r"UnknownParameter: the API has no tagSpecifications\[\]\.tag$"):
        door.perform(Call("ec2", "CreateVpc", {"tagSpecifications": [{"tag": CANARY}]}))
    assert lab.aws.wire == []


# Credentials.


@pytest.mark.parametrize(
    ("error", "name", "said"),
    [
        (boto.NoCredentialsError(), Denied, "Sign in"),
        (boto.TokenRetrievalError(provider="sso", error_msg="expired"), Denied, "Sign in"),
        (boto.ClientError({"Error": {"Code": "ExpiredToken", "Message": "old"}}, "X"), Denied, "sign in again"),
        (boto.ReadTimeoutError(endpoint_url="x"), Retry, "seen by looking again"),
        (boto.ConnectionClosedError(endpoint_url="x"), Retry, "seen by looking again"),
        (boto.EndpointConnectionError(endpoint_url="x"), Retry, "seen by looking again"),
        (boto.ResponseStreamingError(error="x"), Retry, "seen by looking again"),
        (boto.UnknownServiceError(service_name="x", known_service_names="y"), Rejected, "could not be understood"),
    ],
)  # fmt: skip
def test_what_the_library_raises_has_a_name(door: Aws, error: Exception, name: type[AwsError], said: str) -> None:
    door._clients["ec2", REGION, True] = Nobody(door._client("ec2", REGION, writes=True), error)
    with pytest.raises(name, match=said) as caught:
        door.perform(VPC)
    assert getattr(caught.value, "lost", False) is (name is Retry)


def test_a_read_without_an_answer_says_where_to_look(door: Aws) -> None:
    error = boto.EndpointConnectionError(endpoint_url="x")
    door._clients["ec2", REGION, False] = Nobody(door._client("ec2", REGION, writes=False), error)
    with pytest.raises(Retry, match="Check the network, the region and, if it is set, AWS_ENDPOINT_URL"):
        door.perform(Call("ec2", "DescribeVpcAttribute", {"vpcId": "vpc-1", "attribute": "enableDnsSupport"}))


@pytest.fixture
def assumed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The credentials of every session that the door makes by itself."""
    made: list[tuple[str, ...]] = []

    def session(*keys: str, **more: Any) -> Any:
        made.append(keys)
        return lab.aws.attach(real(*keys, **more))

    real = boto3.Session
    monkeypatch.setattr(boto3, "Session", session)
    return made


ROLE = "arn:aws:iam::123456789012:role/deployer"


def test_a_role_is_assumed_once(lab: Lab, assumed: list[tuple[str, ...]]) -> None:
    door = Aws(REGION, ROLE, session=lab.session)
    door.perform(VPC)
    door.perform(VPCS)
    assert [p["RoleArn"] for p in sent(lab, "AssumeRole")] == [ROLE]
    ((key, secret, token),) = assumed
    assert key.startswith("ASIA")
    assert secret
    assert token


def test_who_may_not_become_the_role_goes_on_as_nobody(
    lab: Lab, faults: Faults, assumed: list[tuple[str, ...]]
) -> None:
    faults.deny("sts:AssumeRole")
    door = Aws(REGION, ROLE, session=lab.session)
    for _ in range(2):
        with pytest.raises(Denied, match=r"sts:AssumeRole failed: .* Grant sts:AssumeRole to the caller"):
            door.perform(VPC)
    assert (sent(lab, "CreateVpc"), assumed) == ([], [])


def test_a_role_that_nobody_answers_for_is_an_error_with_a_name(lab: Lab, faults: Faults) -> None:
    faults.add(Fault(How.DROP_BEFORE, match="sts:AssumeRole", times=None))
    with pytest.raises(Retry, match="sts:AssumeRole failed"):
        Aws(REGION, ROLE, session=lab.session).perform(VPC)
