"""EC2: flow logs."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks.base import TRUST, Aws, check, code, network


def role(aws: Aws, trust: str = TRUST.replace("ecs-tasks", "vpc-flow-logs")) -> str:
    made = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    aws.advance(3)
    return str(made["Role"]["Arn"])


def create(aws: Aws, resource: str, **more: Any) -> Any:
    asked = {"ResourceIds": [resource], "ResourceType": "VPC", "TrafficType": "ALL", **more}
    return aws.client("ec2").create_flow_logs(**asked)


def seen(aws: Aws) -> list[Any]:
    return list(aws.client("ec2").describe_flow_logs()["FlowLogs"])


@check("a flow log's role must be one that the service can assume")
def _(aws: Aws) -> bool:
    vpc, arn = network(aws).vpc, role(aws, TRUST)
    tried = code(lambda: create(aws, vpc, LogGroupName="g", DeliverLogsPermissionArn=arn))
    return tried == "InvalidParameter"


@check("a flow log to the same place is refused, whether that is named or given by its ARN, and so is a third one")
def _(aws: Aws) -> bool:
    vpc, arn = network(aws).vpc, role(aws)
    group = "arn:aws:logs:us-east-1:123456789012:log-group:g"
    asked: list[dict[str, Any]] = [
        {"LogGroupName": "g"}, {"LogDestination": group, "TrafficType": "REJECT"}, {"LogGroupName": "h"}, {"LogGroupName": "i"},
    ]  # fmt: skip
    tried = [code(lambda one=one: create(aws, vpc, DeliverLogsPermissionArn=arn, **one)) for one in asked]
    return tried == ["", "FlowLogAlreadyExists", "", "FlowLogsLimitExceeded"]


@check("a flow log says that it cannot deliver for as long as there is no log group")
def _(aws: Aws) -> bool:
    create(aws, network(aws).vpc, LogGroupName="g", DeliverLogsPermissionArn=role(aws))
    states = [(log["DeliverLogsStatus"], log.get("DeliverLogsErrorMessage")) for log in seen(aws)]
    aws.client("logs").create_log_group(logGroupName="g")
    states += [(log["DeliverLogsStatus"], log.get("DeliverLogsErrorMessage")) for log in seen(aws)]
    return states == [("FAILED", "Access error"), ("SUCCESS", None)]


@check("a flow log into a bucket may name a path, and has its options for files")
def _(aws: Aws) -> bool:
    aws.client("s3").create_bucket(Bucket="records")
    place = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::records/here"}
    answer = create(aws, network(aws).vpc, **place, DestinationOptions={"FileFormat": "parquet"})
    (log,) = seen(aws)
    told = {"FileFormat": "parquet", "HiveCompatiblePartitions": False, "PerHourPartition": False}
    return (answer["Unsuccessful"], log["LogDestination"], log.get("DestinationOptions")) == (
        [],
        place["LogDestination"],
        told,
    )


@check("the resource of a flow log is of the type that is said")
def _(aws: Aws) -> bool:
    net = network(aws)
    place = {"LogGroupName": "g", "DeliverLogsPermissionArn": role(aws)}
    return code(lambda: create(aws, net.subnets[0], **place)) == "InvalidParameter"


@check("a flow log's client token makes its creation idempotent")
def _(aws: Aws) -> bool:
    place = {"LogGroupName": "g", "DeliverLogsPermissionArn": role(aws), "ClientToken": "t"}
    vpc = network(aws).vpc
    return bool(create(aws, vpc, **place)["FlowLogIds"] == create(aws, vpc, **place)["FlowLogIds"])


@check("the tag index knows flow logs under the name that their ARNs have")
def _(aws: Aws) -> bool:
    tags = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "k", "Value": "v"}]}]
    place = {"LogGroupName": "g", "DeliverLogsPermissionArn": role(aws), "TagSpecifications": tags}
    (made,) = create(aws, network(aws).vpc, **place)["FlowLogIds"]
    found = aws.client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    return json.dumps(found).count(f":vpc-flow-log/{made}") == len(found) == 1
