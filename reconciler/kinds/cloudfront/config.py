"""The configuration of a distribution, as types."""

from __future__ import annotations

from ...types import Flag, Integer, Ref, SetOf, Struct, Text
from . import Counted, Items, Ordered

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
TLS = (
    "TLSv1.2_2018",
    "TLSv1.2_2019",
    "TLSv1.2_2021",
    "TLSv1.2_2025",
    "TLSv1.3_2025",
    "TLSv1.1_2016",
    "TLSv1_2016",
    "TLSv1",
    "SSLv3",
)
EVENTS = ("viewer-request", "viewer-response", "origin-request", "origin-response")

CUSTOM = Struct({
    "httpPort": Integer(1, 65535),
    "httpsPort": Integer(1, 65535),
    "originProtocolPolicy": Text(enum=("http-only", "match-viewer", "https-only")),
    "originSslProtocols": Items(Text(enum=("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"))),
    "originReadTimeout": Integer(1, 180),
    "originKeepaliveTimeout": Integer(1, 180),
}, required=("httpPort", "httpsPort", "originProtocolPolicy"))  # fmt: skip
ORIGIN = Struct({
    "id": Text(length=(1, 128)),
    "domainName": Text(fold=True),
    "originPath": Text(),
    "customHeaders": Items(Struct({"headerName": Text(), "headerValue": Text()}, required=("headerName", "headerValue")), by="headerName"),
    "s3OriginConfig": Struct({"originAccessIdentity": Text()}),
    "customOriginConfig": CUSTOM,
    "connectionAttempts": Integer(1, 3),
    "connectionTimeout": Integer(1, 10),
    "originShield": Struct({"enabled": Flag(), "originShieldRegion": Text()}, required=("enabled",)),
    "originAccessControlId": Ref(kind="OriginAccessControl"),
}, required=("id", "domainName"))  # fmt: skip
BEHAVIOR = {
    "targetOriginId": Text(),
    "viewerProtocolPolicy": Text(enum=("allow-all", "https-only", "redirect-to-https")),
    "allowedMethods": Counted(
        {"items": SetOf(Text(enum=METHODS)), "cachedMethods": Items(Text(enum=METHODS))}, required=("items",)
    ),
    "smoothStreaming": Flag(),
    "compress": Flag(),
    "cachePolicyId": Text(),
    "originRequestPolicyId": Text(),
    "responseHeadersPolicyId": Text(),
    "functionAssociations": Items(
        Struct({"functionARN": Text(), "eventType": Text(enum=EVENTS)}, required=("functionARN", "eventType"))
    ),
}
ERROR = Struct({
    "errorCode": Integer(400, 599),
    "responsePagePath": Text(),
    "responseCode": Text(),
    "errorCachingMinTTL": Integer(0),
}, required=("errorCode",))  # fmt: skip
CERTIFICATE = Struct({
    "acmCertificateArn": Ref(kind="Certificate"),
    "cloudFrontDefaultCertificate": Flag(),
    "sslSupportMethod": Text(enum=("sni-only", "vip", "static-ip")),
    "minimumProtocolVersion": Text(enum=TLS),
})  # fmt: skip
GEO = Counted(
    {"restrictionType": Text(enum=("blacklist", "whitelist", "none")), "items": SetOf(Text())},
    required=("restrictionType",),
)
CONFIG = Struct({
    "enabled": Flag(),
    "comment": Text(length=(0, 128)),
    "aliases": Items(Text(fold=True)),
    "defaultRootObject": Text(),
    "origins": Items(ORIGIN, by="id", least=1),
    "defaultCacheBehavior": Struct(BEHAVIOR, required=("targetOriginId", "viewerProtocolPolicy")),
    "cacheBehaviors": Ordered(Struct({"pathPattern": Text(), **BEHAVIOR}, required=("pathPattern", "targetOriginId", "viewerProtocolPolicy"))),
    "customErrorResponses": Items(ERROR, by="errorCode"),
    "logging": Struct({"enabled": Flag(), "includeCookies": Flag(), "bucket": Text(), "prefix": Text()}),
    "priceClass": Text(enum=("PriceClass_100", "PriceClass_200", "PriceClass_All")),
    "viewerCertificate": CERTIFICATE,
    "restrictions": Struct({"geoRestriction": GEO}),
    "webACLId": Ref(kind="WebACL"),
    "httpVersion": Text(enum=("http1.1", "http2", "http3", "http2and3"), fold=True),
    "isIPV6Enabled": Flag(),
}, required=("enabled", "origins", "defaultCacheBehavior"))  # fmt: skip
