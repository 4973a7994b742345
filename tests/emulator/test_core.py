"""The emulator itself: what it records, what it admits to, how it starts afresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from reconciler.emulator import ENDPOINT, Emulator
from tests.emulator.checks.base import Aws, code

if TYPE_CHECKING:
    from collections.abc import Callable

ZONE = {"Name": "example.com", "CallerReference": "r"}


@pytest.fixture
def aws() -> Emulator:
    return Aws().emulator


CALLS: list[tuple[str, Callable[[Any], Any], str, bool]] = [
    ("ec2", lambda c: c.describe_vpcs(), "DescribeVpcs", False),
    ("ec2", lambda c: c.create_vpc(CidrBlock="10.0.0.0/16"), "CreateVpc", True),
    ("elbv2", lambda c: c.describe_load_balancers(), "DescribeLoadBalancers", False),
    ("iam", lambda c: c.list_roles(), "ListRoles", False),
    ("sts", lambda c: c.get_caller_identity(), "GetCallerIdentity", False),
    ("ecs", lambda c: c.create_cluster(clusterName="c"), "CreateCluster", True),
    ("rds", lambda c: c.describe_db_instances(), "DescribeDBInstances", False),
    ("cloudwatch", lambda c: c.describe_alarms(), "DescribeAlarms", False),
    ("logs", lambda c: c.filter_log_events(logGroupName="none"), "FilterLogEvents", False),
    ("route53", lambda c: c.create_hosted_zone(**ZONE), "CreateHostedZone", True),
    ("route53", lambda c: c.list_hosted_zones(), "ListHostedZones", False),
    ("cloudfront", lambda c: c.list_distributions(), "ListDistributions", False),
    ("s3", lambda c: c.create_bucket(Bucket="our-bucket"), "CreateBucket", True),
    ("s3", lambda c: c.head_bucket(Bucket="our-bucket"), "HeadBucket", False),
    ("s3", lambda c: c.get_bucket_tagging(Bucket="our-bucket"), "GetBucketTagging", False),
    ("s3", lambda c: c.put_object(Bucket="our-bucket", Key="a/b", Body=b"x"), "PutObject", True),
    ("scheduler", lambda c: c.list_schedules(), "ListSchedules", False),
    ("resourcegroupstaggingapi", lambda c: c.get_resources(), "GetResources", False),
    ("application-autoscaling", lambda c: c.describe_scalable_targets(ServiceNamespace="ecs"), "D", False),
]


@pytest.mark.parametrize(
    ("service", "call", "operation", "writes"), CALLS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_protocol_is_named_on_the_wire(
    aws: Emulator, service: str, call: Callable[[Any], Any], operation: str, writes: bool
) -> None:
    code(call, c=aws.client(service))
    (seen,) = aws.wire
    assert (seen.service, seen.writes, seen.account, seen.region) == (service, writes, "123456789012", "us-east-1")
    assert seen.operation.startswith(operation)
    assert not aws.blunders()


def test_parameters_have_botocores_names(aws: Emulator) -> None:
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "k", "Value": "v"}]}]
    aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)
    aws.client("route53").create_hosted_zone(**ZONE)
    vpc, zone = aws.wire
    assert vpc.params == {"CidrBlock": "10.0.0.0/16", "TagSpecifications": tags}
    assert zone.params == ZONE


def test_reads_and_writes_are_counted_until_forgotten(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    ec2.describe_vpcs()
    assert (aws.reads(), aws.writes(), [w.n for w in aws.wire]) == (1, 1, [0, 1])
    aws.forget_wire()
    assert (aws.reads(), aws.writes(), aws.wire) == (0, 0, [])
    assert len(ec2.describe_vpcs()["Vpcs"]) == 2


def test_an_object_survives_the_transport(aws: Emulator) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="our-bucket")
    s3.put_object(Bucket="our-bucket", Key="a b/ü", Body=b"content" * 1000)
    assert s3.get_object(Bucket="our-bucket", Key="a b/ü")["Body"].read() == b"content" * 1000


def test_what_is_not_emulated_is_a_blunder_and_is_said_so(aws: Emulator) -> None:
    with pytest.raises(ClientError) as refused:
        aws.client("budgets").describe_budget_performance_history(AccountId="123456789012", BudgetName="b")
    assert refused.value.response["Error"]["Code"] == "NotEmulated"
    assert [one.key for one in aws.blunders()] == ["budgets:DescribeBudgetPerformanceHistory"]


def test_a_service_moto_does_not_know_is_a_blunder(aws: Emulator) -> None:
    with pytest.raises(ClientError):
        aws.client("cloudcontrol").list_resources(TypeName="AWS::EC2::VPC")
    assert [one.key for one in aws.blunders()] == ["cloudcontrol:ListResources"]


def test_a_new_emulator_and_a_reset_one_are_empty() -> None:
    first = Emulator(now=lambda: 0.0)
    first.client("ecs").create_cluster(clusterName="c")
    second = Emulator(now=lambda: 0.0)
    assert second.client("ecs").list_clusters()["clusterArns"] == []
    second.client("ecs").create_cluster(clusterName="c")
    second.reset()
    assert second.wire == []
    assert second.client("ecs").list_clusters()["clusterArns"] == []


def test_pace_nought_has_no_transitional_states() -> None:
    aws = Emulator(now=lambda: 0.0, pace=0)
    assert aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["State"] == "available"


def test_any_session_can_be_attached(aws: Emulator) -> None:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
    aws.attach(session)
    assert session.client("ec2", endpoint_url=ENDPOINT).describe_vpcs()["Vpcs"]
    assert [one.region for one in aws.wire] == ["eu-west-1"]


def test_assumed_roles_belong_to_their_account(aws: Emulator) -> None:
    given = aws.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="test")
    keys = given["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    aws.attach(session).client("ecs", endpoint_url=ENDPOINT).list_clusters()
    assert aws.wire[-1].account == "210987654321"
