"""Role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...policies import POLICY, faults
from ...types import Integer, MapOf, Ref, SetOf, Text
from . import IAM, TAGS

GONE = ("NoSuchEntity",)
LISTED_ELSEWHERE = ("description", "maxSessionDuration")


class Role(Kind):
    """What a service or a person may become, and what they may then do."""

    service = IAM
    api = Api(
        "GetAccountAuthorizationDetails", "roleDetailList", "roleName", "arn", "arn", create="CreateRole",
        update="UpdateRole", delete="DeleteRole", params={"filter": ["Role"]}, missing=GONE,
    )  # fmt: skip
    named = "roleName"
    name_limit = 64
    exposes = ("managedPolicyArns", "policies")
    attributes = {"roleName": "roleName", "roleId": "roleId", "arn": "arn"}
    left_out = "Taking a permissions boundary away, which would widen what the role may do: that stays a deed by hand."

    roleName = fixed(Text(pattern=r"^[\w+=,.@-]{1,64}$"), "Its name in AWS.", default="the resource's name")
    path = fixed(Text(pattern=r"^/([!-~]+/)?$"), "The path before its name.", default="/")
    assumeRolePolicyDocument = field(POLICY, "Who may assume it.", required=True, update=False)
    description = field(Text(length=(0, 1000)), "What it is for.", default="empty")
    maxSessionDuration = field(Integer(3600, 43200), "Seconds that a session may last.", default="3600")
    permissionsBoundary = field(
        Ref(kind="Policy"),
        "The policy beyond which it may do nothing.",
        update=False,
        path="permissionsBoundary.permissionsBoundaryArn",
    )
    managedPolicyArns = later(
        SetOf(Ref(kind="Policy")),
        "Every managed policy attached to it. Others are detached.",
        path="attachedManagedPolicies.*.policyArn",
    )
    policies = later(
        MapOf(POLICY, pair=("policyName", "policyDocument")),
        "Every inline policy, by name. Others are deleted.",
        path="rolePolicyList",
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Two fields stand in another listing, which is read only for them."""
        roles = yield from super().listing(ask)
        if ask.fields.isdisjoint(LISTED_ELSEWHERE):
            return roles
        answer = yield self.call("ListRoles")
        more = {r["roleName"]: {k: r.get(k, "") for k in LISTED_ELSEWHERE if k in r} for r in answer["roles"]}
        return [{"description": "", **more.get(role["roleName"], {}), **role} for role in roles]

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Send both fields: AWS may take one that is left out for its default."""
        kept = {name: live.spec[name] for name in LISTED_ELSEWHERE if name in live.spec}
        yield self.call("UpdateRole", roleName=live.id, **{**kept, **self.encode(want, LISTED_ELSEWHERE)})
        del changed

    @writes("assumeRolePolicyDocument")
    def set_trust(self, want: Wanted, live: Live) -> Calls:
        document = POLICY.encode(want["assumeRolePolicyDocument"])
        yield self.call("UpdateAssumeRolePolicy", roleName=live.id, policyDocument=document)

    @writes("permissionsBoundary")
    def set_boundary(self, want: Wanted, live: Live) -> Calls:
        yield self.call("PutRolePermissionsBoundary", roleName=live.id, permissionsBoundary=want["permissionsBoundary"])

    @writes("managedPolicyArns")
    def attach(self, want: Wanted, live: Live) -> Calls:
        """Attach before detaching: what both allow is never refused in between."""
        wanted, found = set(want["managedPolicyArns"]), set(live.spec.get("managedPolicyArns", ()))
        for arn in sorted(wanted - found):
            yield self.call("AttachRolePolicy", roleName=live.id, policyArn=arn)
        for arn in sorted(found - wanted):
            yield self.call("DetachRolePolicy", roleName=live.id, policyArn=arn, missing=GONE)

    @writes("policies")
    def set_policies(self, want: Wanted, live: Live) -> Calls:
        """Write before deleting, as with managed ones."""
        found = live.spec.get("policies", {})
        for name, document in want["policies"].items():
            if name not in found or POLICY.canon(document) != POLICY.canon(found[name]):
                told = POLICY.encode(document)
                yield self.call("PutRolePolicy", roleName=live.id, policyName=name, policyDocument=told)
        for name in sorted(found.keys() - want["policies"].keys()):
            yield self.call("DeleteRolePolicy", roleName=live.id, policyName=name, missing=GONE)

    def delete(self, live: Live) -> Calls:
        """A role can be deleted once nothing hangs on it."""
        for arn in live.spec.get("managedPolicyArns", ()):
            yield self.call("DetachRolePolicy", roleName=live.id, policyArn=arn, missing=GONE)
        for name in live.spec.get("policies", ()):
            yield self.call("DeleteRolePolicy", roleName=live.id, policyName=name, missing=GONE)
        for profile in live.raw.get("instanceProfileList", ()):
            name = profile["instanceProfileName"]
            yield self.call("RemoveRoleFromInstanceProfile", roleName=live.id, instanceProfileName=name, missing=GONE)
        yield from super().delete(live)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Policies must be such that AWS takes them."""
        for path, message in faults(spec.get("assumeRolePolicyDocument"), principal=True):
            yield f"assumeRolePolicyDocument{path}", message
        for name, document in (spec.get("policies") or {}).items():
            yield from ((f"policies.{name}{path}", message) for path, message in faults(document, principal=False))
