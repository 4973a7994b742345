"""CloudFront distribution configs: completed with what AWS fills in, checked for what it refuses."""

from __future__ import annotations

import zlib

from moto.acm.models import acm_backends
from moto.wafv2.models import wafv2_backends

from reconciler.emulator.fixes.agenda import Json, Moto, refuse

_NONE: Json = {"Quantity": 0}
_OFF: Json = {"Enabled": False, "Quantity": 0}
_READS = ["HEAD", "GET"]

CACHE_POLICIES = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
    "08627262-05a9-4f76-9ded-b50ca2e3a84f",
    "2e54312d-136d-493c-8eb9-b001f22f67d2",
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
}
ORIGIN_REQUEST_POLICIES = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3",
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
    "59781a5b-3903-41f3-afcb-af62929ccde1",
    "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    "acba4595-bd28-49b8-b9fe-13317c0390fa",
    "33f36d7e-f396-46d9-90e0-52428a34d9dc",
}
RESPONSE_HEADERS_POLICIES = {
    "67f7725c-6f97-4210-82d7-5512b31e9d03",
    "60669652-455b-4ae9-85a4-c4c02393f86c",
    "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
    "e61eb60c-9c35-4d20-a928-2b84e02af89c",
    "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
}
_POLICIES = {
    "CachePolicyId": ("NoSuchCachePolicy", CACHE_POLICIES),
    "OriginRequestPolicyId": ("NoSuchOriginRequestPolicy", ORIGIN_REQUEST_POLICIES),
    "ResponseHeadersPolicyId": ("NoSuchResponseHeadersPolicy", RESPONSE_HEADERS_POLICIES),
}


class Config:
    """A distribution's config in the shape moto's backend and serialisers read: attributes under AWS's names."""

    def __init__(self, given: Json) -> None:
        """Complete what a client sent."""
        self.__dict__.update(complete(given))
        self.caller_reference = given["CallerReference"]


def items(section: Json | None) -> list[Json]:
    """Return the items of one of CloudFront's counted lists."""
    return list((section or {}).get("Items") or [])


def complete(given: Json) -> Json:
    """Return the config with every default AWS shows."""
    behaviors = items(given.get("CacheBehaviors"))
    full: Json = {
        "Aliases": _NONE,
        "DefaultRootObject": "",
        "OriginGroups": _NONE,
        "CustomErrorResponses": _NONE,
        "Comment": "",
        "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
        "PriceClass": "PriceClass_All",
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": "",
        "HttpVersion": "http2",
        "IsIPV6Enabled": False,
        "ContinuousDeploymentPolicyId": "",
        "Staging": False,
        **given,
    }
    origins = [_origin(origin) for origin in items(given.get("Origins"))]
    full["Origins"] = {"Quantity": len(origins), "Items": origins}
    full["DefaultCacheBehavior"] = _behavior(given["DefaultCacheBehavior"])
    full["CacheBehaviors"] = (
        {"Quantity": len(behaviors), "Items": [_behavior(one) for one in behaviors]} if behaviors else _NONE
    )
    full["ViewerCertificate"] = _certificate(given.get("ViewerCertificate") or {})
    return full


