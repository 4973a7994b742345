"""Repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...kind import Api, Ask, Calls, Finding, Kind, Live, Program, Raw, Sight, Wanted, field, fixed, later, writes
from ...policies import POLICY, faults
from ...types import Document, Flag, ListOf, Ref, Struct, Text
from . import ECR, TAGS
from .images import newest

MUTABILITY = ("MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION")
LISTS = ("tagPrefixList", "tagPatternList")


def rules(document: Any) -> Any:
    """Return a lifecycle policy with its rules in the order in which they are tried."""
    if not isinstance(document, Mapping) or not document.get("rules"):
        return {}
    return {"rules": [_rule(r) for r in sorted(document["rules"], key=lambda r: int(r.get("rulePriority", 0)))]}


def _rule(rule: Raw) -> dict[str, Any]:
    selection = {k: sorted(v) if k in LISTS else v for k, v in rule.get("selection", {}).items()}
    return {**rule, "selection": selection}


LIFECYCLE = Document(rules)


class Repository(Kind):
    """A registry of container images."""

    service = ECR
    arn_like = ":ecr:"
    api = Api(
        "DescribeRepositories", "repositories", "repositoryName", "repositoryArn", create="CreateRepository",
        delete="DeleteRepository", missing=("RepositoryNotFoundException",),
    )  # fmt: skip
    named = "repositoryName"
    name_limit = 256
    holds_data = True
    attributes = {"repositoryUri": "repositoryUri", "repositoryArn": "repositoryArn", "arn": "repositoryArn"}
    left_out = "Registries of other accounts, replication and pull-through caches, which are settings of the registry."

    repositoryName = fixed(
        Text(pattern=r"^(?:[a-z0-9]+(?:[._-]+[a-z0-9]+)*/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*$", length=(2, 256)),
        "Its name in AWS, in small letters.",
        default="the resource's name",
    )
    imageTagMutability = field(
        Text(enum=MUTABILITY), "Whether a tag can move to another image.", default="MUTABLE", update=False
    )
    imageTagMutabilityExclusionFilters = field(
        ListOf(Struct({"filterType": Text(enum=("WILDCARD",)), "filter": Text()}, required=("filterType", "filter"))),
        "The tags that are excepted from that.",
        update=False,
    )
    imageScanningConfiguration = field(
        Struct({"scanOnPush": Flag()}), "Whether new images are scanned.", default="{scanOnPush: false}", update=False
    )
    encryptionConfiguration = fixed(
        Struct(
            {"encryptionType": Text(enum=("AES256", "KMS", "KMS_DSSE")), "kmsKey": Ref(kind="Key", last=True)},
            required=("encryptionType",),
        ),
        "What encrypts the images.",
        default="{encryptionType: AES256}",
    )
    lifecyclePolicy = later(LIFECYCLE, "Which images expire. `{}`: none.")
    repositoryPolicy = later(POLICY, "Who may use it, beside the account. `{}`: nobody.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the policies that somebody manages; each is a call."""
        found: dict[str, Any] = {"lifecyclePolicy": {}, "repositoryPolicy": {}}
        name = raw["repositoryName"]
        if "lifecyclePolicy" in ask.fields:
            none = ("LifecyclePolicyNotFoundException", *self.api.missing)
            answer = yield self.call("GetLifecyclePolicy", repositoryName=name, missing=none)
            found["lifecyclePolicy"] = (answer or {}).get("lifecyclePolicyText", {})
        if "repositoryPolicy" in ask.fields:
            none = ("RepositoryPolicyNotFoundException", *self.api.missing)
            answer = yield self.call("GetRepositoryPolicy", repositoryName=name, missing=none)
            found["repositoryPolicy"] = (answer or {}).get("policyText", {})
        return found

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """Tell how old its newest image is."""
        yield from super().looks(live, sight)
        yield newest(live.id, sight)

    @writes("imageTagMutability", "imageTagMutabilityExclusionFilters")
    def set_mutability(self, want: Wanted, live: Live) -> Calls:
        names = ("imageTagMutability", "imageTagMutabilityExclusionFilters")
        kept = {name: live.spec[name] for name in names if live.spec.get(name)}
        wanted = {**kept, **self.encode(want, names)}
        if not wanted.get(names[0], MUTABILITY[0]).endswith("EXCLUSION") or not wanted.get(names[1]):
            wanted.pop(names[1], None)
        yield self.call("PutImageTagMutability", repositoryName=live.id, **wanted)

    @writes("imageScanningConfiguration")
    def set_scanning(self, want: Wanted, live: Live) -> Calls:
        told = self.encode(want, ("imageScanningConfiguration",))
        yield self.call("PutImageScanningConfiguration", repositoryName=live.id, **told)

    @writes("lifecyclePolicy")
    def set_lifecycle(self, want: Wanted, live: Live) -> Calls:
        if want["lifecyclePolicy"]:
            text = LIFECYCLE.encode(want["lifecyclePolicy"])
            yield self.call("PutLifecyclePolicy", repositoryName=live.id, lifecyclePolicyText=text)
        else:
            none = ("LifecyclePolicyNotFoundException",)
            yield self.call("DeleteLifecyclePolicy", repositoryName=live.id, missing=none)

    @writes("repositoryPolicy")
    def set_policy(self, want: Wanted, live: Live) -> Calls:
        if want["repositoryPolicy"]:
            text = POLICY.encode(want["repositoryPolicy"])
            yield self.call("SetRepositoryPolicy", repositoryName=live.id, policyText=text)
        else:
            none = ("RepositoryPolicyNotFoundException",)
            yield self.call("DeleteRepositoryPolicy", repositoryName=live.id, missing=none)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Policies must be such that AWS takes them; each rule has a priority of its own."""
        yield from (
            (f"repositoryPolicy{p}", message) for p, message in faults(spec.get("repositoryPolicy"), principal=True)
        )
        seen: dict[Any, int] = {}
        for i, rule in enumerate((spec.get("lifecyclePolicy") or {}).get("rules", ())):
            where, priority = f"lifecyclePolicy.rules[{i}]", rule.get("rulePriority")
            if not {"rulePriority", "selection", "action"} <= rule.keys():
                yield where, "needs rulePriority, selection and action. Add what is missing"
            elif priority in seen:
                yield f"{where}.rulePriority", f"{priority} is rule {seen[priority]}'s. Number them differently"
            seen.setdefault(priority, i)
