"""WebACL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import MapOf, Ref, SetOf, Text
from . import GLOBAL, TAGS, WAF, logging, region_of
from .rules import BODY, DEFAULT_ACTION, RULE, VISIBILITY, faults

UNMANAGED = (
    "captchaConfig", "challengeConfig", "tokenDomains", "associationConfig", "dataProtectionConfig",
    "onSourceDDoSProtectionConfig", "applicationConfig", "monetizationConfig",
)  # fmt: skip
"""What an update would take away if it did not repeat it."""


class WebACL(Kind):
    """Rules that let web requests through or keep them out."""

    service = WAF
    api = Api(id="id", arn="arn", ref="arn", missing=("WAFNonexistentItemException",))
    named = "name"
    name_limit = 128
    arn_like = ":wafv2:"
    coexists = False
    attributes = {"capacity": "capacity"}
    left_out = "CAPTCHA and challenge times, token domains and body inspection limits: none of the systems uses them."

    name = fixed(Text(pattern=r"^[\w-]{1,128}$"), "Its name in AWS.", default="the resource's name")
    scope = fixed(
        Text(enum=("REGIONAL", "CLOUDFRONT")), "Whether it guards regional resources or CloudFront.", required=True
    )
    description = field(Text(length=(1, 256)), "What it is for.")
    defaultAction = field(DEFAULT_ACTION, "What happens to a request that no rule decides.", required=True)
    rules = field(SetOf(RULE, by="name"), "The rules; the lowest priority number is asked first.")
    visibilityConfig = field(VISIBILITY, "Its metrics and samples.", required=True)
    customResponseBodies = field(MapOf(BODY, scalars=False), "Bodies that rules may answer with, by key.")
    resourceArns = later(
        SetOf(Ref(kind="LoadBalancer")), "The load balancers it guards. Distributions name their ACL themselves."
    )
    loggingConfiguration = later(logging.LOGGING, "Where its log goes to, and what it leaves out. `{}`: no log.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """AWS refuses two rules of one priority, and rules with no action or with two."""
        yield from faults(spec.get("rules", ()))
        if spec.get("scope") == "CLOUDFRONT" and "resourceArns" in spec:
            yield "resourceArns", "an ACL for CloudFront is named by its distributions (webACLId). Take it away"

        yield from logging.faults(spec)

    def check_between(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
        """AWS writes a log only to what has a name of a certain kind."""
        yield from logging.misnamed(want, siblings)

    def key(self, want: Wanted) -> str:
        """Names are unique per scope."""
        return f"{want.get('scope')}/{want.name}"

    def key_of(self, raw: Raw) -> str:
        """Names are unique per scope."""
        return f"{'CLOUDFRONT' if region_of(raw['arn']) else 'REGIONAL'}/{raw['name']}"

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """List the scopes that somebody uses."""
        seen = [
            *ask.keys,
            *("CLOUDFRONT" if region_of(arn) else "REGIONAL" for arn in ask.index if self.arn_like in arn),
        ]
        found: list[Raw] = []
        for scope in sorted({key.partition("/")[0] for key in seen}):
            region = GLOBAL if scope == "CLOUDFRONT" else ""
            marker: dict[str, Any] = {}
            while True:
                answer = (yield self.call("ListWebACLs", scope=scope, limit=100, region=region, **marker)) or {}
                found += answer.get("webACLs", ())
                if not answer.get("nextMarker") or not answer.get("webACLs"):
                    break
                marker = {"nextMarker": answer["nextMarker"]}
        return found

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the rules with the lock token that the next change must name."""
        scope, region = self.key_of(raw).partition("/")[0], region_of(raw["arn"])
        answer = yield self.call(
            "GetWebACL", name=raw["name"], id=raw["id"], scope=scope, region=region, missing=self.api.missing
        )
        if not answer:
            return None
        found = {**answer["webACL"], "lockToken": answer["lockToken"], "scope": scope}
        if scope == "REGIONAL":
            # Always: whatever it guards stands in the way of its deletion.
            listed = yield self.call(
                "ListResourcesForWebACL", webACLArn=raw["arn"], resourceType="APPLICATION_LOAD_BALANCER",
                missing=self.api.missing,
            )  # fmt: skip
            found["resourceArns"] = (listed or {}).get("resourceArns", [])
        if logging.WHERE in ask.fields:
            found |= (yield logging.read(raw["arn"])) or {logging.WHERE: {}}
        return found

    def create(self, want: Wanted) -> Calls:
        """Create it, tagged."""
        names = ("scope", "description", "defaultAction", "rules", "visibilityConfig", "customResponseBodies")
        region = GLOBAL if want["scope"] == "CLOUDFRONT" else ""
        yield self.call(
            "CreateWebACL", name=want.name, region=region, **self.encode(want, names), **WAF.create_tags("", want.tags)
        )

    @writes("description", "defaultAction", "rules", "visibilityConfig", "customResponseBodies")
    def set_rules(self, want: Wanted, live: Live) -> Calls:
        """The update replaces everything, so what git does not manage is sent as it is."""
        names = ("description", "defaultAction", "rules", "visibilityConfig", "customResponseBodies")
        kept = {n: live.raw[n] for n in (*names, *UNMANAGED) if live.raw.get(n)}
        place = {"scope": live.raw["scope"], "id": live.id, "name": live.name, "lockToken": live.raw["lockToken"]}
        yield self.call("UpdateWebACL", region=region_of(live.arn), **place, **{**kept, **self.encode(want, names)})

    @writes("resourceArns")
    def set_resources(self, want: Wanted, live: Live) -> Calls:
        """Guard what is new before letting go of what is not declared."""
        found, wanted = live.spec.get("resourceArns", []), want["resourceArns"]
        for arn in sorted(set(wanted) - set(found)):
            yield self.call("AssociateWebACL", webACLArn=live.arn, resourceArn=arn)
        for arn in sorted(set(found) - set(wanted)):
            yield self.call("DisassociateWebACL", resourceArn=arn, missing=self.api.missing)

    @writes("loggingConfiguration")
    def set_logging(self, want: Wanted, live: Live) -> Calls:
        """Switch the log on, off, or over."""
        yield from logging.write(want, live)

    def delete(self, live: Live) -> Calls:
        """What it guards must be let go first."""
        for arn in live.spec.get("resourceArns", ()):
            yield self.call("DisassociateWebACL", resourceArn=arn, missing=self.api.missing)
        place = {"scope": live.raw["scope"], "id": live.id, "name": live.name, "lockToken": live.raw["lockToken"]}
        yield self.call("DeleteWebACL", region=region_of(live.arn), missing=self.api.missing, **place)
