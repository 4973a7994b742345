"""OIDCProvider."""

from __future__ import annotations

from collections.abc import Sequence

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Service, Tags, Wanted, field, fixed, pairs, writes
from ...types import SetOf, Text
from . import IAM, TAGS

GONE = ("NoSuchEntity",)


def tag(live: Live, tags: Tags) -> Calls:
    """Set tags by the kind's own call."""
    yield IAM.call("TagOpenIDConnectProvider", openIDConnectProviderArn=live.arn, tags=pairs(tags))


class OIDCProvider(Kind):
    """Somebody whose word on who is calling is believed: the CI system, mostly, in place of access keys."""

    service = Service("iam", tag, IAM.create_tags, IAM.read_tags)
    api = Api(
        "ListOpenIDConnectProviders", "openIDConnectProviderList", "arn", "arn", create="CreateOpenIDConnectProvider",
        delete="DeleteOpenIDConnectProvider", missing=GONE,
    )  # fmt: skip
    arn_like = ":oidc-provider/"
    coexists = False

    url = fixed(
        Text(pattern=r"^https://\S+$"), "Where it publishes its keys; AWS has one provider per address.", required=True
    )
    clientIDList = field(SetOf(Text()), "For whom its tokens may be meant: `sts.amazonaws.com`, as a rule.")
    thumbprintList = field(
        SetOf(Text(pattern=r"^[0-9a-fA-F]{40}$", fold=True)), "Fingerprints of its certificate authority."
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """Its address, without the scheme, is its identity."""
        return str(want.get("url", "")).removeprefix("https://")

    def key_of(self, raw: Raw) -> str:
        """An ARN ends in the address."""
        return str(raw["arn"]).partition(":oidc-provider/")[2]

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """The list has ARNs only, and an account has few: read each, for nothing else says whose it is."""
        del ask
        found = []
        for one in ((yield self.call(self.api.read)) or {}).get(self.api.items, ()):
            more = yield self.call("GetOpenIDConnectProvider", openIDConnectProviderArn=one["arn"], missing=GONE)
            found += [{**one, **more, "url": f"https://{self.key_of(one)}"}] if more else []
        return found

    @writes("clientIDList")
    def set_audiences(self, want: Wanted, live: Live) -> Calls:
        """Add before removing, so that nobody is locked out in between."""
        found, wanted = set(live.spec.get("clientIDList", ())), set(want["clientIDList"])
        for audience in sorted(wanted - found):
            yield self.call("AddClientIDToOpenIDConnectProvider", openIDConnectProviderArn=live.arn, clientID=audience)
        for audience in sorted(found - wanted):
            yield self.call(
                "RemoveClientIDFromOpenIDConnectProvider", openIDConnectProviderArn=live.arn, clientID=audience
            )

    @writes("thumbprintList")
    def set_thumbprints(self, want: Wanted, live: Live) -> Calls:
        """Replace the list."""
        yield self.call(
            "UpdateOpenIDConnectProviderThumbprint",
            openIDConnectProviderArn=live.arn,
            **self.encode(want, ["thumbprintList"]),
        )

    def delete(self, live: Live) -> Calls:
        """Delete it; roles that trust it stay and trust nobody."""
        yield self.call(self.api.delete, openIDConnectProviderArn=live.arn, missing=GONE)
