"""CloudFront: distributions and origin access controls."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def config(**more: Any) -> dict[str, Any]:
    origin = {"Id": "s3", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    origin |= more.pop("origin", {})
    behavior = {"TargetOriginId": "s3", "ViewerProtocolPolicy": "https-only", "CachePolicyId": OPTIMIZED}
    return {
        "CallerReference": "r",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior | more.pop("behavior", {}),
    } | more


def create(aws: Aws, **more: Any) -> Any:
    return aws.client("cloudfront").create_distribution(DistributionConfig=config(**more))


def control(aws: Aws) -> Any:
    wanted = {
        "Name": "o",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    return aws.client("cloudfront").create_origin_access_control(OriginAccessControlConfig=wanted)


def disable(aws: Aws, number: str) -> str:
    """Switch a distribution off and return its new ETag."""
    cloudfront = aws.client("cloudfront")
    found = cloudfront.get_distribution_config(Id=number)
    wanted = found["DistributionConfig"] | {"Enabled": False}
    changed = cloudfront.update_distribution(Id=number, IfMatch=found["ETag"], DistributionConfig=wanted)
    return str(changed["ETag"])


@check("a distribution deploys for a while, again after each change")
def _(aws: Aws) -> bool:
    number = create(aws)["Distribution"]["Id"]
    cloudfront, seen = aws.client("cloudfront"), []
    for act in (lambda: None, lambda: aws.advance(2), lambda: disable(aws, number), lambda: aws.advance(2)):
        act()
        seen.append(cloudfront.get_distribution(Id=number)["Distribution"]["Status"])
    return seen == ["InProgress", "Deployed", "InProgress", "Deployed"]


@check("only a disabled and deployed distribution is deleted, and only with its ETag")
def _(aws: Aws) -> bool:
    made = create(aws)
    number, delete = made["Distribution"]["Id"], aws.client("cloudfront").delete_distribution
    aws.advance(2)
    enabled = code(delete, Id=number, IfMatch=made["ETag"])
    etag = disable(aws, number)
    deploying = code(delete, Id=number, IfMatch=etag)
    aws.advance(2)
    stale = code(delete, Id=number, IfMatch=made["ETag"])
    done = code(delete, Id=number, IfMatch=etag)
    return (enabled, deploying, stale, done) == (
        "DistributionNotDisabled",
        "DistributionNotDisabled",
        "PreconditionFailed",
        "",
    )


@check("the origin access control is kept, and cannot go while it is used")
def _(aws: Aws) -> bool:
    made = control(aws)
    number = made["OriginAccessControl"]["Id"]
    kept = create(aws, origin={"OriginAccessControlId": number})["Distribution"]["DistributionConfig"]
    used = code(aws.client("cloudfront").delete_origin_access_control, Id=number, IfMatch=made["ETag"])
    return kept["Origins"]["Items"][0]["OriginAccessControlId"] == number and used == "OriginAccessControlInUse"


@check("an origin access control's name is taken, and changes need its ETag")
def _(aws: Aws) -> bool:
    number = control(aws)["OriginAccessControl"]["Id"]
    again = code(lambda: control(aws))
    delete = aws.client("cloudfront").delete_origin_access_control
    stale, missing = code(delete, Id=number, IfMatch="x"), code(delete, Id="none", IfMatch="x")
    return (again, stale, missing) == (
        "OriginAccessControlAlreadyExists",
        "PreconditionFailed",
        "NoSuchOriginAccessControl",
    )


@check("the same caller reference and config is the same distribution, another config is refused")
def _(aws: Aws) -> bool:
    same = create(aws)["Distribution"]["Id"] == create(aws)["Distribution"]["Id"]
    return same and code(lambda: create(aws, Comment="other")) == "DistributionAlreadyExists"


@check("certificates, web ACLs, policies and controls have to exist")
def _(aws: Aws) -> bool:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/none"
    tried = [
        code(lambda: create(aws, ViewerCertificate={"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only"})),
        code(lambda: create(aws, WebACLId="none")),
        code(lambda: create(aws, behavior={"CachePolicyId": "none"})),
        code(lambda: create(aws, origin={"OriginAccessControlId": "none"})),
        code(lambda: create(aws, Aliases={"Quantity": 1, "Items": ["a.example.com"]})),
    ]
    return tried == [
        "InvalidViewerCertificate",
        "InvalidWebACLId",
        "NoSuchCachePolicy",
        "InvalidOriginAccessControl",
        "InvalidViewerCertificate",
    ]


@check("defaults are filled in as AWS does")
def _(aws: Aws) -> bool:
    found = create(aws)["Distribution"]["DistributionConfig"]
    behavior = found["DefaultCacheBehavior"]
    return (
        behavior["Compress"] is False
        and "ForwardedValues" not in behavior
        and found["IsIPV6Enabled"] is False
        and found["Staging"] is False
        and found["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1"
    )
