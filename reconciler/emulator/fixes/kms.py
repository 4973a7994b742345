"""KMS behaving like itself: key states are obeyed, policies are checked, rotation has a period."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from moto.kms import responses
from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.fixes.agenda import Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

_USES = ("encrypt", "decrypt", "generate_data_key", "generate_data_key_without_plaintext")
_NOT_WHEN_PENDING = (
    "create_alias",
    "disable_key",
    "disable_key_rotation",
    "enable_key",
    "tag_resource",
    "untag_resource",
    "update_alias",
    "update_key_description",
)
_PERIODS = range(90, 2561)
_WINDOWS = range(7, 31)
_DEFAULT_PERIOD = 365


def _key_of(self: Moto) -> Moto | None:
    reference = self._get_param("KeyId") or self._get_param("TargetKeyId") or ""
    try:
        return self.kms_backend.keys.get(self.kms_backend.any_id_to_key_id(reference))
    except (KeyError, AttributeError):
        return None


def _checked_policy(account: str, policy: str) -> None:
    """Fail for a key policy that is none, or that would lock everybody out."""
    try:
        statements = json.loads(policy)["Statement"]
        statements = [statements] if isinstance(statements, dict) else statements
        allowed = [s for s in statements if s["Effect"] == "Allow" and s.get("Principal")]
    except (ValueError, KeyError, TypeError):
        refuse("MalformedPolicyDocumentException", "The new key policy is not a valid policy document.")
    actions = [action for s in allowed for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])]
    if not any(action in ("*", "kms:*", "kms:Put*", "kms:PutKeyPolicy") for action in actions):
        refuse(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )
    if iam_spread.strangers(account, policy):
        refuse("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.")


def _use(original: Method, self: Moto) -> Any:
    key = _key_of(self)
    if key is not None and key.key_state == "Disabled":
        refuse("DisabledException", f"{key.arn} is disabled.")
    return _pending_refused(original, self)


def _pending_refused(original: Method, self: Moto) -> Any:
    key = _key_of(self)
    if key is not None and key.key_state == "PendingDeletion":
        refuse("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return original(self)


def _enable_rotation(original: Method, self: Moto) -> Any:
    period, key = self._get_param("RotationPeriodInDays"), _key_of(self)
    if period is not None and period not in _PERIODS:
        refuse("ValidationException", f"RotationPeriodInDays must be between 90 and 2560, got {period}")
    if key is not None and key.key_state == "Disabled":
        refuse("DisabledException", f"{key.arn} is disabled.")
    if key is not None and key.key_spec != "SYMMETRIC_DEFAULT":
        refuse("UnsupportedOperationException", "Only symmetric encryption keys can be rotated automatically.")
    answer = _pending_refused(original, self)
    if key is not None:
        key.rotation_period = period or getattr(key, "rotation_period", _DEFAULT_PERIOD)
    return answer


def _rotation(original: Method, self: Moto) -> str:
    shown = json.loads(original(self))
    key = _key_of(self)
    if key is not None:
        shown["KeyId"] = key.id
        if shown["KeyRotationEnabled"]:
            shown["RotationPeriodInDays"] = period = getattr(key, "rotation_period", _DEFAULT_PERIOD)
            shown["NextRotationDate"] = key.creation_date + dt.timedelta(days=period).total_seconds()
    return json.dumps(shown)


def _schedule(original: Method, self: Moto) -> Any:
    window = self._get_param("PendingWindowInDays")
    if window is not None and window not in _WINDOWS:
        refuse("ValidationException", f"PendingWindowInDays must be between 7 and 30, got {window}")
    answer = json.loads(_pending_refused(original, self))
    key = _key_of(self)
    if key is not None:
        answer |= {"KeyId": key.arn, "KeyState": "PendingDeletion", "PendingWindowInDays": window or 30}
    return json.dumps(answer)


def _cancel(original: Method, self: Moto) -> Any:
    key = _key_of(self)
    if key is not None and key.key_state != "PendingDeletion":
        refuse("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    answer = original(self)
    if key is not None:
        key.enabled = False
        return json.dumps({"KeyId": key.arn})
    return answer


def _by_number(original: Method, self: Moto, key_id: str, *args: Any) -> Any:
    """Take ARNs as AWS does: moto looks these up by number only."""
    return original(self, self.get_key_id(key_id), *args)


def _create(original: Method, self: Moto) -> Any:
    if policy := self._get_param("Policy"):
        _checked_policy(self.current_account, policy)
    return original(self)


def _put_policy(original: Method, self: Moto) -> Any:
    _checked_policy(self.current_account, self._get_param("Policy"))
    return _pending_refused(original, self)


@once
def install() -> None:
    """Make keys and aliases behave as on AWS."""
    for name in _NOT_WHEN_PENDING:
        replaces(KmsResponse, name)(_pending_refused)
    for name in _USES:
        replaces(KmsResponse, name)(_use)
    replace_all(
        KmsResponse,
        {
            "cancel_key_deletion": _cancel,
            "create_key": _create,
            "enable_key_rotation": _enable_rotation,
            "get_key_rotation_status": _rotation,
            "put_key_policy": _put_policy,
            "schedule_key_deletion": _schedule,
        },
    )
    # The policy's name may be left out: there is only "default".
    moto_responses: Moto = responses
    named = moto_responses._assert_default_policy
    moto_responses._assert_default_policy = lambda name: named(name or "default")
    for name in ("cancel_key_deletion", "disable_key", "enable_key", "schedule_key_deletion"):
        replaces(KmsBackend, name)(_by_number)
