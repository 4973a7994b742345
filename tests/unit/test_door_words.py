"""The pure parts of the door: spelling, the names of errors, pace."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.naming import DENIED, EXPIRED, NOT_YET, QUOTA, THROTTLED, UNWELL, action, named
from reconciler.aws.pace import LIMITS, Bucket, Pace
from reconciler.aws.spelling import Spelling, lower_camel
from reconciler.calls import Call
from reconciler.errors import AwsError, Denied, Quota, Rejected, Retry, Wait
from reconciler.kinds import KINDS
from tests.meta.wire import answer, drive, model, programs, reading

# Spelling.


@pytest.mark.parametrize(
    ("wire", "ours"),
    [
        ("DBInstanceClass", "dbInstanceClass"), ("VpcId", "vpcId"), ("VpcSecurityGroupIds", "vpcSecurityGroupIds"),
        ("ARN", "arn"), ("VPCs", "vpcs"), ("KmsKeyId", "kmsKeyId"), ("KMSMasterKeyID", "kmsMasterKeyID"),
        ("MultiAZ", "multiAZ"), ("family", "family"), ("HTTPCode", "httpCode"), ("TTL", "ttl"), ("Id", "id"),
        ("IAMDatabaseAuthenticationEnabled", "iamDatabaseAuthenticationEnabled"), ("x-amz", "x-amz"), ("A", "a"),
    ],
)  # fmt: skip
def test_names(wire: str, ours: str) -> None:
    assert lower_camel(wire) == ours


def used() -> list[str]:
    calls = [c for kind in KINDS.values() for _, program in programs(kind) for c in drive(program)]
    calls += [c for kind in KINDS.values() for c in drive(reading(kind))]
    return sorted({str(c) for c in calls})


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    found = [name.split(":") for name in used()]
    assert len(found) > 150
    return [model(service).operation_model(operation) for service, operation in found]


def structures(shape: Any, seen: dict[str, Any]) -> dict[str, Any]:
    """Every structure below a shape."""
    if shape is None or shape.name in seen:
        return seen
    if shape.type_name == "structure":
        seen[shape.name] = shape
        for member in shape.members.values():
            structures(member, seen)
    elif shape.type_name == "list":
        structures(shape.member, seen)
    elif shape.type_name == "map":
        structures(shape.value, seen)
    return seen


def test_no_two_members_of_a_structure_have_one_name(operations: list[Any]) -> None:
    found: dict[str, Any] = {}
    for operation in operations:
        for shape in (operation.input_shape, operation.output_shape):
            found |= {f"{operation.name}.{n}": s for n, s in structures(shape, {}).items()}
    assert len(found) > 500
    assert [name for name, shape in found.items() if len(Spelling().table(shape)) != len(shape.members)] == []


def test_what_is_sent_is_read_back_the_same(operations: list[Any]) -> None:
    spelling = Spelling()
    for operation in operations:
        for shape in (operation.input_shape, operation.output_shape):
            told = answer(shape)
            assert spelling.from_wire(shape, spelling.to_wire(shape, told)) == without_nothing(told), operation.name


def without_nothing(value: Any) -> Any:
    """What is None is not sent."""
    if isinstance(value, dict):
        return {k: without_nothing(v) for k, v in value.items() if v is not None}
    return [without_nothing(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("service", "operation", "params", "path"),
    [
        ("rds", "CreateDBInstance", {"DBInstanceClass": "x"}, "DBInstanceClass"),
        ("ec2", "DescribeVpcs", {"filters": [{"name": "x", "value": ["y"]}]}, "filters[].value"),
        ("ecs", "CreateService", {"networkConfiguration": {"awsvpc": {}}}, "networkConfiguration.awsvpc"),
        ("elbv2", "CreateListener", {"defaultActions": [{"forwardConfig": {"x": 1}}]}, "defaultActions[].forwardConfig.x"),
    ],
)  # fmt: skip
def test_what_aws_does_not_know_is_named(service: str, operation: str, params: Any, path: str) -> None:
    with pytest.raises(KeyError) as caught:
        Spelling().to_wire(model(service).operation_model(operation).input_shape, params)
    assert caught.value.args == (path,)


def test_the_keys_of_maps_are_left_alone() -> None:
    shape = model("logs").operation_model("CreateLogGroup").input_shape
    assert Spelling().to_wire(shape, {"tags": {"CostCenter": "a", "x": "b"}}) == {"tags": {"CostCenter": "a", "x": "b"}}


# The names of errors.

WRITE, READ = Call("ec2", "CreateVpc"), Call("ec2", "DescribeVpcs")
CODES: list[tuple[frozenset[str], type[AwsError]]] = [
    (THROTTLED, Retry), (UNWELL, Retry), (DENIED, Denied), (EXPIRED, Denied), (NOT_YET, Wait), (QUOTA, Quota),
]  # fmt: skip


@pytest.mark.parametrize(("code", "name"), [(code, name) for codes, name in CODES for code in sorted(codes)])
def test_every_code_of_a_table_has_its_name(code: str, name: type[AwsError]) -> None:
    error = named(WRITE, code, "no", "r-1")
    assert type(error) is name
    assert (error.call, error.code, error.request_id) == ("ec2:CreateVpc", code, "r-1")
    assert str(error).startswith(f"ec2:CreateVpc failed: {code}: no (request r-1). ")


def test_no_code_is_in_two_tables() -> None:
    codes = [code for table, _ in CODES for code in table]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("call", "code", "message", "name"),
    [
        (WRITE, "InvalidParameterValue", "bad", Rejected),
        (WRITE, "InvalidSubnetID.NotFound", "", Wait),
        (WRITE, "NoSuchEntity", "", Wait),
        (READ, "InvalidSubnetID.NotFound", "", Rejected),
        (Call("ecs", "CreateService"), "InvalidParameterException", "Unable to assume the service linked role", Wait),
        (Call("ecs", "CreateService"), "InvalidParameterException", "The target group x does not have an associated load balancer", Wait),
        (Call("ecs", "CreateService"), "InvalidParameterException", "cpu is wrong", Rejected),
        (Call("kms", "CreateKey"), "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.", Wait),
        (Call("secretsmanager", "CreateSecret"), "InvalidRequestException", "a secret with this name is already scheduled for deletion", Wait),
        (Call("rds", "ModifyDBInstance"), "InvalidParameterCombination", "the database is being modified", Wait),
        (Call("elbv2", "CreateListener"), "UnsupportedCertificate", "The certificate 'x' must have a fully-qualified domain name", Wait),
        (Call("elbv2", "CreateListener"), "UnsupportedCertificate", "no", Rejected),
    ],
)  # fmt: skip
def test_what_aws_says_decides_too(call: Call, code: str, message: str, name: type[AwsError]) -> None:
    assert type(named(call, code, message, "")) is name


@pytest.mark.parametrize(("code", "lost"), [("InternalFailure", True), ("503", True), ("ThrottlingException", False)])
def test_only_where_aws_was_unwell_it_may_have_been_done(code: str, lost: bool) -> None:
    error = named(WRITE, code, "", "")
    assert isinstance(error, Retry)
    assert error.lost is lost


@pytest.mark.parametrize(
    ("call", "message", "missing"),
    [
        (Call("ecs", "CreateService"), "User: arn:aws:iam::1:user/x is not authorized to perform: ecs:CreateService on resource: *", "ecs:CreateService"),
        (Call("ecs", "CreateService"), "User: x is not authorized to perform: iam:PassRole on resource: y", "iam:PassRole"),
        (Call("elbv2", "DescribeTags"), "", "elasticloadbalancing:DescribeTags"),
        (Call("resourcegroupstaggingapi", "GetResources"), "", "tag:GetResources"),
        (Call("s3", "ListBuckets"), "Access Denied", "s3:ListAllMyBuckets"),
        (Call("s3", "PutBucketEncryption"), "Access Denied", "s3:PutEncryptionConfiguration"),
        (Call("s3", "PutBucketPolicy"), "Access Denied", "s3:PutBucketPolicy"),
        (Call("logs", "PutRetentionPolicy"), "", "logs:PutRetentionPolicy"),
    ],
)  # fmt: skip
def test_a_denial_names_the_missing_action(call: Call, message: str, missing: str) -> None:
    assert action(call, message) == missing
    assert f"Grant {missing} to the caller" in str(named(call, "AccessDenied", message, ""))


def test_expired_credentials_say_what_to_do() -> None:
    told = str(named(READ, "ExpiredToken", "The security token included in the request is expired", "r"))
    assert "expired: sign in again, then run again. What was done stays done" in told
    assert "Grant" not in told


# Pace.


class Clock:
    def __init__(self) -> None:
        self.time, self.slept = 1000.0, 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.slept += seconds


def test_a_burst_is_free_and_then_the_rate_holds() -> None:
    clock = Clock()
    pace, (burst, rate) = Pace(clock.now, clock.sleep), LIMITS["elbv2"]
    for _ in range(int(burst)):
        pace.wait("elbv2")
    assert clock.slept == 0
    for _ in range(50):
        pace.wait("elbv2")
    assert clock.slept == pytest.approx(50 / rate)


def test_idle_time_refills_the_bucket_and_no_more() -> None:
    bucket = Bucket(burst=5, rate=1)
    assert [bucket.take(1.0) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert [bucket.take(1001.0) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_a_clock_may_start_at_nought() -> None:
    bucket = Bucket(burst=2, rate=1)
    assert [bucket.take(0.0) for _ in range(4)] == [0, 0, 1, 2]


def test_services_without_a_limit_and_other_services_do_not_wait() -> None:
    clock = Clock()
    pace = Pace(clock.now, clock.sleep)
    for _ in range(500):
        pace.wait("sts")
    for _ in range(int(LIMITS["ecs"][0])):
        pace.wait("ecs")
    assert clock.slept == 0