def _origin(given: Json) -> Json:
    full = {
        "OriginPath": "",
        "CustomHeaders": _NONE,
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "OriginShield": {"Enabled": False},
        "OriginAccessControlId": "",
        **given,
    }
    if custom := given.get("CustomOriginConfig"):
        protocols = {"Quantity": 3, "Items": ["TLSv1", "TLSv1.1", "TLSv1.2"]}
        defaults = {"OriginSslProtocols": protocols, "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5}
        full["CustomOriginConfig"] = {**defaults, **custom}
    return full


def _methods(given: Json | None) -> Json:
    """Return the methods in AWS's own order, which is not the client's."""
    given = given or {}

    def section(values: list[str]) -> Json:
        return {"Quantity": len(values), "Items": sorted(values, key=lambda name: zlib.crc32(name.encode()))}

    cached = (given.get("CachedMethods") or {}).get("Items") or _READS
    return {**section(given.get("Items") or _READS), "CachedMethods": section(cached)}


def _behavior(given: Json) -> Json:
    full: Json = {
        "TrustedSigners": _OFF,
        "TrustedKeyGroups": _OFF,
        "SmoothStreaming": False,
        "Compress": False,
        "LambdaFunctionAssociations": _NONE,
        "FunctionAssociations": _NONE,
        "FieldLevelEncryptionId": "",
        "GrpcConfig": {"Enabled": False},
        **given,
        "AllowedMethods": _methods(given.get("AllowedMethods")),
    }
    if not given.get("CachePolicyId"):
        full = {"MinTTL": 0, "DefaultTTL": 86400, "MaxTTL": 31536000, **full}
    return full


def _certificate(given: Json) -> Json:
    if arn := given.get("ACMCertificateArn"):
        defaults = {
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1",
            "CloudFrontDefaultCertificate": False,
        }
        return {**defaults, **given, "Certificate": arn, "CertificateSource": "acm"}
    defaults = {"SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1", "CertificateSource": "cloudfront"}
    return {**defaults, "CloudFrontDefaultCertificate": True, **given}


def check(backend: Moto, config: Json, own: Moto | None) -> None:
    """Fail where AWS would refuse the config; `own` is the distribution that gets it, if there is one yet."""
    for section in ("Origins", "Aliases", "CacheBehaviors", "CustomErrorResponses"):
        given = config.get(section) or {}
        if given.get("Quantity", 0) != len(items(given)):
            refuse("InconsistentQuantities", f"The value of Quantity and the size of Items don't match: {section}")
    origins = items(config.get("Origins"))
    for behavior in [config["DefaultCacheBehavior"], *items(config.get("CacheBehaviors"))]:
        _check_behavior(behavior, {origin["Id"] for origin in origins})
    for origin in origins:
        control = origin.get("OriginAccessControlId")
        if control and control not in backend.origin_access_controls:
            refuse("InvalidOriginAccessControl", "The origin access control is not valid.")
        if not origin.get("S3OriginConfig") and not origin.get("CustomOriginConfig"):
            refuse("InvalidOrigin", "An origin must have exactly one of S3OriginConfig and CustomOriginConfig.")
    _check_viewer(backend, config, own)
    acl = config.get("WebACLId")
    if acl and acl not in wafv2_backends[backend.account_id]["aws"].wacls:
        refuse("InvalidWebACLId", "Web ACL is not accessible by the requester.")


def _check_behavior(behavior: Json, origins: set[str]) -> None:
    if behavior["TargetOriginId"] not in origins:
        refuse("NoSuchOrigin", "One or more of your origins or origin groups do not exist.")
    for name, (code, known) in _POLICIES.items():
        if behavior.get(name) and behavior[name] not in known:
            refuse(code, f"The specified policy does not exist: {behavior[name]}")
    if not behavior.get("CachePolicyId") and not behavior.get("ForwardedValues"):
        refuse("InvalidArgument", "The parameter ForwardedValues is required.")


def _check_viewer(backend: Moto, config: Json, own: Moto | None) -> None:
    aliases = [str(alias).lower() for alias in items(config.get("Aliases"))]
    for distribution in backend.distributions.values():
        taken = {str(alias).lower() for alias in items(distribution.distribution_config.Aliases)}
        if distribution is not own and taken & set(aliases):
            refuse(
                "CNAMEAlreadyExists",
                "One or more of the CNAMEs you provided are already associated with a different resource.",
            )
    viewer = config.get("ViewerCertificate") or {}
    arn = viewer.get("ACMCertificateArn")
    if aliases and not arn and not viewer.get("IAMCertificateId"):
        refuse(
            "InvalidViewerCertificate",
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted "
            "certificate that validates your authorization to use the domain name.",
        )
    certificate: Moto = acm_backends[backend.account_id]["us-east-1"]._certificates.get(arn) if arn else None
    if arn and (certificate is None or certificate.status != "ISSUED"):
        refuse(
            "InvalidViewerCertificate",
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include "
            "a valid certificate chain.",
        )
    covered = [certificate.common_name, *certificate.sans] if certificate else aliases
    for alias in aliases:
        if not any(alias == name or name == f"*.{alias.partition('.')[2]}" for name in covered):
            refuse(
                "InvalidViewerCertificate",
                f"The certificate attached to your distribution doesn't cover the alternate domain name {alias}.",
            )
