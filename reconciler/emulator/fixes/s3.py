"""S3 behaving like itself: what every new bucket has since 2023, and what AWS refuses."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import TYPE_CHECKING, Any, NoReturn
from xml.etree import ElementTree as ET

from moto.s3.exceptions import S3ClientError
from moto.s3.models import PublicAccessBlock, S3Backend, s3_backends
from moto.s3.responses import S3Response
from moto.s3.utils import bucket_policy_is_public

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.patch import Method, once, replaces

if TYPE_CHECKING:
    from reconciler.emulator.fixes.agenda import Moto

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?![.-]))*[a-z0-9]")
_FORBIDDEN = re.compile(r"^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3)$|-\.")
_LENGTH = range(3, 64)
_SYSTEM, _ESCAPED = "aws:", "aws-own:"


class RefusalError(S3ClientError):
    """The one kind of error moto's S3 turns into an answer."""


def refuse(code: str, message: str) -> NoReturn:
    """Fail the request as S3 does."""
    raise RefusalError(code, message)


def _default_encryption() -> dict[str, Any]:
    return {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}


def _good_name(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return len(name) in _LENGTH and bool(_NAME.fullmatch(name)) and not _FORBIDDEN.search(name)
    return False


def _create(original: Method, self: Moto, bucket_name: str, *args: Any, **kwargs: Any) -> Moto:
    if not _good_name(bucket_name):
        refuse("InvalidBucketName", "The specified bucket is not valid.")
    bucket = original(self, bucket_name, *args, **kwargs)
    yes: Any = True
    bucket.public_access_block = PublicAccessBlock(yes, yes, yes, yes)
    bucket.encryption = _default_encryption()
    bucket.ownership_rule = "BucketOwnerEnforced"
    return bucket


def _tags_in(body: bytes) -> dict[str, str]:
    """Return the tags of a CreateBucketConfiguration."""
    if b"<Tag>" not in body:
        return {}
    found = {}
    for element in ET.fromstring(body).iter():  # noqa: S314 - the body comes from a client on this machine
        if element.tag.rsplit("}", 1)[-1] == "Tag":
            pair = {child.tag.rsplit("}", 1)[-1]: child.text or "" for child in element}
            found[pair["Key"]] = pair.get("Value", "")
    return found


def _put(original: Method, self: Moto, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
    new = bucket_name not in self.backend.buckets
    answer = original(self, request, bucket_name, querystring)
    if new and bucket_name in self.backend.buckets and (tags := _tags_in(self.body)):
        self.backend.put_bucket_tagging(bucket_name, tags)
    return answer


def brand(account: str, bucket_name: str, tags: dict[str, str]) -> None:
    """Do what a service such as CloudFormation does with a bucket that it made: its tags are nobody else's."""
    backend: Moto = s3_backends[account]["aws"]
    backend.tagger.tag_resource(backend.get_bucket(bucket_name).arn, [{"Key": k, "Value": v} for k, v in tags.items()])


def _system(backend: Moto, bucket_name: str) -> dict[str, str]:
    found = backend.tagger.get_tag_dict_for_resource(backend.get_bucket(bucket_name).arn)
    return {key: value for key, value in found.items() if key.startswith(_SYSTEM)}


def _tags_told(original: Method, self: Moto) -> dict[str, str]:
    """Take AWS's own tags as well, if they are sent as they are: the call replaces every tag."""
    body: bytes = self.body
    self.body = body.replace(f"<Key>{_SYSTEM}".encode(), f"<Key>{_ESCAPED}".encode())
    try:
        told = {k.replace(_ESCAPED, _SYSTEM, 1): v for k, v in original(self).items()}
    finally:
        self.body = body
    has, sent = _system(self.backend, self.bucket_name), {k: v for k, v in told.items() if k.startswith(_SYSTEM)}
    if sent.items() - has.items():
        refuse("InvalidTag", "System tags cannot be added/updated by requester")
    if has.keys() - sent.keys():
        refuse("InvalidTag", "System tags cannot be removed by requester")
    return told


def _put_policy(original: Method, self: Moto, bucket_name: str, policy: bytes) -> None:
    bucket = self.get_bucket(bucket_name)
    try:
        document = json.loads(policy)
        statements = document["Statement"]
        statements = statements if isinstance(statements, list) else [statements]
    except (ValueError, KeyError, TypeError):
        refuse("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
    for statement in statements:
        if not {"Principal", "NotPrincipal"} & set(statement):
            refuse("MalformedPolicy", "Missing required field Principal")
        resources = statement.get("Resource") or []
        for resource in [resources] if isinstance(resources, str) else resources:
            if not re.match(rf"arn:aws[a-z-]*:s3:::{re.escape(bucket_name)}(/|$)", resource):
                refuse("MalformedPolicy", "Policy has invalid resource")
    if iam_spread.strangers(self.account_id, policy):
        refuse("MalformedPolicy", "Invalid principal in policy")
    block = bucket.public_access_block
    if block is not None and block.block_public_policy and bucket_policy_is_public(policy):
        refuse(
            "AccessDenied",
            f"User: arn:aws:iam::{self.account_id}:root is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"arn:aws:s3:::{bucket_name}" because public policies are prevented by the BlockPublicPolicy setting in '
            "S3 Block Public Access.",
        )
    original(self, bucket_name, policy)


def _put_acl(original: Method, self: Moto, bucket_name: str, acl: Any) -> None:
    bucket = self.get_bucket(bucket_name)
    if bucket.ownership_rule == "BucketOwnerEnforced":
        owner_only = acl is None or all(grant.permissions == ["FULL_CONTROL"] for grant in acl.grants)
        if not owner_only:
            refuse("AccessControlListNotSupported", "The bucket does not allow ACLs")
    original(self, bucket_name, acl)


@once
def install() -> None:
    """Make buckets behave as on AWS."""
    replaces(S3Backend, "create_bucket")(_create)
    replaces(S3Backend, "put_bucket_policy")(_put_policy)
    replaces(S3Backend, "put_bucket_acl")(_put_acl)
    replaces(S3Response, "_bucket_response_put")(_put)
    replaces(S3Response, "_bucket_tagging_from_body")(_tags_told)

    @replaces(S3Backend, "delete_bucket_encryption")
    def plain(_original: Method, self: Moto, bucket_name: str) -> None:
        self.get_bucket(bucket_name).encryption = _default_encryption()
