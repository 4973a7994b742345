"""What is new in IAM is not known everywhere at once: for a few seconds, other services refuse it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.emulator import clock
from reconciler.emulator.fixes.agenda import Moto, loaded, refuse

PASSED, SPREAD = 1.0, 3.0
"""Seconds until a new role may be passed on, and until services can assume it and policies can name it."""

_DENIED = (
    "User: arn:aws:iam::{account}:user/test is not authorized to perform: iam:PassRole on resource: {arn} because no "
    "identity-based policy allows the iam:PassRole action"
)


def born(role: Moto) -> None:
    """Note that a role begins to exist at this moment."""
    role.born, role.wall = clock.now(), datetime.now(UTC)


def since(role: Moto) -> datetime:
    """Return the moment at which a role was made, older by the minutes that the emulator's clock has run ahead."""
    made, at = getattr(role, "born", clock.now()), getattr(role, "wall", datetime.now(UTC))
    ahead = timedelta(seconds=clock.now() - made) - (datetime.now(UTC) - at)
    return (at - timedelta(minutes=max(0, ahead // timedelta(minutes=1)))).replace(tzinfo=None)


def role_of(account: str, arn: str) -> Moto | None:
    """Return the role of an ARN, however new it is."""
    iam: Moto | None = loaded("moto.iam.models")
    return next((r for r in iam.iam_backends[account]["aws"].roles.values() if r.arn == arn), None) if iam else None


def assumable(account: str, arn: str, principal: str) -> bool:
    """Whether a service can assume the role: it exists, trusts the service, and everybody knows it."""
    role = role_of(account, arn)
    return role is not None and principal in str(role.assume_role_policy_document) and _older(role, SPREAD)


def check_passed(account: str, arn: str, code: str = "AccessDeniedException") -> None:
    """Fail while the caller's right to pass the role on has not arrived."""
    role = role_of(account, arn)
    if role is not None and not _older(role, PASSED):
        refuse(code, _DENIED.format(account=account, arn=arn))


def strangers(account: str, policy: str | bytes) -> list[str]:
    """Return the roles of this account that a policy's principals name and that nobody knows, or not yet."""
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError):
        return []
    named = {arn for s in (statements if isinstance(statements, list) else [statements]) for arn in _principals(s)}
    roles = {arn: role_of(account, arn) for arn in named if arn.startswith(f"arn:aws:iam::{account}:role/")}
    return sorted(arn for arn, role in roles.items() if role is None or not _older(role, SPREAD))


def _older(role: Moto, seconds: float) -> bool:
    return clock.passed(getattr(role, "born", float("-inf")), seconds)


def _principals(statement: Any) -> Iterator[str]:
    principal = statement.get("Principal") if isinstance(statement, dict) else None
    named = principal.get("AWS", ()) if isinstance(principal, dict) else ()
    yield from (named,) if isinstance(named, str) else (str(one) for one in named)
