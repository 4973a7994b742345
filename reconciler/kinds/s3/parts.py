"""How a bucket's configurations are read and written."""

from __future__ import annotations

from dataclasses import dataclass

from ...kind import Raw
from .settings import PUBLIC_ACCESS


@dataclass(frozen=True)
class Part:
    """How one configuration is read, written and taken away."""

    noun: str
    """What its calls are about: ``GetBucketPolicy``, ``PutBucketPolicy``."""
    none: tuple[str, ...] = ()
    """The error codes that mean that the bucket has none."""
    off: Raw | None = None
    """What having none amounts to."""
    delete: str = ""
    inside: bool = True
    """Whether the answer has it under its own name, or is it."""


PARTS = {
    "ownershipControls": Part(
        "BucketOwnershipControls", ("OwnershipControlsNotFoundError",), {"rules": [{"objectOwnership": "ObjectWriter"}]}
    ),
    "publicAccessBlockConfiguration": Part(
        "PublicAccessBlock", ("NoSuchPublicAccessBlockConfiguration",), dict.fromkeys(PUBLIC_ACCESS.parts, False)
    ),
    "versioningConfiguration": Part("BucketVersioning", inside=False),
    "serverSideEncryptionConfiguration": Part(
        "BucketEncryption", ("ServerSideEncryptionConfigurationNotFoundError",),
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}]},
    ),
    "policy": Part("BucketPolicy", ("NoSuchBucketPolicy",), delete="DeleteBucketPolicy"),
    "lifecycleConfiguration": Part(
        "BucketLifecycleConfiguration", ("NoSuchLifecycleConfiguration",), delete="DeleteBucketLifecycle", inside=False
    ),
    "corsConfiguration": Part("BucketCors", ("NoSuchCORSConfiguration",), delete="DeleteBucketCors", inside=False),
    "bucketLoggingStatus": Part("BucketLogging", inside=False),
    "websiteConfiguration": Part(
        "BucketWebsite", ("NoSuchWebsiteConfiguration",), delete="DeleteBucketWebsite", inside=False
    ),
    "notificationConfiguration": Part("BucketNotificationConfiguration", inside=False),
    "replicationConfiguration": Part(
        "BucketReplication", ("ReplicationConfigurationNotFoundError",), delete="DeleteBucketReplication"
    ),
    "objectLockConfiguration": Part("ObjectLockConfiguration", ("ObjectLockConfigurationNotFoundError",)),
}  # fmt: skip
"""Field → its calls, in the order in which they must be written: who may see it, before who is told to."""
