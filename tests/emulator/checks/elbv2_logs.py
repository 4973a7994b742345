"""ELBv2: where load balancers may write their logs."""

from __future__ import annotations

import json

from tests.emulator.checks.base import Aws, check, code, network
from tests.emulator.checks.elbv2 import balancer

REFUSED = "InvalidConfigurationRequest"


def policy(principal: dict[str, str], resource: str = "arn:aws:s3:::logs/web/AWSLogs/123456789012/*") -> str:
    told = {"Effect": "Allow", "Principal": principal, "Action": "s3:PutObject", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [told]})


@check("a load balancer writes its logs into a bucket whose policy lets it")
def _(aws: Aws) -> bool:
    s3, elbv2 = aws.client("s3"), aws.client("elbv2")
    lb = balancer(aws, network(aws))["LoadBalancerArn"]
    told = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "logs", "access_logs.s3.prefix": "web"}
    attributes = [{"Key": k, "Value": v} for k, v in told.items()]

    def tried() -> str:
        return code(elbv2.modify_load_balancer_attributes, LoadBalancerArn=lb, Attributes=attributes)

    codes = [tried()]
    s3.create_bucket(Bucket="logs")
    service = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    elsewhere = policy(service, "arn:aws:s3:::logs/other/*")
    for one in (elsewhere, policy({"AWS": "123456789012"}), policy(service), policy({"AWS": "127311923021"})):
        s3.put_bucket_policy(Bucket="logs", Policy=one)
        codes.append(tried())
    kms = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    s3.put_bucket_encryption(Bucket="logs", ServerSideEncryptionConfiguration=kms)
    codes.append(tried())
    return codes == [REFUSED, REFUSED, REFUSED, "", "", REFUSED]
