"""ELBv2: a load balancer writes its logs only into a bucket that lets it, and that is not encrypted by KMS."""

from __future__ import annotations

import fnmatch
import json
from typing import Any, Final

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend

from reconciler.emulator.fixes.agenda import Moto, loaded
from reconciler.emulator.patch import once, replaces

KINDS: Final = ("access_logs", "connection_logs", "health_check_logs")
DELIVERY: Final = "logdelivery.elasticloadbalancing.amazonaws.com"
ACCOUNTS: Final = {"us-east-1": "127311923021", "us-west-2": "797873946194", "eu-west-1": "156460612806"}
"""The accounts from which the oldest regions still write."""


@once
def install() -> None:
    """Ask the bucket before logs are turned on."""

    @replaces(ELBv2Backend, "modify_load_balancer_attributes")
    def modify(original: Any, self: Any, arn: str, attrs: dict[str, Any]) -> Any:
        balancer = self.load_balancers.get(arn)
        wanted = {**(balancer.attrs if balancer else {}), **attrs}
        for kind in KINDS:
            if any(key.startswith(f"{kind}.") for key in attrs) and wanted.get(f"{kind}.s3.enabled") == "true":
                _check(self, wanted.get(f"{kind}.s3.bucket", ""), wanted.get(f"{kind}.s3.prefix", ""))
        return original(self, arn, attrs)


def _check(backend: Any, bucket: str, prefix: str) -> None:
    s3 = loaded("moto.s3.models")
    found = s3.s3_backends[backend.account_id]["aws"].buckets.get(bucket) if s3 else None
    place = f"arn:aws:s3:::{bucket}/{f'{prefix}/' if prefix else ''}AWSLogs/{backend.account_id}/x"
    if found is None or _by_kms(found) or not _allowed(found, place, ACCOUNTS.get(backend.region_name, "")):
        code = "InvalidConfigurationRequest"
        raise ELBClientError(code, f"Access Denied for bucket: {bucket}. Please check S3bucket permission")


def _by_kms(bucket: Moto) -> bool:
    return "aws:kms" in json.dumps(bucket.encryption or {})


def _allowed(bucket: Moto, place: str, account: str) -> bool:
    statements = json.loads(bucket.policy or b'{"Statement": []}')["Statement"]
    return any(_allows(one, place, account) for one in (statements if isinstance(statements, list) else [statements]))


def _allows(statement: dict[str, Any], place: str, account: str) -> bool:
    who = json.dumps(statement.get("Principal", ""))
    named = DELIVERY in who or bool(account and account in who)
    put = any(fnmatch.fnmatchcase("s3:PutObject", action) for action in _listed(statement.get("Action")))
    here = any(fnmatch.fnmatchcase(place, resource) for resource in _listed(statement.get("Resource")))
    return statement["Effect"] == "Allow" and named and put and here


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
