"""The CNAME records by which ACM sees that a domain is ours, and the zones of Route 53 that they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...kind import Ask, Program, Raw
from ..route53 import GONE as NO_ZONE
from ..route53 import ROUTE53, plain
from . import ACM, GONE

TTL = 300
HOME = "us-east-1"
"""The region whose certificates CloudFront uses; they are proven by the same records as those of any other."""
Proofs = dict[str, str]
"""Name → value; a domain and its wildcard are proven by one record."""
PARAMS: dict[str, Any] = {"includes": {"keyTypes": [
    "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
]}}  # fmt: skip
"""Without it, the listing has only the certificates of one key type."""


def proofs(raw: Raw) -> Proofs:
    """Return the records that a certificate needs; none while ACM has not told them."""
    options = raw.get("domainValidationOptions") or ()
    told = [option["resourceRecord"] for option in options if option.get("resourceRecord")]
    return {plain(r["name"]): plain(r["value"]) for r in told} if len(told) == len(options) else {}


def record(name: str, value: str) -> dict[str, Any]:
    """Return the record set of a proof."""
    return {"name": f"{name}.", "type": "CNAME", "ttl": TTL, "resourceRecords": [{"value": f"{value}."}]}


def standing(listed: Iterable[Raw]) -> dict[tuple[str, str], Raw]:
    """Return a zone's CNAME records by name and value."""
    return {
        (plain(r["name"]), plain(v["value"])): r
        for r in listed if r["type"] == "CNAME" for v in r.get("resourceRecords") or ()
    }  # fmt: skip


def records_of(zone: str) -> Program[dict[tuple[str, str], Raw]]:
    """Read a zone's CNAME records."""
    answer = yield ROUTE53.call("ListResourceRecordSets", hostedZoneId=zone, missing=NO_ZONE)
    return standing((answer or {}).get("resourceRecordSets", ()))


def within(name: str, zone: str) -> bool:
    """Whether a name belongs into a zone."""
    return name == zone or name.endswith(f".{zone}")


def public_zones(ask: Ask, names: Iterable[str]) -> Program[dict[str, str]]:
    """Return zone id → name, for zones that have room for the names; the whole account's only if ours have not."""
    wanted = set(names)
    zones = {zone.id: zone.name for zone in ask.world("HostedZone") if not zone.key.endswith("|private")}
    if not all(any(within(name, zone) for zone in zones.values()) for name in wanted):
        answer = yield ROUTE53.call("ListHostedZones")
        for found in (answer or {}).get("hostedZones", ()):
            if not (found.get("config") or {}).get("privateZone"):
                zones[found["id"].rpartition("/")[2]] = plain(found["name"])
    return {one: zone for one, zone in zones.items() if any(within(name, zone) for name in wanted)}


def zones_of(needed: Mapping[str, Proofs], ask: Ask) -> Program[dict[str, str]]:
    """Return, by ARN, the zone in which all the proofs of a certificate stand; each zone is read once."""
    zones = yield from public_zones(ask, {name for proof in needed.values() for name in proof})
    found = {}
    for zone in sorted(zones):
        there = yield from records_of(zone)
        for arn, proof in needed.items():
            if proof and proof.items() <= there.keys():
                found[arn] = zone
    return found


def elsewhere(arn: str, needed: Proofs) -> Program[Proofs]:
    """Return those of the proofs that other certificates need too, here and where CloudFront looks."""
    shared: Proofs = {}
    for region in dict.fromkeys((arn.split(":")[3], HOME)):
        answer = yield ACM.call("ListCertificates", region=region, **PARAMS)
        listed = (answer or {}).get("certificateSummaryList", ())
        for other in [o["certificateArn"] for o in listed if o["certificateArn"] != arn and _related(o, needed)]:
            one = yield ACM.call("DescribeCertificate", certificateArn=other, region=region, missing=GONE)
            shared |= {k: v for k, v in proofs((one or {}).get("certificate", {})).items() if k in needed}
    return shared


def _related(summary: Raw, needed: Proofs) -> bool:
    """Whether a listed certificate may be for one of the domains; the listing does not tell all of them."""
    told = summary.get("subjectAlternativeNameSummaries")
    domains = {name.partition(".")[2] for name in needed}
    named = {plain(name).removeprefix("*.") for name in (summary["domainName"], *(told or ()))}
    return told is None or bool(summary.get("hasAdditionalSubjectAlternativeNames")) or bool(named & domains)


def domains(told: Raw) -> str:
    """Return a certificate's domains in one text, its own first."""
    own = plain(told.get("domainName", ""))
    return ",".join([own, *sorted({plain(n) for n in told.get("subjectAlternativeNames") or ()} - {own})])
