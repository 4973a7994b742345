"""IAM: AWS's own policies exist, trust policies are read, and attached policies stay."""

from __future__ import annotations

import functools
import json
import re
from typing import Any, Final

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import (
    DeleteConflictException,
    LimitExceededException,
    MalformedPolicyDocument,
    ValidationError,
)
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, Role
from moto.iam.responses import IamResponse

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.patch import once, put, replaces

AWS_OWNED: Final = re.compile(r"^arn:aws:iam::aws:policy(/.*)$")
ROLE_NAME: Final = re.compile(r"^[\w+=,.@-]{1,64}$")
VERSIONS: Final = frozenset({"2012-10-17", "2008-10-17"})
TRUST_QUOTA: Final = 2048
PRINCIPALS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


@once
def install() -> None:
    """Mend managed policies and roles."""
    _managed_policies()
    _trust()
    _attachments()
    _audiences()


@functools.cache
def _catalogue() -> dict[str, tuple[str, dict[str, Any]]]:
    """Map the path and name of each of AWS's policies to its data: parsed once, and only when one is asked for."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return {data["Path"] + name: (name, data) for name, data in json.loads(aws_managed_policies_data).items()}


def _provide(backend: Any, arn: str) -> None:
    """Make one of AWS's own policies exist, if there is such a one."""
    owned = AWS_OWNED.match(arn or "")
    if owned and arn not in backend.managed_policies and owned[1] in _catalogue():
        name, data = _catalogue()[owned[1]]
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
        backend.managed_policies[arn] = policy
        backend.aws_managed_policies.append(policy)


def _managed_policies() -> None:
    for method in ("get_policy", "get_policy_version", "list_policy_versions"):
        _provide_before(method)

    @replaces(IAMBackend, "list_policies")
    def list_policies(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        scope = kwargs.get("scope", args[4] if len(args) > 4 else None)  # noqa: PLR2004 - its place in moto's signature
        if scope != "Local":
            for key in _catalogue():
                _provide(self, f"arn:aws:iam::aws:policy{key}")
        return original(self, *args, **kwargs)


def _provide_before(method: str) -> None:
    @replaces(IAMBackend, method)
    def provided(original: Any, self: Any, policy_arn: str, *args: Any, **kwargs: Any) -> Any:
        _provide(self, policy_arn)
        return original(self, policy_arn, *args, **kwargs)


def _trust() -> None:
    # moto would set it in its constructor.
    put(Role, "create_date", property(iam_spread.since, lambda _role, _value: None))

    @replaces(IAMBackend, "create_role")
    def create_role(original: Any, self: Any, role_name: str, document: str, *args: Any, **kwargs: Any) -> Any:
        if not ROLE_NAME.match(role_name):
            raise ValidationError(f"The role name '{role_name}' is not valid")
        check_trust(document)
        role = original(self, role_name, document, *args, **kwargs)
        iam_spread.born(role)
        return role

    @replaces(IAMBackend, "update_assume_role_policy")
    def update(original: Any, self: Any, role_name: str, assume_role_policy: str) -> Any:
        check_trust(assume_role_policy)
        return original(self, role_name, assume_role_policy)


def check_trust(document: str) -> None:
    """Refuse what cannot be a trust policy."""
    try:
        policy = json.loads(document)
    except ValueError:
        raise MalformedPolicyDocument("This policy contains invalid Json") from None
    if not isinstance(policy, dict) or policy.get("Version", "2008-10-17") not in VERSIONS:
        raise MalformedPolicyDocument("The policy must be an object of a known version")
    if "Statement" not in policy:
        raise MalformedPolicyDocument("Missing required field Statement")
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    for statement in statements:
        _check_statement(statement)
    if len(re.sub(r"\s", "", document)) > TRUST_QUOTA:
        raise LimitExceededException(f"Cannot exceed quota for ACLSizePerRole: {TRUST_QUOTA}")


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in {"Allow", "Deny"}:
        raise MalformedPolicyDocument("A statement needs the Effect Allow or Deny")
    if "Resource" in statement:
        raise MalformedPolicyDocument("Has prohibited field Resource")
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if not principal or (isinstance(principal, dict) and not set(principal) <= PRINCIPALS):
        raise MalformedPolicyDocument("Missing or unknown field Principal")
    actions = statement.get("Action", statement.get("NotAction"))
    if not actions:
        raise MalformedPolicyDocument("Missing required field Action")
    for action in [actions] if isinstance(actions, str) else actions:
        if action != "*" and not action.lower().startswith("sts:"):
            raise MalformedPolicyDocument("AssumeRole policy may only specify STS AssumeRole actions")


def _attachments() -> None:
    @replaces(ManagedPolicy, "attach_to")
    def attach_to(original: Any, self: Any, holder: Any) -> None:
        if self.arn not in holder.managed_policies:
            original(self, holder)

    @replaces(IAMBackend, "attach_role_policy")
    def attach_role_policy(original: Any, self: Any, policy_arn: str, role_name: str) -> None:
        self.get_role(role_name)
        _provide(self, policy_arn)
        original(self, policy_arn, role_name)

    @replaces(IAMBackend, "put_role_permissions_boundary")
    def put_boundary(original: Any, self: Any, role_name: str, permissions_boundary: str) -> None:
        self.get_policy(permissions_boundary)
        original(self, role_name, permissions_boundary)

    @replaces(IAMBackend, "delete_policy")
    def delete_policy(original: Any, self: Any, policy_arn: str) -> None:
        policy = self.get_policy(policy_arn)
        if policy.attachment_count:
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflictException("This policy has more than one version. Delete the others first.")
        original(self, policy_arn)


def _audiences() -> None:
    """Moto knows who may ask of an identity provider only when it is made."""

    def add(self: Any) -> ActionResult:
        provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
        provider.client_id_list = sorted({*provider.client_id_list, self._get_param("ClientID")})
        return EmptyResult()

    def remove(self: Any) -> ActionResult:
        provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
        provider.client_id_list = [c for c in provider.client_id_list if c != self._get_param("ClientID")]
        return EmptyResult()

    response: Any = IamResponse
    response.add_client_id_to_open_id_connect_provider = add
    response.remove_client_id_from_open_id_connect_provider = remove
