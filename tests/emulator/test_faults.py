"""What can be made to go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.emulator import Emulator
from reconciler.emulator.faults import Crash, Fault, Faults, How, RateLimit
from reconciler.emulator.hide import Hide
from reconciler.emulator.pages import Pages
from tests.emulator.checks.base import TRUST, Aws, code

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_VPC = {"CidrBlock": "10.0.0.0/16"}


@pytest.fixture
def aws() -> Emulator:
    return Aws(pace=0).emulator


def vpcs(aws: Emulator) -> int:
    return len(aws.client("ec2").describe_vpcs()["Vpcs"]) - 1


@pytest.mark.parametrize(
    ("how", "raised", "committed"),
    [
        (How.DROP_BEFORE, ConnectionClosedError, 0),
        (How.DROP_AFTER, ConnectionClosedError, 1),
        (How.ERROR_BEFORE, ClientError, 0),
        (How.ERROR_AFTER, ClientError, 1),
        (How.CRASH_BEFORE, Crash, 0),
        (How.CRASH_AFTER, Crash, 1),
    ],
)
def test_a_write_fails_before_or_after_it_is_done(
    aws: Emulator, how: How, raised: type[BaseException], committed: int
) -> None:
    ec2 = aws.client("ec2")
    Faults(aws).at_write(1, how)
    ec2.create_vpc(**ONE_VPC)
    ec2.describe_vpcs()
    with pytest.raises(raised):
        ec2.create_vpc(**ONE_VPC)
    assert vpcs(aws) == 1 + committed
    ec2.create_vpc(**ONE_VPC)
    assert not aws.blunders()


@pytest.mark.parametrize(
    ("service", "call", "throttled", "denied"),
    [
        ("ec2", lambda c: c.describe_vpcs(), "RequestLimitExceeded", "UnauthorizedOperation"),
        ("rds", lambda c: c.describe_db_instances(), "Throttling", "AccessDenied"),
        ("ecs", lambda c: c.list_clusters(), "ThrottlingException", "AccessDeniedException"),
        ("s3", lambda c: c.list_buckets(), "SlowDown", "AccessDenied"),
        ("route53", lambda c: c.list_hosted_zones(), "Throttling", "AccessDenied"),
        ("scheduler", lambda c: c.list_schedules(), "TooManyRequestsException", "AccessDeniedException"),
    ],
)
def test_each_protocol_has_its_own_words(
    aws: Emulator, service: str, call: Callable[[Any], Any], throttled: str, denied: str
) -> None:
    faults, client = Faults(aws), aws.client(service)
    faults.throttle(f"{service}:*")
    assert [code(call, c=client) for _ in "12"] == [throttled, ""]
    faults.deny(f"{service}:*")
    assert [code(call, c=client) for _ in "12"] == [denied, denied]
    faults.clear()
    assert code(call, c=client) == ""


def test_a_service_is_down(aws: Emulator) -> None:
    Faults(aws).down("rds")
    assert code(aws.client("rds").describe_db_instances) == "ServiceUnavailable"
    assert vpcs(aws) == 0
    assert not aws.blunders()


def test_a_fault_strikes_as_often_as_it_is_told(aws: Emulator) -> None:
    fault = Faults(aws).add(Fault(How.ERROR_BEFORE, match="ec2:Describe*", skip=1, times=2))
    ec2 = aws.client("ec2")
    assert [code(ec2.describe_vpcs) for _ in range(4)] == ["", "InternalFailure", "InternalFailure", ""]
    assert fault.hits == 2


def test_a_rate_limit_refills_with_time() -> None:
    seconds = [0.0]
    aws = Emulator(now=lambda: seconds[0])
    RateLimit(aws, "ec2:*", rate=1, burst=2)
    ec2 = aws.client("ec2")
    first = [code(ec2.describe_vpcs) for _ in range(3)]
    seconds[0] = 1.0
    assert [*first, code(ec2.describe_vpcs)] == ["", "", "RequestLimitExceeded", ""]


PAGED: list[tuple[str, str, str, Callable[[Any, int], Any]]] = [
    ("ec2", "describe_vpcs", "Vpcs", lambda c, n: c.create_vpc(CidrBlock=f"10.{n}.0.0/16")),
    ("ecs", "list_clusters", "clusterArns", lambda c, n: c.create_cluster(clusterName=f"c{n}")),
    ("logs", "describe_log_groups", "logGroups", lambda c, n: c.create_log_group(logGroupName=f"g{n}")),
    ("secretsmanager", "list_secrets", "SecretList", lambda c, n: c.create_secret(Name=f"s{n}", SecretString="x")),
    ("iam", "list_roles", "Roles", lambda c, n: c.create_role(RoleName=f"r{n}", AssumeRolePolicyDocument=TRUST)),
    (
        "iam",
        "get_account_authorization_details",
        "RoleDetailList",
        lambda c, n: c.create_role(RoleName=f"r{n}", AssumeRolePolicyDocument=TRUST),
    ),
    (
        "rds",
        "describe_db_parameter_groups",
        "DBParameterGroups",
        lambda c, n: c.create_db_parameter_group(
            DBParameterGroupName=f"p{n}", DBParameterGroupFamily="postgres15", Description="d"
        ),
    ),
]


@pytest.mark.parametrize(("service", "listing", "key", "create"), PAGED, ids=lambda v: v if isinstance(v, str) else "")
def test_pages_are_small_and_complete(
    aws: Emulator, service: str, listing: str, key: str, create: Callable[[Any, int], Any]
) -> None:
    client = aws.client(service)
    for n in range(5):
        create(client, n)
    whole = getattr(client, listing)()[key]
    Pages(aws, 2)
    pages = [page[key] for page in client.get_paginator(listing).paginate()]
    assert [len(page) for page in pages] == [2] * (len(whole) // 2) + [1] * (len(whole) % 2)
    assert sorted(map(str, (item for page in pages for item in page))) == sorted(map(str, whole))


def test_an_unknown_page_is_refused(aws: Emulator) -> None:
    Pages(aws, 2)
    assert code(aws.client("ec2").describe_vpcs, NextToken="page-99") == "InvalidNextToken"


def test_what_is_new_is_hidden_from_lists_and_by_name(aws: Emulator) -> None:
    Hide(aws, reads=2)
    ec2 = aws.client("ec2")
    ec2.create_vpc(**ONE_VPC)
    assert [vpcs(aws) for _ in range(3)] == [0, 0, 1]
    vpc = ec2.create_vpc(**ONE_VPC)["Vpc"]["VpcId"]
    wanted = [code(ec2.describe_vpcs, VpcIds=[vpc]) for _ in range(3)]
    assert wanted == ["InvalidVpcID.NotFound", "InvalidVpcID.NotFound", ""]


def test_a_hidden_cluster_is_missing(aws: Emulator) -> None:
    Hide(aws, reads=1)
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="c")
    first, second = (ecs.describe_clusters(clusters=["c"]) for _ in "12")
    assert [one["reason"] for one in first["failures"]] == ["MISSING"]
    assert len(second["clusters"]) == 1


def test_the_tag_index_lags_too(aws: Emulator) -> None:
    Hide(aws, reads=1, match="secretsmanager:*")
    aws.client("secretsmanager").create_secret(Name="s", SecretString="x", Tags=[{"Key": "k", "Value": "v"}])
    index = aws.client("resourcegroupstaggingapi")
    assert [len(index.get_resources()["ResourceTagMappingList"]) for _ in "12"] == [0, 1]
