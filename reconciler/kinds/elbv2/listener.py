"""Listener."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, writes
from ...types import Difference, Integer, ListOf, Ref, Text
from . import ELBV2, GONE, TAGS
from .actions import Actions, faults
from .certificates import CERTIFICATES, brought, shown
from .shares import kept, moving
from .stray_rules import STRAY, belongs, declared, found, title

SECURE = ("HTTPS", "TLS")


class Listener(Kind):
    """A port of a load balancer, and what happens to what comes in there."""

    service = ELBV2
    arn_like = ":listener/"
    api = Api("DescribeListeners", "listeners", "listenerArn", "listenerArn", create="CreateListener",
              update="ModifyListener", delete="DeleteListener", missing=GONE)  # fmt: skip
    after = ("LoadBalancer",)
    # Target groups serve one balancer at a time: the old listener must let go of them first.
    coexists = False
    attributes = {"defaultRuleArn": "defaultRuleArn"}
    left_out = "Mutual authentication and header rewriting: none of the systems uses them."

    loadBalancerArn = fixed(Ref(kind="LoadBalancer"), "The load balancer whose port it is.", required=True)
    port = field(Integer(1, 65535), "The port, which has one listener only.", required=True)
    protocol = field(Text(enum=("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP")), "What clients speak.", required=True)
    sslPolicy = field(Text(), "The versions and ciphers of TLS.", default="ELBSecurityPolicy-2016-08")
    certificates = field(CERTIFICATES, "The default certificate first, then any others, chosen by name.")
    defaultActions = field(Actions(), "What happens to a request that no rule is about.", required=True)
    alpnPolicy = field(ListOf(Text(), most=1), "Which protocols TLS clients are offered.")
    rules = field(
        STRAY, "Rules that nobody declared. They would decide what happens to requests, and are removed.",
        create=False, update=False, implied=[],
    )  # fmt: skip
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """A port of a load balancer."""
        return f"{want.get('loadBalancerArn')}:{want.get('port')}"

    def key_of(self, raw: Raw) -> str:
        """A port of a load balancer."""
        return f"{raw['loadBalancerArn']}:{raw['port']}"

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """A rule that git declares is not a stray one, even before it is ours; services may own shares of a forward."""
        want = moving(want, "defaultActions", siblings)
        if "rules" not in want.spec:
            return want
        return replace(want, spec={**want.spec, "rules": declared(siblings)})

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """One call per load balancer that is ours or meant."""
        found: list[Raw] = []
        for balancer in balancers(ask):
            answer = yield self.call("DescribeListeners", loadBalancerArn=balancer, missing=GONE)
            found += (answer or {}).get("listeners", ())
        return found

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Find further certificates where some are managed, and the rules that no git declares."""
        arn, more = raw["listenerArn"], {}
        if raw["protocol"] in SECURE and "certificates" in ask.fields:
            answer = yield self.call("DescribeListenerCertificates", listenerArn=arn, missing=GONE)
            more = shown((answer or {}).get("certificates", ()))
        if "rules" in ask.fields:
            more |= yield from found(arn, ask)
        return more

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Shares that are not git's are no drift."""
        return super().diff(kept(want, live, "defaultActions"), live)

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Change protocol, policy and default certificate together: one without the others is refused."""
        told = self.encode(kept(want, live, "defaultActions"), changed)
        certificates = told.pop("certificates", None)
        default, after = brought(certificates, live)
        if told or default:
            yield self.call("ModifyListener", listenerArn=live.id, certificates=default, **told)
        yield from after

    def create(self, want: Wanted) -> Calls:
        """The create call takes the default certificate alone."""
        told = self.encode(want, (n for n, f in self.fields.items() if f.create and n != "tags"))
        told |= {"certificates": told["certificates"][:1]} if told.get("certificates") else {}
        yield self.call("CreateListener", **told, **self.service.create_tags("", want.tags))

    @writes("rules")
    def remove_strays(self, want: Wanted, live: Live) -> Calls:
        """Delete the rules that carry nobody's tags and are not declared."""
        for rule in live.spec.get("rules", ()):
            if not belongs(rule, want["rules"]):
                yield self.call("DeleteRule", ruleArn=rule["ruleArn"], missing=("RuleNotFound",))

    def unmanaged(self, live: Live) -> Iterable[str]:
        """Name the rules that other stacks have here: theirs to remove."""
        return [f"rule {title(rule)} of the stack {rule['stack']}" for rule in live.raw.get("others", ())]

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """TLS needs a certificate, and what does not speak TLS cannot have one."""
        yield from faults(spec.get("defaultActions"), "defaultActions")
        protocol, given = spec.get("protocol"), spec.get("certificates")
        if protocol in SECURE and not given:
            yield "protocol", f"{protocol} needs a certificate. Write certificates: [{{certificateArn: …}}]"
        for name in ("certificates", "sslPolicy", "alpnPolicy"):
            if isinstance(protocol, str) and protocol not in SECURE and spec.get(name):
                yield name, f"means nothing to {protocol}. Remove it, or set protocol to HTTPS"

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """A port has one listener."""
        seen: dict[Any, str] = {}
        for name, spec in specs.items():
            place = str(spec.get("loadBalancerArn")), str(spec.get("port"))
            if place in seen:
                yield name, "port", f"{place[1]} is the port of Listener/{seen[place]} already. Choose another"
            seen.setdefault(place, name)


def balancers(ask: Ask) -> list[str]:
    """Return the load balancers on which listeners of ours may be, or are wanted."""
    found = [live.id for live in ask.world("LoadBalancer")]
    found += [key.rpartition(":")[0] for key in sorted(ask.keys) if key.startswith("arn:")]
    for arn in ask.index:
        head, mark, tail = arn.partition(":listener/")
        found += [f"{head}:loadbalancer/{tail.rpartition('/')[0]}"] if mark else []
    return list(dict.fromkeys(found))
