"""Secrets Manager behaving like itself."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any, Final

from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend
from moto.secretsmanager.responses import SecretsManagerResponse

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.fixes.agenda import Json, Moto, after, refuse, replace_all
from reconciler.emulator.patch import Method, on_reset, once, replaces

NAME_HELD = 0.5
"""Seconds the name of a secret deleted without recovery stays taken."""

_DELETED = "You can't perform this operation on the secret because it was marked for deletion."
_SCHEDULED = "You can't create this secret because a secret with this name is already scheduled for deletion."
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")
_DAY = 86400
_held: Final[set[tuple[str, str, str]]] = set()

on_reset(_held.clear)


def _current(secret: Moto) -> str | None:
    return next((number for number, one in secret.versions.items() if "AWSCURRENT" in one["version_stages"]), None)


def _get(original: Method, self: Moto, secret_id: str, version_id: str | None, version_stage: str | None) -> Json:
    secret = self.secrets.get(secret_id)
    if secret is None:
        refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    if secret.is_deleted():
        refuse("InvalidRequestException", _DELETED)
    if not version_id:
        stage = version_stage or "AWSCURRENT"
        version_id = next((n for n, one in secret.versions.items() if stage in one["version_stages"]), None)
        if version_id is None:
            refuse(
                "ResourceNotFoundException",
                f"Secrets Manager can't find the specified secret value for staging label: {stage}",
            )
    found: Json = original(self, secret_id, version_id, version_stage)
    return found


def _create(original: Method, self: Moto, name: str, **wanted: Any) -> str:
    if not _NAME.fullmatch(name):
        refuse(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        )
    existing = self.secrets.get(name)
    held = (self.account_id, self.region_name, name) in _held
    if held or (isinstance(existing, FakeSecret) and existing.is_deleted()):
        refuse("InvalidRequestException", _SCHEDULED)
    answer: str = original(self, name=name, **wanted)
    return answer


def _update(original: Method, self: Moto, secret_id: str, **wanted: Any) -> str:
    secret = self.secrets.get(secret_id)
    if secret is not None and secret.is_deleted():
        refuse("InvalidRequestException", _DELETED)
    answer: str = original(self, secret_id=secret_id, **wanted)
    if wanted.get("kms_key_id") is not None:
        secret.kms_key_id = wanted["kms_key_id"]
    if wanted.get("description") is not None:
        secret.description = wanted["description"]
    return answer


def _put(original: Method, self: Moto, secret_id: str, **wanted: Any) -> str:
    secret = self.secrets.get(secret_id)
    if secret is not None and secret.is_deleted():
        refuse("InvalidRequestException", _DELETED)
    answer: str = original(self, secret_id=secret_id, **wanted)
    return answer


def _move_stage(original: Method, self: Moto, **wanted: Any) -> tuple[str, str]:
    secret, stage = self.secrets.get(wanted["secret_id"]), wanted["version_stage"]
    target, source = wanted.get("move_to_version_id"), wanted.get("remove_from_version_id")
    if secret is not None and target and not source:
        holder = next((n for n, one in secret.versions.items() if stage in one["version_stages"]), None)
        if holder == target:
            return secret.arn, secret.name
        if holder is not None:
            refuse(
                "InvalidParameterException",
                f"The parameter RemoveFromVersionId can't be empty. Staging label {stage} is currently attached to "
                f"version {holder}, so you must explicitly reference that version in RemoveFromVersionId.",
            )
    moved: tuple[str, str] = original(self, **wanted)
    secret.set_default_version_id(_current(secret))
    return moved


def _delete(original: Method, self: Moto, secret_id: str, *args: Any, **kwargs: Any) -> Any:
    secret = self.secrets.get(secret_id)
    answer = original(self, secret_id, *args, **kwargs)
    if secret is not None and secret.name not in self.secrets:
        held = (self.account_id, self.region_name, secret.name)
        _held.add(held)
        after(NAME_HELD, partial(_held.discard, held))
    return answer


def _put_policy(original: Method, self: Moto) -> Any:
    try:
        policy = json.loads(self._get_param("ResourcePolicy"))
        statements = policy["Statement"]
    except (ValueError, KeyError, TypeError):
        refuse("MalformedPolicyDocumentException", "This resource policy contains a syntax error.")
    if iam_spread.strangers(self.current_account, self._get_param("ResourcePolicy")):
        refuse("MalformedPolicyDocumentException", "This resource policy contains an unsupported principal.")
    public = [s for s in statements if s.get("Effect") == "Allow" and s.get("Principal") in ("*", {"AWS": "*"})]
    if self._get_bool_param("BlockPublicPolicy") and any("Condition" not in s for s in public):
        refuse("PublicPolicyException", "This resource policy grants public access, which BlockPublicPolicy prevents.")
    return original(self)


def _rotate(_original: Method, self: Moto) -> str:
    """Keep the rotation's configuration; no function runs, so no new version appears."""
    secret = self.backend.describe_secret(self._get_param("SecretId"))
    if secret.is_deleted():
        refuse("InvalidRequestException", _DELETED)
    function = self._get_param("RotationLambdaARN") or secret.rotation_lambda_arn
    if not function and not secret.owning_service:
        refuse("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.")
    if any(
        "AWSPENDING" in one["version_stages"] and "AWSCURRENT" not in one["version_stages"]
        for one in secret.versions.values()
    ):
        refuse("InvalidRequestException", "A previous rotation isn't complete. That rotation will be reattempted.")
    rules = self._get_param("RotationRules") or {}
    days = rules.get("AutomaticallyAfterDays")
    if days is not None and not 1 <= days <= 1000:  # noqa: PLR2004 - AWS's bounds
        refuse("InvalidParameterException", "RotationRules.AutomaticallyAfterDays must be within 1-1000.")
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn, secret.rotation_rules = function or "", rules
    secret.auto_rotate_after_days = days or 0
    secret.next_rotation_date = int(secret.last_changed_date) + days * _DAY if days else None
    answer: str = secret.to_short_dict()
    return answer


def _shown(original: Method, self: Moto) -> Json:
    found: Json = original(self)
    if found.get("RotationRules") and getattr(self, "rotation_rules", None):
        found["RotationRules"] = self.rotation_rules
    return {key: value for key, value in found.items() if value is not None}


@once
def install() -> None:
    """Make secrets behave as on AWS."""
    replace_all(
        SecretsManagerBackend,
        {
            "create_secret": _create,
            "delete_secret": _delete,
            "get_secret_value": _get,
            "put_secret_value": _put,
            "update_secret": _update,
            "update_secret_version_stage": _move_stage,
        },
    )
    replaces(SecretsManagerResponse, "put_resource_policy")(_put_policy)
    replaces(SecretsManagerResponse, "rotate_secret")(_rotate)
    replaces(FakeSecret, "to_dict")(_shown)
