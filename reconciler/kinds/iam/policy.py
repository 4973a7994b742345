"""Policy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...kind import (
    STACK,
    Api,
    Ask,
    Calls,
    Kind,
    Live,
    Program,
    Raw,
    Service,
    Tags,
    Wanted,
    field,
    fixed,
    unpairs,
    writes,
)
from ...policies import POLICY, faults
from ...types import Text
from . import IAM, TAGS

GONE = ("NoSuchEntity",)
VERSIONS = 5
"""How many versions of a policy AWS keeps; one more is refused."""
SIZE = 6144
"""Characters that a policy may have; white space does not count."""
HOLDERS = (
    ("policyRoles", "roleName", "role"),
    ("policyUsers", "userName", "user"),
    ("policyGroups", "groupName", "group"),
)


def ask_tags(arn: str) -> Program[Tags | None]:
    """Ask one policy for its tags."""
    answer = yield IAM.call("ListPolicyTags", policyArn=arn, missing=GONE)
    return unpairs((answer or {}).get("tags"))


class Policy(Kind):
    """What those may do that it is attached to: a policy that several roles share."""

    service = Service("iam", IAM.tag, IAM.create_tags, read_tags=lambda _raw: None, ask_tags=ask_tags)
    api = Api(
        "ListPolicies", "policies", "arn", "arn", "arn", create="CreatePolicy", delete="DeletePolicy",
        params={"scope": "Local"}, missing=GONE,
    )  # fmt: skip
    arn_like = ":policy/"
    named = "policyName"
    name_limit = 128
    attributes = {"policyName": "policyName", "policyId": "policyId", "arn": "arn"}
    left_out = (
        "Attaching it: roles say what is attached to them. Older versions are kept as AWS keeps them, up to five."
    )

    policyName = fixed(Text(pattern=r"^[\w+=,.@-]{1,128}$"), "Its name in AWS.", default="the resource's name")
    path = fixed(Text(pattern=r"^/([\w.,+@=-]+/)*$"), "The path before its name.", default="/")
    description = fixed(Text(length=(0, 1000)), "What it is for.", default="empty")
    policyDocument = field(POLICY, "What is allowed and denied. A change makes a new version.", required=True)
    tags = field(TAGS, "Tags, beside those of the stack.")

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """The listing has neither documents nor descriptions."""
        version = raw["defaultVersionId"]
        answer = yield self.call("GetPolicyVersion", policyArn=raw["arn"], versionId=version, missing=GONE)
        if answer is None:
            return None
        found = {"policyDocument": answer["policyVersion"]["document"]}
        if "description" not in ask.fields:
            return found
        whole = yield self.call("GetPolicy", policyArn=raw["arn"], missing=GONE)
        return None if whole is None else {**found, "description": whole["policy"].get("description", "")}

    @writes("policyDocument")
    def set_document(self, want: Wanted, live: Live) -> Calls:
        """Make a new version the one that counts; the oldest of the others goes where there is no room for it."""
        others = yield from self.others(live.id)
        for version in others[: max(0, len(others) + 2 - VERSIONS)]:
            yield self.call("DeletePolicyVersion", policyArn=live.id, versionId=version, missing=GONE)
        document = POLICY.encode(want["policyDocument"])
        yield self.call("CreatePolicyVersion", policyArn=live.id, policyDocument=document, setAsDefault=True)

    def others(self, arn: str) -> Program[list[str]]:
        """Return the versions that do not count, the oldest first."""
        answer = yield self.call("ListPolicyVersions", policyArn=arn, missing=GONE)
        listed = (answer or {}).get("versions", ())
        numbers = [v["versionId"] for v in listed if not v.get("isDefaultVersion")]
        return sorted(numbers, key=lambda number: int(number.lstrip("v").partition(".")[0]))

    def delete(self, live: Live) -> Calls:
        """Delete it with its versions; these stay as long as AWS would refuse because somebody holds it."""
        held = yield from self.attached(live.id)
        for version in [] if held else (yield from self.others(live.id)):
            yield self.call("DeletePolicyVersion", policyArn=live.id, versionId=version, missing=GONE)
        yield self.call("DeletePolicy", policyArn=live.id, missing=GONE)

    def attached(self, arn: str) -> Program[list[tuple[str, str]]]:
        """Return the kind and name of everybody that it is attached to, or that it bounds."""
        answer = yield self.call("ListEntitiesForPolicy", policyArn=arn, missing=GONE)
        return [(what, one[name]) for many, name, what in HOLDERS for one in (answer or {}).get(many, ())]

    def holders(self, live: Live) -> Program[Mapping[str, bool]]:
        """A role of the same stack lets go by itself."""
        found = {}
        for what, name in (yield from self.attached(live.id)):
            answer = (yield self.call("ListRoleTags", roleName=name, missing=GONE)) if what == "role" else None
            ours = unpairs((answer or {}).get("tags")).get(STACK) == (live.tags or {}).get(STACK)
            found[f"the {what} {name}"] = ours
        return found

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """It must be such that AWS takes it."""
        document = spec.get("policyDocument")
        yield from ((f"policyDocument{path}", message) for path, message in faults(document, principal=False))
        if (size := length(document)) > SIZE:
            yield "policyDocument", f"has {size} characters without white space, and AWS takes {SIZE}. Split it"


def length(document: Any) -> int:
    """Return how long AWS finds a policy; 0 while references stand in it."""
    try:
        return len("".join(json.dumps(document, separators=(",", ":")).split()))
    except TypeError:
        return 0
