"""IAM: the policy simulator, for roles. It reads Allow and Deny, actions and resources; conditions it leaves open."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException, ValidationError
from moto.iam.responses import IamResponse

from reconciler.emulator.patch import Method, once, replaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.emulator.fixes.agenda import Json, Moto

NEGATED = ("StringNot", "ArnNot", "NumericNot", "DateNot", "NotIpAddress")
"""Conditions that hold where the request has no such key."""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _matches(patterns: Any, text: str, *, fold: bool) -> bool:
    """Whether any pattern fits; only ``*`` and ``?`` mean something."""
    flags = re.IGNORECASE | re.DOTALL if fold else re.DOTALL
    escaped = (re.escape(str(p)).replace(r"\*", ".*").replace(r"\?", ".") for p in _listed(patterns))
    return any(re.fullmatch(pattern, text, flags) for pattern in escaped)


def _fits(statement: Json, action: str, resource: str) -> bool:
    negated = {name: f"Not{name}" in statement for name in ("Action", "Resource")}
    told = {name: statement.get(f"Not{name}" if no else name) for name, no in negated.items()}
    acts = _matches(told["Action"], action, fold=True) is not negated["Action"]
    return acts and _matches(told["Resource"], resource, fold=False) is not negated["Resource"]


def _keys(statement: Json) -> Iterator[str]:
    yield from (key for test in (statement.get("Condition") or {}).values() for key in test)


def _holds(statement: Json) -> bool:
    """Whether its conditions hold of a request that has none of the keys they ask for."""
    tests = (statement.get("Condition") or {}).keys()
    return all(test.startswith(NEGATED) or test.endswith("IfExists") for test in tests)


def _decide(statements: Iterable[Json], action: str, resource: str) -> tuple[str, set[str]]:
    """Return the decision, and the keys of conditions that might have changed it."""
    fitting = [one for one in statements if _fits(one, action, resource)]
    open_ = {key for one in fitting for key in _keys(one)}
    effects = {str(one["Effect"]) for one in fitting if _holds(one)}
    if "Deny" in effects:
        return "explicitDeny", open_
    return ("allowed" if "Allow" in effects else "implicitDeny"), open_


def _statements(documents: Iterable[Any]) -> list[Json]:
    read = (json.loads(text) if isinstance(text, str) else text for text in documents)
    return [statement for document in read for statement in _listed(document["Statement"])]


def _current(policy: Moto) -> str:
    return str(next(v.document for v in policy.versions if v.version_id == policy.default_version_id))


def _role(backend: Moto, arn: str) -> Moto:
    if not arn.startswith("arn:"):
        message = f"Invalid Entity Arn: {arn} does not clearly define entity type and name."
        raise ValidationError(message)
    found = next((role for role in backend.roles.values() if role.arn == arn), None)
    if ":role/" not in arn:
        message = "only roles can be simulated"
        raise NotImplementedError(message)
    if found is None:
        raise NotFoundException(f"The role with name {arn.rpartition('/')[2]} cannot be found.")
    return found


def _simulate(_original: Method, self: Moto) -> ActionResult:
    role = _role(self.backend, self._get_param("PolicySourceArn"))
    own = _statements([*role.policies.values(), *map(_current, role.managed_policies.values())])
    boundary = self.backend.managed_policies.get(role.permissions_boundary_arn)
    bounds = None if boundary is None else _statements([_current(boundary)])
    results = [
        _result(own, bounds, action, resource)
        for action in self._get_param("ActionNames")
        for resource in self._get_param("ResourceArns") or ["*"]
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def _result(own: Iterable[Json], bounds: Iterable[Json] | None, action: str, resource: str) -> Json:
    decision, open_ = _decide(own, action, resource)
    more: Json = {}
    if bounds is not None:
        within, also = _decide(bounds, action, resource)
        open_ |= also
        more = {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": within == "allowed"}}
        if within != "allowed" and decision != "explicitDeny":
            decision = within
    return {
        "EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision, "MatchedStatements": [],
        "MissingContextValues": sorted(open_), **more,
    }  # fmt: skip


@once
def install() -> None:
    """Give moto the simulator, which it lacks."""
    replaces(IamResponse, "simulate_principal_policy")(_simulate)
