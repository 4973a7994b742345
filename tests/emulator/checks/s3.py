"""S3: buckets."""

from __future__ import annotations

import json

from reconciler.emulator.fixes.s3 import brand
from tests.emulator.checks.base import Aws, check, code


def policy(principal: object) -> str:
    resource = "arn:aws:s3:::bucket-1/*"
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@check("a new bucket blocks public access, is owned by its owner, and encrypts")
def _(aws: Aws) -> bool:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket-1")
    block = s3.get_public_access_block(Bucket="bucket-1")["PublicAccessBlockConfiguration"]
    owner = s3.get_bucket_ownership_controls(Bucket="bucket-1")["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    rule = s3.get_bucket_encryption(Bucket="bucket-1")["ServerSideEncryptionConfiguration"]["Rules"][0]
    algorithm = rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    return all(block.values()) and (owner, algorithm) == ("BucketOwnerEnforced", "AES256")


@check("deleting the encryption leaves the default one")
def _(aws: Aws) -> bool:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket-1")
    s3.delete_bucket_encryption(Bucket="bucket-1")
    return not code(s3.get_bucket_encryption, Bucket="bucket-1")


@check("tags given at creation are the bucket's")
def _(aws: Aws) -> bool:
    s3 = aws.client("s3")
    tags = [{"Key": "a", "Value": "b"}]
    s3.create_bucket(Bucket="bucket-1", CreateBucketConfiguration={"Tags": tags})
    return bool(s3.get_bucket_tagging(Bucket="bucket-1")["TagSet"] == tags)


@check("names follow the rules")
def _(aws: Aws) -> bool:
    tried = {code(aws.client("s3").create_bucket, Bucket=name) for name in ("Big", "a..b", "192.0.2.1", "-a-", "a_b")}
    return tried == {"InvalidBucketName"}


@check("a public policy is refused while public access is blocked, a broken one always")
def _(aws: Aws) -> bool:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket-1")
    public = code(s3.put_bucket_policy, Bucket="bucket-1", Policy=policy("*"))
    broken = code(s3.put_bucket_policy, Bucket="bucket-1", Policy="x")
    other = code(s3.put_bucket_policy, Bucket="bucket-1", Policy=policy("*").replace("bucket-1", "bucket-2"))
    s3.delete_public_access_block(Bucket="bucket-1")
    after = code(s3.put_bucket_policy, Bucket="bucket-1", Policy=policy("*"))
    return (public, broken, other, after) == ("AccessDenied", "MalformedPolicy", "MalformedPolicy", "")


@check("a bucket whose owner owns everything takes no ACL")
def _(aws: Aws) -> bool:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket-1")
    return code(s3.put_bucket_acl, Bucket="bucket-1", ACL="public-read") == "AccessControlListNotSupported"


@check("tags that AWS set are sent again as they are, and neither dropped nor changed")
def _(aws: Aws) -> bool:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket-1")
    brand("123456789012", "bucket-1", {"aws:x": "1"})

    def put(**tags: str) -> str:
        told = [{"Key": key.replace("_", ":"), "Value": value} for key, value in tags.items()]
        return code(s3.put_bucket_tagging, Bucket="bucket-1", Tagging={"TagSet": told})

    refused = [put(a="b"), put(aws_x="2"), put(aws_x="1", aws_y="1")]
    kept = put(aws_x="1", a="b")
    return refused == ["InvalidTag"] * 3 and not kept
