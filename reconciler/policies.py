"""What an IAM or resource policy means, however it is written, and what is plainly wrong with one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .types import Document

ACCOUNT_ROOT = re.compile(r"^arn:[\w-]+:iam::(\d{12}):root$")
ACTIONS, RESOURCES, PRINCIPALS = ("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")
KEYS = frozenset({"Sid", "Effect", "Condition", *ACTIONS, *RESOURCES, *PRINCIPALS})


def meaning(document: Any) -> Any:
    """Return the policy in a form that is equal for two policies that allow and deny the same.

    Statements bear their Sid as a name, or what they are about, so that a difference has a readable path. An ``Id``
    says nothing. The id of a principal that was deleted (``AROA…``) differs from the ARN of its successor: so does
    its effect.
    """
    if not isinstance(document, Mapping) or not document:
        return document
    statements = map(_statement, _listed(document.get("Statement", ())))
    once = {json.dumps(s, sort_keys=True, default=str): s for s in statements}
    named: dict[str, Any] = {}
    for text in sorted(once):
        title = _title(once[text])
        same = sum(name == title or name.startswith(f"{title} #") for name in named)
        named[f"{title} #{same + 1}" if same else title] = once[text]
    return {"Version": str(document.get("Version", "2008-10-17")), "Statement": named}


POLICY = Document(meaning)


def faults(document: Any, *, principal: bool) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what AWS would refuse; ``principal``: whether statements must say whom they mean."""
    if not isinstance(document, Mapping) or not document:
        return
    if "Statement" not in document:
        yield "", "has no Statement. Write `Statement:` with a list of statements"
    for i, statement in enumerate(_listed(document.get("Statement", ()))):
        if isinstance(statement, Mapping):
            yield from ((f".Statement[{i}]{path}", message) for path, message in _wrong(statement, principal=principal))


def _wrong(statement: Mapping[str, Any], *, principal: bool) -> Iterator[tuple[str, str]]:
    for key in statement:
        if key not in KEYS:
            yield f".{key}", f"is not a part of a statement. Parts are {', '.join(sorted(KEYS))}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield ".Effect", "is neither Allow nor Deny. Say one of them"
    needed = (ACTIONS, PRINCIPALS) if principal else (ACTIONS, RESOURCES)
    for one, other in needed:
        if (one in statement) == (other in statement):
            yield "", f"needs either {one} or {other}. Write one of them"
    if not principal and not set(PRINCIPALS).isdisjoint(statement):
        yield ".Principal", "has no place in a policy of a principal. Remove it"


def _statement(statement: Any) -> Any:
    if not isinstance(statement, Mapping):
        return statement
    said = {k: v for k, v in statement.items() if not (k in ("Sid", "Condition") and not v)}
    for key in ACTIONS:
        if key in said:
            said[key] = sorted({str(action).lower() for action in _listed(said[key])})
    for key in RESOURCES:
        if key in said:
            said[key] = sorted(set(map(str, _listed(said[key]))))
    for key in PRINCIPALS:
        if key in said:
            said[key] = _principal(said[key])
    if "Condition" in said:
        said["Condition"] = _condition(said["Condition"])
    return said


def _principal(value: Any) -> dict[str, list[str]]:
    """Everybody is ``*`` alone or of type AWS; an account is its number or its root's ARN."""
    kinds = value if isinstance(value, Mapping) else {"AWS": value}
    return {kind: sorted({ACCOUNT_ROOT.sub(r"\1", str(who)) for who in _listed(told)}) for kind, told in kinds.items()}


def _condition(value: Any) -> Any:
    """Keys are the same in upper and lower case; several values are alternatives, so their order is nothing."""
    if not isinstance(value, Mapping):
        return value
    return {
        operator: {key.lower(): sorted({_text(v, operator) for v in _listed(values)}) for key, values in tests.items()}
        for operator, tests in value.items()
    }


def _text(value: Any, operator: str) -> str:
    text = str(value)
    return text.lower() if isinstance(value, bool) or operator.startswith(("Bool", "Null")) else text


def _title(statement: Any) -> str:
    if not isinstance(statement, Mapping):
        return str(statement)
    does = next((str(action).partition(":")[0] for key in ACTIONS for action in statement.get(key, ())), "")
    return str(statement.get("Sid") or f"{statement.get('Effect', '')} {does}".strip())


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
