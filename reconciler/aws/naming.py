"""Gives AWS's errors the names that say what happens next (see ``errors``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..errors import AwsError, Denied, Quota, Rejected, Retry, Wait
from ..kind import Call

THROTTLED = frozenset({
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
    "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "EC2ThrottledException", "PriorRequestNotComplete",
    "BandwidthLimitExceeded", "ProvisionedThroughputExceededException", "TransactionInProgressException",
})  # fmt: skip
HERE = {("ce", "LimitExceededException"): "ThrottlingException", ("scheduler", "ConflictException"): "AlreadyExists"}
"""(service, code) → the code by which all others say the same."""
UNWELL = frozenset({
    "InternalFailure", "InternalError", "InternalServerError", "InternalServiceError", "InternalServerException",
    "ServiceUnavailable", "ServiceUnavailableException", "InternalErrorException", "RequestTimeout", "RequestTimeoutException", "500", "502", "503", "504",
})  # fmt: skip
DENIED = frozenset({
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure", "NotAuthorized", "AuthorizationError",
    "UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch", "403",
})  # fmt: skip
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
NOT_YET = frozenset({
    "DependencyViolation", "InvalidDBInstanceState", "InvalidDBInstanceStateFault", "InvalidDBSubnetGroupStateFault",
    "InvalidDBParameterGroupState", "InvalidDBParameterGroupStateFault", "InvalidReplicationGroupState", "InvalidCacheClusterState",
    "InvalidCacheParameterGroupState", "CacheSubnetGroupInUse", "SubnetInUse",
    "ResourceInUse", "ResourceInUseException", "InvalidIPAddress.InUse", "InvalidParameterValue.InUse", "DeleteConflict",
    "ConcurrentModification", "ConcurrentModificationException", "ConcurrentUpdateException", "OperationAborted",
    "OperationInProgress", "EntityTemporarilyUnmodifiable", "KMSInvalidStateException", "IncorrectState", "IncorrectInstanceState",
    "WAFUnavailableEntityException", "WAFOptimisticLockException", "WAFAssociatedItemException", "PreconditionFailed",
    "ServiceNotActiveException", "ClusterContainsServicesException", "ClusterContainsTasksException", "DistributionNotDisabled",
    "OriginAccessControlInUse", "HostedZoneNotEmpty", "InvalidNetworkInterface.InUse", "AuthFailure.InUse", "UpdateInProgressException",
    "ClusterContainsCapacityProviderException", "InvalidGroup.InUse", "Resource.AlreadyAssociated", "PriorityInUse",
    "TargetGroupAssociationLimit", "LimitExceededInProgress",
})  # fmt: skip
QUOTA = frozenset({
    "VpcLimitExceeded", "AddressLimitExceeded", "NatGatewayLimitExceeded", "InternetGatewayLimitExceeded", "SubnetLimitExceeded",
    "RouteTableLimitExceeded", "RulesPerSecurityGroupLimitExceeded", "SecurityGroupLimitExceeded", "TooManyLoadBalancers",
    "TooManyTargetGroups", "TooManyListeners", "TooManyRules", "InstanceQuotaExceeded", "StorageQuotaExceeded", "LimitExceeded",
    "LimitExceededException", "TooManyBuckets", "TooManyDistributions", "WAFLimitsExceededException", "ServiceQuotaExceededException",
    "InsufficientDBInstanceCapacity", "TooManyCertificates", "CreationLimitExceededException", "NetworkAclLimitExceeded", "NetworkAclEntryLimitExceeded",
    "VpcEndpointLimitExceeded", "FlowLogsLimitExceeded",
})  # fmt: skip

PROPAGATING = (
    (
        "ecs",
        re.compile(
            r"unable to assume the (service linked )?role|does not have an associated load balancer|still draining",
            re.IGNORECASE,
        ),
    ),
    ("ecs", re.compile(r"role is not valid|iam:PassRole", re.IGNORECASE)),
    ("backup", re.compile(r"iam role .* cannot be assumed by", re.IGNORECASE)),
    ("elbv2", re.compile(r"access denied for bucket|certificate .* (not found|must have)", re.IGNORECASE)),
    ("iam", re.compile(r"invalid principal in policy", re.IGNORECASE)),
    ("kms", re.compile(r"invalid principal|principals? .*not valid", re.IGNORECASE)),
    ("s3", re.compile(r"invalid principal in policy", re.IGNORECASE)),
    ("scheduler", re.compile(r"to assume the role|iam:PassRole", re.IGNORECASE)),
    (
        "secretsmanager",
        re.compile(r"scheduled for deletion|(invalid|unsupported) principal|already scheduled", re.IGNORECASE),
    ),
    ("secretsmanager", re.compile(r"being created|is being deleted", re.IGNORECASE)),
    ("ec2", re.compile(r"unable to assume given (iam )?role", re.IGNORECASE)),
    ("ec2", re.compile(r"has some mapped public address|network (vpc-\w+ )?has.*address", re.IGNORECASE)),
    (
        "rds",
        re.compile(
            r"is not (currently )?(in the )?available|being (created|deleted|modified)|still using|iam role .* (not|invalid)",
            re.IGNORECASE,
        ),
    ),
)
"""(service, what AWS says) where the cause passes by itself once something else has arrived everywhere."""
ADVICE = (
    ("elbv2", re.compile(r"access denied for bucket", re.IGNORECASE),
     "The bucket's policy must let logdelivery.elasticloadbalancing.amazonaws.com put objects, and KMS must not encrypt it"),
    ("rds", re.compile(r"can't currently modify the storage|storage .*optimiz", re.IGNORECASE),
     "AWS changes a disk once in six hours: run again then. The rest was not held up"),
    ("ce", re.compile(r"limit exceeded on dimensional", re.IGNORECASE),
     "An account has one monitor of all services, and there is one that could not be seen. Adopt it, or leave it out"),
)  # fmt: skip
"""(service, what AWS says, what to do) where that can be told."""
_IDENTITY = re.compile(
    r"assume (the (?!service linked)|given)|role is not valid|iam:PassRole|(invalid|unsupported) principal|iam role",
    re.IGNORECASE,
)
NOT_VISIBLE = re.compile(r"(NotFound|NoSuch\w+|DoesNotExist\w*)(Exception|Fault)?$")
"""A thing just made that a neighbouring service does not see yet."""
EXISTS = re.compile(r"AlreadyExists|AlreadyOwnedByYou|Duplicate")
"""What is to be made is there, though nobody saw it: somebody made it since, or it was not visible yet."""
NOT_OURS = "BucketAlreadyExists"
"""The one name that all accounts share."""
_ACTION = re.compile(r"not authorized to perform:? ?([a-z0-9-]+:[A-Za-z]+)")
_IAM = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}
_S3 = {
    "ListBuckets": "ListAllMyBuckets", "HeadBucket": "ListBucket",
    "GetBucketEncryption": "GetEncryptionConfiguration", "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration", "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "GetBucketCors": "GetBucketCORS", "PutBucketCors": "PutBucketCORS", "DeleteBucketCors": "PutBucketCORS",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock", "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketReplication": "GetReplicationConfiguration", "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
}  # fmt: skip
"""S3 operation → IAM action, where they bear different names."""


def named(call: Call, code: str, message: str, request_id: str) -> AwsError:
    """Return AWS's refusal of ``call`` as the error that says what happens next."""
    told = (str(call), code, message.strip(), request_id)
    code = HERE.get((call.service, code), code)
    if code in THROTTLED:
        return Retry(*told, advice="AWS asks for patience; run again in a minute")
    if code in EXPIRED:
        return Denied(
            *told, advice="The credentials have expired: sign in again, then run again. What was done stays done"
        )
    if any(call.service == service and pattern.search(message) for service, pattern in PROPAGATING) or code in NOT_YET:
        grant = f"Grant {action(call, message)} to the caller, unless it has it: what is new takes a minute to arrive everywhere"
        way = advised(call, message) or "Something else must change first"
        waiting = Wait(*told, advice=grant if code in DENIED else way)
        waiting.identity = bool(_IDENTITY.search(message))
        return waiting
    if code in DENIED:
        return Denied(*told, advice=f"Grant {action(call, message)} to the caller, or run with other credentials")
    if code in UNWELL:
        error = Retry(*told, advice="AWS is unwell; run again later")
        error.lost = True
        return error
    if code in QUOTA:
        return Quota(*told, advice="Ask AWS for a higher limit, or free some of it")
    if call.writes and NOT_VISIBLE.search(code):
        return Wait(*told, advice="Something that was just made is not visible everywhere yet")
    if call.writes and EXISTS.search(code) and code != NOT_OURS:
        there = Retry(*told, advice="Another object has this name or these settings. Choose others, or adopt it")
        there.lost = True
        return there
    return Rejected(*told, advice=advised(call, message))


def advised(call: Call, message: str) -> str:
    """Return what to do about a refusal in these words; empty if nothing particular is known."""
    ways = (way for service, pattern, way in ADVICE if call.service == service and pattern.search(message))
    return next(ways, "")


def granted(call: Call, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer. Raises ClientError where AWS's refusal stands in it: the call takes several objects."""
    for item in answer.get("Unsuccessful") or () if call.writes else ():
        if isinstance(item, Mapping) and item.get("Error"):
            raise ClientError({**answer, "Error": item["Error"]}, call.operation)
    return answer


def action(call: Call, message: str) -> str:
    """Return the IAM action that is missing, in IAM's spelling."""
    found = _ACTION.search(message)
    operation = _S3.get(call.operation, call.operation) if call.service == "s3" else call.operation
    return found[1] if found else f"{_IAM.get(call.service, call.service)}:{operation}"
