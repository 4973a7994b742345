"""Bucket."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...policies import POLICY, faults
from ...types import Flag, Text
from . import GONE, S3, TAGS, settings
from .parts import PARTS

NAME = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
WHOLE = ("policy", "websiteConfiguration")
"""What is not made of parts that go with each other."""
MAIN_REGION = "us-east-1"
"""The one region that must not be named when a bucket is made."""


class Bucket(Kind):
    """A store of objects under a name that is unique in the world."""

    service = S3
    arn_like = ":s3:::"
    api = Api(
        "ListBuckets", "buckets", "bucket", "bucketArn", create="CreateBucket", delete="DeleteBucket", missing=GONE
    )
    named = "bucket"
    name_limit = 63
    holds_data = True
    attributes = {
        "arn": "bucketArn", "bucketDomainName": "bucketDomainName",
        "bucketRegionalDomainName": "bucketRegionalDomainName",
    }  # fmt: skip
    left_out = "ACLs, which AWS advises against, and inventory, analytics, metrics, acceleration and requester pays."

    bucket = fixed(Text(pattern=NAME), "Its name in AWS.", default="the resource's name")
    objectLockEnabledForBucket = fixed(Flag(), "Whether objects can be locked against deletion.", default="false")
    ownershipControls = later(settings.OWNERSHIP, "Who owns what others put in.", default="BucketOwnerEnforced")
    publicAccessBlockConfiguration = later(
        settings.PUBLIC_ACCESS, "What public access is refused.", default="all of it"
    )
    versioningConfiguration = later(settings.VERSIONING, "Whether old versions of objects are kept.", default="no")
    serverSideEncryptionConfiguration = later(settings.ENCRYPTION, "What encrypts new objects.", default="AES256")
    policy = later(POLICY, "Who may do what with it. `{}`: only the account.")
    lifecycleConfiguration = later(settings.LIFECYCLE, "When objects move to another class, and expire. `{}`: never.")
    corsConfiguration = later(settings.CORS, "Which web pages may read it. `{}`: none.")
    bucketLoggingStatus = later(settings.LOGGING, "Where its access log goes. `{}`: nowhere.")
    websiteConfiguration = later(settings.WEBSITE, "How it serves a web site. `{}`: it does not.")
    notificationConfiguration = later(settings.NOTIFICATION, "Who is told of what happens in it. `{}`: nobody.")
    replicationConfiguration = later(settings.REPLICATION, "Where its objects are copied to. `{}`: nowhere.")
    objectLockConfiguration = later(settings.OBJECT_LOCK, "How long new objects are locked.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Add what follows from the name."""
        found = yield from super().listing(ask)
        return [{**raw, **_addresses(raw["name"], raw.get("bucketRegion") or ask.region)} for raw in found]

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the configurations that somebody manages; each is a call."""
        found: dict[str, Any] = {}
        asked = ask.fields | ({"objectLockConfiguration"} if "objectLockEnabledForBucket" in ask.fields else set())
        for name, part in PARTS.items():
            if name in asked:
                answer = yield self.call(f"Get{part.noun}", bucket=raw["bucket"], missing=(*part.none, *GONE))
                value = answer if answer is None or not part.inside else answer.get(name)
                found[name] = value or part.off or {}
        if "objectLockConfiguration" in found:
            found["objectLockEnabledForBucket"] = bool(found["objectLockConfiguration"])
        return found

    def create(self, want: Wanted) -> Calls:
        """Every region but the first must be named."""
        told = self.service.create_tags("", want.tags)["createBucketConfiguration"]
        if want.region not in ("", MAIN_REGION):
            told["locationConstraint"] = want.region
        lock = want.only(["objectLockEnabledForBucket"])
        yield self.call("CreateBucket", bucket=want.name, createBucketConfiguration=told, **lock)

    @writes(*PARTS)
    def configure(self, want: Wanted, live: Live) -> Calls:
        """Write each configuration that differs as a whole, with the parts of it that nobody manages."""
        for name, part in PARTS.items():
            if name not in want.spec:
                continue
            value, kind = want[name], self.fields[name].type
            if not any(True for _ in kind.diff(name, value, live.spec.get(name))):
                continue
            if part.delete and not any(value.values()):
                yield self.call(part.delete, bucket=live.id, missing=part.none)
            else:
                kept = live.spec.get(name, {}) if value and name not in WHOLE else {}
                told = kind.encode({**kept, **value})
                yield self.call(f"Put{part.noun}", bucket=live.id, **{name: whole(name, told)})

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Names follow S3's rules; the policy must be one that AWS takes."""
        yield from ((f"policy{path}", message) for path, message in faults(spec.get("policy"), principal=True))
        name = spec.get("bucket")
        if isinstance(name, str) and (".." in name or _is_address(name)):
            yield "bucket", f"{name!r} is no name for a bucket: no address, no two dots in a row. Choose another"
        if "objectLockConfiguration" in spec and spec.get("objectLockEnabledForBucket") is not True:
            yield "objectLockConfiguration", "needs a bucket with locks. Add objectLockEnabledForBucket: true"


def whole(name: str, value: Any) -> Any:
    """Return the configuration with what the API insists on: a rule says which objects it is about."""
    if name not in ("lifecycleConfiguration", "replicationConfiguration"):
        return value
    return {**value, "rules": [{**rule, "filter": rule.get("filter") or {"prefix": ""}} for rule in value["rules"]]}


def _addresses(name: str, region: str) -> dict[str, str]:
    return {
        "bucket": name,
        "bucketArn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
    }


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False
