"""The types of a bucket's configurations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...types import Difference, Flag, Integer, ListOf, MapOf, Ref, SetOf, Struct, Text

STATUS = Text(enum=("Enabled", "Disabled"))
TAG = Struct({"key": Text(), "value": Text()}, required=("key", "value"))
CLASS = Text(enum=("GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"))
MOVE = Struct({"days": Integer(0), "storageClass": CLASS}, required=("days", "storageClass"))
MOVE_OLD = Struct(
    {"noncurrentDays": Integer(0), "storageClass": CLASS, "newerNoncurrentVersions": Integer(1)},
    required=("noncurrentDays", "storageClass"),
)
LEAST_DAYS = Integer(1)


@dataclass(frozen=True)
class Setting(Struct):
    """A configuration that a bucket has or has not: ``{}`` means that it has none."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare the parts that git mentions; all of it, if git says none."""
        if want == {} and any((have or {}).values()):
            yield Difference(path, want, have)
        yield from super().diff(path, want, have or {})


def keyed(parts: dict[str, Any], *required: str) -> SetOf:
    """Return a list of items that their ids tell apart; S3 makes ids up where none are given."""
    return SetOf(Struct({"id": Text(length=(1, 255)), **parts}, required=("id", *required)), by="id")


ALGORITHM = Text(enum=("AES256", "aws:kms", "aws:kms:dsse"))
VERSIONING = Struct({"status": Text(enum=("Enabled", "Suspended"))}, required=("status",))
ENCRYPTION = Struct(
    {
        "rules": ListOf(
            Struct({
                "applyServerSideEncryptionByDefault": Struct(
                    {"sseAlgorithm": ALGORITHM, "kmsMasterKeyID": Ref(kind="Key", last=True)}, required=("sseAlgorithm",),
                ),
                "bucketKeyEnabled": Flag(),
                "blockedEncryptionTypes": Struct({"encryptionType": SetOf(Text(enum=("NONE", "SSE-C")))}),
            }), least=1, most=1,
        )
    },
    required=("rules",),
)  # fmt: skip
PUBLIC_ACCESS = Struct({
    name: Flag() for name in ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
})  # fmt: skip
OWNERS = Text(enum=("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"))
OWNERSHIP = Struct(
    {"rules": ListOf(Struct({"objectOwnership": OWNERS}, required=("objectOwnership",)), least=1, most=1)},
    required=("rules",),
)
SIZES = {"objectSizeGreaterThan": Integer(0), "objectSizeLessThan": Integer(1)}
FILTER = Struct({
    "prefix": Text(), "tag": TAG, **SIZES, "and": Struct({"prefix": Text(), "tags": SetOf(TAG, by="key"), **SIZES}),
})  # fmt: skip
LIFECYCLE = Setting({
    "rules": keyed({
        "status": STATUS,
        "filter": FILTER,
        "expiration": Struct({"days": LEAST_DAYS, "expiredObjectDeleteMarker": Flag()}),
        "transitions": SetOf(MOVE, by="storageClass"),
        "noncurrentVersionExpiration": Struct({"noncurrentDays": LEAST_DAYS, "newerNoncurrentVersions": LEAST_DAYS}),
        "noncurrentVersionTransitions": SetOf(MOVE_OLD, by="storageClass"),
        "abortIncompleteMultipartUpload": Struct({"daysAfterInitiation": LEAST_DAYS}),
    }, "status"),
})  # fmt: skip
METHODS = SetOf(Text(enum=("GET", "PUT", "HEAD", "POST", "DELETE")))
HEADERS = SetOf(Text(fold=True))
CORS = Setting({
    "corsRules": ListOf(Struct({
        "id": Text(), "allowedMethods": METHODS, "allowedOrigins": SetOf(Text()), "allowedHeaders": HEADERS,
        "exposeHeaders": HEADERS, "maxAgeSeconds": Integer(0),
    }, required=("allowedMethods", "allowedOrigins"))),
})  # fmt: skip
DATES = Struct({"partitionDateSource": Text(enum=("EventTime", "DeliveryTime"))})
LOGGING = Setting({
    "loggingEnabled": Struct({
        "targetBucket": Ref(kind="Bucket"), "targetPrefix": Text(),
        "targetObjectKeyFormat": Struct({"simplePrefix": Struct({}), "partitionedPrefix": DATES}),
    }, required=("targetBucket", "targetPrefix")),
})  # fmt: skip
PROTOCOL = Text(enum=("http", "https"))
WEBSITE = Setting({
    "indexDocument": Struct({"suffix": Text()}, required=("suffix",)),
    "errorDocument": Struct({"key": Text()}, required=("key",)),
    "redirectAllRequestsTo": Struct({"hostName": Text(), "protocol": PROTOCOL}, required=("hostName",)),
    "routingRules": ListOf(Struct({
        "condition": Struct({"httpErrorCodeReturnedEquals": Text(), "keyPrefixEquals": Text()}),
        "redirect": Struct({
            "hostName": Text(), "httpRedirectCode": Text(), "protocol": PROTOCOL, "replaceKeyPrefixWith": Text(),
            "replaceKeyWith": Text(),
        }),
    }, required=("redirect",))),
})  # fmt: skip
RULES = Struct({"key": Struct({"filterRules": SetOf(Struct({"name": Text(fold=True), "value": Text()}), by="name")})})
EVENTS = {"events": SetOf(Text()), "filter": RULES}
NOTIFICATION = Setting({
    "topicConfigurations": keyed({"topicArn": Ref(kind="Topic"), **EVENTS}, "topicArn", "events"),
    "queueConfigurations": keyed({"queueArn": Text(), **EVENTS}, "queueArn", "events"),
    "lambdaFunctionConfigurations": keyed({"lambdaFunctionArn": Text(), **EVENTS}, "lambdaFunctionArn", "events"),
    "eventBridgeConfiguration": MapOf(),
})  # fmt: skip
DESTINATION = Struct({
    "bucket": Text(), "account": Text(), "storageClass": Text(),
    "encryptionConfiguration": Struct({"replicaKmsKeyID": Ref(kind="Key", last=True)}),
    "replicationTime": Struct({"status": STATUS, "time": Struct({"minutes": Integer(15, 15)})}),
    "metrics": Struct({"status": STATUS, "eventThreshold": Struct({"minutes": Integer(15, 15)})}),
}, required=("bucket",))  # fmt: skip
REPLICATION = Setting({
    "role": Ref(kind="Role"),
    "rules": keyed({
        "priority": Integer(0), "status": STATUS, "destination": DESTINATION,
        "filter": FILTER,
        "deleteMarkerReplication": Struct({"status": STATUS}),
        "sourceSelectionCriteria": Struct({"sseKmsEncryptedObjects": Struct({"status": STATUS})}),
        "existingObjectReplication": Struct({"status": STATUS}),
    }, "status", "destination"),
})  # fmt: skip
RETENTION = Struct({"mode": Text(enum=("GOVERNANCE", "COMPLIANCE")), "days": LEAST_DAYS, "years": LEAST_DAYS})
OBJECT_LOCK = Struct({"objectLockEnabled": Text(enum=("Enabled",)), "rule": Struct({"defaultRetention": RETENTION})})
