"""Actions of listeners and rules: AWS takes a forward in two forms and answers with both; here there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...types import Difference, Flag, Integer, ListOf, MapOf, Ref, SetOf, Struct, Text, WriteOnly
from ...values import unknown
from . import Digits

TARGET = Struct({"targetGroupArn": Ref(kind="TargetGroup"), "weight": Integer(0, 999)}, required=("targetGroupArn",))
REDIRECT = {"protocol": "#{protocol}", "port": "#{port}", "host": "#{host}", "path": "/#{path}", "query": "#{query}"}
"""What AWS fills in: the part of the request that stays as it was."""
MOVES = frozenset(REDIRECT) - {"query"}
"""Parts of the address one of which a redirect must change."""
SESSION = {
    "sessionCookieName": Text(), "scope": Text(), "sessionTimeout": Integer(1, 604800),
    "authenticationRequestExtraParams": MapOf(), "onUnauthenticatedRequest": Text(enum=("deny", "allow", "authenticate")),
}  # fmt: skip
OIDC = ("issuer", "authorizationEndpoint", "tokenEndpoint", "userInfoEndpoint", "clientId")
COGNITO = {
    "userPoolArn": Text(), "userPoolClientId": Text(), "userPoolDomain": Text(), **SESSION,
}  # fmt: skip
NEEDS = {
    "redirect": "redirectConfig", "fixed-response": "fixedResponseConfig",
    "authenticate-oidc": "authenticateOidcConfig", "authenticate-cognito": "authenticateCognitoConfig",
}  # fmt: skip
ACTION = Struct({
    "type": Text(enum=("forward", *NEEDS)),
    "order": Integer(1, 50000),
    "targetGroupArn": Ref(kind="TargetGroup"),
    "forwardConfig": Struct({
        "targetGroups": SetOf(TARGET, by="targetGroupArn", least=1, most=5),
        "targetGroupStickinessConfig": Struct({"enabled": Flag(), "durationSeconds": Integer(1, 604800)}),
    }),
    "redirectConfig": Struct(
        {**{n: Text() for n in REDIRECT}, "port": Digits(), "statusCode": Text(enum=("HTTP_301", "HTTP_302"))}, required=("statusCode",)
    ),
    "fixedResponseConfig": Struct({
        "statusCode": Digits(pattern=r"^[245]\d\d$"), "messageBody": Text(length=(0, 1024)),
        "contentType": Text(enum=("text/plain", "text/css", "text/html", "application/javascript", "application/json")),
    }, required=("statusCode",)),
    "authenticateOidcConfig": Struct({**{n: Text() for n in OIDC}, "clientSecret": WriteOnly(), **SESSION}, required=OIDC),
    "authenticateCognitoConfig": Struct(COGNITO, required=("userPoolArn", "userPoolClientId", "userPoolDomain")),
}, required=("type",))  # fmt: skip


@dataclass(frozen=True)
class Actions(ListOf):
    """What happens to a request, in order; the last action answers it."""

    item: Struct = ACTION
    least: int = 1

    def canon(self, value: Any) -> Any:
        """Return the actions in their order, each in its one form."""
        placed = enumerate(value, 1)
        return [_one(action) for _, action in sorted(placed, key=lambda pair: (pair[1].get("order", pair[0]), pair[0]))]

    def encode(self, value: Any) -> Any:
        """Number the actions where there are several, and keep a client secret that git does not have."""
        told = [_kept(action) for action in super().encode(value)]
        return [{**({"order": i} if len(told) > 1 else {}), **action} for i, action in enumerate(told, 1)]

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare action by action, in the one form."""
        if unknown(want):
            yield Difference(path, want, have)
            return
        yield from super().diff(path, self.canon(want), self.canon(have or ()))


def _kept(action: dict[str, Any]) -> dict[str, Any]:
    """AWS keeps a client secret only if it is told to, and never shows it."""
    name = "authenticateOidcConfig"
    if name not in action or "clientSecret" in action[name]:
        return action
    return {**action, name: {**action[name], "useExistingClientSecret": True}}


def _one(action: Mapping[str, Any]) -> dict[str, Any]:
    told = {k: v for k, v in action.items() if k != "order"}
    if told.get("type") == "forward":
        config = told.get("forwardConfig") or {}
        groups = config.get("targetGroups") or [{"targetGroupArn": told.get("targetGroupArn")}]
        stickiness = {"enabled": False, **config.get("targetGroupStickinessConfig", {})}
        weighed = [{"weight": 1, **group} for group in groups]
        return {
            "type": "forward",
            "forwardConfig": {"targetGroups": weighed, "targetGroupStickinessConfig": stickiness},
        }
    if "redirectConfig" in told:
        told["redirectConfig"] = {**REDIRECT, **told["redirectConfig"]}
    if "authenticateOidcConfig" in told:
        # AWS never shows it.
        told["authenticateOidcConfig"] = {
            k: v for k, v in told["authenticateOidcConfig"].items() if k != "clientSecret"
        }
    return told


def faults(actions: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what AWS would refuse."""
    for i, action in enumerate(actions if isinstance(actions, list) else ()):
        kind, where = action.get("type"), f"{path}[{i}]"
        if kind == "forward" and ("targetGroupArn" in action) == ("forwardConfig" in action):
            yield where, "says where to forward to not exactly once. Write either targetGroupArn or forwardConfig"
        if kind in NEEDS and NEEDS[kind] not in action:
            yield where, f"lacks {NEEDS[kind]}, which {kind} needs. Add it"
        if kind == "redirect" and not action.get("redirectConfig", {"host": ""}).keys() & MOVES:
            yield f"{where}.redirectConfig", "leads back to the same address. Change protocol, host, port or path"
        last = i == len(actions) - 1
        if isinstance(kind, str) and kind.startswith("authenticate") == last and "order" not in action:
            yield where, "the last action must answer the request, and those before it authenticate. Change the order"
