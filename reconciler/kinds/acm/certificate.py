"""Certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...kind import Api, Ask, Calls, Finding, Kind, Live, Program, Raw, Sight, Wanted, field, fixed, later, writes
from ...types import Difference, Ref, SetOf, Struct, Text
from ...values import unknown
from ..route53 import change
from . import ACM, GONE, TAGS
from .expiry import expiry
from .proof import PARAMS, domains, elsewhere, proofs, record, records_of, zones_of

KEYS = ("RSA_2048", "EC_prime256v1", "EC_secp384r1")
OVER = frozenset({"EXPIRED", "VALIDATION_TIMED_OUT"})
"""What AWS never issues again; another try may well succeed."""
FAILED = frozenset({"FAILED", "REVOKED", "INACTIVE"}) | OVER
ZONE = "reconciler:validation-zone"
"""The tag that says where its records are: when they have to go, git is silent."""


class Certificate(Kind):
    """A public TLS certificate, which AWS renews as long as its validation records stand."""

    service = ACM
    api = Api(
        "ListCertificates", "certificateSummaryList", "certificateArn", "certificateArn", create="RequestCertificate",
        delete="DeleteCertificate", params=PARAMS, missing=GONE, status="status", ready=frozenset({"ISSUED"}),
        failed=FAILED, token="idempotencyToken",
    )  # fmt: skip
    arn_like = ":acm:"
    duplicable = True
    after = ("HostedZone", "RecordSet")
    attributes = {"domainName": "domainName"}
    while_pending = frozenset({"hostedZoneId"})
    deadline = 1800
    left_out = (
        "Imported, exportable and private certificates, and domains of several zones: none of the systems has them."
    )

    domainName = fixed(
        Text(fold=True, length=(1, 253)), "The domain; `*.` at its beginning stands for any.", required=True
    )
    subjectAlternativeNames = fixed(
        SetOf(Text(fold=True, length=(1, 253))), "Further domains.", default="the domain alone"
    )
    validationMethod = fixed(
        Text(enum=("DNS", "EMAIL")), "How AWS sees that the domains are ours.", default="DNS",
        path="domainValidationOptions.0.validationMethod",
    )  # fmt: skip
    keyAlgorithm = fixed(Text(enum=KEYS), "The kind of its key.", default="RSA_2048")
    options = field(
        Struct({"certificateTransparencyLoggingPreference": Text(enum=("ENABLED", "DISABLED"))}),
        "Whether public logs name it; browsers refuse it if not.",
        update=False,
    )
    hostedZoneId = later(
        Ref(kind="HostedZone"), "The zone of all its domains, in which its validation records are kept."
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """Its domains, its own first: a certificate for just these exists, or it does not."""
        told = want.only(("domainName", "subjectAlternativeNames"))
        return "" if unknown(told) else domains(told)

    def key_of(self, raw: Raw) -> str:
        """One that is of no use any more is in nobody's way."""
        return "" if raw.get("status") in FAILED else domains(raw)

    def name_of(self, raw: Raw) -> str:
        return str(raw["domainName"])

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """AWS counts the domain itself among the alternative names."""
        del siblings
        spec = dict(want.spec)
        if "subjectAlternativeNames" in spec:
            names = [spec["domainName"], *spec["subjectAlternativeNames"]]
            spec["subjectAlternativeNames"] = list(dict.fromkeys(n.lower() if isinstance(n, str) else n for n in names))
        zone = spec.get("hostedZoneId")
        return replace(want, spec=spec, tags={**want.tags, **({ZONE: zone} if isinstance(zone, str) else {})})

    def listing(self, ask: Ask) -> Program[list[Raw]]:
        """Describe what the tag index has and what is for a wanted domain; look for the records of all at once."""
        listed = yield from super().listing(ask)
        wanted = {key.partition(",")[0] for key in ask.keys}
        found: dict[str, Raw] = {}
        for one in listed:
            arn, usable = one["certificateArn"], one.get("type") == "AMAZON_ISSUED"
            if arn in ask.index or (usable and one["domainName"].lower() in wanted):
                answer = yield self.call("DescribeCertificate", certificateArn=arn, missing=GONE)
                if answer is not None:
                    told = answer["certificate"]
                    # Answers have a hyphen where requests have an underscore.
                    found[arn] = {**told, "keyAlgorithm": told.get("keyAlgorithm", "").replace("-", "_")}
        if not found or "hostedZoneId" not in ask.fields:
            return list(found.values())
        zones = yield from zones_of({arn: proofs(raw) for arn, raw in found.items()}, ask)
        return [{**raw, "hostedZoneId": zones.get(arn, "")} for arn, raw in found.items()]

    def reason(self, raw: Raw) -> str:
        """While it waits, say for which records: nobody else does."""
        if raw.get("status") == "ISSUED":
            return ""
        if raw.get("status") != "PENDING_VALIDATION":
            return str(raw.get("failureReason") or raw.get("status") or "")
        told = [f"{name} CNAME {value}" for name, value in sorted(proofs(raw).items())]
        return f"waits until the world can see {'; '.join(told)}" if told else "waits for its validation records"

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """It must be renewed before it ends."""
        yield from super().looks(live, sight)
        yield expiry(live.raw, sight.now)

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Nothing can be written before AWS has told the records; what is over must be made again."""
        early = () if proofs(live.raw) else ("hostedZoneId", "validationMethod")
        yield from (d for d in super().diff(want, live) if d.path not in early or d.live)
        if live.raw["status"] in OVER:
            yield Difference("status", "ISSUED", live.raw["status"])

    def create(self, want: Wanted) -> Calls:
        """Left to itself, AWS would prove the domains by e-mail."""
        yield from super().create(replace(want, spec={"validationMethod": "DNS", **want.spec}))

    @writes("options")
    def set_options(self, want: Wanted, live: Live) -> Calls:
        yield self.call("UpdateCertificateOptions", certificateArn=live.id, **self.encode(want, ["options"]))

    @writes("hostedZoneId")
    def prove(self, want: Wanted, live: Live) -> Calls:
        """Overwriting is safe: these names mean nothing but this."""
        records = [("UPSERT", record(name, value)) for name, value in proofs(live.raw).items()]
        yield change(want["hostedZoneId"], records)

    def delete(self, live: Live) -> Calls:
        """Its records go first, unless another certificate is proven by them; from then on it is not renewed."""
        answer = yield self.call("DescribeCertificate", certificateArn=live.id, missing=GONE)
        needed = proofs(live.raw)
        zone = (live.tags or {}).get(ZONE, "")
        if answer is not None and zone and needed and not answer.get("certificate", {}).get("inUseBy"):
            shared = yield from elsewhere(live.id, needed)
            there = yield from records_of(zone)
            going = [there[proof] for proof in needed.items() if proof[0] not in shared and proof in there]
            if going:
                yield change(zone, [("DELETE", one) for one in going])
        yield from super().delete(live)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Records prove nothing to who asks by e-mail."""
        if "hostedZoneId" in spec and spec.get("validationMethod", "DNS") != "DNS":
            yield "hostedZoneId", "only certificates validated by DNS have validation records. Remove it"
