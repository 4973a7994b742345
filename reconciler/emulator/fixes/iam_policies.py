"""IAM: customer managed policies, their names, versions and users, as AWS has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.core.responses import ActionResult
from moto.iam.exceptions import DeleteConflictException, EntityAlreadyExists, LimitExceededException, ValidationError
from moto.iam.models import IAMBackend, ManagedPolicy
from moto.iam.responses import IamResponse

from reconciler.emulator.fixes.agenda import Moto, replace_all
from reconciler.emulator.patch import Method, once, put, replaces

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE: Final = 6144
"""Characters of a document; white space does not count."""
DESCRIPTION: Final = 1000


def _sized(document: str) -> None:
    if len("".join(document.split())) > SIZE:
        raise LimitExceededException(f"Cannot exceed quota for PolicySize: {SIZE}")


def _create(original: Method, self: Moto, description: str, *told: Any) -> Any:
    _path, document, name, _tags = told
    taken = [one for one in self.managed_policies.values() if one.name.lower() == name.lower()]
    if any(one not in self.aws_managed_policies for one in taken):
        raise EntityAlreadyExists(f"A policy called {name} already exists. Duplicate names are not allowed.")
    if len(description or "") > DESCRIPTION:
        raise ValidationError(f"Member at 'description' must have length less than or equal to {DESCRIPTION}")
    _sized(document)
    return original(self, description, *told)


def _create_version(original: Method, self: Moto, arn: str, document: str, default: object) -> Any:
    _sized(document)
    return original(self, arn, document, default)


def _bounded(backend: Moto, arn: str) -> Iterator[Moto]:
    return (role for role in backend.roles.values() if role.permissions_boundary_arn == arn)


def _delete(original: Method, self: Moto, policy_arn: str) -> None:
    if any(_bounded(self, policy_arn)):
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
    original(self, policy_arn)


def _entities(original: Method, self: Moto) -> ActionResult:
    """Whom a policy bounds uses it as well as whom it is attached to."""
    arn, usage = self._get_param("PolicyArn"), self._get_param("PolicyUsageFilter")
    self.backend.get_policy(arn)
    found = original(self).result
    roles = [] if usage == "PermissionsBoundary" else list(found["PolicyRoles"])
    if usage != "PermissionsPolicy" and self._get_param("EntityFilter") in (None, "", "Role"):
        roles += [role for role in _bounded(self.backend, arn) if role not in roles]
    return ActionResult({**found, "PolicyRoles": roles})


def _versions(original: Method, self: Moto) -> ActionResult:
    """The listing has no documents, and begins with the newest version."""
    found = original(self).result["Versions"]
    told = [
        {"VersionId": v.version_id, "IsDefaultVersion": v.is_default, "CreateDate": v.create_date} for v in found[::-1]
    ]
    return ActionResult({"Versions": told, "IsTruncated": False})


@once
def install() -> None:
    """Make managed policies behave as on AWS."""
    put(
        ManagedPolicy,
        "permissions_boundary_usage_count",
        property(lambda self: len(list(_bounded(self.backend, self.arn)))),
    )
    replace_all(
        IAMBackend, {"create_policy": _create, "create_policy_version": _create_version, "delete_policy": _delete}
    )
    replaces(IamResponse, "list_entities_for_policy")(_entities)
    replaces(IamResponse, "list_policy_versions")(_versions)
