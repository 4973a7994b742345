"""NetworkAcl."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...kind import Api, Ask, Calls, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import Ref, SetOf
from ...values import unknown
from . import TAGS, Ec2Kind
from .acl_entries import ENTRY, entry, faults

SIDES = {"ingress": False, "egress": True}
"""Field → what AWS's entries say of it."""
LAST = 32766
"""Behind this number stands what AWS itself puts at the end of every list."""
MOST = 20
"""Entries that one side takes, unless AWS has raised the limit: only where there is no room does the old go first."""


class NetworkAcl(Ec2Kind):
    """A firewall around subnets, which judges every packet by itself."""

    api = Api(
        "DescribeNetworkAcls", "networkAcls", "networkAclId", create="CreateNetworkAcl", delete="DeleteNetworkAcl",
        tag_type="network-acl", token="clientToken", missing=("InvalidNetworkAclID.NotFound",),
    )  # fmt: skip
    duplicable = True
    attributes = {"vpcId": "vpcId"}
    left_out = "The default ACL of a VPC, which AWS makes and keeps."

    vpcId = fixed(Ref(kind="VPC"), "The VPC whose subnets it guards.", required=True)
    ingress = later(
        SetOf(ENTRY, by="ruleNumber"), "What may come in; the lowest number that fits decides. Others are removed."
    )
    egress = later(SetOf(ENTRY, by="ruleNumber"), "What may go out, answers included: nothing is remembered.")
    subnetIds = later(
        SetOf(Ref(kind="Subnet")), "The subnets it guards. Those it lets go fall to the VPC's default ACL."
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """AWS refuses two entries of one number, and what does not fit an entry's protocol."""
        for side in SIDES:
            yield from ((f"{side}{path}", message) for path, message in faults(spec.get(side) or ()))

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """A subnet has one ACL: two that want it would take it from each other for ever."""
        first: dict[str, str] = {}
        for name, spec in specs.items():
            for i, subnet in enumerate(spec.get("subnetIds") or ()):
                if first.setdefault(str(subnet), name) != name:
                    said = f"{subnet} is guarded by NetworkAcl/{first[str(subnet)]}, and a subnet has one ACL. Take it off one"
                    yield name, f"subnetIds[{i}]", said

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Note with each ACL what a subnet is moved by: its association with whatever ACL it has, and the default one."""
        found = yield from super().listing(ask)
        places = {a["subnetId"]: a["networkAclAssociationId"] for acl in found for a in acl.get("associations", ())}
        default = {acl["vpcId"]: acl["networkAclId"] for acl in found if acl.get("isDefault")}
        return [{**acl, "places": places, "defaultAclId": default.get(acl["vpcId"])} for acl in found]

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Leave out the last entries, which are AWS's own."""
        made = [e for e in raw.get("entries", ()) if e["ruleNumber"] <= LAST]
        sides = {side: [entry(e) for e in made if bool(e.get("egress")) is out] for side, out in SIDES.items()}
        return {"vpcId": raw["vpcId"], **sides, "subnetIds": sorted(a["subnetId"] for a in raw.get("associations", ()))}

    @writes("ingress", "egress", "subnetIds")
    def converge(self, want: Wanted, live: Live) -> Calls:
        """Entries before subnets: an ACL that has no entries yet lets nothing through."""
        for side in SIDES:
            if side in want.spec:
                yield from self.set_entries(live, side, want[side])
        if "subnetIds" in want.spec:
            yield from self.set_subnets(live, want["subnetIds"])

    def set_entries(self, live: Live, side: str, wanted: Sequence[Raw]) -> Calls:
        """Allow before denying and before removing: what both sides let pass is not cut off in between."""
        want, have = (
            {e["ruleNumber"]: ENTRY.canon(e) for e in entries} for entries in (wanted, live.spec.get(side, ()))
        )
        where = {"networkAclId": live.id, "egress": SIDES[side]}
        old = [
            self.call("DeleteNetworkAclEntry", **where, ruleNumber=number, missing=("InvalidNetworkAclEntry.NotFound",))
            for number in sorted(have.keys() - want.keys())
        ]
        if crowded := len(have.keys() | want.keys()) > MOST:
            yield from (call for call in old)
        new = [number for number in sorted(want) if number not in have]
        changed = [number for number in sorted(want) if number in have and want[number] != have[number]]
        allowing = [number for number in new if want[number]["ruleAction"] == "allow"]
        for number in (*allowing, *changed, *(n for n in new if n not in allowing)):
            operation = "ReplaceNetworkAclEntry" if number in have else "CreateNetworkAclEntry"
            yield self.call(operation, **where, **ENTRY.encode(want[number]))
        if not crowded:
            yield from (call for call in old)

    def set_subnets(self, live: Live, wanted: Sequence[str]) -> Calls:
        """Take the subnets from whatever ACL they have. One that AWS does not list yet is taken at the next look."""
        places, have = live.raw.get("places", {}), live.spec.get("subnetIds", ())
        for subnet in [s for s in wanted if s not in have]:
            if subnet in places or unknown(subnet):
                yield self.move(places.get(subnet), live.id)
        yield from self.let_go(live, [s for s in have if s not in wanted])

    def let_go(self, live: Live, subnets: Sequence[str]) -> Calls:
        """Give subnets back to the default ACL; that another one has them by now is as good."""
        places = live.raw.get("places", {})
        for subnet in subnets:
            yield self.move(places.get(subnet), live.raw.get("defaultAclId"), "InvalidAssociationID.NotFound")

    def move(self, association: str | None, acl: str | None, *missing: str) -> Any:
        """Return the call that gives a subnet to an ACL."""
        return self.call("ReplaceNetworkAclAssociation", associationId=association, networkAclId=acl, missing=missing)

    def delete(self, live: Live) -> Calls:
        """An ACL that guards something cannot be deleted."""
        yield from self.let_go(live, live.spec.get("subnetIds", ()))
        yield from super().delete(live)
