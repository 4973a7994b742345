"""RecordSet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...kind import REPLACES, Api, Ask, Calls, Kind, Live, Program, Raw, Service, Tags, Wanted, field, fixed
from ...types import Difference, Flag, Integer, Ref, Text
from ...values import unknown
from . import GONE, DnsName, change, plain
from .marks import MADE, key, mark, marked, quoted, record_of
from .record_types import ALIAS, RIVALS, ROUTING, TYPES, Values, text


def remark(live: Live, tags: Tags) -> Calls:
    """Write the mark that keeps these tags, beside those that it has."""
    told = mark(live.raw, {**(live.tags or {}), **tags})
    yield change(live.raw["hostedZoneId"], [("UPSERT", told)])


RECORDS = Service("route53", tag=remark, create_tags=lambda _kind, _tags: {}, read_tags=lambda raw: raw["tags"])


class RecordSet(Kind):
    """DNS records of one name and type; a TXT record `_reconciler-TYPE.NAME` beside them says whose they are."""

    service = RECORDS
    api = Api(id="id", create="ChangeResourceRecordSets", update="ChangeResourceRecordSets", missing=GONE)
    after = ("HostedZone",)
    left_out = "Routing by geography, by address range and by traffic policy: none of the systems uses it."

    hostedZoneId = fixed(Ref(kind="HostedZone"), "The zone that has it.", required=True)
    name = fixed(DnsName(length=(1, 1024)), "The full name; `*.` at its beginning stands for any.", required=True)
    type = fixed(Text(enum=TYPES), "What the values are.", required=True)
    ttl = field(Integer(0, 2147483647), "Seconds for which resolvers keep the answer.")
    resourceRecords = field(Values(Text()), "The values, as plain texts or `{value: …}`; TXT needs no quotes.")
    aliasTarget = field(
        ALIAS,
        "The AWS resource that answers, instead of values: a balancer's or a distribution's zone and name.",
    )
    setIdentifier = fixed(Text(length=(1, 128)), "Tells it from others of its name and type.")
    weight = field(Integer(0, 255), "Its share among those others.")
    region = field(Text(), "Asked where this region is the nearest of theirs.")
    failover = field(Text(enum=("PRIMARY", "SECONDARY")), "Whether it answers first, or when the first is unwell.")
    multiValueAnswer = field(Flag(), "Whether up to eight healthy ones answer together.")
    healthCheckId = field(Ref(kind="HealthCheck"), "The health check that must pass for it to answer.")

    def key(self, want: Wanted) -> str:
        named = want.only(("hostedZoneId", "name", "type", "setIdentifier"))
        return "" if unknown(named) else key(named["hostedZoneId"], named)

    def key_of(self, raw: Raw) -> str:
        return key(raw["hostedZoneId"], raw)

    def name_of(self, raw: Raw) -> str:
        return plain(raw["name"])

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """Only ownership is kept beside a record: the world can read it. Texts get their quotes."""
        del siblings
        spec = dict(want.spec)
        if spec.get("type") in ("TXT", "SPF") and "resourceRecords" in spec:
            texts = map(text, spec["resourceRecords"])
            spec["resourceRecords"] = [quoted(t) if isinstance(t, str) else t for t in texts]
        return replace(want, spec=spec, tags={k: v for k, v in want.tags.items() if k.startswith("reconciler:")})

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """What an alias means within its zone must be there."""
        target = (want.get("aliasTarget") or {}).get("dnsName")
        for address, other in siblings.items():
            names = target, other.get("name")
            same = all(isinstance(n, str) for n in names) and len({plain(str(n)) for n in names}) == 1
            if same and address.startswith("RecordSet/") and other.get("type") == want.get("type"):
                yield address

    def listing(self, ask: Ask) -> Program[list[Raw]]:
        """List the zones that are ours, and those that git names."""
        zones = {name.partition("|")[0] for name in ask.keys} | {zone.id for zone in ask.world("HostedZone")}
        found: list[Raw] = []
        for zone in sorted(zones):
            answer = yield self.call("ListResourceRecordSets", hostedZoneId=zone, missing=GONE)
            found += marked(zone, (answer or {}).get("resourceRecordSets", ()))
        return found

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """A record without an identifier is another one than those that have it."""
        yield from super().diff(want, live)
        if "setIdentifier" not in want.spec and "setIdentifier" in live.spec:
            yield Difference("setIdentifier", None, live.spec["setIdentifier"])

    def create(self, want: Wanted) -> Calls:
        """Create it, never overwrite one; what it replaces goes in the same change if both cannot stand together."""
        zone, record = want["hostedZoneId"], self.record(want, {})
        going = yield from self.superseded(want)
        tags = {**want.tags, MADE: want.token[:8]}
        yield change(zone, [*going, ("CREATE", record), ("UPSERT", mark(record, tags))])

    def superseded(self, want: Wanted) -> Program[list[tuple[str, Raw]]]:
        """Return the changes that remove what it replaces, if that has the same name in the same zone."""
        old = want.tags.get(REPLACES, "")
        zone, name, *_ = [*old.split("|"), ""]
        if zone != want["hostedZoneId"] or plain(want["name"]) != name:
            return []
        answer = yield self.call("ListResourceRecordSets", hostedZoneId=zone, missing=GONE)
        found = marked(zone, (answer or {}).get("resourceRecordSets", ()))
        return next((removal(raw) for raw in found if raw["id"] == old), [])

    def update(self, want: Wanted, live: Live, changed: Iterable[str]) -> Calls:
        """A record is written as a whole: what git does not mention stays as it is."""
        del changed
        yield change(live.raw["hostedZoneId"], [("UPSERT", self.record(want, record_of(live.raw)))])

    def record(self, want: Wanted, kept: Raw) -> dict[str, Any]:
        """Return the record that is wanted, with what stays of the one that is there."""
        told = self.encode(want, [name for name in self.fields if name != "hostedZoneId"])
        if "aliasTarget" in told:
            told["aliasTarget"] = {"evaluateTargetHealth": False, **told["aliasTarget"]}
        dropped = {rival for name in told for rival in RIVALS.get(name, ())}
        return {**{name: value for name, value in kept.items() if name not in dropped}, **told}

    def delete(self, live: Live) -> Calls:
        yield change(live.raw["hostedZoneId"], removal(live.raw), missing=GONE)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Values or an alias; and a way of routing if there are several."""
        if ("aliasTarget" in spec) == ("resourceRecords" in spec):
            yield "resourceRecords", "a record has either resourceRecords or an aliasTarget. Write one of them"
        if ("ttl" in spec) != ("resourceRecords" in spec):
            yield "ttl", "resourceRecords need a ttl, and only they have one. Add or remove it"
        if ("setIdentifier" in spec) != any(name in spec for name in ROUTING):
            yield "setIdentifier", f"goes together with one of {', '.join(ROUTING)}. Add or remove it"

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """Each record stands in one document."""
        seen: dict[tuple[str, ...], str] = {}
        for one, spec in specs.items():
            identity = tuple(plain(str(spec.get(n, ""))) for n in ("hostedZoneId", "name", "type", "setIdentifier"))
            if identity in seen:
                yield one, "name", f"is the record of RecordSet/{seen[identity]}. Put the values into one document"
            seen.setdefault(identity, one)


def removal(raw: Raw) -> list[tuple[str, Raw]]:
    """Return the changes that remove a record and its mark, whichever of them is there."""
    record = record_of(raw)
    there = "resourceRecords" in record or "aliasTarget" in record
    return [("DELETE", one) for one in (record if there else None, raw["mark"]) if one]
