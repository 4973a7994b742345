"""HostedZone."""

from __future__ import annotations

from collections.abc import Iterator

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, writes
from ...types import Difference, Ref, SetOf, Struct, Text
from . import GONE, ROUTE53, TAGS, DnsName, plain, reference, set_tags


class HostedZone(Kind):
    """A DNS zone: the records below one name, for the world or for the VPCs of a private zone."""

    service = ROUTE53
    api = Api(
        "ListHostedZones", "hostedZones", "id", create="CreateHostedZone", delete="DeleteHostedZone", missing=GONE
    )
    arn_like = ":hostedzone/"
    holds_data = True
    duplicable = True
    attributes = {"nameServers": "nameServers"}
    left_out = "Reusable delegation sets, query logs and DNSSEC: none of the systems uses them."

    name = fixed(DnsName(length=(1, 1024)), "The name that all its records end in.", required=True)
    hostedZoneConfig = field(
        Struct({"comment": Text(length=(0, 256))}), "What it is for: `{comment: …}`.", update=False, path="config",
    )  # fmt: skip
    vpcs = field(
        SetOf(Struct({"vpcId": Ref(kind="VPC"), "vpcRegion": Text()}, required=("vpcId",)), by="vpcId", least=1),
        "The VPCs that see it. A zone with any is private, and stays so.",
        update=False,
        default="none: the zone is public",
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """A public and a private zone of one name are two things."""
        name = want.get("name")
        return "" if not isinstance(name, str) else plain(name) + ("|private" if want.get("vpcs") else "")

    def key_of(self, raw: Raw) -> str:
        return plain(raw["name"]) + ("|private" if private(raw) else "")

    def name_of(self, raw: Raw) -> str:
        return plain(raw["name"])

    def arn_of(self, raw: Raw, ask: Ask) -> str:
        """Return the ARN, which Route 53 itself never tells."""
        del ask
        return f"arn:aws:route53:::hostedzone/{raw['id']}"

    def listing(self, ask: Ask) -> Program[list[Raw]]:
        """Ids come with a prefix that no other service takes."""
        listed = yield from super().listing(ask)
        return [{**raw, "id": raw["id"].rpartition("/")[2]} for raw in listed]

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Only the zone itself tells its name servers and its VPCs."""
        answer = yield self.call("GetHostedZone", id=raw["id"], missing=GONE)
        if answer is None:
            return None
        servers = answer.get("delegationSet", {}).get("nameServers", ())
        tags = yield from self.tags_of(self.arn_of(raw, ask), ask)
        return {"vpcs": answer.get("vpcs", []), "nameServers": ",".join(servers), "tags": tags}

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """A public zone cannot become private, nor the other way round."""
        yield from super().diff(want, live)
        if "vpcs" in want.spec and bool(want["vpcs"]) != private(live.raw):
            yield Difference("privateZone", bool(want["vpcs"]), private(live.raw))

    def create(self, want: Wanted) -> Calls:
        """A private zone is born with its first VPC; its writer adds the others."""
        vpcs = self.networks(want)
        config = {**want.get("hostedZoneConfig", {}), **({"privateZone": True} if vpcs else {})}
        answer = yield self.call(
            "CreateHostedZone", name=want["name"], callerReference=reference(want), hostedZoneConfig=config or None,
            vpc=next(iter(vpcs.values()), None),
        )  # fmt: skip
        made = (answer or {}).get("hostedZone", {}).get("id", "")
        yield from set_tags(made.rpartition("/")[2], want.tags)

    def networks(self, want: Wanted) -> dict[str, Raw]:
        """Return the VPCs by id; those of the stack's own region need not say so."""
        return {str(vpc["vpcId"]): {"vpcRegion": want.region, **vpc} for vpc in want.get("vpcs") or ()}

    @writes("hostedZoneConfig")
    def comment(self, want: Wanted, live: Live) -> Calls:
        yield self.call("UpdateHostedZoneComment", id=live.id, comment=want["hostedZoneConfig"].get("comment", ""))

    @writes("vpcs")
    def associate(self, want: Wanted, live: Live) -> Calls:
        """A private zone must have a VPC at any time, so the new ones come first."""
        wanted, found = self.networks(want), {vpc["vpcId"]: vpc for vpc in live.raw["vpcs"]}
        for vpc in sorted(wanted.keys() - found.keys()):
            yield self.call("AssociateVPCWithHostedZone", hostedZoneId=live.id, vpc=wanted[vpc])
        for vpc in sorted(found.keys() - wanted.keys()):
            gone = ("VPCAssociationNotFound", *GONE)
            yield self.call("DisassociateVPCFromHostedZone", hostedZoneId=live.id, vpc=found[vpc], missing=gone)


def private(raw: Raw) -> bool:
    """Whether only VPCs see the zone."""
    return bool((raw.get("config") or {}).get("privateZone"))
