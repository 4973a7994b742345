"""Policies name a role by its identity: once it has been deleted, they show its id, and mean nobody.

A role of the same name that is made later is somebody else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.models import IAMBackend

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.fixes.agenda import Moto, loaded
from reconciler.emulator.patch import once, replaces

if TYPE_CHECKING:
    from collections.abc import Iterator


@once
def install() -> None:
    """Make trust policies and key policies follow the roles that they name."""

    @replaces(IAMBackend, "delete_role")
    def delete_role(original: Any, self: Any, role_name: str) -> None:
        role = self.get_role(role_name)
        original(self, role_name)
        for holder, name in _holders(self):
            document = getattr(holder, name)
            told = document if isinstance(document, str) else json.dumps(document)
            setattr(holder, name, told.replace(json.dumps(role.arn), json.dumps(role.id)))

    @replaces(IAMBackend, "create_role")
    def create_role(original: Any, self: Any, role_name: str, document: str, *args: Any, **kwargs: Any) -> Any:
        _known(self.account_id, document)
        return original(self, role_name, document, *args, **kwargs)

    @replaces(IAMBackend, "update_assume_role_policy")
    def update(original: Any, self: Any, role_name: str, document: str) -> Any:
        _known(self.account_id, document)
        return original(self, role_name, document)


def _holders(backend: Moto) -> Iterator[tuple[Moto, str]]:
    """Yield what has a policy that may name a role, and where."""
    yield from ((role, "assume_role_policy_document") for role in backend.roles.values())
    if kms := loaded("moto.kms.models"):
        for region in kms.kms_backends[backend.account_id].values():
            yield from ((key, "policy") for key in region.keys.values())


def _known(account: str, document: str) -> None:
    if strangers := iam_spread.strangers(account, document):
        raise MalformedPolicyDocument(f'Invalid principal in policy: "AWS":"{strangers[0]}"')
